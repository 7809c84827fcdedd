// SPDX-License-Identifier: MIT
/*
 * The monitor's commands about pages: what they print is caught by a console, and compared with
 * what the structures say. How they feel to type is tests/interactive/pages.py's.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../mm/internal.h"
#include "monitor_ear.h"

/* ---- watching ---- */

typedef unsigned long block_counts[MAX_NR_ZONES][MAX_ORDER];

static void count_free_blocks(block_counts counts)
{
	for (int z = 0; z < MAX_NR_ZONES; z++)
		for (int order = 0; order < MAX_ORDER; order++)
			counts[z][order] = contig_page_data.node_zones[z].free_area[order].nr_free;
}

static unsigned int largest_free_order(const struct zone *zone)
{
	int order;

	for (order = MAX_ORDER - 1; order > 0; order--)
		if (zone->free_area[order].nr_free)
			break;
	return order;
}

/* The line of the step from one order to the next. */
static unsigned int count_steps(const char *what, unsigned int from, unsigned int to)
{
	char beginning[32];

	snprintf(beginning, sizeof(beginning), "%s %2u -> %-2u ", what, from, to);
	return count_lines(beginning);
}

static int free_handle(const char *before, unsigned long handle)
{
	char line[64];

	snprintf(line, sizeof(line), "%sfree #%lu", before, handle);
	return ask(line);
}

/* With small blocks of the same type about, which the watched request must not see. */
static void watch_alloc_and_free(struct kunit *test)
{
	const struct zone *zone = gfp_zonelist(GFP_KERNEL)->refs[0].zone;
	struct page *small = alloc_page(GFP_KERNEL);
	static block_counts before, after;
	unsigned long handle, frame;
	unsigned int top, order;

	KUNIT_ASSERT_NOT_NULL(test, small);
	drain_all_pages(NULL);
	count_free_blocks(before);
	top = largest_free_order(zone);

	KUNIT_ASSERT_EQ(test, ask("buddy watch alloc pages 0"), 0);
	handle = number_after("#");
	frame = number_after("pfn ");
	KUNIT_EXPECT_PTR_EQ(test, page_zone(pfn_to_page(frame)), (struct zone *)zone);
	KUNIT_EXPECT_EQ(test, count_lines("split "), top);
	for (order = 0; order < top; order++)
		KUNIT_EXPECT_EQ(test, count_steps("split", order + 1, order), 1);
	KUNIT_EXPECT_EQ(test, count_lines("merge "), 0);
	KUNIT_EXPECT_EQ(test, number_after("keeps "), frame);
	KUNIT_EXPECT_EQ(test, number_after("frees "), frame + (top ? 1UL << (top - 1) : 0));

	KUNIT_EXPECT_EQ(test, free_handle("buddy watch ", handle), 0);
	KUNIT_EXPECT_EQ(test, count_lines("split "), 0);
	KUNIT_EXPECT_EQ(test, count_lines("merge "), top);
	for (order = 0; order < top; order++)
		KUNIT_EXPECT_EQ(test, count_steps("merge", order, order + 1), 1);
	count_free_blocks(after);
	KUNIT_EXPECT_MEMEQ(test, before, after, sizeof(before));
	__free_page(small);
	drain_all_pages(NULL);
}

static bool somebody_watches(void)
{
	const struct page_observer *o;

	for (o = page_watchers; o; o = o->next)
		if (!strcmp(o->name, "buddy watch"))
			return true;
	return false;
}

/* One operation is watched, and then nobody is there any more. */
static void watch_once(struct kunit *test)
{
	bool pcp_on = pcp_enabled();

	KUNIT_EXPECT_EQ(test, ask("buddy watch"), 0);
	KUNIT_EXPECT_EQ(test, ask("alloc pages 1"), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "split"));	/* that none was needed, perhaps */
	KUNIT_EXPECT_EQ(test, free_handle("", number_after("#")), 0);
	KUNIT_EXPECT_STREQ(test, answer, "");
	KUNIT_EXPECT_EQ(test, pcp_enabled(), pcp_on);
	KUNIT_EXPECT_FALSE(test, somebody_watches());
	drain_all_pages(NULL);
}

/* Whether the next alloc was watched. */
static bool next_is_watched(struct kunit *test)
{
	bool watched;

	KUNIT_EXPECT_EQ(test, ask("alloc pages 0"), 0);
	watched = strstr(answer, "split");
	KUNIT_EXPECT_EQ(test, free_handle("", number_after("#")), 0);
	drain_all_pages(NULL);
	return watched;
}

/* What cannot be watched is said, nothing is drawn, and nobody waits for another operation. */
static void watch_refuses(struct kunit *test)
{
	static const struct {
		const char *line;
		int error;
	} refusals[] = {
		{ "buddy watch buddy", -EINVAL }, { "buddy watch nosuchthing", -ENOENT },
		{ "buddy look", -EINVAL }, { "buddy watch free #0", -ENOENT },
		{ "buddy watch alloc bread", -ENOENT }, { "buddy watch alloc pages x", -ERANGE },
		{ "buddy watch alloc", -EIO },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++) {
		KUNIT_EXPECT_EQ_MSG(test, ask(refusals[i].line), refusals[i].error, "%s",
				    refusals[i].line);
		KUNIT_EXPECT_NULL_MSG(test, strstr(answer, " splits, "), "%s", refusals[i].line);
		KUNIT_EXPECT_FALSE_MSG(test, next_is_watched(test), "%s", refusals[i].line);
	}
}

/* A slip of the fingers is not the operation that was to be watched. */
static void watch_outlives_mistakes(struct kunit *test)
{
	bool pcp_on = pcp_enabled();

	KUNIT_EXPECT_EQ(test, ask("buddy watch"), 0);
	KUNIT_EXPECT_EQ(test, ask("alloc bread"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("alloc pages x"), -ERANGE);
	KUNIT_EXPECT_STREQ(test, answer, "alloc: x: not an order (0 to 10)\n");
	KUNIT_EXPECT_EQ(test, ask("alloc pages 0 GFP_NONSENSE"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("free #65"), -ENOENT);
	KUNIT_EXPECT_FALSE(test, somebody_watches());
	KUNIT_EXPECT_EQ(test, pcp_enabled(), pcp_on);
	KUNIT_EXPECT_TRUE(test, next_is_watched(test));
	KUNIT_EXPECT_FALSE(test, next_is_watched(test));
}

static void watch_of_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("buddy watch handles"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("nothing was split or merged\n"), 1);
	KUNIT_EXPECT_NULL(test, strstr(answer, " splits, "));
	drain_all_pages(NULL);
}

/* ---- the pictures ---- */

static void picture_has_all(struct kunit *test)
{
	const struct zone *zone;
	char heading[64];

	drain_all_pages(NULL);
	KUNIT_ASSERT_EQ(test, ask("buddy"), 0);
	for_each_populated_zone(zone) {
		snprintf(heading, sizeof(heading), "zone %s: %lu of %lu KB are free", zone->name,
			 (zone->nr_free_pages + zone->nr_isolated_free) << (PAGE_SHIFT - 10),
			 zone->managed_pages << (PAGE_SHIFT - 10));
		KUNIT_EXPECT_EQ_MSG(test, count_lines(heading), 1, "%s", heading);
	}
}

/* However much RAM there is, a person can read it. */
static void map_is_short(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, ask("map plain"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("000000000 |"), 1);
	KUNIT_EXPECT_LT(test, count_lines(""), 60);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "the pageblock's type, not its owners'"));
	KUNIT_EXPECT_EQ(test, ask("map upside-down"), -EINVAL);
}

static void page_tells_the_state(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	char line[32];

	KUNIT_ASSERT_NOT_NULL(test, page);
	snprintf(line, sizeof(line), "page %px", page_address(page) + 5 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, ask(line), -EINVAL);	/* without 0x it is no number */
	snprintf(line, sizeof(line), "page %#lx",
		 (unsigned long)page_address(page) + 5 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, ask(line), 0);
	KUNIT_EXPECT_EQ(test, number_after("pfn "), page_to_pfn(page) + 5);
	KUNIT_EXPECT_EQ(test, count_lines("  allocated; block ["), 1);
	KUNIT_EXPECT_EQ(test, number_after("; block ["), page_to_pfn(page));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, ",+8) of order 3, page 5 of it\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "(interior|zone="));

	set_page_block(page, PAGE_QUARANTINED, 3);
	snprintf(line, sizeof(line), "page pfn:%lu", page_to_pfn(page));
	KUNIT_EXPECT_EQ(test, ask(line), 0);
	KUNIT_EXPECT_EQ(test, count_lines("  quarantined: out of service; block ["), 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "(quarantined|order=3|zone="));
	set_page_block(page, PAGE_ALLOCATED, 3);
	__free_pages(page, 3);

	snprintf(line, sizeof(line), "page %#lx", (unsigned long)answer);	/* kernel data */
	KUNIT_EXPECT_EQ(test, ask(line), 0);
	KUNIT_EXPECT_EQ(test, count_lines("  reserved: "), 1);
	KUNIT_EXPECT_EQ(test, ask("page 0xffffffff"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("page pfn:0xffffffff"), -ENOENT);
}

/* ---- handles ---- */

static void handles_are_checked(struct kunit *test)
{
	unsigned long handle;

	KUNIT_EXPECT_EQ(test, ask("alloc"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("alloc pages"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("alloc bread 1"), -ENOENT);
	KUNIT_EXPECT_EQ(test, count_lines("alloc: bread: no such kind; there is: "), 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "pages"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "vmalloc"));
	KUNIT_EXPECT_EQ(test, ask("alloc pages 0 GFP_NONSENSE"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("alloc pages 11 kernel,nowarn"), -ENOMEM);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "; the largest order is 10\n"));
	KUNIT_EXPECT_EQ(test, ask("free #65"), -ENOENT);

	KUNIT_ASSERT_EQ(test, ask("alloc pages 2 kernel|zero"), 0);
	handle = number_after("#");
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "4 pages, order 2"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "GFP_KERNEL|__GFP_ZERO\n"));
	KUNIT_EXPECT_EQ(test, free_handle("", handle), 0);
	KUNIT_EXPECT_EQ(test, free_handle("", handle), -ENOENT);
	drain_all_pages(NULL);
}

/* ---- flags ---- */

static const struct decoding {
	const char *line, *first, *has;		/* the answer's first line, and something in it */
} decodings[] = {
	{ "gfp 0xcc0", "0xcc0 = GFP_KERNEL\n", "  refused at  min, plus " },
	{ "gfp kernel zero", "0xdc0 = GFP_KERNEL|__GFP_ZERO\n", "  memory      zeroed" },
	{ "gfp __GFP_ATOMIC", "0x200 = __GFP_ATOMIC\n", "refused at  3/4 of min" },
	{ "gfp atomic", "0xa20 = GFP_ATOMIC\n", "refused at  3/8 of min" },
	{ "gfp __GFP_HIGH", "0x20 = __GFP_HIGH\n", "refused at  1/2 of min" },
	{ "gfp memalloc", "0x20000 = __GFP_MEMALLOC\n", "it may have the last page" },
	{ "gfp atomic nomemalloc", "0x80a20 = GFP_ATOMIC|__GFP_NOMEMALLOC\n", "1/2 of min" },
	{ "gfp GFP_KERNEL,~__GFP_FS", "0xc40 = GFP_NOFS\n", "with I/O, without file systems" },
	{ "gfp __GFP_WAIT", "0xc00 = GFP_NOIO\n", "may sleep" },
	{ "gfp dma", "0x1 = GFP_DMA\n", "never sleeps; wakes nobody" },
	{ "gfp dma|highmem", "0x3 = GFP_DMA|__GFP_HIGHMEM\n", "WRONG:      zones" },
	{ "gfp dma highmem", "0x3 = GFP_DMA|__GFP_HIGHMEM\n",
	  " (as if __GFP_HIGHMEM were not there)\n  type" },
	{ "gfp dma32 highmem", "0x6 = __GFP_HIGHMEM|GFP_DMA32\n",
	  "DMA (as if __GFP_HIGHMEM|GFP_DMA32 were not there)\n  type" },
	{ "gfp movable reclaimable", "0x18 = __GFP_RECLAIMABLE|__GFP_MOVABLE\n", "WRONG:      m" },
	{ "gfp reclaimable movable", "0x18 = __GFP_RECLAIMABLE|__GFP_MOVABLE\n",
	  "  type        Reclaimable (as if __GFP_MOVABLE were not there)" },
	{ "gfp 0x1000000", "0x1000000 = 0x1000000\n", "WRONG:      bits that mean nothing" },
	{ "gfp nofail", "0x8000 = __GFP_NOFAIL\n", "WRONG:      __GFP_NOFAIL" },
	{ "gfp __GFP_NOFAIL", "0x8000 = __GFP_NOFAIL\n", "  failure     a warning and NULL" },
	{ "gfp kernel nofail", "0x8cc0 = GFP_KERNEL|__GFP_NOFAIL\n", "failure     never: it waits" },
	{ "gfp nofail kernel", "0x8cc0 = GFP_KERNEL|__GFP_NOFAIL\n", "may have the last page" },
	{ "gfp kernel noretry", "0x10cc0 = GFP_KERNEL|__GFP_NORETRY\n", "after one round of reclaim; " },
	{ "gfp kernel retry_mayfail", "0x4cc0 = GFP_KERNEL|__GFP_RETRY_MAYFAIL\n", "nobody is killed" },
	{ "gfp kernel __GFP_ATOMIC", "0xec0 = GFP_KERNEL|__GFP_ATOMIC\n", "refused at  min, plus" },
};

static void decoding_name(const struct decoding *d, char *desc)
{
	strcpy(desc, d->line);
}
KUNIT_ARRAY_PARAM(decoding, decodings, decoding_name);

/* ledger: G14 */
static void gfp_decodes(struct kunit *test)
{
	const struct decoding *d = test->param_value;

	KUNIT_ASSERT_EQ(test, ask(d->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, count_lines(d->first), 1, "%s", answer);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(answer, d->has), "%s", answer);
}

/* The number of free pages that `gfp` says a request is refused at in a zone. */
static long told_floor(const struct zone *zone)
{
	const char *numbers = strstr(answer, "free pages:\n");
	char word[16], *end;
	long floor;

	snprintf(word, sizeof(word), " %s ", zone->name);
	numbers = numbers ? strstr(numbers, word) : NULL;
	if (!numbers)
		return -1;
	floor = simple_strtoul(numbers + strlen(word), &end, 10);
	return strncmp(end, " + ", 3) ? floor : floor + (long)simple_strtoul(end + 3, NULL, 10);
}

/* With so many pages free the zone refuses, and with one more it does not. */
static void gfp_tells_the_floor(struct kunit *test)
{
	static const struct {
		const char *line;
		gfp_t gfp;
	} requests[] = {
		{ "gfp GFP_KERNEL", GFP_KERNEL }, { "gfp GFP_ATOMIC", GFP_ATOMIC },
		{ "gfp GFP_HIGHUSER", GFP_HIGHUSER }, { "gfp GFP_DMA", GFP_DMA },
		{ "gfp highmem movable atomic", __GFP_HIGHMEM | __GFP_MOVABLE | GFP_ATOMIC },
	};
	static struct zone copy;

	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct zonelist *list = gfp_zonelist(requests[i].gfp);
		unsigned int alloc_flags = gfp_to_alloc_flags(requests[i].gfp);

		KUNIT_ASSERT_EQ(test, ask(requests[i].line), 0);
		for (const struct zoneref *ref = list->refs; ref->zone; ref++) {
			unsigned long min = min_wmark_pages(ref->zone);

			if (!managed_zone(ref->zone))
				continue;
			copy = *ref->zone;
			copy.nr_free_pages = told_floor(ref->zone);
			KUNIT_EXPECT_FALSE_MSG(test, zone_watermark_ok(&copy, 0, min,
					       list->highest, alloc_flags), "%s", answer);
			copy.nr_free_pages++;
			KUNIT_EXPECT_TRUE_MSG(test, zone_watermark_ok(&copy, 0, min,
					      list->highest, alloc_flags), "%s", answer);
		}
	}
}

/* ledger: G14 */
static void gfp_warns_of_nothing_usual(struct kunit *test)
{
	static const char *const usual[] = {
		"gfp GFP_KERNEL", "gfp GFP_ATOMIC", "gfp GFP_HIGHUSER_MOVABLE", "gfp GFP_TRANSHUGE",
		"gfp GFP_NOWAIT", "gfp GFP_DMA32", "gfp GFP_KERNEL __GFP_NOFAIL",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(usual); i++) {
		KUNIT_EXPECT_EQ(test, ask(usual[i]), 0);
		KUNIT_EXPECT_NULL_MSG(test, strstr(answer, "WRONG"), "%s: %s", usual[i], answer);
	}
	KUNIT_EXPECT_EQ(test, ask("gfp"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("gfp GFP_KERNAL"), -ENOENT);
}

/* ---- tunables ---- */

static void echo_tells_the_range(struct kunit *test)
{
	static const char *const lines[][2] = {
		{ "echo 9999 > /proc/sys/vm/watermark_scale_factor",
		  "watermark_scale_factor takes one number, from 1 to 3000\n" },
		{ "echo -1 > /proc/sys/vm/min_free_kbytes",
		  "min_free_kbytes takes one number, from 0 to 2147483647\n" },
		{ "echo 1 2 3 4 5 > /proc/sys/vm/lowmem_reserve_ratio",
		  "lowmem_reserve_ratio takes one to 4 numbers, up to 2147483647\n" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++) {
		KUNIT_EXPECT_EQ(test, ask(lines[i][0]), -EIO);
		KUNIT_EXPECT_EQ_MSG(test, count_lines(lines[i][1]), 1, "%s", answer);
	}
}

static struct kunit_case page_commands_cases[] = {
	KUNIT_CASE(watch_alloc_and_free),
	KUNIT_CASE(watch_once),
	KUNIT_CASE(watch_refuses),
	KUNIT_CASE(watch_outlives_mistakes),
	KUNIT_CASE(watch_of_nothing),
	KUNIT_CASE(picture_has_all),
	KUNIT_CASE(map_is_short),
	KUNIT_CASE(page_tells_the_state),
	KUNIT_CASE(handles_are_checked),
	KUNIT_CASE_PARAM(gfp_decodes, decoding_gen_params),
	KUNIT_CASE(gfp_tells_the_floor),
	KUNIT_CASE(gfp_warns_of_nothing_usual),
	KUNIT_CASE(echo_tells_the_range),
	{}
};

static struct kunit_suite page_commands_suite = {
	.name = "page_commands",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.test_cases = page_commands_cases,
};
kunit_test_suite(page_commands_suite);
