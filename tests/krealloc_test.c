// SPDX-License-Identifier: MIT
/* krealloc(): in place where the class allows, with the contents otherwise; and kvrealloc(). */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "live_objects.h"

static size_t hidden(size_t size)
{
	OPTIMIZER_HIDE_VAR(size);
	return size;
}

static u8 pattern(size_t i)
{
	return i * 31 + i / 251 + 1;
}

static void fill(u8 *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		p[i] = pattern(i);
}

static bool is_filled(const u8 *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != pattern(i))
			return false;
	return true;
}

/* ledger: K5. From 1 byte to more than the classes have, and all that was there comes along. */
static void grows_with_its_contents(struct kunit *test)
{
	size_t size = 1, larger;
	u8 *p = kmalloc(hidden(size), GFP_KERNEL), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, size);
	for (; size < 20000; size = larger, p = q) {
		size_t room = ksize(p);

		larger = size + size / 2 + 1;
		q = krealloc(p, larger, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, q);
		KUNIT_EXPECT_EQ(test, q == p, larger <= room);
		KUNIT_EXPECT_GE(test, ksize(q), larger);
		KUNIT_EXPECT_TRUE_MSG(test, is_filled(q, size), "%zu to %zu", size, larger);
		fill(q, size, larger);
	}
	kfree(p);
}

/* ledger: K5. All of the class is there for whoever has an object of it. */
static void fills_its_class_in_place(struct kunit *test)
{
	for (size_t size = 8; size <= 4 * PAGE_SIZE; size *= 2) {
		u8 *p = kmalloc(size, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_PTR_EQ(test, krealloc(p, size, GFP_KERNEL), (void *)p);
		KUNIT_EXPECT_PTR_EQ(test, krealloc(p, size - 1, GFP_KERNEL), (void *)p);
		KUNIT_EXPECT_PTR_EQ(test, krealloc(p, size, GFP_KERNEL), (void *)p);
		kfree(p);
	}
}

/* ledger: K5. As in Linux: who becomes smaller keeps his place. */
static void shrinks_in_place(struct kunit *test)
{
	static const size_t sizes[] = { 9000, 8192, 200, 96, 8, 1 };
	u8 *p = kmalloc(9000, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, 9000);
	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_PTR_EQ(test, krealloc(p, sizes[i], GFP_KERNEL), (void *)p);
		KUNIT_EXPECT_TRUE(test, is_filled(p, sizes[i]));
	}
	kfree(p);
}

/* ledger: K5 K6 */
static void from_nothing_and_to_nothing(struct kunit *test)
{
	unsigned long live = live_objects();
	u8 *p = krealloc(NULL, hidden(40), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, live_objects(), live + 1);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, live_objects(), live);
	p = krealloc(ZERO_SIZE_PTR, hidden(40), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	kfree(p);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(NULL, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(ZERO_SIZE_PTR, 0, GFP_KERNEL), ZERO_SIZE_PTR);
}

/* ledger: K5 K2 */
static void failure_leaves_the_old_one(struct kunit *test)
{
	u8 *p = kmalloc(64, GFP_KERNEL);
	void *small, *large, *fits;

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, 64);
	kmalloc_fails(0);
	small = krealloc(p, 65, GFP_KERNEL | __GFP_NOWARN);
	large = krealloc(p, 50000, GFP_KERNEL | __GFP_NOWARN);
	fits = krealloc(p, 60, GFP_KERNEL | __GFP_NOWARN);
	kmalloc_works();
	KUNIT_EXPECT_NULL(test, small);
	KUNIT_EXPECT_NULL(test, large);
	KUNIT_EXPECT_PTR_EQ(test, fits, (void *)p);
	KUNIT_EXPECT_TRUE(test, is_filled(p, 60));
	kfree(p);
	KUNIT_EXPECT_NULL(test, krealloc(NULL, hidden(KMALLOC_MAX_SIZE + 1),
					 GFP_KERNEL | __GFP_NOWARN));
}

static bool is_zero(const u8 *p, size_t from, size_t to)
{
	return !memchr_inv(p + from, 0, to - from);
}

/* ledger: K5. Grown in place or moved, after having been smaller or not: what is new is zero. */
static void new_room_is_zero_if_asked(struct kunit *test)
{
	static const size_t sizes[] = { 20, 50, 10, 64, 3, 90, 40, 300, 100, 500, 9000, 2000, 9000 };
	size_t size = 40;
	u8 *p = kzalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xee, size);
	for (int i = 0; i < ARRAY_SIZE(sizes); size = sizes[i++]) {
		p = krealloc(p, sizes[i], GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, p);
		if (sizes[i] > size)
			KUNIT_EXPECT_TRUE_MSG(test, is_zero(p, size, sizes[i]), "%zu to %zu", size,
					      sizes[i]);
		memset(p, 0xee, sizes[i]);
	}
	kfree(p);
}

/* ledger: K5 */
static void arrays_do_not_overflow(struct kunit *test)
{
	u32 *p = kmalloc_array(hidden(4), sizeof(*p), GFP_KERNEL), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[3] = 0x1234;
	q = krealloc_array(p, 100, sizeof(*p), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_EQ(test, q[3], 0x1234);
	KUNIT_EXPECT_GE(test, ksize(q), 400);
	KUNIT_EXPECT_NULL(test, krealloc_array(q, hidden(SIZE_MAX / 4 + 1), 4, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, krealloc_array(q, hidden(0x10000), 0x10000, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, q[3], 0x1234);
	kfree(q);
}

/* ledger: K5. What is nobody's is reported, and there is no memory for it. */
static void not_an_object(struct kunit *test)
{
	static char variable[64];
	void *volatile p = variable;

	KUNIT_EXPECT_REPORT(test, "*", p = krealloc(p, 10, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, p);
}

/* ledger: K7. @oldsize bytes move along; a smaller size changes nothing. */
static void kvrealloc_moves_what_it_is_told(struct kunit *test)
{
	u8 *p = kvmalloc(hidden(100), GFP_KERNEL), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, 100);
	KUNIT_EXPECT_PTR_EQ(test, kvrealloc(p, 100, 100, GFP_KERNEL), (void *)p);
	KUNIT_EXPECT_PTR_EQ(test, kvrealloc(p, 100, 50, GFP_KERNEL), (void *)p);
	kmalloc_fails(0);
	q = kvrealloc(p, 100, 200, GFP_KERNEL | __GFP_NOWARN);
	kmalloc_works();
	KUNIT_EXPECT_NULL(test, q);
	KUNIT_EXPECT_TRUE(test, is_filled(p, 100));
	q = kvrealloc(p, 100, 6 * PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_PTR_NE(test, q, p);
	KUNIT_EXPECT_TRUE(test, is_filled(q, 100));
	kvfree(q);
}

/* ledger: K7. From a class to vmalloc()'s memory, and to more of that. */
static void kvrealloc_across_allocators(struct kunit *test)
{
	u8 *p = kvrealloc(NULL, 0, hidden(2000), GFP_KERNEL), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(p));
	fill(p, 0, 2000);
	for (size_t size = 2000; size < 4 * PAGE_SIZE; size += PAGE_SIZE, p = q) {
		kmalloc_fails(1);
		q = kvrealloc(p, size, size + PAGE_SIZE, GFP_KERNEL);
		kmalloc_works();
		KUNIT_ASSERT_NOT_NULL(test, q);
		KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(q));
		KUNIT_EXPECT_TRUE(test, is_filled(q, size));
		fill(q, size, size + PAGE_SIZE);
	}
	kvfree(p);
}

static struct kunit_case krealloc_cases[] = {
	KUNIT_CASE(grows_with_its_contents),
	KUNIT_CASE(fills_its_class_in_place),
	KUNIT_CASE(shrinks_in_place),
	KUNIT_CASE(from_nothing_and_to_nothing),
	KUNIT_CASE(failure_leaves_the_old_one),
	KUNIT_CASE(new_room_is_zero_if_asked),
	KUNIT_CASE(arrays_do_not_overflow),
	KUNIT_CASE(not_an_object),
	KUNIT_CASE(kvrealloc_moves_what_it_is_told),
	KUNIT_CASE(kvrealloc_across_allocators),
	{}
};

static struct kunit_suite krealloc_suite = {
	.name = "krealloc",
	.init = live_objects_enter,
	.exit = live_objects_leave,
	.test_cases = krealloc_cases,
};
kunit_test_suite(krealloc_suite);
