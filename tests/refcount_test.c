// SPDX-License-Identifier: MIT
/* refcount_t, atomic64_t, and exchanges of any size: at the values where something changes. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/bit_spinlock.h>
#include <linux/mutex.h>
#include <linux/refcount.h>

static void refcount_counts(struct kunit *test)
{
	refcount_t r = REFCOUNT_INIT(1);

	refcount_inc(&r);
	refcount_add(3, &r);
	KUNIT_EXPECT_EQ(test, refcount_read(&r), 5U);
	refcount_dec(&r);
	KUNIT_EXPECT_FALSE(test, refcount_sub_and_test(3, &r));
	KUNIT_EXPECT_TRUE(test, refcount_inc_not_zero(&r));
	KUNIT_EXPECT_FALSE(test, refcount_dec_if_one(&r));
	KUNIT_EXPECT_TRUE(test, refcount_dec_not_one(&r));
	KUNIT_EXPECT_FALSE(test, refcount_dec_not_one(&r));
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_test(&r));
	KUNIT_EXPECT_FALSE(test, refcount_inc_not_zero(&r));
	KUNIT_EXPECT_EQ(test, refcount_read(&r), 0U);
}

static void expect_saturated(struct kunit *test, refcount_t *r, int before)
{
	KUNIT_EXPECT_EQ(test, (int)refcount_read(r), REFCOUNT_SATURATED);
	refcount_set(r, before);
}

static void refcount_saturates(struct kunit *test)
{
	refcount_t r = REFCOUNT_INIT(REFCOUNT_MAX);

	KUNIT_EXPECT_REPORT(test, "*refcount_t: saturated; leaking memory.", refcount_inc(&r));
	expect_saturated(test, &r, REFCOUNT_MAX);
	KUNIT_EXPECT_REPORT(test, "*refcount_t: saturated; leaking memory.",
			    (void)refcount_inc_not_zero(&r));
	expect_saturated(test, &r, 0);
	KUNIT_EXPECT_REPORT(test, "*refcount_t: addition on 0; use-after-free.", refcount_inc(&r));
	expect_saturated(test, &r, 0);
	KUNIT_EXPECT_REPORT(test, "*refcount_t: underflow; use-after-free.",
			    (void)refcount_dec_and_test(&r));
	expect_saturated(test, &r, 1);
	KUNIT_EXPECT_REPORT(test, "*refcount_t: decrement hit 0; leaking memory.", refcount_dec(&r));
	expect_saturated(test, &r, REFCOUNT_SATURATED);
	KUNIT_EXPECT_TRUE(test, refcount_dec_not_one(&r));
}

static void refcount_last_with_a_lock(struct kunit *test)
{
	static DEFINE_SPINLOCK(spin);
	static DEFINE_MUTEX(mutex);
	refcount_t r = REFCOUNT_INIT(2);
	atomic_t a = ATOMIC_INIT(2);
	unsigned long flags;

	KUNIT_EXPECT_FALSE(test, refcount_dec_and_lock(&r, &spin));
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&spin));
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_lock_irqsave(&r, &spin, &flags));
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&spin));
	spin_unlock_irqrestore(&spin, flags);
	KUNIT_EXPECT_FALSE(test, atomic_dec_and_lock(&a, &spin));
	KUNIT_EXPECT_TRUE(test, atomic_dec_and_lock(&a, &spin));
	spin_unlock(&spin);
	refcount_set(&r, 1);
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_mutex_lock(&r, &mutex));
	mutex_unlock(&mutex);
}

/* ---- the carry from the lower half to the upper one ---- */

static void refcount_atomic64(struct kunit *test)
{
	atomic64_t v = ATOMIC64_INIT(0xffffffffLL);
	s64 old;

	KUNIT_EXPECT_EQ(test, atomic64_inc_return(&v), 1LL << 32);
	KUNIT_EXPECT_EQ(test, atomic64_fetch_sub(1, &v), 1LL << 32);
	KUNIT_EXPECT_EQ(test, atomic64_read(&v), 0xffffffffLL);
	atomic64_or(1LL << 40, &v);
	atomic64_andnot(0xffffffffLL, &v);
	KUNIT_EXPECT_EQ(test, atomic64_xchg(&v, -5), 1LL << 40);
	KUNIT_EXPECT_TRUE(test, atomic64_add_negative(4, &v));
	KUNIT_EXPECT_TRUE(test, atomic64_inc_and_test(&v));
	KUNIT_EXPECT_FALSE(test, atomic64_inc_not_zero(&v));
	KUNIT_EXPECT_EQ(test, atomic64_dec_if_positive(&v), -1LL);
	KUNIT_EXPECT_EQ(test, atomic64_cmpxchg(&v, 0, 1LL << 33), 0LL);
	old = 7;
	KUNIT_EXPECT_FALSE(test, atomic64_try_cmpxchg_relaxed(&v, &old, 9));
	KUNIT_EXPECT_EQ(test, old, 1LL << 33);
	KUNIT_EXPECT_TRUE(test, atomic64_try_cmpxchg(&v, &old, 9));
	KUNIT_EXPECT_EQ(test, atomic64_read_acquire(&v), 9LL);
}

static void refcount_other_sizes(struct kunit *test)
{
	struct { u8 before, c, after; u16 s, next; } x = { 1, 2, 3, 4, 5 };
	u64 q = 1ULL << 50;
	u8 old = 9;

	KUNIT_EXPECT_EQ(test, xchg(&x.c, 0xff), 2);
	KUNIT_EXPECT_FALSE(test, try_cmpxchg(&x.c, &old, 1));
	KUNIT_EXPECT_EQ(test, old, 0xff);
	KUNIT_EXPECT_EQ(test, xadd(&x.c, 2), 0xff);
	KUNIT_EXPECT_EQ(test, x.c, 1);
	KUNIT_EXPECT_EQ(test, cmpxchg(&x.s, 4, 0xffff), 4);
	KUNIT_EXPECT_EQ(test, cmpxchg(&x.s, 4, 0), 0xffff);
	KUNIT_EXPECT_EQ(test, x.before + x.after + x.next, 9);
	KUNIT_EXPECT_EQ(test, cmpxchg64(&q, 1ULL << 50, 3ULL), 1ULL << 50);
	KUNIT_EXPECT_EQ(test, q, 3ULL);
}

static void refcount_bit_spinlock(struct kunit *test)
{
	unsigned long word = 0xf0;
	int depth = preempt_count();

	bit_spin_lock(2, &word);
	KUNIT_EXPECT_EQ(test, word, 0xf4UL);
	KUNIT_EXPECT_EQ(test, bit_spin_trylock(2, &word), 0);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 1);
	bit_spin_unlock(2, &word);
	KUNIT_EXPECT_EQ(test, bit_spin_trylock(31, &word), 1);
	KUNIT_EXPECT_TRUE(test, bit_spin_is_locked(31, &word));
	__bit_spin_unlock(31, &word);
	KUNIT_EXPECT_EQ(test, word, 0xf0UL);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

static struct kunit_case refcount_cases[] = {
	KUNIT_CASE(refcount_counts),
	KUNIT_CASE(refcount_saturates),
	KUNIT_CASE(refcount_last_with_a_lock),
	KUNIT_CASE(refcount_atomic64),
	KUNIT_CASE(refcount_other_sizes),
	KUNIT_CASE(refcount_bit_spinlock),
	{}
};

static struct kunit_suite refcount_suite = {
	.name = "refcount",
	.test_cases = refcount_cases,
};
kunit_test_suite(refcount_suite);
