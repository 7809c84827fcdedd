// SPDX-License-Identifier: MIT
/* The validator of the vmalloc range: each promise is broken, seen, named, and mended. */
#include <asm/tlbflush.h>
#include <linux/kernel.h>
#include <linux/rbtree_augmented.h>

#include "kunit_capture.h"
#include "vmalloc_sandbox.h"

static bool sound;		/* the validator's last verdict */

static void validate_quietly(void)
{
	int loglevel = console_loglevel;

	console_loglevel = LOGLEVEL_CRIT;
	sound = vmalloc_validate();
	console_loglevel = loglevel;
}

/* What is broken by @crime must be reported in these words; what @mend does makes it good again. */
#define EXPECT_SEEN(test, words, crime, mend) \
do { \
	crime; \
	KUNIT_EXPECT_REPORT(test, "vmalloc: " words, validate_quietly()); \
	KUNIT_EXPECT_FALSE_MSG(test, sound, "%s", words); \
	mend; \
	KUNIT_EXPECT_TRUE_MSG(test, vmalloc_validate(), "mended: %s", words); \
} while (0)

#define NR_AREAS	6

/* Side by side, two pages and a guard each; between the fourth and the fifth there is a hole. */
static struct vm_struct *areas[NR_AREAS];
#define a (areas[1])
#define b (areas[2])

static int setup(struct kunit *test)
{
	void *addr[NR_AREAS], *hole = NULL;

	vmalloc_sandbox_enter(test);
	for (int i = 0; i < NR_AREAS; i++) {
		if (i == 4)
			hole = vmalloc(4 * PAGE_SIZE);
		addr[i] = vmalloc(2 * PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, addr[i]);
		areas[i] = find_vm_area(addr[i]);
	}
	vfree(hole);
	vm_unmap_aliases();
	KUNIT_ASSERT_EQ(test, areas[4]->hole, 5 * PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, vmalloc_validate());
	return 0;
}

static void leave(struct kunit *test)
{
	for (int i = 0; i < NR_AREAS; i++) {
		if (areas[i])
			vfree(areas[i]->addr);
		areas[i] = NULL;
	}
	vmalloc_sandbox_leave(test);
}

/* ---- areas ---- */

static void check_addresses(struct kunit *test)
{
	EXPECT_SEEN(test, "the area at * has 0x3001 bytes: these are no pages", a->size++, a->size--);
	EXPECT_SEEN(test, "the area at * has 0x0 bytes: these are no pages",
		    a->size = 0, a->size = 3 * PAGE_SIZE);
	EXPECT_SEEN(test, "the area at *001 has 0x3000 bytes: these are no pages", a->addr++, a->addr--);
	EXPECT_SEEN(test, "the area at * begins before *, where the one before it ends",
		    a->size += PAGE_SIZE, a->size -= PAGE_SIZE);
	EXPECT_SEEN(test, "the area at * ends behind the range (*)",
		    areas[5]->size += VMALLOC_TOTAL, areas[5]->size -= VMALLOC_TOTAL);
	EXPECT_SEEN(test, "the area at * is of several kinds: flags 0x6",
		    a->flags |= VM_MAP, a->flags &= ~VM_MAP);
	EXPECT_SEEN(test, "the area at * has 3 pages in 0x3000 bytes", a->nr_pages = 3, a->nr_pages = 2);
}

static void check_holes(struct kunit *test)
{
	struct vm_struct *last = areas[4];

	EXPECT_SEEN(test, "in front of * there are 0x0 bytes free, not 0x1000",
		    b->hole += PAGE_SIZE, b->hole -= PAGE_SIZE);
	EXPECT_SEEN(test, "in front of * there are 0x5000 bytes free, not 0x4000",
		    last->hole -= PAGE_SIZE, last->hole += PAGE_SIZE);
	EXPECT_SEEN(test, "the largest hole at or below * is *, not *",
		    b->largest_hole += PAGE_SIZE, b->largest_hole -= PAGE_SIZE);
	EXPECT_SEEN(test, "the largest hole at or below * is *, not *",
		    last->largest_hole -= PAGE_SIZE, last->largest_hole += PAGE_SIZE);
}

static void check_counts(struct kunit *test)
{
	EXPECT_SEEN(test, "vmalloc_nr_pages is *, but the areas have *",
		    (a->flags &= ~VM_ALLOC), (a->flags |= VM_ALLOC));
	EXPECT_SEEN(test, "vmalloc_nr_pages is *, but the areas have *", a->nr_pages = 1, a->nr_pages = 2);
}

/* ---- pages ---- */

#define page_of(area, i) ((unsigned long)(area)->addr + (i) * PAGE_SIZE)

/* Take a mapping away behind its owner's back, and leave the page in @state. */
static unsigned long take_page(unsigned long addr, enum window_page state)
{
	unsigned long pfn = vmalloc_to_pfn((void *)addr), same;

	unmap_kernel_range(addr, 1);
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	if (state == WINDOW_EMPTY)
		forget_kernel_range(addr, 1, &same);
	return pfn;
}

static void put_page_back(unsigned long addr, unsigned long pfn)
{
	unsigned long same;

	forget_kernel_range(addr, 1, &same);
	map_kernel_range(addr, pfn, 1, PAGE_KERNEL);
}

static void check_pages_in_use(struct kunit *test)
{
	unsigned long pfn;

	EXPECT_SEEN(test, "the page at *, in use, is empty instead of mapped",
		    pfn = take_page(page_of(a, 0), WINDOW_EMPTY), put_page_back(page_of(a, 0), pfn));
	EXPECT_SEEN(test, "the page at *, in use, is stale instead of mapped",
		    pfn = take_page(page_of(a, 1), WINDOW_STALE), put_page_back(page_of(a, 1), pfn));
}

/* A page mapped where none may be; @addr is empty. */
static void check_mapped_astray(struct kunit *test, unsigned long addr, const char *place)
{
	unsigned long pfn = vmalloc_to_pfn(a->addr);

	map_kernel_range(addr, pfn, 1, PAGE_KERNEL);
	KUNIT_EXPECT_REPORT(test, expected("vmalloc: the page at %#lx, %s, is mapped instead of "
					   "empty", addr, place), validate_quietly());
	KUNIT_EXPECT_FALSE(test, sound);
	take_page(addr, WINDOW_EMPTY);
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
}

static void check_pages_astray(struct kunit *test)
{
	check_mapped_astray(test, page_of(a, 2), "a guard");
	check_mapped_astray(test, page_of(areas[3], 3), "in a hole");
	check_mapped_astray(test, page_of(areas[4], -1), "in a hole");
	check_mapped_astray(test, page_of(areas[5], 3), "in a hole");
	check_mapped_astray(test, VMALLOC_END - PAGE_SIZE, "in a hole");
}

/* In the middle of a large hole the page is seen when its turn has come. */
static void check_pages_on_budget(struct kunit *test)
{
	unsigned long addr = VMALLOC_END - 64 * PAGE_SIZE, calls = 0;

	map_kernel_range(addr, vmalloc_to_pfn(a->addr), 1, PAGE_KERNEL);
	do
		validate_quietly();
	while (sound && ++calls <= (VMALLOC_TOTAL >> PAGE_SHIFT) / 8192);
	KUNIT_EXPECT_FALSE(test, sound);
	take_page(addr, WINDOW_EMPTY);
}

static void check_freed(struct kunit *test)
{
	struct vm_struct *area = areas[3];
	unsigned long pfn = vmalloc_to_pfn(area->addr), same;

	vfree(area->addr);
	areas[3] = NULL;
	KUNIT_ASSERT_TRUE(test, vmalloc_validate());
	EXPECT_SEEN(test, "the page at *, freed, is empty instead of stale",
		    (flush_tlb_all(), forget_kernel_range(page_of(area, 0), 1, &same)),
		    (map_kernel_range(page_of(area, 0), pfn, 1, PAGE_KERNEL),
		     unmap_kernel_range(page_of(area, 0), 1)));
	EXPECT_SEEN(test, "lazy_pages is 2, but freed areas have 1",
		    area->nr_pages = 1, area->nr_pages = 2);
}

/* What an interrupt has freed is still mapped, and still counted, until somebody comes by. */
static void check_freed_by_an_interrupt(struct kunit *test)
{
	vfree_atomic(areas[3]->addr);
	areas[3] = NULL;
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
}

/* ---- the tree ---- */

/* One of ours that satisfies @wanted; each sixth of a tree like this does. */
static struct vm_struct *find_area(struct kunit *test, bool (*wanted)(const struct rb_node *node))
{
	for (int i = 0; i < NR_AREAS; i++)
		if (wanted(&areas[i]->rb_node))
			return areas[i];
	KUNIT_ASSERT_FAILURE(test, "no such node");
	return NULL;
}

static bool is_red(const struct rb_node *node)
{
	return rb_is_red(node);
}

static bool has_left(const struct rb_node *node)
{
	return node->rb_left;
}

static void check_colours(struct kunit *test)
{
	struct rb_node *red = &find_area(test, is_red)->rb_node, *above = rb_parent(red);

	EXPECT_SEEN(test, "* black nodes lead to a leaf below *, * to others",
		    red->__rb_parent_color ^= RB_BLACK, red->__rb_parent_color ^= RB_BLACK);
	EXPECT_SEEN(test, "* is red, and so is the node above it, or there is none",
		    above->__rb_parent_color ^= RB_BLACK, above->__rb_parent_color ^= RB_BLACK);
}

static void check_links(struct kunit *test)
{
	struct rb_node *node = &find_area(test, has_left)->rb_node, *left = node->rb_left;
	struct rb_root *root = (struct rb_root *)vmap_area_tree();
	struct rb_node *top = root->rb_node;

	EXPECT_SEEN(test, "a link leads to *, where there can be no area",
		    node->rb_left = (void *)0x1230, node->rb_left = left);
	EXPECT_SEEN(test, "a link leads to *, where there can be no area",
		    node->rb_left = (void *)left + 1, node->rb_left = left);
	EXPECT_SEEN(test, "* does not lead back to the one that leads to it",
		    left->__rb_parent_color += 4, left->__rb_parent_color -= 4);
	EXPECT_SEEN(test, "the end of the range is not in the tree",
		    root->rb_node = NULL, root->rb_node = top);
}

static struct vm_struct chain[42];

/* A tree that is a list: the walk ends before the stack does. */
static void check_depth(struct kunit *test)
{
	struct rb_root *root = (struct rb_root *)vmap_area_tree();
	struct rb_node *top = root->rb_node, *last = NULL;

	for (int i = 0; i < ARRAY_SIZE(chain); i++) {
		rb_link_node(&chain[i].rb_node, last, last ? &last->rb_left : &root->rb_node);
		rb_set_parent_color(&chain[i].rb_node, last, RB_BLACK);
		last = &chain[i].rb_node;
	}
	EXPECT_SEEN(test, "the tree has more than 40 levels", , root->rb_node = top);
}

static void check_end(struct kunit *test)
{
	struct rb_node *end = rb_last(vmap_area_tree());

	rb_link_node(&chain[0].rb_node, end, &end->rb_right);
	EXPECT_SEEN(test, "there is an area behind the end of the range", , end->rb_right = NULL);
}

/* Of very many faults the first are told, and how many more there are. */
static void check_tells_so_much_and_no_more(struct kunit *test)
{
	for (int i = 0; i < NR_AREAS; i++) {
		areas[i]->hole += PAGE_SIZE;
		areas[i]->largest_hole += 3 * PAGE_SIZE;
		areas[i]->nr_pages = 1;
	}
	KUNIT_EXPECT_REPORT(test, "vmalloc: and * more", validate_quietly());
	for (int i = 0; i < NR_AREAS; i++) {
		areas[i]->hole -= PAGE_SIZE;
		areas[i]->largest_hole -= 3 * PAGE_SIZE;
		areas[i]->nr_pages = 2;
	}
	KUNIT_EXPECT_TRUE(test, vmalloc_validate());
}

static struct kunit_case check_vmalloc_cases[] = {
	KUNIT_CASE(check_addresses),
	KUNIT_CASE(check_holes),
	KUNIT_CASE(check_counts),
	KUNIT_CASE(check_pages_in_use),
	KUNIT_CASE(check_pages_astray),
	KUNIT_CASE(check_pages_on_budget),
	KUNIT_CASE(check_freed),
	KUNIT_CASE(check_freed_by_an_interrupt),
	KUNIT_CASE(check_colours),
	KUNIT_CASE(check_links),
	KUNIT_CASE(check_depth),
	KUNIT_CASE(check_end),
	KUNIT_CASE(check_tells_so_much_and_no_more),
	{}
};

static struct kunit_suite check_vmalloc_suite = {
	.name = "check_vmalloc",
	.init = setup,
	.exit = leave,
	.test_cases = check_vmalloc_cases,
};
kunit_test_suite(check_vmalloc_suite);
