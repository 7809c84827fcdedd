// SPDX-License-Identifier: MIT
/* Chapter one's promises: the lists stay sorted and merged, allocation keeps to its limits. */
#include <linux/errno.h>
#include <linux/sizes.h>
#include "memblock_sandbox.h"

struct range {
	phys_addr_t start, end;
};

static int setup(struct kunit *test)
{
	memblock_sandbox_enter(INIT_MEMBLOCK_REGIONS);
	return 0;
}

static void teardown(struct kunit *test)
{
	memblock_sandbox_leave();
}

/* @type lists exactly the given ranges, and all lists keep their invariants. */
static void expect_ranges(struct kunit *test, const struct memblock_type *type,
			  const struct range *want, unsigned long n)
{
	unsigned long i;

	KUNIT_EXPECT_TRUE(test, memblock_validate());
	KUNIT_ASSERT_EQ(test, type->cnt, n);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, type->regions[i].base, want[i].start);
		KUNIT_EXPECT_EQ(test, memblock_region_end(&type->regions[i]), want[i].end);
	}
}

#define EXPECT_RANGES(test, type, ...) \
do { \
	static const struct range __want[] = { __VA_ARGS__ }; \
	expect_ranges(test, type, __want, ARRAY_SIZE(__want)); \
} while (0)

#define EXPECT_MEMORY(test, ...)	EXPECT_RANGES(test, &memblock.memory, __VA_ARGS__)
#define EXPECT_RESERVED(test, ...)	EXPECT_RANGES(test, &memblock.reserved, __VA_ARGS__)

/* -------------------------------- lists -------------------------------- */

static void starts_empty(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, memblock_validate());
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), 0);
	KUNIT_EXPECT_EQ(test, memblock_start_of_DRAM(), 0);
	KUNIT_EXPECT_EQ(test, memblock_end_of_DRAM(), 0);
	KUNIT_EXPECT_FALSE(test, memblock_is_memory(0));
	KUNIT_EXPECT_FALSE(test, memblock_overlaps_region(&memblock.memory, 0, ~0ULL));
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(1, 1), 0);
}

static void keeps_regions_sorted(struct kunit *test)
{
	memblock_add(0x5000, 0x1000);
	memblock_add(0x1000, 0x1000);
	memblock_add(0x3000, 0x1000);
	EXPECT_MEMORY(test, { 0x1000, 0x2000 }, { 0x3000, 0x4000 }, { 0x5000, 0x6000 });
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), 0x3000);
	KUNIT_EXPECT_EQ(test, memblock_start_of_DRAM(), 0x1000);
	KUNIT_EXPECT_EQ(test, memblock_end_of_DRAM(), 0x6000);
}

static void merges_neighbours(struct kunit *test)
{
	memblock_add(0x1000, 0x1000);
	memblock_add(0x3000, 0x1000);
	memblock_add(0x2000, 0x1000);		/* touches both */
	EXPECT_MEMORY(test, { 0x1000, 0x4000 });
	memblock_add(0x4001, 1);		/* one byte short of touching */
	EXPECT_MEMORY(test, { 0x1000, 0x4000 }, { 0x4001, 0x4002 });
}

static void adds_over_what_is_there(struct kunit *test)
{
	memblock_add(0x2000, 0x2000);
	memblock_add(0x6000, 0x2000);
	memblock_add(0x2800, 0x800);		/* inside */
	EXPECT_MEMORY(test, { 0x2000, 0x4000 }, { 0x6000, 0x8000 });
	memblock_add(0x3000, 0x4000);		/* from one into the other */
	EXPECT_MEMORY(test, { 0x2000, 0x8000 });
	memblock_add(0xa000, 0x1000);
	memblock_add(0x1000, 0x10000);		/* over everything */
	EXPECT_MEMORY(test, { 0x1000, 0x11000 });
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), 0x10000);
}

static void removes_any_part(struct kunit *test)
{
	memblock_add(0x1000, 0x8000);
	memblock_remove(0x1000, 0x1000);	/* the head */
	EXPECT_MEMORY(test, { 0x2000, 0x9000 });
	memblock_remove(0x8000, 0x5000);	/* the tail, and nothing behind it */
	EXPECT_MEMORY(test, { 0x2000, 0x8000 });
	memblock_remove(0x4000, 0x1000);	/* the middle */
	EXPECT_MEMORY(test, { 0x2000, 0x4000 }, { 0x5000, 0x8000 });
	memblock_remove(0x4000, 0x1000);	/* a hole */
	EXPECT_MEMORY(test, { 0x2000, 0x4000 }, { 0x5000, 0x8000 });
	memblock_remove(0x3000, 0x3000);	/* across the hole */
	EXPECT_MEMORY(test, { 0x2000, 0x3000 }, { 0x6000, 0x8000 });
	memblock_remove(0, ~0ULL);
	KUNIT_EXPECT_EQ(test, memblock.memory.cnt, 0);
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), 0);
}

static void nothing_is_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, memblock_add(0x1000, 0), 0);
	KUNIT_EXPECT_EQ(test, memblock.memory.cnt, 0);
	memblock_add(0x1000, 0x1000);
	KUNIT_EXPECT_EQ(test, memblock_remove(0x1800, 0), 0);
	EXPECT_MEMORY(test, { 0x1000, 0x2000 });
	KUNIT_EXPECT_FALSE(test, memblock_overlaps_region(&memblock.memory, 0x1800, 0));
}

static void clips_what_wraps(struct kunit *test)
{
	memblock_add(0xfffffffffffff000ULL, 0x1000);	/* would end at 0 */
	memblock_reserve(0x1000, ~0ULL);
	EXPECT_MEMORY(test, { 0xfffffffffffff000ULL, ~0ULL });
	EXPECT_RESERVED(test, { 0x1000, ~0ULL });
	memblock_add(~0ULL, 1);				/* nothing is left of it */
	EXPECT_MEMORY(test, { 0xfffffffffffff000ULL, ~0ULL });
}

static void flags_keep_regions_apart(struct kunit *test)
{
	struct memblock_type *list = &memblock.firmware;

	memblock_add_range(list, 0x1000, 0x3000, 1);
	memblock_add_range(list, 0x4000, 0x1000, 2);	/* touches, but is different */
	EXPECT_RANGES(test, list, { 0x1000, 0x4000 }, { 0x4000, 0x5000 });
	memblock_add_range(list, 0x2000, 0x1000, 2);	/* the later word counts */
	EXPECT_RANGES(test, list, { 0x1000, 0x2000 }, { 0x2000, 0x3000 }, { 0x3000, 0x4000 },
		      { 0x4000, 0x5000 });
	KUNIT_EXPECT_EQ(test, list->regions[1].flags, 2);
	KUNIT_EXPECT_EQ(test, list->regions[2].flags, 1);
	memblock_add_range(list, 0x3000, 0x1000, 2);	/* the two twos meet */
	EXPECT_RANGES(test, list, { 0x1000, 0x2000 }, { 0x2000, 0x5000 });
}

static void answers_questions(struct kunit *test)
{
	memblock_add(0x1000, 0x2000);
	memblock_reserve(0x2000, 0x800);
	KUNIT_EXPECT_FALSE(test, memblock_is_memory(0xfff));
	KUNIT_EXPECT_TRUE(test, memblock_is_memory(0x1000));
	KUNIT_EXPECT_TRUE(test, memblock_is_memory(0x2fff));
	KUNIT_EXPECT_FALSE(test, memblock_is_memory(0x3000));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(0x27ff));
	KUNIT_EXPECT_FALSE(test, memblock_is_reserved(0x2800));
	KUNIT_EXPECT_TRUE(test, memblock_is_region_memory(0x1000, 0x2000));
	KUNIT_EXPECT_FALSE(test, memblock_is_region_memory(0x1000, 0x2001));
	KUNIT_EXPECT_TRUE(test, memblock_is_region_reserved(0x1000, 0x1001));
	KUNIT_EXPECT_FALSE(test, memblock_is_region_reserved(0x1000, 0x1000));
	KUNIT_EXPECT_FALSE(test, memblock_is_region_reserved(0x2800, 0x1000));
	KUNIT_EXPECT_PTR_EQ(test, memblock_search(&memblock.memory, 0x1800),
			    &memblock.memory.regions[0]);
	KUNIT_EXPECT_NULL(test, memblock_search(&memblock.memory, 0x3000));
	KUNIT_EXPECT_EQ(test, memblock_reserved_size(), 0x800);
}

static void caps_the_range(struct kunit *test)
{
	memblock_add(0x1000, 0x8000);
	memblock_reserve(0, 0x2000);
	memblock_reserve(0x8000, 0x8000);
	memblock_cap_memory_range(0x2000, 0x6800);
	EXPECT_MEMORY(test, { 0x2000, 0x8800 });
	EXPECT_RESERVED(test, { 0x8000, 0x8800 });
}

/* The limit counts bytes of RAM; holes are free. */
static void enforces_a_memory_limit(struct kunit *test)
{
	memblock_add(0x1000, 0x2000);
	memblock_add(0x8000, 0x4000);
	memblock_reserve(0x9000, 0x8000);
	memblock_enforce_memory_limit(0);
	memblock_enforce_memory_limit(0x10000);		/* there is less */
	EXPECT_MEMORY(test, { 0x1000, 0x3000 }, { 0x8000, 0xc000 });
	memblock_enforce_memory_limit(0x3800);
	EXPECT_MEMORY(test, { 0x1000, 0x3000 }, { 0x8000, 0x9800 });
	EXPECT_RESERVED(test, { 0x9000, 0x9800 });
	memblock_enforce_memory_limit(0x2000);		/* exactly the first range */
	EXPECT_MEMORY(test, { 0x1000, 0x3000 });
}

/* A full list that cannot grow says so, and what it held is untouched. */
static void refuses_when_full(struct kunit *test)
{
	unsigned long i;

	for (i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		KUNIT_ASSERT_EQ(test, memblock_reserve(i * 0x2000, 0x1000), 0);
	KUNIT_EXPECT_EQ(test, memblock_reserve(i * 0x2000, 0x1000), -ENOMEM);
	KUNIT_EXPECT_EQ(test, memblock_phys_free(0x400, 0x400), -ENOMEM);
	KUNIT_EXPECT_EQ(test, memblock.reserved.cnt, INIT_MEMBLOCK_REGIONS);
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(0x400));
	KUNIT_EXPECT_FALSE(test, memblock_is_reserved(i * 0x2000));
	KUNIT_EXPECT_TRUE(test, memblock_validate());

	/* What needs no further region is still possible. */
	KUNIT_EXPECT_EQ(test, memblock_reserve(0x1000, 0x1000), 0);
	KUNIT_EXPECT_EQ(test, memblock.reserved.cnt, INIT_MEMBLOCK_REGIONS - 1);
	KUNIT_EXPECT_EQ(test, memblock_phys_free(0, 0x1000), 0);
	KUNIT_EXPECT_TRUE(test, memblock_validate());
}

/* ------------------------------ iterating ------------------------------ */

static void walks_free_ranges_both_ways(struct kunit *test)
{
	static const struct range want[] = {
		{ 0x1000, 0x1800 }, { 0x2000, 0x3000 }, { 0x6000, 0x6001 }, { 0x7000, 0x8000 },
	};
	phys_addr_t start, end;
	unsigned long n = 0;
	u64 i;

	memblock_add(0x1000, 0x2000);
	memblock_add(0x4000, 0x1000);		/* all of it taken */
	memblock_add(0x6000, 0x2000);
	memblock_reserve(0, 0x1000);		/* not RAM, and touching */
	memblock_reserve(0x1800, 0x800);
	memblock_reserve(0x3000, 0x2800);
	memblock_reserve(0x6001, 0xfff);
	memblock_reserve(0x8000, 0x1000);

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		KUNIT_ASSERT_LT(test, n, ARRAY_SIZE(want));
		KUNIT_EXPECT_EQ(test, start, want[n].start);
		KUNIT_EXPECT_EQ(test, end, want[n].end);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, ARRAY_SIZE(want));
	for_each_free_mem_range_reverse(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		KUNIT_ASSERT_GT(test, n, 0);
		n--;
		KUNIT_EXPECT_EQ(test, start, want[n].start);
		KUNIT_EXPECT_EQ(test, end, want[n].end);
	}
	KUNIT_EXPECT_EQ(test, n, 0);
}

static void walks_whole_pages(struct kunit *test)
{
	unsigned long start, end, pages = 0;
	int i;

	memblock_add(0x0800, 0x0700);		/* no whole page */
	memblock_add(0x1800, 0x2000);		/* one */
	memblock_add(0x100000000ULL, 0x3000);	/* three */
	for_each_mem_pfn_range(i, MAX_NUMNODES, &start, &end, NULL) {
		KUNIT_EXPECT_EQ(test, start, pages ? 0x100000 : 2);
		pages += end - start;
	}
	KUNIT_EXPECT_EQ(test, pages, 4);
}

static void walks_all_ranges(struct kunit *test)
{
	struct memblock_region *region;
	phys_addr_t start, end, bytes = 0;
	u64 i;

	memblock_add(0x1000, 0x1000);
	memblock_add(0x4000, 0x2000);
	memblock_reserve(0x9000, 0x10);
	for_each_mem_range(i, &start, &end)
		bytes += end - start;
	KUNIT_EXPECT_EQ(test, bytes, 0x3000);
	for_each_mem_region(region)
		bytes -= region->size;
	KUNIT_EXPECT_EQ(test, bytes, 0);
	for_each_reserved_mem_range(i, &start, &end)
		bytes += end - start;
	for_each_reserved_mem_region(region)
		bytes += region->size;
	KUNIT_EXPECT_EQ(test, bytes, 0x20);
}

/* ------------------------------ allocating ------------------------------ */

#define LIMIT (64 * SZ_1M)

static void allocates_from_the_top(struct kunit *test)
{
	memblock_add(SZ_1M, 2 * SZ_1M);
	memblock_set_current_limit(LIMIT);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x1000, 0x1000), 0x2ff000);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(1, 1), 0x2fefff);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x1000, 0x10000), 0x2f0000);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(8, 0), 0x2fefc0);	/* a cache line */
	EXPECT_RESERVED(test, { 0x2f0000, 0x2f1000 }, { 0x2fefc0, 0x2fefc8 },
			{ 0x2fefff, 0x300000 });
}

static void allocates_from_the_bottom(struct kunit *test)
{
	memblock_add(SZ_1M + 4, 2 * SZ_1M);
	memblock_set_current_limit(LIMIT);
	memblock_set_bottom_up(true);
	KUNIT_EXPECT_TRUE(test, memblock_bottom_up());
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x10, 1), 0x100004);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x1000, 0x1000), 0x101000);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x10, 0x10), 0x100020);
	memblock_set_bottom_up(false);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x1000, 0x1000), 0x2ff000);
}

static void keeps_to_limits(struct kunit *test)
{
	memblock_add(SZ_1M, 2 * SZ_1M);
	memblock_add(1ULL << 32, SZ_1M);
	memblock_set_current_limit(2 * SZ_1M);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x1000, 0x1000), 0x1ff000);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc_range(0x1000, 0x1000, 0, MEMBLOCK_ALLOC_ANYWHERE),
			0x1000ff000ULL);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc_range(0x1000, 0x1000, 0x180000, 0x181000),
			0x180000);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc_range(0x1000, 0x1000, 0x180000, 0x181000), 0);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc_range(0x1001, 1, 0x190000, 0x191000), 0);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc_range(0x1000, 0x2000, 0x191000, 0x192fff), 0);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0, 1), 0);
}

static void never_hands_out_frame_0(struct kunit *test)
{
	memblock_add(0, 0x2000);
	memblock_set_current_limit(LIMIT);
	memblock_set_bottom_up(true);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x800, 1), 0x1000);
	memblock_set_bottom_up(false);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(0x800, 1), 0x1800);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(1, 1), 0);
}

static void uses_every_byte(struct kunit *test)
{
	phys_addr_t addr;
	unsigned long n = 0;

	memblock_add(SZ_1M, SZ_64K);
	memblock_reserve(SZ_1M + SZ_16K, SZ_4K);
	memblock_set_current_limit(LIMIT);
	while ((addr = memblock_phys_alloc(SZ_4K, SZ_4K)) != 0) {
		KUNIT_ASSERT_TRUE(test, memblock_is_region_memory(addr, SZ_4K));
		KUNIT_ASSERT_TRUE(test, memblock_validate());
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 15);
	EXPECT_RESERVED(test, { SZ_1M, SZ_1M + SZ_64K });
	memblock_phys_free(SZ_1M + SZ_8K, SZ_4K);
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(SZ_4K, SZ_4K), SZ_1M + SZ_8K);
}

static void returns_zeroed_memory(struct kunit *test)
{
	phys_addr_t window = memblock_sandbox_open_window();
	u8 *raw = memblock_alloc_raw(100, 4), *p = memblock_alloc(100, 4);
	unsigned long i;

	KUNIT_ASSERT_NOT_NULL(test, raw);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, __pa(p), window + WINDOW_SIZE - 200);
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, raw[i], 0xa5);
		KUNIT_ASSERT_EQ(test, p[i], 0);
	}
	memblock_free(p, 100);
	memblock_free(raw, 100);
	memblock_free(NULL, 100);
	KUNIT_EXPECT_EQ(test, memblock_reserved_size(), 0);
	KUNIT_EXPECT_NULL(test, memblock_alloc(WINDOW_SIZE + 1, 1));
	KUNIT_EXPECT_NULL(test, memblock_alloc(0, 1));
}

static void lower_bound_is_a_wish(struct kunit *test)
{
	phys_addr_t window = memblock_sandbox_open_window();
	phys_addr_t half = window + WINDOW_SIZE / 2;

	memblock_set_bottom_up(true);
	KUNIT_EXPECT_EQ(test, __pa(memblock_alloc_from(64, 64, half)), half);
	KUNIT_EXPECT_EQ(test, __pa(memblock_alloc_from(64, 64, window + WINDOW_SIZE)), window);
	KUNIT_EXPECT_EQ(test, __pa(memblock_alloc_low(64, 64)), window + 64);
}

static struct kunit_case memblock_cases[] = {
	KUNIT_CASE(starts_empty),
	KUNIT_CASE(keeps_regions_sorted),
	KUNIT_CASE(merges_neighbours),
	KUNIT_CASE(adds_over_what_is_there),
	KUNIT_CASE(removes_any_part),
	KUNIT_CASE(nothing_is_nothing),
	KUNIT_CASE(clips_what_wraps),
	KUNIT_CASE(flags_keep_regions_apart),
	KUNIT_CASE(answers_questions),
	KUNIT_CASE(caps_the_range),
	KUNIT_CASE(enforces_a_memory_limit),
	KUNIT_CASE(refuses_when_full),
	KUNIT_CASE(walks_free_ranges_both_ways),
	KUNIT_CASE(walks_whole_pages),
	KUNIT_CASE(walks_all_ranges),
	KUNIT_CASE(allocates_from_the_top),
	KUNIT_CASE(allocates_from_the_bottom),
	KUNIT_CASE(keeps_to_limits),
	KUNIT_CASE(never_hands_out_frame_0),
	KUNIT_CASE(uses_every_byte),
	KUNIT_CASE(returns_zeroed_memory),
	KUNIT_CASE(lower_bound_is_a_wish),
	{}
};

static struct kunit_suite memblock_suite = {
	.name = "memblock",
	.init = setup,
	.exit = teardown,
	.test_cases = memblock_cases,
};
kunit_test_suite(memblock_suite);
