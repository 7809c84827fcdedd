// SPDX-License-Identifier: MIT
/* Modules: coming, going, parameters, references, and what they leave behind. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <quarry/modules.h>
#include <quarry/proc.h>

#include "kunit_capture.h"

/* ---- what a test finds, it leaves ---- */

static unsigned long free_pages_now(void)
{
	vm_unmap_aliases();
	drain_all_pages(NULL);
	return nr_free_pages();
}

/* As much as the smallest machine has. */
#define LITTLE	"order=1 area=0x4000"

/* Slabs may stay for the next one: so each test's own caches have been grown before it counts. */
static void load_and_unload_memory(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, module_load("memory", LITTLE), 0);
	KUNIT_ASSERT_EQ(test, module_unload("memory"), 0);
}

/* The text of /proc/@path, in a buffer that the next call uses again. */
static char text[1024];

static void to_text(struct seq_file *m, const char *s, size_t count)
{
	size_t length = strlen(text);

	count = min(count, sizeof(text) - 1 - length);
	memcpy(text + length, s, count);
	text[length + count] = '\0';
}

static const char *proc_text(const char *path)
{
	struct seq_file m = { .sink = to_text };

	text[0] = '\0';
	return proc_show(path, &m) ? NULL : text;
}

/* Whether nothing is told of a module that comes and goes. */
static bool leaves_nothing(const char *name, const char *params, int result)
{
	const char *log;
	int error;

	capture_begin();
	error = module_load(name, params);
	if (!error)
		module_unload(name);
	log = capture_end();
	return error == result && !strstr(log, "not freed") && !strstr(log, "not destroyed");
}

/* ---- coming and going ---- */

static const struct quiet_module {
	const char *name, *params;
} quiet_modules[] = {
	{ "memory", LITTLE }, { "scullc", "" }, { "lookaside", "" }, { "ladder", "" }, { "lkd12", "" },
	{ "dentries", "names=150" },
};

static void describe_module(const struct quiet_module *module, char *desc)
{
	strcpy(desc, module->name);
}
KUNIT_ARRAY_PARAM(quiet, quiet_modules, describe_module);

/* ledger: X1 X2 X3 */
static void module_comes_and_goes(struct kunit *test)
{
	const struct quiet_module *module = test->param_value;
	unsigned long before;

	KUNIT_EXPECT_TRUE(test, leaves_nothing(module->name, module->params, 0));
	before = free_pages_now();
	KUNIT_EXPECT_TRUE(test, leaves_nothing(module->name, module->params, 0));
	KUNIT_EXPECT_EQ(test, free_pages_now(), before);
	KUNIT_EXPECT_NULL(test, find_module(module->name));
}

/* ledger: X1 */
static void module_is_listed(struct kunit *test)
{
	struct module *mod = module_in_image("memory");
	unsigned long size = module_text_size(mod) + module_data_size(mod);
	char line[100];

	KUNIT_EXPECT_STREQ(test, proc_text("modules"), "");
	KUNIT_ASSERT_EQ(test, module_load("memory", LITTLE), 0);
	KUNIT_EXPECT_PTR_EQ(test, find_module("memory"), mod);
	snprintf(line, sizeof(line), "memory %lu 0 - Live 0x%px\n", size, mod->text);
	KUNIT_EXPECT_STREQ(test, proc_text("modules"), line);
	KUNIT_EXPECT_EQ(test, module_load("memory", LITTLE), -EEXIST);
	KUNIT_ASSERT_EQ(test, module_load("lkd12", ""), 0);
	KUNIT_EXPECT_TRUE(test, strstarts(proc_text("modules"), "lkd12 "));
	KUNIT_EXPECT_EQ(test, module_unload("memory"), 0);
	KUNIT_EXPECT_EQ(test, module_unload("lkd12"), 0);
	KUNIT_EXPECT_EQ(test, module_unload("memory"), -ENOENT);
	KUNIT_EXPECT_EQ(test, module_load("nothing", ""), -ENOENT);
	KUNIT_EXPECT_STREQ(test, proc_text("modules"), "");
}

/* All functions of a module lie in its own range, and no two modules share a byte. */
static void module_ranges(struct kunit *test)
{
	struct module *a, *b;

	for (a = module_next(NULL); a; a = module_next(a)) {
		const struct module_part *init = module_part(a, MODULE_INIT, NULL);
		const struct module_part *exit = module_part(a, MODULE_EXIT, NULL);
		size_t size = module_text_size(a);

		KUNIT_EXPECT_LT(test, (size_t)((char *)init->init - a->text), size);
		KUNIT_EXPECT_LT(test, (size_t)((char *)exit->exit - a->text), size);
		KUNIT_EXPECT_LT(test, (size_t)((char *)a - a->data), module_data_size(a));
		for (b = module_next(a); b; b = module_next(b)) {
			KUNIT_EXPECT_GE(test, (size_t)(b->text - a->text), size);
			KUNIT_EXPECT_GE(test, (size_t)(a->text - b->text), module_text_size(b));
			KUNIT_EXPECT_GE(test, (size_t)(b->data - a->data), module_data_size(a));
			KUNIT_EXPECT_GE(test, (size_t)(a->data - b->data), module_data_size(b));
		}
	}
}

static void module_addresses(struct kunit *test)
{
	struct module *mod = module_in_image("memory");
	unsigned long init = (unsigned long)module_part(mod, MODULE_INIT, NULL)->init;

	KUNIT_EXPECT_FALSE(test, is_module_address(init));
	KUNIT_ASSERT_EQ(test, module_load("memory", LITTLE), 0);
	KUNIT_EXPECT_PTR_EQ(test, __module_text_address(init), mod);
	KUNIT_EXPECT_PTR_EQ(test, __module_address((unsigned long)mod), mod);
	KUNIT_EXPECT_NULL(test, __module_text_address((unsigned long)mod));
	KUNIT_EXPECT_FALSE(test, is_module_address((unsigned long)kfree));
	module_unload("memory");
}

/* An init function that fails: nothing is left, and the module can be loaded again. */
static void module_fails(struct kunit *test)
{
	load_and_unload_memory(test);
	KUNIT_EXPECT_TRUE(test, leaves_nothing("memory", "area=4000000000", -ENOMEM));
	KUNIT_EXPECT_NULL(test, find_module("memory"));
	KUNIT_EXPECT_TRUE(test, leaves_nothing("scullc", "scullc_quantum=0", -EINVAL));
	load_and_unload_memory(test);
}

static void module_references(struct kunit *test)
{
	struct module *mod = module_in_image("memory");

	KUNIT_ASSERT_EQ(test, module_load("memory", LITTLE), 0);
	KUNIT_EXPECT_TRUE(test, try_module_get(mod));
	__module_get(mod);
	KUNIT_EXPECT_EQ(test, module_refcount(mod), 2);
	KUNIT_EXPECT_EQ(test, module_unload("memory"), -EWOULDBLOCK);
	module_put(mod);
	KUNIT_EXPECT_EQ(test, module_unload("memory"), -EWOULDBLOCK);
	module_put(mod);
	KUNIT_EXPECT_REPORT(test, "WARNING: * at kernel/module.c:*", module_put(mod));
	KUNIT_EXPECT_EQ(test, module_unload("memory"), 0);
	KUNIT_EXPECT_TRUE(test, try_module_get(NULL));
	module_put(NULL);
}

/* ---- parameters ---- */

static void module_params(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "memory: kmalloc(4000): *, 4096 bytes",
			    module_load("memory", "bytes=4000  order=0x1 area=\"8192\""));
	KUNIT_EXPECT_EQ(test, module_unload("memory"), 0);
	KUNIT_EXPECT_REPORT(test, "memory: unknown parameter 'byte' ignored",
			    module_load("memory", "byte=4000 " LITTLE));
	KUNIT_EXPECT_EQ(test, module_unload("memory"), 0);
	KUNIT_EXPECT_REPORT(test, "memory: '4k' invalid for parameter 'bytes'",
			    KUNIT_EXPECT_EQ(test, module_load("memory", "bytes=4k"), -EINVAL));
	KUNIT_EXPECT_REPORT(test, "memory: '' invalid for parameter 'bytes'",
			    KUNIT_EXPECT_EQ(test, module_load("memory", "bytes"), -EINVAL));
	KUNIT_EXPECT_NULL(test, find_module("memory"));
}

/* What the last one set is gone: the variables are as they were compiled. */
static void module_is_fresh(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, module_load("memory", "bytes=4000 " LITTLE), 0);
	KUNIT_ASSERT_EQ(test, module_unload("memory"), 0);
	KUNIT_EXPECT_REPORT(test, "memory: kmalloc(100): *", module_load("memory", LITTLE));
	KUNIT_ASSERT_EQ(test, module_unload("memory"), 0);
}

/* The types, set and shown: through the operations themselves. */
static void param_set(struct kunit *test, const struct kernel_param_ops *ops, void *arg,
		      const char *value, const char *shown)
{
	const struct kernel_param param = { .name = "p", .ops = ops, .arg = arg };
	char buffer[64];
	int error = ops->set(value, &param);

	if (!shown) {
		KUNIT_EXPECT_LT_MSG(test, error, 0, "value %s", value);
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, error, 0, "value %s", value);
	KUNIT_EXPECT_EQ(test, ops->get(buffer, &param), strlen(shown));
	KUNIT_EXPECT_STREQ(test, buffer, shown);
}

static void param_types(struct kunit *test)
{
	unsigned long long number;
	char word[4];
	const struct kparam_string string = { sizeof(word), word };
	char *pointer = NULL;
	bool flag;

	param_set(test, &param_ops_byte, &number, "255", "255\n");
	param_set(test, &param_ops_byte, &number, "256", NULL);
	param_set(test, &param_ops_short, &number, "-32768", "-32768\n");
	param_set(test, &param_ops_ushort, &number, "65535", "65535\n");
	param_set(test, &param_ops_int, &number, "-0x10", "-16\n");
	param_set(test, &param_ops_uint, &number, "-1", NULL);
	param_set(test, &param_ops_long, &number, "-1", "-1\n");
	param_set(test, &param_ops_ulong, &number, "4294967295", "4294967295\n");
	param_set(test, &param_ops_ullong, &number, "18446744073709551615",
		  "18446744073709551615\n");
	param_set(test, &param_ops_bool, &flag, NULL, "Y\n");
	param_set(test, &param_ops_bool, &flag, "off", "N\n");
	param_set(test, &param_ops_invbool, &flag, "0", "N\n");
	KUNIT_EXPECT_TRUE(test, flag);
	param_set(test, &param_ops_string, (void *)&string, "abc", "abc\n");
	param_set(test, &param_ops_string, (void *)&string, "abcd", NULL);
	param_set(test, &param_ops_charp, &pointer, "one", "one\n");
	param_set(test, &param_ops_charp, &pointer, "two", "two\n");
	param_ops_charp.free(&pointer);
}

/* ---- what it has not freed ---- */

/* As in modules/leaky.c. */
struct leaky_things {
	void *objects[3];
	void *pages;
	void *area;
	struct kmem_cache *cache;
	void *of_cache;
};

static void free_leaks(const struct leaky_things *things)
{
	for (int i = 0; i < 3; i++)
		kfree(things->objects[i]);
	if (things->pages)
		free_pages_exact(things->pages, 5 * PAGE_SIZE);
	vfree(things->area);
	if (things->of_cache)
		kmem_cache_free(things->cache, things->of_cache);
	kmem_cache_destroy(things->cache);
}

/* Load and unload it, @busy before; what the log says of it then. */
static const char *leak_after(struct kunit *test, unsigned int busy, struct leaky_things *things)
{
	char params[48];

	snprintf(params, sizeof(params), "note_at=%#lx busy=%u", (unsigned long)things, busy);
	KUNIT_ASSERT_EQ(test, module_load("leaky", params), 0);
	capture_begin();
	module_unload("leaky");
	return capture_end();
}

static const char *leak(struct kunit *test, struct leaky_things *things)
{
	return leak_after(test, 0, things);
}

static void leaks_are_listed(struct kunit *test)
{
	struct leaky_things things;
	const char *log = leak(test, &things);

	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not freed: 3 of kmalloc-128, "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not freed: 20480 bytes of pages, from "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not freed: 12288 bytes of vmalloc, from "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not freed: 1 of leaky, 200 bytes, from "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not destroyed: cache leaky, from "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "from leak"));
	KUNIT_EXPECT_EQ(test, strspn(log, "\n"), 0);
	KUNIT_EXPECT_NULL(test, strstr(log, "kmalloc-8,"));	/* the cache's name */
	free_leaks(&things);
}

static unsigned int count_lines(const char *log)
{
	unsigned int lines = 0;

	for (; *log; log++)
		lines += *log == '\n';
	return lines;
}

/* What others allocate meanwhile, or free for the module, is not its leak. */
static void leaks_of_others(struct kunit *test)
{
	struct leaky_things things;
	void *ours;

	KUNIT_ASSERT_EQ(test, module_load("memory", LITTLE), 0);
	ours = kmalloc(100, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, count_lines(leak(test, &things)), 5);
	free_leaks(&things);
	capture_begin();
	module_unload("memory");
	KUNIT_EXPECT_STREQ(test, capture_end(), "");
	kfree(ours);
}

/* There is room for 2047 notes, and the fuller the table, the more of them are out of place. */
static void leaks_of_the_busy(struct kunit *test)
{
	struct leaky_things things;

	KUNIT_EXPECT_EQ(test, count_lines(leak_after(test, 2000, &things)), 5);
	free_leaks(&things);
	KUNIT_EXPECT_NOT_NULL(test, strstr(leak_after(test, 2100, &things),
					   "leaky: there was no room to note "));
	free_leaks(&things);
}

/* Blocks that are given back in parts: the rest is still the module's. */
static void leaks_in_part(struct kunit *test)
{
	struct leaky_things things;
	char params[32];
	const char *log;

	snprintf(params, sizeof(params), "note_at=%#lx", (unsigned long)&things);
	KUNIT_ASSERT_EQ(test, module_load("leaky", params), 0);
	kfree(things.objects[1]);
	things.objects[1] = NULL;
	free_page((unsigned long)things.pages + 2 * PAGE_SIZE);
	vfree(things.area);
	things.area = NULL;
	capture_begin();
	module_unload("leaky");
	log = capture_end();
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not freed: 2 of kmalloc-128, "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(log, "leaky: not freed: 16384 bytes of pages, from "));
	KUNIT_EXPECT_NULL(test, strstr(log, "vmalloc"));
	for (int i = 0; i < 5; i++)
		if (i != 2)
			free_page((unsigned long)things.pages + i * PAGE_SIZE);
	things.pages = NULL;
	free_leaks(&things);
}

static struct kunit_case module_cases[] = {
	KUNIT_CASE_PARAM(module_comes_and_goes, quiet_gen_params),
	KUNIT_CASE(module_is_listed),
	KUNIT_CASE(module_ranges),
	KUNIT_CASE(module_addresses),
	KUNIT_CASE(module_fails),
	KUNIT_CASE(module_references),
	KUNIT_CASE(module_params),
	KUNIT_CASE(module_is_fresh),
	KUNIT_CASE(param_types),
	KUNIT_CASE(leaks_are_listed),
	KUNIT_CASE(leaks_of_others),
	KUNIT_CASE(leaks_of_the_busy),
	KUNIT_CASE(leaks_in_part),
	{}
};

static struct kunit_suite module_suite = {
	.name = "module",
	.test_cases = module_cases,
};
kunit_test_suite(module_suite);
