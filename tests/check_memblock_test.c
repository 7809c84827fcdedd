// SPDX-License-Identifier: MIT
/* The validator of memblock's lists: each crime against them is seen. */
#include "memblock_sandbox.h"

static void validator_sees(struct kunit *test)
{
	struct memblock_region *r = memblock.memory.regions;

	console_loglevel = LOGLEVEL_EMERG;
	memblock_add(0x1000, 0x1000);
	memblock_add(0x3000, 0x1000);
	KUNIT_ASSERT_TRUE(test, memblock_validate());

	memblock.memory.total_size++;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "a wrong total");
	memblock.memory.total_size--;
	r[0].size = 0x2000, r[1].size = 0;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "an empty region");
	r[0].size = 0x1000, r[1].size = 0x1000;
	r[1].base = 0x2000;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "neighbours that are not merged");
	r[1].base = 0x1800;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "an overlap");
	r[1].base = 0;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "a wrong order");
	r[1].base = -0x800ULL;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "a region that wraps");
	r[1].base = 0x3000;
	memblock.memory.grown = true;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "an array nobody has reserved");
	memblock.memory.grown = false;
	memblock.memory.max = 1;
	KUNIT_EXPECT_FALSE_MSG(test, memblock_validate(), "more regions than there is room for");
	memblock.memory.max = INIT_MEMBLOCK_REGIONS;
	KUNIT_EXPECT_TRUE(test, memblock_validate());
}

static int setup(struct kunit *test)
{
	memblock_sandbox_enter(INIT_MEMBLOCK_REGIONS);
	return 0;
}

static void teardown(struct kunit *test)
{
	memblock_sandbox_leave();
}

static struct kunit_case check_memblock_cases[] = {
	KUNIT_CASE(validator_sees),
	{}
};

static struct kunit_suite check_memblock_suite = {
	.name = "check_memblock",
	.init = setup,
	.exit = teardown,
	.test_cases = check_memblock_cases,
};
kunit_test_suite(check_memblock_suite);
