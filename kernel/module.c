// SPDX-License-Identifier: MIT
/*
 * Modules that lie in the image.
 *
 * 1. The idea
 * What makes a file a module is that it is asleep until somebody loads it, that it leaves nothing
 * behind when it is unloaded, and that it can be loaded again as if for the first time. None of
 * that needs a file to be read. So modules/NAME.c is linked into the image like everything else,
 * and loading it means: note its variables as they are, set its parameters, call its init function.
 * Unloading it means: call its exit function, list what it forgot, put its variables back.
 *
 * 2. Structure
 * A file that includes <linux/module.h> has a struct module of its own, THIS_MODULE. What it says
 * about itself, its functions, parameters and texts, are parts in a registry, each of which points
 * to that struct. A struct module with an init or an exit function is a module. Its name is that of
 * its file.
 *	loaded		on loaded_modules, the latest first; state is not MODULE_STATE_UNFORMED;
 *			fresh is a copy of its variables (NULL if it has none)
 *	code		[text, the least mark above it, or the end of all modules' code)
 *	variables	[data, likewise)
 *
 * 3. What it has not freed
 * While any module is loaded, the allocators' observers note what code in modules asks for
 * (mm/debug/module_memory.c).
 *
 * 4. Contexts
 * Process context. Modules come and go one at a time: there is one thread. References are taken
 * and dropped in any context.
 *
 * 5. What is not checked
 * That nobody calls into a module that has gone: its code is still there. A module whose init or
 * exit function faults stays as it was then: coming or going, for good.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <quarry/module_memory.h>
#include <quarry/modules.h>
#include <quarry/proc.h>

LIST_HEAD(loaded_modules);

/* ---- whose an address is ---- */

static bool lies_in(unsigned long addr, const char *start, size_t size)
{
	return addr - (unsigned long)start < size;
}

struct module *__module_text_address(unsigned long addr)
{
	struct module *mod;

	for_each_loaded_module(mod)
		if (lies_in(addr, mod->text, module_text_size(mod)))
			return mod;
	return NULL;
}

struct module *__module_address(unsigned long addr)
{
	struct module *mod = __module_text_address(addr);

	if (mod)
		return mod;
	for_each_loaded_module(mod)
		if (lies_in(addr, mod->data, module_data_size(mod)))
			return mod;
	return NULL;
}

/* ---- variables as they were compiled ---- */

/* Byte by byte, past all instrumentation: between variables there may be red zones. */
static void __attribute__((no_sanitize_address)) copy_variables(char *to, const char *from,
								size_t size)
{
	for (size_t i = 0; i < size; i++)
		WRITE_ONCE(to[i], READ_ONCE(from[i]));
}

static int save_variables(struct module *mod)
{
	size_t size = module_data_size(mod);

	mod->fresh = NULL;
	if (!size)
		return 0;
	mod->fresh = kvmalloc(size, GFP_KERNEL);
	if (!mod->fresh)
		return -ENOMEM;
	copy_variables(mod->fresh, mod->data, size);
	return 0;
}

/* The struct module is one of them, too, but what is in it is ours. */
static void restore_variables(struct module *mod)
{
	struct module ours = *mod;

	if (!ours.fresh)
		return;
	copy_variables(mod->data, ours.fresh, module_data_size(mod));
	*mod = ours;
	kvfree(mod->fresh);
	mod->fresh = NULL;
}

/* ---- coming and going ---- */

static void check_preempt_count(const struct module *mod, const char *function, int before)
{
	if (preempt_count() == before)
		return;
	pr_err("%s: %s function left with preempt_count %#x, entered with %#x\n", mod->name,
	       function, preempt_count(), before);
	preempt_count_set(before);
}

static int call_init(struct module *mod)
{
	const struct module_part *part = module_part(mod, MODULE_INIT, NULL);
	int before = preempt_count(), error;

	if (!part)
		return 0;
	error = part->init();
	check_preempt_count(mod, "init", before);
	if (error > 0)
		pr_warn("%s: init function returned %d; it should be 0 or a negative error. "
			"Loaded anyway\n", mod->name, error);
	return min(error, 0);
}

static void call_exit(struct module *mod)
{
	const struct module_part *part = module_part(mod, MODULE_EXIT, NULL);
	int before = preempt_count();

	if (!part)
		return;
	part->exit();
	check_preempt_count(mod, "exit", before);
}

/* It has ended, or could not begin: nothing of it remains but what it forgot. */
static void clear_away(struct module *mod)
{
	list_del(&mod->list);
	module_free_params(mod);
	module_memory_end(mod->name, mod->text, mod->text + module_text_size(mod));
	mod->state = MODULE_STATE_UNFORMED;
	restore_variables(mod);
}

static int prepare(struct module *mod)
{
	int error = save_variables(mod);

	if (error)
		return error;
	error = module_memory_begin();
	if (error) {
		kvfree(mod->fresh);
		return error;
	}
	module_file_name(mod, mod->name);
	mod->state = MODULE_STATE_COMING;
	mod->refcount = 0;
	list_add(&mod->list, &loaded_modules);
	return 0;
}

int module_load(const char *name, const char *params)
{
	struct module *mod = module_in_image(name);
	char *words;
	int error;

	if (!mod)
		return -ENOENT;
	if (mod->state != MODULE_STATE_UNFORMED)
		return -EEXIST;
	words = kstrdup(params, GFP_KERNEL);
	if (!words)
		return -ENOMEM;
	error = prepare(mod);
	if (!error) {
		error = module_parse_params(mod, words);
		if (!error)
			error = call_init(mod);
		if (error)
			clear_away(mod);
		else
			mod->state = MODULE_STATE_LIVE;
	}
	kfree(words);
	return error;
}

static bool is_permanent(const struct module *mod)
{
	return module_part(mod, MODULE_INIT, NULL) && !module_part(mod, MODULE_EXIT, NULL);
}

int module_unload(const char *name)
{
	struct module *mod = find_module(name);

	if (!mod)
		return -ENOENT;
	if (mod->state != MODULE_STATE_LIVE || is_permanent(mod))
		return -EBUSY;
	if (mod->refcount)
		return -EWOULDBLOCK;
	mod->state = MODULE_STATE_GOING;
	call_exit(mod);
	clear_away(mod);
	return 0;
}

struct module *find_module(const char *name)
{
	struct module *mod;

	for_each_loaded_module(mod)
		if (!strcmp(mod->name, name))
			return mod;
	return NULL;
}

/* ---- references ---- */

bool try_module_get(struct module *module)
{
	if (module && !module_is_live(module))
		return false;
	__module_get(module);
	return true;
}

void __module_get(struct module *module)
{
	if (module)
		module->refcount++;
}

void module_put(struct module *module)
{
	if (module && !WARN_ON(!module->refcount))
		module->refcount--;
}

int module_refcount(struct module *mod)
{
	return mod->refcount;
}

/* ---- /proc/modules: name, bytes, references, who has them, state, where ---- */

static int modules_show(struct seq_file *m, void *v)
{
	static const char *const state[] = {
		[MODULE_STATE_LIVE] = "Live",
		[MODULE_STATE_COMING] = "Loading",
		[MODULE_STATE_GOING] = "Unloading",
	};
	struct module *mod;

	for_each_loaded_module(mod)
		seq_printf(m, "%s %zu %d %s %s 0x%px\n", mod->name,
			   module_text_size(mod) + module_data_size(mod), mod->refcount,
			   is_permanent(mod) ? "[permanent]," : "-", state[mod->state], mod->text);
	return 0;
}
PROC_FILE(modules, "modules", modules_show, NULL);
