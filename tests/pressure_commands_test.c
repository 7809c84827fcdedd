// SPDX-License-Identifier: MIT
/* `watermarks` and `trace alloc`: what they draw, against zones that are brought to exact numbers. */
#include <kunit/report.h>
#include <linux/errno.h>
#include <linux/sizes.h>

#include "monitor_ear.h"
#include "page_sandbox.h"
#include "zone_sandbox.h"

/* ---- watermarks ---- */

static struct zone *sandbox_with_marks(struct kunit *test, unsigned long min, unsigned long low,
				       unsigned long high)
{
	struct zone *zone = page_sandbox_simple(test, 1);

	min_wmark_pages(zone) = min;
	low_wmark_pages(zone) = low;
	high_wmark_pages(zone) = high;
	return zone;
}

#define EXPECT_BAR(test, line) \
do { \
	KUNIT_EXPECT_EQ(test, ask("watermarks 1"), 0); \
	KUNIT_EXPECT_EQ_MSG(test, count_lines(line), 1, "%s", answer); \
} while (0)

/* The bar ends at twice the high mark: a cell is a 16th of that mark. */
static void watermarks_are_drawn(struct kunit *test)
{
	struct zone *zone = sandbox_with_marks(test, 256, 320, 512);

	EXPECT_BAR(test, "Normal   |========m=l=====h===============|     4096    1024    1280    2048");
	KUNIT_ASSERT_NOT_NULL(test, locked_alloc(zone, 9, MIGRATE_MOVABLE));
	EXPECT_BAR(test, "Normal   |========m=l=====h...............|     2048    1024    1280    2048");
	KUNIT_ASSERT_NOT_NULL(test, locked_alloc(zone, 8, MIGRATE_MOVABLE));
	KUNIT_ASSERT_NOT_NULL(test, locked_alloc(zone, 5, MIGRATE_MOVABLE));
	EXPECT_BAR(test, "Normal   |=======.m.l.....h...............|      896    1024    1280    2048");
	while (locked_alloc(zone, 0, MIGRATE_MOVABLE))
		;
	EXPECT_BAR(test, "Normal   |........m.l.....h...............|        0    1024    1280    2048");
}

/* More than the bar has room for; marks of 0; a reserve. */
static void watermarks_at_the_ends(struct kunit *test)
{
	struct zone *zone = sandbox_with_marks(test, 100, 150, 200);

	EXPECT_BAR(test, "Normal   |========m===l===h==============>|     4096     400     600     800");
	min_wmark_pages(zone) = low_wmark_pages(zone) = high_wmark_pages(zone) = 0;
	EXPECT_BAR(test, "Normal   |h==============================>|     4096       0       0       0");
	KUNIT_EXPECT_EQ(test, count_lines("         "), 0);
	locked_move(zone, SANDBOX_START, MIGRATE_HIGHATOMIC);
	EXPECT_BAR(test, "         2048 KB of it are kept back for atomic blocks");
}

static void watermarks_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("watermarks 1"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("zone "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("kswapd "), 1);
	KUNIT_EXPECT_EQ(test, ask("watermarks 2"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("zone "), 2);
	KUNIT_EXPECT_EQ(test, ask("watermarks 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("watermarks soon"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("watermarks 1 2"), -EINVAL);
}

/* ---- pressure ---- */

/* ledger: R1 R3. A process gets what it asks for, and gives it back; or is killed, if there is too little. */
static void pressure_comes_and_goes(struct kunit *test)
{
	unsigned long free;
	bool enough;

	drain_all_pages(NULL);
	free = nr_free_pages() << PAGE_SHIFT;
	KUNIT_EXPECT_EQ(test, ask("pressure 1 1"), 0);
	enough = count_lines("The hog has given back 1 MB.");
	KUNIT_EXPECT_EQ_MSG(test, count_lines("The hog was killed, with 0 of 1 MB."), !enough, "%s", answer);
	KUNIT_EXPECT_TRUE(test, enough || free < 2 * SZ_1M);
	KUNIT_EXPECT_TRUE(test, !enough || free > SZ_1M);
	KUNIT_EXPECT_EQ(test, count_lines("1 s: the hog has touched 1 of 1 MB"), enough);
	KUNIT_EXPECT_GE(test, count_lines("some avg10="), enough);
	KUNIT_EXPECT_EQ(test, ask("pressure 1 0"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("The hog "), 1);
}

static void pressure_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("pressure"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("pressure 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("pressure 3000"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("pressure 1 long"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("pressure 1 1 1"), -EINVAL);
}

/* ---- trace alloc ---- */

/* ledger: G10 G14. While there is plenty, a request stands on no rung. */
static void trace_in_plenty(struct kunit *test)
{
	unsigned long free = nr_free_pages();

	KUNIT_EXPECT_EQ(test, ask("trace alloc GFP_KERNEL 1"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("0xcc0 = GFP_KERNEL, order 1; "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("before (low) "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("enter "), 0);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(answer, "without standing on a rung"), "%s", answer);
	drain_all_pages(NULL);
	KUNIT_EXPECT_GE(test, nr_free_pages(), free);
}

/* The zone that all requests without zone flags come to first. */
static struct zone *first_zone(void)
{
	return gfp_zonelist(GFP_KERNEL)->refs[0].zone;
}

/* All zones empty, but this one, which has so many pages. */
static struct zone *leave(struct kunit *test, unsigned long free)
{
	struct zone *only = first_zone(), *zone;

	zone_sandbox_enter(test);
	for_each_populated_zone(zone)
		zone_squeeze(zone, zone == only ? free : 0);
	return only;
}

/* ledger: G2 G10. Whoever cannot wait: the reserves, and no further. A line: what is free, and the floor. */
static void trace_of_a_failure(struct kunit *test)
{
	unsigned long min = min_wmark_pages(first_zone());
	char line[64];

	leave(test, min);
	KUNIT_EXPECT_EQ(test, ask("trace alloc __GFP_NOWARN"), 0);
	zone_sandbox_leave(test);
	KUNIT_EXPECT_EQ(test, count_lines("enter "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("kswapd "), 0);
	snprintf(line, sizeof(line), "reserves       %8lu <= %7lu", min, min);
	KUNIT_EXPECT_EQ_MSG(test, count_lines(line), 1, "%s", answer);
	KUNIT_EXPECT_EQ(test, count_lines("fail "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("NULL"), 1);
}

/* ledger: G2 G10. An urgent request gets the page, and the line of its rung says so. */
static void trace_of_a_success(struct kunit *test)
{
	unsigned long min = min_wmark_pages(first_zone()), floor = (min - min / 2) - (min - min / 2) / 4;
	char line[64];

	leave(test, min);
	KUNIT_EXPECT_EQ(test, ask("trace alloc __GFP_HIGH|__GFP_ATOMIC|__GFP_NOWARN"), 0);
	zone_sandbox_leave(test);
	snprintf(line, sizeof(line), "reserves       %8lu >  %7lu", min - 1, floor);
	KUNIT_EXPECT_EQ_MSG(test, count_lines(line), 1, "%s", answer);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "  a page\n"));
	KUNIT_EXPECT_EQ(test, count_lines("fail "), 0);
	KUNIT_EXPECT_EQ(test, count_lines("frame 0x"), 1);
}

/* Everybody's steps, in the log. */
static void trace_on_and_off(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("trace alloc on"), 0);
	leave(test, 0);
	KUNIT_EXPECT_REPORT(test, "alloc: *order 0, __GFP_NOWARN: reserves*", alloc_page(__GFP_NOWARN));
	KUNIT_EXPECT_EQ(test, ask("trace alloc __GFP_NOWARN"), 0);	/* its steps are in the table */
	KUNIT_EXPECT_EQ(test, count_lines("fail "), 1);
	KUNIT_EXPECT_REPORT(test, "alloc: *: fail*", alloc_page(__GFP_NOWARN));
	KUNIT_EXPECT_EQ(test, ask("trace alloc off"), 0);
	KUNIT_EXPECT_NULL(test, alloc_page(__GFP_NOWARN));
	zone_sandbox_leave(test);
	KUNIT_EXPECT_NULL(test, alloc_step_watcher);
}

static void trace_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("trace"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("trace alloc"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("trace pages on"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("trace alloc GFP_KERNAL"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("trace alloc GFP_KERNEL 11"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("trace alloc GFP_KERNEL 1 2"), -EINVAL);
}

static struct kunit_case pressure_commands_cases[] = {
	KUNIT_CASE(watermarks_are_drawn),
	KUNIT_CASE(watermarks_at_the_ends),
	KUNIT_CASE(watermarks_words),
	KUNIT_CASE(pressure_comes_and_goes),
	KUNIT_CASE(pressure_words),
	KUNIT_CASE(trace_in_plenty),
	KUNIT_CASE(trace_of_a_failure),
	KUNIT_CASE(trace_of_a_success),
	KUNIT_CASE(trace_on_and_off),
	KUNIT_CASE(trace_words),
	{}
};

static struct kunit_suite pressure_commands_suite = {
	.name = "pressure_commands",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.exit = page_sandbox_leave,
	.test_cases = pressure_commands_cases,
};
kunit_test_suite(pressure_commands_suite);
