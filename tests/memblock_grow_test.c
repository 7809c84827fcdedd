// SPDX-License-Identifier: MIT
/* Lists that outgrow their arrays: nothing is lost, and the arrays themselves have owners. */
#include <linux/sizes.h>
#include "memblock_sandbox.h"

static int setup(struct kunit *test)
{
	memblock_sandbox_enter(INIT_MEMBLOCK_REGIONS);
	return 0;
}

static void teardown(struct kunit *test)
{
	memblock_sandbox_leave();
}

/* Far more regions than the static array holds; all are there, and the arrays themselves too. */
static void grows_reservations(struct kunit *test)
{
	phys_addr_t far = 1ULL << 33;
	unsigned long i;

	memblock_sandbox_open_window();
	for (i = 0; i < 1000; i++) {
		KUNIT_ASSERT_EQ(test, memblock_reserve(far + i * 0x2000, 0x1000), 0);
		KUNIT_ASSERT_TRUE(test, memblock_validate());
	}
	KUNIT_EXPECT_TRUE(test, memblock.reserved.grown);
	KUNIT_EXPECT_EQ(test, memblock.reserved.max, 1024);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_TRUE(test, memblock_is_reserved(far + i * 0x2000));

	/* Of all the arrays there were, one is left in the window. */
	KUNIT_EXPECT_EQ(test, memblock_reserved_size() - 1000 * 0x1000,
			PAGE_ALIGN(1024 * sizeof(struct memblock_region)));
}

static void grows_memory(struct kunit *test)
{
	phys_addr_t far = 1ULL << 33;
	unsigned long i;

	memblock_sandbox_open_window();
	for (i = 0; i < 500; i++) {
		KUNIT_ASSERT_EQ(test, memblock_add(far + i * 0x2000, 0x1000), 0);
		KUNIT_ASSERT_TRUE(test, memblock_validate());
	}
	KUNIT_EXPECT_EQ(test, memblock.memory.cnt, 501);
	KUNIT_EXPECT_EQ(test, memblock.memory.max, 512);
	KUNIT_EXPECT_EQ(test, memblock_reserved_size(),
			PAGE_ALIGN(512 * sizeof(struct memblock_region)));
}

/* The first array is part of the image: leaving it must not give it away. */
static void keeps_the_first_array(struct kunit *test)
{
	phys_addr_t first = __pa(memblock.memory.regions), far = 1ULL << 33;
	unsigned long i;

	memblock_sandbox_open_window();
	memblock_reserve(first, INIT_MEMBLOCK_REGIONS * sizeof(struct memblock_region));
	for (i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		memblock_add(far + i * 0x2000, 0x1000);
	KUNIT_EXPECT_TRUE(test, memblock.memory.grown);
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(first));
}

/* The new array must not be put into the very range that is being reserved. */
static void grows_elsewhere(struct kunit *test)
{
	phys_addr_t window = memblock_sandbox_open_window();
	phys_addr_t far = 1ULL << 33;
	unsigned long i;

	for (i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		memblock_reserve(far + i * 0x2000, 0x1000);
	KUNIT_ASSERT_FALSE(test, memblock.reserved.grown);
	KUNIT_EXPECT_EQ(test, memblock_reserve(window + SZ_16K, WINDOW_SIZE - SZ_16K), 0);
	KUNIT_EXPECT_TRUE(test, memblock.reserved.grown);
	KUNIT_EXPECT_TRUE(test, memblock_validate());
	KUNIT_EXPECT_LT(test, __pa(memblock.reserved.regions), window + SZ_16K);
}

static void allocation_fails_when_list_is_full(struct kunit *test)
{
	unsigned long i;

	memblock_add(SZ_1M, SZ_4K);
	for (i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		memblock_reserve(SZ_1M + i * 16, 8);
	memblock_set_current_limit(64 * SZ_1M);	/* a page has no room for a larger array */
	KUNIT_EXPECT_EQ(test, memblock_phys_alloc(8, 16), 0);
	KUNIT_EXPECT_EQ(test, memblock.reserved.cnt, INIT_MEMBLOCK_REGIONS);
	KUNIT_EXPECT_TRUE(test, memblock_validate());
}

static struct kunit_case memblock_grow_cases[] = {
	KUNIT_CASE(grows_reservations),
	KUNIT_CASE(grows_memory),
	KUNIT_CASE(keeps_the_first_array),
	KUNIT_CASE(grows_elsewhere),
	KUNIT_CASE(allocation_fails_when_list_is_full),
	{}
};

static struct kunit_suite memblock_grow_suite = {
	.name = "memblock_grow",
	.init = setup,
	.exit = teardown,
	.test_cases = memblock_grow_cases,
};
kunit_test_suite(memblock_grow_suite);
