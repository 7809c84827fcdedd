// SPDX-License-Identifier: MIT
/* How much free memory is in pieces, in a zone that is cut up to order; against numbers made by hand. */
#include <linux/errno.h>

#include "monitor_ear.h"
#include "page_sandbox.h"
#include "text_lines.h"

#define INDEX(numbers)	"Node 0, zone   Normal " numbers " \n"

static void expect_texts(struct kunit *test, const char *extfrag, const char *unusable)
{
	read_proc(test, "extfrag_index");
	KUNIT_EXPECT_STREQ(test, whole_text(), extfrag);
	read_proc(test, "unusable_index");
	KUNIT_EXPECT_STREQ(test, whole_text(), unusable);
}

/* Of one block of order 10, every @step-th block of @order is free, and nothing else. */
static void cut_up(struct kunit *test, unsigned int order, unsigned int step)
{
	struct zone *zone = page_sandbox_simple(test, 1);

	while (locked_alloc(zone, order, MIGRATE_MOVABLE))
		;
	for (unsigned long at = 0; at < MAX_ORDER_NR_PAGES; at += step << order)
		locked_free(zone, pfn_to_page(SANDBOX_START + at), order);
}

/* ledger: P4 P10. One block: every order can be had, and all of it used. */
static void extfrag_all_in_one_block(struct kunit *test)
{
	page_sandbox_simple(test, 1);
	expect_texts(test, INDEX("-1.000 -1.000 -1.000 -1.000 -1.000 -1.000 "
				 "-1.000 -1.000 -1.000 -1.000 -1.000"),
		     INDEX("0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000"));
}

/* Nothing free: it is for want of memory that nothing can be had. */
static void extfrag_nothing_free(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);

	KUNIT_ASSERT_NOT_NULL(test, locked_alloc(zone, 10, MIGRATE_MOVABLE));
	expect_texts(test, INDEX(" 0.000  0.000  0.000  0.000  0.000  0.000  "
				 "0.000  0.000  0.000  0.000  0.000"),
		     INDEX("1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000"));
}

/*
 * 512 single pages: 1 - (1 + 512 / pages wanted) / 512, rounded up. With so many pieces it is near 1 for
 * all orders but the smallest.
 */
static void extfrag_every_second_page(struct kunit *test)
{
	cut_up(test, 0, 2);
	expect_texts(test, INDEX("-1.000  0.499  0.749  0.874  0.936  0.967  "
				 "0.983  0.991  0.995  0.997  0.998"),
		     INDEX("0.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000"));
}

/* Four blocks of eight pages, far apart: orders 0 to 3 can be had. */
static void extfrag_few_small_blocks(struct kunit *test)
{
	cut_up(test, 3, 32);
	expect_texts(test, INDEX("-1.000 -1.000 -1.000 -1.000  0.250  0.500  "
				 "0.625  0.688  0.719  0.735  0.743"),
		     INDEX("0.000 0.000 0.000 0.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000"));
}

/* A pageblock, and the first page of the other: one of 513 pages is too small a piece for order 1. */
static void extfrag_a_large_block_and_a_page(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);
	struct page *page = locked_alloc(zone, 10, MIGRATE_MOVABLE);

	KUNIT_ASSERT_NOT_NULL(test, page);
	locked_free(zone, page + pageblock_nr_pages, pageblock_order);
	expect_texts(test, INDEX("-1.000 -1.000 -1.000 -1.000 -1.000 -1.000 "
				 "-1.000 -1.000 -1.000 -1.000  0.-500"),
		     INDEX("0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 1.000"));
	locked_free(zone, page, 0);
	expect_texts(test, INDEX("-1.000 -1.000 -1.000 -1.000 -1.000 -1.000 "
				 "-1.000 -1.000 -1.000 -1.000  0.250"),
		     INDEX("0.000 0.001 0.001 0.001 0.001 0.001 0.001 0.001 0.001 0.001 1.000"));
}

/*
 * What no request could have counts as well: as in Linux, types are not looked at. Two blocks, that
 * together are as large as is wanted.
 */
static void extfrag_counts_all_types(struct kunit *test)
{
	struct zone *zone = page_sandbox_simple(test, 1);

	locked_move(zone, SANDBOX_START, MIGRATE_HIGHATOMIC);
	locked_move(zone, SANDBOX_START + pageblock_nr_pages, MIGRATE_ISOLATE);
	read_proc(test, "extfrag_index");
	KUNIT_EXPECT_STREQ(test, whole_text(), INDEX("-1.000 -1.000 -1.000 -1.000 "
						     "-1.000 -1.000 -1.000 -1.000 "
						     "-1.000 -1.000  0.000"));
}

/* A line for each zone that has RAM. */
static void extfrag_of_all_zones(struct kunit *test)
{
	const struct zone *zone;

	page_sandbox_enter(test);
	page_sandbox_ram(page_sandbox_zone(ZONE_DMA, 1024, 2048), 1024, 2048);
	page_sandbox_ram(page_sandbox_zone(ZONE_HIGHMEM, 2048, 3072), 2048, 3072);
	read_proc(test, "unusable_index");
	for_each_populated_zone(zone)
		EXPECT_LINE(test, "Node 0, zone %8s 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 "
				  "0.000 0.000 ", zone->name);
	KUNIT_EXPECT_NULL(test, next_line());
}

static void extfrag_command(struct kunit *test)
{
	cut_up(test, 0, 2);
	KUNIT_EXPECT_EQ(test, ask("frag"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("zone Normal   -1.000  0.499  0.749  "
					  "0.874  0.936  0.967  0.983  0.991  "
					  "0.995  0.997  0.998"), 1);
	KUNIT_EXPECT_EQ(test, count_lines("zone Normal    0.000  1.000  1.000"), 1);
	KUNIT_EXPECT_EQ(test, count_lines("order             0      1 "), 1);
	KUNIT_EXPECT_EQ(test, ask("frag now"), -EINVAL);
}

static struct kunit_case extfrag_cases[] = {
	KUNIT_CASE(extfrag_all_in_one_block),
	KUNIT_CASE(extfrag_nothing_free),
	KUNIT_CASE(extfrag_every_second_page),
	KUNIT_CASE(extfrag_few_small_blocks),
	KUNIT_CASE(extfrag_a_large_block_and_a_page),
	KUNIT_CASE(extfrag_counts_all_types),
	KUNIT_CASE(extfrag_of_all_zones),
	KUNIT_CASE(extfrag_command),
	{}
};

static struct kunit_suite extfrag_suite = {
	.name = "extfrag",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.exit = page_sandbox_leave,
	.test_cases = extfrag_cases,
};
kunit_test_suite(extfrag_suite);
