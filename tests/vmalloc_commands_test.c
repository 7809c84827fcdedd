// SPDX-License-Identifier: MIT
/*
 * The monitor's commands about the vmalloc range, and what an address in it is called. How they
 * feel to type is tests/interactive/vmalloc.py's.
 */
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>

#include "kunit_capture.h"
#include "monitor_ear.h"
#include "vmalloc_sandbox.h"

/* ---- alloc and free ---- */

static unsigned long alloc_by_hand(struct kunit *test, const char *line)
{
	KUNIT_ASSERT_EQ_MSG(test, ask(line), 0, "%s", answer);
	return number_after("#");
}

static void free_by_hand(struct kunit *test, unsigned long handle)
{
	char line[32];

	snprintf(line, sizeof(line), "free #%lu", handle);
	KUNIT_EXPECT_EQ(test, ask(line), 0);
}

/* ledger: V1 */
static void alloc_vmalloc(struct kunit *test)
{
	unsigned long before = vmalloc_nr_pages(), handle, addr;

	handle = alloc_by_hand(test, "alloc vmalloc 10K kernel|zero");
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, ": 10240 bytes at "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, ", vmalloc, GFP_KERNEL|__GFP_ZERO\n    3 pages in "));
	addr = simple_strtoul(strstr(answer, " at ") + 4, NULL, 16);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), before + 3);
	KUNIT_EXPECT_TRUE(test, find_vm_area((void *)addr));
	KUNIT_EXPECT_EQ(test, number_after("first pfn "), vmalloc_to_pfn((void *)addr));
	free_by_hand(test, handle);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), before);
	KUNIT_EXPECT_FALSE(test, find_vm_area((void *)addr));
}

/* ledger: V3 */
static void alloc_vmap(struct kunit *test)
{
	unsigned long free = nr_free_pages(), handle = alloc_by_hand(test, "alloc vmap 4");
	const struct vm_struct *area;

	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, ": 16384 bytes at "));
	area = find_vm_area((void *)simple_strtoul(strstr(answer, " at ") + 4, NULL, 16));
	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->flags & VM_KIND_MASK, VM_MAP);
	free_by_hand(test, handle);
	vmalloc_settle();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
}

static void alloc_refuses(struct kunit *test)
{
	static const struct {
		const char *line;
		int error;
		const char *says;
	} refusals[] = {
		{ "alloc", -EINVAL, "alloc vmalloc SIZE [FLAGS]\n" },
		{ "alloc vmalloc", -EINVAL, "alloc vmalloc SIZE [FLAGS]\n" },
		{ "alloc vmap", -EINVAL, "alloc vmap PAGES [FLAGS]\n" },
		{ "alloc vmalloc 1K kernel more", -EINVAL, "alloc vmalloc SIZE [FLAGS]\n" },
		{ "alloc vmalloc x", -ERANGE, "alloc: x: not a size" },
		{ "alloc vmalloc -1", -ERANGE, "alloc: -1: not a size" },
		{ "alloc vmalloc 4G", -ERANGE, "alloc: 4G: not a size" },
		{ "alloc vmalloc 0x1000000T", -ERANGE, "alloc: 0x1000000T: not a size" },
		{ "alloc vmalloc 0x1000000001G", -ERANGE, "alloc: 0x1000000001G: not a size" },
		{ "alloc vmalloc 18446744073709555712", -ERANGE, "alloc: 18446744073709555712: not" },
		{ "alloc vmalloc 4Kx", -ERANGE, "alloc: 4Kx: not a size" },
		{ "alloc vmalloc 4K GFP_NONSENSE", -ENOENT, "alloc: GFP_NONSENSE: neither" },
		{ "alloc vmalloc 0 kernel|nowarn", -ENOMEM, "alloc: 0 bytes are not to be had" },
		{ "alloc vmalloc 3G kernel|nowarn", -ENOMEM, "alloc: 3221225472 bytes are not" },
		{ "alloc vmap 0", -ERANGE, "alloc: 0: not a number of pages from 1 to 64\n" },
		{ "alloc vmap 65", -ERANGE, "alloc: 65: not a number of pages from 1 to 64\n" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++) {
		KUNIT_EXPECT_EQ_MSG(test, ask(refusals[i].line), refusals[i].error, "%s",
				    refusals[i].line);
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(answer, refusals[i].says), "%s: %s",
					  refusals[i].line, answer);
	}
}

/* Half of the pages are to be had: none of them may be lost. */
static void alloc_vmap_half(struct kunit *test)
{
	fail_pages_from(4);
	KUNIT_EXPECT_EQ(test, ask("alloc vmap 8"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, fail_pages_stop(), 5);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "alloc: 8 pages to map are not to be had with "));
}

/* ---- the picture ---- */

/* The cell of the picture for an address; 0: it is in a row that is not printed. */
static char cell_of(unsigned long addr)
{
	unsigned long row = addr - (addr - VMALLOC_START) % (64 * PAGE_SIZE);
	char beginning[16];
	const char *found;

	snprintf(beginning, sizeof(beginning), "\n%08lx |", row);
	found = strstr(answer, beginning);
	return found ? found[strlen(beginning) + (addr - row) / PAGE_SIZE] : 0;
}

/* Side by side: two pages mapped; one, by its owner; two that are freed. */
static void picture_tells_pages_apart(struct kunit *test)
{
	char *used = vmalloc(2 * PAGE_SIZE), *freed = vmalloc(2 * PAGE_SIZE);
	struct vm_struct *bare = get_vm_area(PAGE_SIZE, VM_MAP);
	unsigned long addr = (unsigned long)used;

	KUNIT_ASSERT_TRUE(test, used && freed && bare);
	vfree(freed);
	KUNIT_ASSERT_EQ(test, ask("vmalloc"), 0);
	KUNIT_EXPECT_TRUE(test, cell_of(addr) >= 'A' && cell_of(addr) <= 'Z');
	KUNIT_EXPECT_EQ(test, cell_of(addr + PAGE_SIZE), cell_of(addr));
	KUNIT_EXPECT_EQ(test, cell_of(addr + 2 * PAGE_SIZE), '-');
	KUNIT_EXPECT_EQ(test, cell_of((unsigned long)freed), '~');
	KUNIT_EXPECT_EQ(test, cell_of((unsigned long)bare->addr), '_');
	KUNIT_EXPECT_EQ(test, cell_of((unsigned long)bare->addr + PAGE_SIZE), '-');
	KUNIT_EXPECT_EQ(test, cell_of((unsigned long)bare->addr + 2 * PAGE_SIZE), '.');
	KUNIT_EXPECT_EQ(test, number_after("lazily freed: "), 1);
	KUNIT_EXPECT_EQ(test, number_after("of them, with "), 2);
	KUNIT_EXPECT_EQ(test, number_after("pages; at "), vmap_lazy_limit());
	KUNIT_EXPECT_EQ(test, number_after("the largest hole has "), oracle_largest_room() >> 10);

	vfree(used);
	KUNIT_EXPECT_EQ(test, ask("vmalloc flush"), 0);
	KUNIT_EXPECT_STREQ(test, answer, "flushed: 2 of 2 lazily freed pages are back\n");
	KUNIT_EXPECT_EQ(test, ask("vmalloc"), 0);
	KUNIT_EXPECT_NE(test, cell_of((unsigned long)bare->addr), '~');
	free_vm_area(bare);
	KUNIT_EXPECT_EQ(test, ask("vmalloc flash"), -EINVAL);
}

/* The sum of its rows is the range, and its cells are what the tables say. */
static void picture_is_whole(struct kunit *test)
{
	unsigned long cells = 0, row;
	void *p = vmalloc(100 * PAGE_SIZE);
	const char *line;

	KUNIT_EXPECT_EQ(test, ask("vmalloc"), 0);
	KUNIT_EXPECT_EQ(test, simple_strtoul(answer, NULL, 10), VMALLOC_TOTAL >> 10);
	for (line = strchr(answer, '|'); line; line = strchr(line, '|')) {
		row = strcspn(line + 1, "|");
		if (strchr("0123456789", line[1]))
			row = 0;
		cells += row;
		line += 1 + strcspn(line + 1, "|");
		line++;
	}
	for (line = strstr(answer, "... |"); line; line = strstr(line + 5, "... |"))
		cells += 64 * simple_strtoul(line + 5, NULL, 10);
	KUNIT_EXPECT_EQ(test, cells, VMALLOC_TOTAL >> PAGE_SHIFT);
	vfree(p);
}

/* After Z comes A; of those that have no letter of their own, only the number is told. */
static void picture_has_26_letters(struct kunit *test)
{
	unsigned int before = nr_vmap_areas();
	void *areas[30];

	KUNIT_ASSERT_LT(test, before, 60);
	for (int i = 0; i < ARRAY_SIZE(areas); i++)
		areas[i] = vmalloc(1);
	KUNIT_EXPECT_EQ(test, ask("vmalloc"), 0);
	KUNIT_EXPECT_EQ(test, number_after("\nand "), before + 30 - 26);
	KUNIT_EXPECT_EQ(test, count_lines("Z "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("A cell") + 1, count_lines("A "));
	for (int i = 0; i < ARRAY_SIZE(areas); i++)
		vfree(areas[i]);
}

/* ---- addresses in words ---- */

#define EXPECT_DESCRIBED(test, _addr, _place, fmt, ...) \
do { \
	char words[256]; \
	\
	KUNIT_EXPECT_EQ(test, describe_place((unsigned long)(_addr), words, sizeof(words)), _place); \
	KUNIT_EXPECT_TRUE_MSG(test, glob_match(expected(fmt, ##__VA_ARGS__), words), "%s\n%s", \
			      words, expected(fmt, ##__VA_ARGS__)); \
} while (0)

/* ledger: V1 */
static void addresses_of_an_area(struct kunit *test)
{
	char *low = vmalloc(5000), *high = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_TRUE(test, low && high);
	KUNIT_ASSERT_PTR_EQ(test, high, low + 3 * PAGE_SIZE);
	EXPECT_DESCRIBED(test, low + 12, PLACE_KNOWN,
			 "byte 12 of the 8192-byte vmalloc area 0x%px, allocated by "
			 "addresses_of_an_area+0x*/0x*", low);
	EXPECT_DESCRIBED(test, low + 8191, PLACE_KNOWN, "byte 8191 of the 8192-byte vmalloc area *");
	EXPECT_DESCRIBED(test, low + 8192, PLACE_GUARD,
			 "the guard page of the 8192-byte vmalloc area 0x%px, 0 bytes behind its end, "
			 "allocated by addresses_of_an_area+0x*; 4096 bytes below the area 0x%px, "
			 "allocated by addresses_of_an_area+0x*", low, high);
	EXPECT_DESCRIBED(test, high - 4, PLACE_GUARD, "the guard page of *; 4 bytes below *");
	EXPECT_DESCRIBED(test, high + PAGE_SIZE, PLACE_GUARD,
			 "the guard page of the 4096-byte vmalloc area 0x%px, 0 bytes behind its end, "
			 "allocated by addresses_of_an_area+0x*/0x*[0-9a-f]", high);
	EXPECT_DESCRIBED(test, high + 2 * PAGE_SIZE, PLACE_KNOWN, "*");
	EXPECT_DESCRIBED(test, VMALLOC_END - 1, PLACE_KNOWN,
			 "the vmalloc area, where nothing is allocated");
	vfree(low);
	vfree(high);
}

/* Who had it and who freed it is known before the flush, after it, and until the place is reused. */
static void addresses_of_freed_memory(struct kunit *test)
{
	char *p = vmalloc(PAGE_SIZE), *again;

	KUNIT_ASSERT_NOT_NULL(test, p);
	vfree(p);
	for (int i = 0; i < 2; i++) {
		EXPECT_DESCRIBED(test, p + 7, PLACE_KNOWN,
				 "freed memory: byte 7 of the 4096-byte area 0x%px, allocated by "
				 "addresses_of_freed_memory+0x*/0x*, freed by "
				 "addresses_of_freed_memory+0x*/0x*", p);
		vm_unmap_aliases();
	}
	again = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_PTR_EQ(test, again, p);
	EXPECT_DESCRIBED(test, p + 7, PLACE_KNOWN, "byte 7 of the 4096-byte vmalloc area *");
	vfree(again);
}

/* The latest of several; and 128 of them, not one more. */
static void remembers_128_freed_areas(struct kunit *test)
{
	char *first = vmalloc(2 * PAGE_SIZE), *p;

	KUNIT_ASSERT_NOT_NULL(test, first);
	vfree(first);
	vm_unmap_aliases();
	p = vmalloc(1);
	KUNIT_ASSERT_PTR_EQ(test, p, first);
	vfree(p);
	vm_unmap_aliases();
	EXPECT_DESCRIBED(test, first, PLACE_KNOWN, "freed memory: byte 0 of the 4096-byte area *");
	EXPECT_DESCRIBED(test, first + 4096, PLACE_KNOWN,
			 "freed memory: byte 4096 of the 8192-byte area *");
	for (int i = 0; i < 126; i++) {
		vfree(vmalloc(1));
		vm_unmap_aliases();
	}
	EXPECT_DESCRIBED(test, first + 4096, PLACE_KNOWN, "freed memory: byte 4096 of *");
	vfree(vmalloc(1));
	vm_unmap_aliases();
	EXPECT_DESCRIBED(test, first + 4096, PLACE_KNOWN, "the vmalloc area, where nothing is *");
}

/* In the middle of a fault somebody may hold the lock: it is not waited for. */
static void describes_under_the_lock(struct kunit *test)
{
	char *p = vmalloc(1), words[256];
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, p);
	spin_lock_irqsave(&vmap_lock, flags);
	describe_address((unsigned long)p, words, sizeof(words));
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&vmap_lock));
	spin_unlock_irqrestore(&vmap_lock, flags);
	KUNIT_EXPECT_TRUE(test, glob_match("byte 0 of the 4096-byte vmalloc area *", words));
	describe_address((unsigned long)p, words, sizeof(words));
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&vmap_lock));
	vfree(p);
}

/* The fault may come from a damaged tree: links to nowhere, to no page, or in a circle. */
static void describes_in_a_damaged_tree(struct kunit *test)
{
	extern char boot_stack_guard[];
	struct rb_root *root = (struct rb_root *)vmap_area_tree();
	char *p = vmalloc(1), words[256];
	struct rb_node *top = root->rb_node, *left = top->rb_left;
	struct rb_node *const wrong[] = {
		(void *)0x1230, (void *)-16UL, (void *)boot_stack_guard, (void *)top + 1,
	};

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
		root->rb_node = wrong[i];
		describe_address((unsigned long)p, words, sizeof(words));
		root->rb_node = top;
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(words, "area"), "%px: %s", wrong[i], words);
	}
	top->rb_left = top;
	describe_address((unsigned long)p, words, sizeof(words));
	top->rb_left = left;
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(words, "area"), "%s", words);
	EXPECT_DESCRIBED(test, p, PLACE_KNOWN, "byte 0 of the 4096-byte vmalloc area *");
	vfree(p);
}

/* Whatever the size of the buffer, not a byte more. */
static void describes_into_any_buffer(struct kunit *test)
{
	char *p = vmalloc(1), *next = vmalloc(1), words[256];

	for (size_t size = 1; size < sizeof(words); size++) {
		memset(words, 'x', sizeof(words));
		describe_address((unsigned long)p + PAGE_SIZE, words, size);
		KUNIT_EXPECT_LT(test, strnlen(words, sizeof(words)), size);
		KUNIT_EXPECT_EQ(test, words[size], 'x');
	}
	vfree(p);
	vfree(next);
}

/* ledger: V1 */
static void faults_name_the_area(struct kunit *test)
{
	volatile char *volatile p = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, (void *)p);
	KUNIT_EXPECT_REPORT(test, "The address lies in the guard page of the 4096-byte vmalloc area *, "
			    "2 bytes behind its end, allocated by faults_name_the_area+*",
			    p[PAGE_SIZE + 2] = 1);
	vfree((void *)p);
	vm_unmap_aliases();
	KUNIT_EXPECT_REPORT(test, "The address lies in freed memory: byte 3 of the 4096-byte area *, "
			    "allocated by faults_name_the_area+*, freed by faults_name_the_area+*",
			    p[3] = 1);
}

/* ---- check ---- */

static void check_command(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("check vmalloc"), 0);
	KUNIT_EXPECT_STREQ(test, answer, "vmalloc: everything is as it should be\n");
	KUNIT_EXPECT_EQ(test, ask("check kmap"), 0);
	KUNIT_EXPECT_STREQ(test, answer, "kmap: everything is as it should be\n");
}

static struct kunit_case vmalloc_commands_cases[] = {
	KUNIT_CASE(alloc_vmalloc),
	KUNIT_CASE(alloc_vmap),
	KUNIT_CASE(alloc_refuses),
	KUNIT_CASE(alloc_vmap_half),
	KUNIT_CASE(picture_tells_pages_apart),
	KUNIT_CASE(picture_is_whole),
	KUNIT_CASE(picture_has_26_letters),
	KUNIT_CASE(addresses_of_an_area),
	KUNIT_CASE(addresses_of_freed_memory),
	KUNIT_CASE(remembers_128_freed_areas),
	KUNIT_CASE(describes_under_the_lock),
	KUNIT_CASE(describes_in_a_damaged_tree),
	KUNIT_CASE(describes_into_any_buffer),
	KUNIT_CASE(faults_name_the_area),
	KUNIT_CASE(check_command),
	{}
};

static struct kunit_suite vmalloc_commands_suite = {
	.name = "vmalloc_commands",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.init = vmalloc_sandbox_enter,
	.exit = vmalloc_sandbox_leave,
	.test_cases = vmalloc_commands_cases,
};
kunit_test_suite(vmalloc_commands_suite);
