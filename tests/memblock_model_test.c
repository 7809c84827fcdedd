// SPDX-License-Identifier: MIT
/*
 * memblock against a model that cannot be wrong: two arrays with an entry for each byte. Random
 * operations are done to both; after each the lists must say the same as the arrays, and every
 * allocation must return the very address that a search byte by byte finds.
 */
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/prandom.h>
#include <quarry/test_seed.h>
#include "memblock_sandbox.h"

#define BASE	0x1000UL	/* frame 0 is never handed out */
#define BYTES	768U
#define STEPS	1500U

static bool ram[BYTES], taken[BYTES], seen[BYTES];
static struct rnd_state rnd;

static u32 below(u32 limit)
{
	return prandom_u32_max_state(&rnd, limit);
}

/* Mostly short ranges, and some long ones. */
static u32 random_length(u32 most)
{
	return min(below(8) ? below(24) : below(BYTES), most);
}

static void paint(bool *model, u32 from, u32 length, bool value)
{
	while (length--)
		model[from++] = value;
}

static void change_something(struct kunit *test)
{
	u32 from = below(BYTES), length = random_length(BYTES - from), what = below(8);
	int ret = 0;

	switch (what) {
	case 0:	case 1:
		ret = memblock_add(BASE + from, length);
		paint(ram, from, length, true);
		break;
	case 2:
		ret = memblock_remove(BASE + from, length);
		paint(ram, from, length, false);
		break;
	case 3: case 4:
		ret = memblock_reserve(BASE + from, length);
		paint(taken, from, length, true);
		break;
	default:
		ret = memblock_phys_free(BASE + from, length);
		paint(taken, from, length, false);
	}
	KUNIT_ASSERT_EQ(test, ret, 0);
}

static bool fits(u32 at, u32 length, u32 align)
{
	if ((BASE + at) % align)
		return false;
	while (length--) {
		if (!ram[at] || taken[at])
			return false;
		at++;
	}
	return true;
}

static u32 model_find(u32 from, u32 to, u32 length, u32 align, bool bottom_up)
{
	u32 at, n = to - from >= length ? to - from - length + 1 : 0;

	for (at = 0; at < n; at++) {
		u32 candidate = bottom_up ? from + at : to - length - at;

		if (fits(candidate, length, align))
			return BASE + candidate;
	}
	return 0;
}

static void allocate_something(struct kunit *test)
{
	u32 a = below(BYTES + 1), b = below(BYTES + 1), align = 1U << below(7);
	u32 from = min(a, b), to = max(a, b), length = 1 + random_length(64);
	bool bottom_up = below(2);
	u32 want = model_find(from, to, length, align, bottom_up);
	phys_addr_t got;

	memblock_set_bottom_up(bottom_up);
	got = memblock_phys_alloc_range(length, align, BASE + from, BASE + to);
	KUNIT_ASSERT_EQ_MSG(test, got, want, "%u bytes aligned to %u in [%u, %u), %s", length, align,
			    from, to, bottom_up ? "bottom-up" : "top-down");
	if (got)
		paint(taken, got - BASE, length, true);
}

/* Note in seen[] that a walk has come by [start, end), as far as the model knows it. */
static void mark_seen(phys_addr_t start, phys_addr_t end)
{
	u64 from = max(start, (phys_addr_t)BASE), to = min(end, (phys_addr_t)(BASE + BYTES));

	if (from < to)
		paint(seen, from - BASE, to - from, true);
}

static void compare_seen(struct kunit *test, const char *what, const bool *with, const bool *without)
{
	u32 i;

	for (i = 0; i < BYTES; i++) {
		if (seen[i] != (with[i] && !(without && without[i])))
			KUNIT_ASSERT_FAILURE(test, "byte %u is wrong among the %s", i, what);
		seen[i] = false;
	}
}

static void compare_all(struct kunit *test)
{
	phys_addr_t start, end;
	u64 i;

	KUNIT_ASSERT_TRUE(test, memblock_validate());
	for_each_mem_range(i, &start, &end)
		mark_seen(start, end);
	compare_seen(test, "RAM", ram, NULL);
	for_each_reserved_mem_range(i, &start, &end)
		mark_seen(start, end);
	compare_seen(test, "reservations", taken, NULL);
	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL)
		mark_seen(start, end);
	compare_seen(test, "free bytes, upwards", ram, taken);
	for_each_free_mem_range_reverse(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL)
		mark_seen(start, end);
	compare_seen(test, "free bytes, downwards", ram, taken);
}

static void run_model(struct kunit *test)
{
	unsigned int step;

	memset(ram, 0, sizeof(ram));
	memset(taken, 0, sizeof(taken));
	prandom_seed_state(&rnd, kunit_seed());
	for (step = 0; step < kunit_rounds(STEPS); step++) {
		if (below(3))
			change_something(test);
		else
			allocate_something(test);
		compare_all(test);
		touch_nmi_watchdog();
	}
}

/* BYTES bytes cannot be cut into more regions than this array holds. */
static void model_with_room(struct kunit *test)
{
	memblock_sandbox_enter(SANDBOX_REGIONS);
	run_model(test);
}

/* Arrays that begin much too small: growing comes in the middle of everything else. */
static void model_while_growing(struct kunit *test)
{
	memblock_sandbox_enter(4);
	memblock_sandbox_open_window();
	run_model(test);
	KUNIT_EXPECT_TRUE(test, memblock.memory.grown);
	KUNIT_EXPECT_TRUE(test, memblock.reserved.grown);
}

static void teardown(struct kunit *test)
{
	memblock_sandbox_leave();
}

static struct kunit_case memblock_model_cases[] = {
	KUNIT_CASE(model_with_room),
	KUNIT_CASE(model_while_growing),
	{}
};

static struct kunit_suite memblock_model_suite = {
	.name = "memblock_model",
	.exit = teardown,
	.test_cases = memblock_model_cases,
};
kunit_test_suite(memblock_model_suite);
