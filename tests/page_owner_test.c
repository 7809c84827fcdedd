// SPDX-License-Identifier: MIT
/*
 * page_owner: who allocated a page, who freed it, and who has most. Without page_owner=on the
 * records and the depot are the tests' own: for low memory, as long as the suite runs.
 */
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <quarry/proc.h>

#include "page_checkers.h"

#define RECORD_SIZE	16
#define DEPOT_SIZE	(32 << 10)

static struct page_observer *owner;
static struct page *storage;		/* NULL: page_owner=on is on the command line */
static unsigned int storage_order;
static struct stack_depot outside;

static noinline struct page *allocate_here(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	barrier();				/* no tail call: we want to be in the backtrace */
	return page;
}

static noinline void free_here(struct page *page, unsigned int order)
{
	__free_pages(page, order);
	barrier();
}

/* ---- one page ---- */

static void owner_of_an_allocated_page(struct kunit *test)
{
	struct page *page = allocate_here(GFP_KERNEL | __GFP_NOWARN, 1);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_REPORT(test, "page_owner tracks the page as allocated", dump_page(page, ""));
	KUNIT_EXPECT_REPORT(test,
		"page last allocated via order 1, migratetype Unmovable, "
		"gfp_mask 0x2cc0(GFP_KERNEL|__GFP_NOWARN), pid *, tgid *, ts *",
		dump_page(page, ""));
	KUNIT_EXPECT_REPORT(test, " allocate_here+*", dump_page(page, ""));
	KUNIT_EXPECT_REPORT(test, " owner_of_an_allocated_page+*", dump_page(page, ""));
	KUNIT_EXPECT_REPORT(test, "page_owner tracks the page as allocated",
			    dump_page(page + 1, "the block's second page"));
	KUNIT_EXPECT_REPORT(test, " allocate_here+*", dump_page(page + 1, ""));
	free_here(page, 1);
}

static void owner_of_a_freed_page(struct kunit *test)
{
	struct page *page = allocate_here(GFP_KERNEL, 1);

	KUNIT_ASSERT_NOT_NULL(test, page);
	free_here(page, 1);
	KUNIT_EXPECT_REPORT(test, "page_owner tracks the page as freed", dump_page(page + 1, ""));
	KUNIT_EXPECT_REPORT(test, "page last free stack trace:", dump_page(page + 1, ""));
	KUNIT_EXPECT_REPORT(test, " free_here+*", dump_page(page + 1, ""));
	KUNIT_EXPECT_REPORT(test, " allocate_here+*", dump_page(page + 1, ""));
}

/* Exactly what a double free needs to be told: who was first. */
static void owner_in_the_report_of_a_crime(struct kunit *test)
{
	struct page *page = allocate_here(GFP_KERNEL, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	free_here(page, 0);
	KUNIT_EXPECT_REPORT(test, " free_here+*",
			    EXPECT_BAD_PAGE(test, "double free*", __free_page(page)));
	expect_page_balance(test, 1);
}

static void owner_of_a_split_page(struct kunit *test)
{
	struct page *page = allocate_here(GFP_KERNEL, 1);

	KUNIT_ASSERT_NOT_NULL(test, page);
	split_page(page, 1);
	free_here(page + 1, 0);
	KUNIT_EXPECT_REPORT(test, "page_owner tracks the page as freed", dump_page(page + 1, ""));
	KUNIT_EXPECT_REPORT(test, "page_owner tracks the page as allocated", dump_page(page, ""));
	free_here(page, 0);
}

static void owner_unknown(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "page_owner info is not present (never set?)",
			    dump_page(pfn_to_page(0), "reserved since boot"));
}

/* ---- all pages ---- */

/* What a file says, looked at line by line. */
struct reader {
	struct seq_file m;
	char line[160];
	void (*look)(struct reader *reader);
	const char *glob;		/* count_matches(): what to count, and how often it came */
	unsigned int matches;
	const char *culprit;		/* find_leaks(): whose backtrace this is */
};

static void read_text(struct seq_file *m, const char *s, size_t count)
{
	struct reader *reader = container_of(m, struct reader, m);
	size_t length = strlen(reader->line);

	for (; count > 0; s++, count--) {
		if (*s != '\n') {
			if (length < sizeof(reader->line) - 1)
				reader->line[length++] = *s;
			continue;
		}
		reader->line[length] = '\0';
		reader->look(reader);
		length = 0;
	}
	reader->line[length] = '\0';
}

static void count_matches(struct reader *reader)
{
	reader->matches += glob_match(reader->glob, reader->line);
}

static unsigned int lines_in(struct kunit *test, const char *file, const char *glob)
{
	struct reader reader = { .m.sink = read_text, .look = count_matches, .glob = glob };

	KUNIT_EXPECT_EQ(test, proc_show(file, &reader.m), 0);
	return reader.matches;
}

static void owner_lists_what_is_allocated(struct kunit *test)
{
	struct page *page = allocate_here(GFP_KERNEL, 1);
	char block[64];

	KUNIT_ASSERT_NOT_NULL(test, page);
	snprintf(block, sizeof(block), "PFN %lu type Unmovable Block * type * Flags *",
		 page_to_pfn(page));
	KUNIT_EXPECT_EQ(test, lines_in(test, "page_owner", block), 1);
	KUNIT_EXPECT_EQ(test, lines_in(test, "page_owner", " allocate_here+*"), 1);
	KUNIT_EXPECT_GE(test, lines_in(test, "page_owner",
		"Page allocated via order 1, mask 0xcc0(GFP_KERNEL), pid *, tgid *, ts * ns"), 1);
	free_here(page, 1);
	KUNIT_EXPECT_EQ(test, lines_in(test, "page_owner", block), 0);
	KUNIT_EXPECT_EQ(test, lines_in(test, "page_owner", " allocate_here+*"), 0);
}

/* "volatile": the compiler must not make a call site of its own of each round. */
static noinline void leak_few(struct page **pages)
{
	for (volatile int i = 0; i < 3; i++)
		pages[i] = allocate_here(GFP_KERNEL, 0);
}

static noinline void leak_many(struct page **pages)
{
	for (volatile int i = 0; i < 5; i++)
		pages[i] = allocate_here(GFP_KERNEL, 1);
}

static char leaks[64];

/* One word for each backtrace that is a leak's: who, and how many pages. */
static void find_leaks(struct reader *reader)
{
	unsigned long pages;

	if (glob_match(" leak_few+*", reader->line))
		reader->culprit = "few";
	if (glob_match(" leak_many+*", reader->line))
		reader->culprit = "many";
	if (!glob_match("nr_base_pages: *", reader->line) || !reader->culprit)
		return;
	pages = simple_strtoul(reader->line + strlen("nr_base_pages: "), NULL, 10);
	snprintf(leaks + strlen(leaks), sizeof(leaks) - strlen(leaks), "%s %lu ", reader->culprit,
		 pages);
	reader->culprit = NULL;
}

static void owner_adds_up_the_largest_first(struct kunit *test)
{
	struct reader reader = { .m.sink = read_text, .look = find_leaks };
	struct page *few[3], *many[5];

	leak_few(few);
	leak_many(many);
	leaks[0] = '\0';
	KUNIT_EXPECT_EQ(test, proc_show("page_owner_stacks", &reader.m), 0);
	KUNIT_EXPECT_STREQ(test, leaks, "many 10 few 3 ");
	for (int i = 0; i < 3; i++)
		free_here(few[i], 0);
	for (int i = 0; i < 5; i++)
		free_here(many[i], 1);
	leaks[0] = '\0';
	KUNIT_EXPECT_EQ(test, proc_show("page_owner_stacks", &reader.m), 0);
	KUNIT_EXPECT_STREQ(test, leaks, "");
}

/* ---- the suite ---- */

static int page_owner_suite_init(struct kunit_suite *suite)
{
	owner = find_page_observer("page_owner");
	storage = NULL;
	if (page_observer_attached(owner))
		return 0;
	storage_order = get_order(DEPOT_SIZE + max_low_pfn * RECORD_SIZE);
	storage = alloc_pages(GFP_KERNEL | __GFP_ZERO, storage_order);
	if (!storage)
		return -ENOMEM;
	outside = stack_depot;
	stack_depot_use(page_address(storage), DEPOT_SIZE);
	page_owner_use(page_address(storage) + DEPOT_SIZE, max_low_pfn * RECORD_SIZE);
	page_observer_attach(owner);
	return 0;
}

static void page_owner_suite_exit(struct kunit_suite *suite)
{
	if (!storage)
		return;
	page_observer_detach(owner);
	page_owner_use(NULL, 0);
	stack_depot = outside;
	__free_pages(storage, storage_order);
}

static int page_owner_init(struct kunit *test)
{
	page_balance_begin();
	return 0;
}

static struct kunit_case page_owner_cases[] = {
	KUNIT_CASE(owner_of_an_allocated_page),	/* ledger: G14 */
	KUNIT_CASE(owner_of_a_freed_page),
	KUNIT_CASE(owner_in_the_report_of_a_crime),
	KUNIT_CASE(owner_of_a_split_page),	/* ledger: P8 */
	KUNIT_CASE(owner_unknown),
	KUNIT_CASE(owner_lists_what_is_allocated),
	KUNIT_CASE(owner_adds_up_the_largest_first),
	{}
};

static struct kunit_suite page_owner_suite = {
	.name = "page_owner",
	.suite_init = page_owner_suite_init,
	.suite_exit = page_owner_suite_exit,
	.init = page_owner_init,
	.test_cases = page_owner_cases,
};
kunit_test_suite(page_owner_suite);
