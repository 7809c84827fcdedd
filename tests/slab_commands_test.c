// SPDX-License-Identifier: MIT
/*
 * The monitor's commands about slabs, and what an address in one is called. How they feel to type
 * is tests/interactive/slab.py's.
 */
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>

#include "../mm/internal.h"
#include "kunit_capture.h"
#include "monitor_ear.h"
#include "slab_sandbox.h"

#define MOST	120	/* objects of one case */

static void *objects[MOST];

static int ask_about(const char *command, const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "%s %s", command, name);
	return ask(line);
}

static int ask_address(const char *command, const void *addr)
{
	char number[16];

	snprintf(number, sizeof(number), "%px", addr);
	return ask_about(command, number);
}

#define EXPECT_SAYS(test, words) \
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(answer, words), "\"%s\" is not in:\n%s", words, \
				  answer)

#define EXPECT_GLOB(test, pattern) \
	KUNIT_EXPECT_TRUE_MSG(test, glob_match(pattern, answer), "%s\n%s", pattern, answer)

/* ---- alloc and free ---- */

/* What `alloc` has got, by its own words. */
static void *held_object(void)
{
	return (void *)simple_strtoul(strstr(answer, " at ") + 4, NULL, 16);
}

static void free_by_hand(struct kunit *test, unsigned long handle)
{
	char line[32];

	snprintf(line, sizeof(line), "free #%lu", handle);
	KUNIT_EXPECT_EQ(test, ask(line), 0);
}

static void alloc_kmalloc(struct kunit *test)	/* ledger: K1 I2 */
{
	unsigned long handle;
	struct page *page;

	KUNIT_ASSERT_EQ(test, ask("alloc kmalloc 700 kernel|zero"), 0);
	handle = number_after("#");
	EXPECT_GLOB(test, "#*: 700 bytes at *, kmalloc-1k, GFP_KERNEL|__GFP_ZERO\n"
			  "    object * of * in the slab at *\n");
	page = slab_page(held_object());
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_STREQ(test, page->slab_cache->name, "kmalloc-1k");
	KUNIT_EXPECT_NULL(test, memchr_inv(held_object(), 0, 700));
	free_by_hand(test, handle);
	KUNIT_EXPECT_EQ(test, ask("alloc kmalloc 20 dma"), 0);
	EXPECT_SAYS(test, ", dma-kmalloc-32, GFP_DMA\n");
	free_by_hand(test, number_after("#"));
}

static void alloc_kmalloc_without_a_slab(struct kunit *test)	/* ledger: K1 */
{
	void *block;

	KUNIT_ASSERT_EQ(test, ask("alloc kmalloc 10K"), 0);
	EXPECT_GLOB(test, "#*: 10240 bytes at *, kmalloc, GFP_KERNEL\n"
			  "    a block of order 2, not of a slab\n");
	block = held_object();
	KUNIT_EXPECT_EQ(test, ksize(block), 16384);
	free_by_hand(test, number_after("#"));
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(block)), 0);
	KUNIT_ASSERT_EQ(test, ask("alloc kmalloc 0"), 0);
	EXPECT_SAYS(test, ": 0 bytes at 00000010, kmalloc, GFP_KERNEL\n    no memory at all\n");
	free_by_hand(test, number_after("#"));
}

static void alloc_cache(struct kunit *test)	/* ledger: S1 I2 */
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, SLAB_NO_MAGAZINES, NULL);

	KUNIT_ASSERT_EQ(test, ask_about("alloc cache", cache->name), 0);
	EXPECT_GLOB(test, expected("#*: 100 bytes at *, %s, GFP_KERNEL\n    object 0 of %u in *",
				   cache->name, cache->num));
	EXPECT_SLABS(test, cache, 0, 1, 0);
	free_by_hand(test, number_after("#"));
	EXPECT_SLABS(test, cache, 0, 0, 1);
}

static void alloc_refuses(struct kunit *test)
{
	static const struct {
		const char *line;
		int error;
		const char *says;
	} refusals[] = {
		{ "alloc", -EINVAL, "alloc kmalloc SIZE [FLAGS]\n" },
		{ "alloc kmalloc", -EINVAL, "alloc kmalloc SIZE [FLAGS]\n" },
		{ "alloc kmalloc 8 kernel 9", -EINVAL, "alloc kmalloc SIZE [FLAGS]\n" },
		{ "alloc cache", -EINVAL, "alloc cache NAME [FLAGS]\n" },
		{ "alloc kmalloc x", -ERANGE, "alloc: x: not a size" },
		{ "alloc kmalloc 8 GFP_NONSENSE", -ENOENT, "alloc: GFP_NONSENSE: neither" },
		{ "alloc kmalloc 5M kernel|nowarn", -ENOMEM, "the most is 4194304\n" },
		{ "alloc cache no-such-one", -ENOENT, "alloc: no-such-one: no such cache; " },
		{ "alloc cache kmalloc-64 GFP_NONSENSE", -ENOENT, "alloc: GFP_NONSENSE: neither" },
		{ "slab", -EINVAL, "" },
		{ "slab kmalloc-64 some", -EINVAL, "" },
		{ "slab no-such-one", -ENOENT, "slab: no-such-one: no such cache; " },
		{ "obj", -EINVAL, "" },
		{ "obj x", -ENOENT, "obj: x: not a hexadecimal address\n" },
		{ "obj #99", -ENOENT, "obj: #99: not a handle" },
		{ "slabtop x", -EINVAL, "" },
		{ "slabtop cc", -EINVAL, "" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++) {
		KUNIT_EXPECT_EQ_MSG(test, ask(refusals[i].line), refusals[i].error, "%s",
				    refusals[i].line);
		EXPECT_SAYS(test, refusals[i].says);
	}
}

/* ---- the picture ---- */

/* The cell of an object in the picture; 0: its slab is not drawn. */
static char cell_of(const struct kmem_cache *cache, const void *object)
{
	const struct slab *slab = slab_of(object);
	unsigned int index = slab_index(cache, slab, object - cache->object_offset);
	const char *row = strstr(answer, expected("\n  %08lx |", (unsigned long)slab->objects &
						  ~((PAGE_SIZE << cache->gfporder) - 1)));

	for (; row && index >= 64; index -= 64)
		row = strstr(row + 1, "\n           |");
	return row ? strchr(row, '|')[1 + index] : 0;
}

static void picture_tells_states_apart(struct kunit *test)	/* ledger: S7 I2 */
{
	struct kmem_cache *cache = plain_cache(test, 40, 0, SLAB_NO_MAGAZINES, NULL);

	take_objects(test, cache, 100, objects);
	kmem_cache_free(cache, objects[70]);
	KUNIT_ASSERT_EQ(test, ask_about("slab", cache->name), 0);
	for (int i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ_MSG(test, cell_of(cache, objects[i]), i == 70 ? '.' : '#', "%d\n%s",
				    i, answer);
	EXPECT_SAYS(test, expected("%s: objects of 40 bytes", cache->name));
	EXPECT_SAYS(test, expected("%u objects: 99 with owners, 0 in magazines, %u free; ",
				   cache->num, cache->num - 99));
	EXPECT_SAYS(test, "\n  no magazines\n");
	EXPECT_SAYS(test, "full: 0 slabs\npartial: 1 slab\n");
	give_objects(cache, 70, objects);
	give_objects(cache, 29, objects + 71);
	KUNIT_ASSERT_EQ(test, ask_about("slab", cache->name), 0);
	EXPECT_SAYS(test, "partial: 0 slabs\nfree: 1 slab\n");
	KUNIT_EXPECT_EQ(test, cell_of(cache, objects[0]), '.');
}

/* Three go back to a magazine, which had been filled from the same slab. */
static void picture_shows_magazines(struct kunit *test)	/* ledger: S7 */
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);

	take_objects(test, cache, 10, objects);
	give_objects(cache, 3, objects);
	KUNIT_ASSERT_EQ(test, ask_about("slab", cache->name), 0);
	for (int i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, cell_of(cache, objects[i]), i < 3 ? 'm' : '#');
	EXPECT_SAYS(test, expected(" 7 with owners, %lu in magazines, ", magazines_count(cache)));
	EXPECT_SAYS(test, expected("\n  magazines of %u; in the depot ",
				   cache->cpu[0].loaded->rounds));
	give_objects(cache, 7, objects + 3);
}

/* Of each list sixteen slabs are drawn, or all. */
static void picture_is_not_endless(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 2000, 0, SLAB_NO_MAGAZINES, NULL);
	unsigned int count = 18 * cache->num;

	KUNIT_ASSERT_LE(test, count, MOST);
	take_objects(test, cache, count, objects);
	KUNIT_ASSERT_EQ(test, ask_about("slab", cache->name), 0);
	EXPECT_SAYS(test, "full: 18 slabs\n");
	EXPECT_SAYS(test, expected("\n  and 2 more: \"slab %s all\" draws them\n", cache->name));
	KUNIT_EXPECT_EQ(test, count_lines("  c") + count_lines("  d") + count_lines("  e") +
			      count_lines("  f"), 16);
	KUNIT_ASSERT_EQ(test, ask(expected("slab %s all", cache->name)), 0);
	KUNIT_EXPECT_NULL(test, strstr(answer, "more: "));
	for (unsigned int i = 0; i < count; i++)
		KUNIT_EXPECT_EQ(test, cell_of(cache, objects[i]), '#');
	give_objects(cache, count, objects);
}

/* ---- slabtop ---- */

/* The names in the table, from the top: is @a above @b? */
static bool is_above(const char *a, const char *b)
{
	char first[40], second[40];

	snprintf(first, sizeof(first), "K %s\n", a);
	snprintf(second, sizeof(second), "K %s\n", b);
	return strstr(answer, first) && strstr(answer, second) &&
	       strstr(answer, first) < strstr(answer, second);
}

static void slabtop_sorts(struct kunit *test)	/* ledger: S9 */
{
	struct kmem_cache *few = plain_cache(test, 2000, 0, SLAB_NO_MAGAZINES, NULL);
	struct kmem_cache *many = plain_cache(test, 8, 0, SLAB_NO_MAGAZINES, NULL);
	unsigned int count = 12 * few->num;

	KUNIT_ASSERT_LE(test, count, MOST - 1);
	take_objects(test, few, count, objects);
	take_objects(test, many, 1, objects + count);
	KUNIT_ASSERT_EQ(test, ask("slabtop"), 0);
	KUNIT_EXPECT_TRUE_MSG(test, is_above(many->name, few->name), "%s", answer);
	KUNIT_ASSERT_EQ(test, ask("slabtop a"), 0);
	KUNIT_EXPECT_TRUE_MSG(test, is_above(few->name, many->name), "%s", answer);
	KUNIT_ASSERT_EQ(test, ask("slabtop c"), 0);
	KUNIT_EXPECT_TRUE_MSG(test, is_above(few->name, many->name), "%s", answer);
	EXPECT_GLOB(test, expected("*%6u %6u 100%% *.*K     12 %8u %9luK %s\n*", count, count,
				   few->num, 12 * (PAGE_SIZE << few->gfporder) / 1024,
				   few->name));
	give_objects(few, count, objects);
	give_objects(many, 1, objects + count);
}

/* ---- addresses in words ---- */

#define EXPECT_DESCRIBED(test, _addr, fmt, ...) \
do { \
	char words[256]; \
	\
	KUNIT_EXPECT_EQ(test, describe_place((unsigned long)(_addr), words, sizeof(words)), \
			PLACE_KNOWN); \
	KUNIT_EXPECT_STREQ(test, words, expected(fmt, ##__VA_ARGS__)); \
} while (0)

static void addresses_of_objects(struct kunit *test)	/* ledger: I2 */
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);
	char *object, *name = (char *)cache->name;

	take_objects(test, cache, 3, objects);
	object = objects[1];
	EXPECT_DESCRIBED(test, object, "byte 0 of the 100-byte %s object 0x%px", name, object);
	EXPECT_DESCRIBED(test, object + 99, "byte 99 of the 100-byte %s object 0x%px", name,
			 object);
	EXPECT_DESCRIBED(test, object + 101, "the slot, 1 bytes behind the end of the 100-byte %s "
			 "object 0x%px", name, object);
	kmem_cache_free(cache, object);
	EXPECT_DESCRIBED(test, object + 5, "byte 5 of the 100-byte %s object 0x%px, which is free "
			 "(in a magazine)", name, object);
	magazines_drain(cache);
	EXPECT_DESCRIBED(test, object + 5, "byte 5 of the 100-byte %s object 0x%px, which is free",
			 name, object);
	kmem_cache_free(cache, objects[0]);
	kmem_cache_free(cache, objects[2]);
}

static void addresses_besides_objects(struct kunit *test)	/* ledger: I2 */
{
	struct kmem_cache *cache = plain_cache(test, 500, 0, SLAB_NO_MAGAZINES, NULL);
	char *page, *block = kmalloc(20000, GFP_KERNEL);
	struct slab *slab;

	KUNIT_ASSERT_NOT_NULL(test, block);
	take_objects(test, cache, 1, objects);
	slab = slab_of(objects[0]);
	page = (char *)((unsigned long)slab->objects & ~((PAGE_SIZE << cache->gfporder) - 1));
	EXPECT_DESCRIBED(test, slab->objects + cache->num * cache->size,
			 "the unused end of the %s slab 0x%px", cache->name, page);
	if (!cache->slab_cache) {
		EXPECT_DESCRIBED(test, slab, "the description of the %s slab 0x%px", cache->name,
				 page);
		EXPECT_DESCRIBED(test, slab->objects - 1,
				 "the unused beginning of the %s slab 0x%px", cache->name, page);
	}
	kmem_cache_free(cache, objects[0]);
	EXPECT_DESCRIBED(test, block + 19999, "byte 19999 of the 32768-byte kmalloc block 0x%px",
			 block);
	kfree(block);
	EXPECT_DESCRIBED(test, block + 19999, "the direct map of RAM");
}

/* In the middle of a fault nothing is believed that a page says. */
static void addresses_in_damaged_pages(struct kunit *test)	/* ledger: I2 */
{
	static struct kmem_cache *const lies[] = { NULL, (void *)0x10, (void *)0xfffff000 };
	struct kmem_cache *cache = plain_cache(test, 100, 0, SLAB_NO_MAGAZINES, NULL);
	struct page *page;
	struct slab *slab;

	take_objects(test, cache, 1, objects);
	page = slab_page(objects[0]);
	slab = page->slab;
	for (int i = 0; i < ARRAY_SIZE(lies); i++) {
		page->slab_cache = lies[i];
		EXPECT_DESCRIBED(test, objects[0], "the direct map of RAM");
		page->slab_cache = cache;
		page->slab = (struct slab *)lies[i];
		EXPECT_DESCRIBED(test, objects[0], "the direct map of RAM");
		page->slab = slab;
	}
	EXPECT_DESCRIBED(test, objects[0], "byte 0 of the 100-byte %s object 0x%px", cache->name,
			 objects[0]);
	kmem_cache_free(cache, objects[0]);
}

/* ---- obj ---- */

static void obj_tells_all(struct kunit *test)	/* ledger: I2 */
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);
	struct slab *slab;

	take_objects(test, cache, 3, objects);
	slab = slab_of(objects[2]);
	KUNIT_ASSERT_EQ(test, ask_address("obj", objects[2] + 7), 0);
	KUNIT_EXPECT_STREQ(test, answer, expected("%px: byte 7 of the 100-byte %s object 0x%px\n"
		"  number 2 of %u in the slab at %lx, which is %s: %u free\n  somebody has it\n",
		objects[2] + 7, cache->name, objects[2], cache->num,
		(unsigned long)slab->objects & ~((PAGE_SIZE << cache->gfporder) - 1),
		slab->nr_free ? "partial" : "full", slab->nr_free));
	kmem_cache_free(cache, objects[2]);
	ask_address("obj", objects[2]);
	EXPECT_SAYS(test, "(in a magazine)\n");
	EXPECT_SAYS(test, "\n  it is free, in a magazine of CPU 0\n");
	magazines_drain(cache);
	ask_address("obj", objects[2]);
	EXPECT_SAYS(test, ", which is free\n");
	EXPECT_SAYS(test, "\n  it is free, in its slab\n");
	give_objects(cache, 2, objects);
}

static void obj_of_the_depot(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);

	take_objects(test, cache, MOST, objects);
	give_objects(cache, MOST, objects);
	KUNIT_ASSERT_NOT_NULL(test, cache->depot.full);
	ask_address("obj", cache->depot.full->round[0]);
	EXPECT_SAYS(test, "\n  it is free, in a magazine in the depot\n");
}

static void obj_of_handles(struct kunit *test)
{
	unsigned long handle;

	KUNIT_ASSERT_EQ(test, ask("alloc kmalloc 20"), 0);
	handle = number_after("#");
	KUNIT_EXPECT_EQ(test, ask(expected("obj #%lu", handle)), 0);
	EXPECT_SAYS(test, ": byte 0 of the 32-byte kmalloc-32 object 0x");
	free_by_hand(test, handle);
	KUNIT_ASSERT_EQ(test, ask("alloc pages 0"), 0);
	handle = number_after("#");
	KUNIT_EXPECT_EQ(test, ask(expected("obj #%lu", handle)), -ENOENT);
	EXPECT_SAYS(test, "is not an object but pages");
	free_by_hand(test, handle);
	KUNIT_EXPECT_EQ(test, ask_address("obj", obj_of_handles), 0);
	EXPECT_SAYS(test, ": kernel code\n");
}

static struct kunit_case slab_commands_cases[] = {
	KUNIT_CASE(alloc_kmalloc),
	KUNIT_CASE(alloc_kmalloc_without_a_slab),
	KUNIT_CASE(alloc_cache),
	KUNIT_CASE(alloc_refuses),
	KUNIT_CASE(picture_tells_states_apart),
	KUNIT_CASE(picture_shows_magazines),
	KUNIT_CASE(picture_is_not_endless),
	KUNIT_CASE(slabtop_sorts),
	KUNIT_CASE(addresses_of_objects),
	KUNIT_CASE(addresses_besides_objects),
	KUNIT_CASE(addresses_in_damaged_pages),
	KUNIT_CASE(obj_tells_all),
	KUNIT_CASE(obj_of_the_depot),
	KUNIT_CASE(obj_of_handles),
	{}
};

static struct kunit_suite slab_commands_suite = {
	.name = "slab_commands",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = slab_commands_cases,
};
kunit_test_suite(slab_commands_suite);

/* ---- a real fault ---- */

/*
 * An object whose page may only be read. The direct map's large page is split for that, and stays
 * so: its table is the one page that this suite does not give back.
 */
static void fault_names_the_object(struct kunit *test)	/* ledger: I2 */
{
	volatile char *object = kmalloc(2048, GFP_KERNEL);
	unsigned long page = (unsigned long)object & PAGE_MASK;

	KUNIT_ASSERT_NOT_NULL(test, (void *)object);
	KUNIT_ASSERT_EQ(test, set_memory_ro(page, 1), 0);
	KUNIT_EXPECT_REPORT(test,
			    "The address lies in byte 5 of the 2048-byte kmalloc-2k object 0x*",
			    object[5] = 1);
	KUNIT_EXPECT_EQ(test, set_memory_rw(page, 1), 0);
	kfree((void *)object);
}

static struct kunit_case slab_fault_cases[] = {
	KUNIT_CASE(fault_names_the_object),
	{}
};

static struct kunit_suite slab_fault_suite = {
	.name = "slab_fault",
	.test_cases = slab_fault_cases,
};
kunit_test_suite(slab_fault_suite);
