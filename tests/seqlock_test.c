// SPDX-License-Identifier: MIT
/* Sequence counters: what was read while somebody wrote is read again. */
#include <kunit/test.h>
#include <linux/seqlock.h>
#include <linux/smp.h>

#include "test_thread.h"

static DEFINE_SEQLOCK(lock);

static void seqlock_retry(struct kunit *test)
{
	unsigned int seq = read_seqbegin(&lock);

	KUNIT_EXPECT_FALSE(test, read_seqretry(&lock, seq));
	write_seqlock(&lock);
	KUNIT_EXPECT_TRUE(test, lock.seqcount.sequence & 1);
	KUNIT_EXPECT_TRUE(test, read_seqretry(&lock, seq));
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&lock.lock));
	write_sequnlock(&lock);
	KUNIT_EXPECT_TRUE(test, read_seqretry(&lock, seq));
	seq = read_seqbegin(&lock);
	KUNIT_EXPECT_FALSE(test, read_seqretry(&lock, seq));
}

static void seqlock_count_alone(struct kunit *test)
{
	seqcount_t count = SEQCNT_ZERO(count);
	int depth = preempt_count();
	unsigned int seq;

	write_seqcount_begin(&count);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 1);
	seq = raw_seqcount_begin(&count);	/* does not wait, and will not do */
	write_seqcount_end(&count);
	KUNIT_EXPECT_TRUE(test, read_seqcount_retry(&count, seq));
	seq = read_seqcount_begin(&count);
	write_seqcount_invalidate(&count);
	KUNIT_EXPECT_TRUE(test, read_seqcount_retry(&count, seq));
	KUNIT_EXPECT_EQ(test, count.sequence, 4U);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

/* The second try takes the lock, and is the last. */
static void seqlock_or_lock(struct kunit *test)
{
	int seq = 0;

	read_seqbegin_or_lock(&lock, &seq);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock.lock));
	write_seqlock(&lock);
	write_sequnlock(&lock);
	KUNIT_EXPECT_TRUE(test, need_seqretry(&lock, seq));
	seq = 1;
	read_seqbegin_or_lock(&lock, &seq);
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&lock.lock));
	KUNIT_EXPECT_FALSE(test, need_seqretry(&lock, seq));
	done_seqretry(&lock, seq);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock.lock));
}

#define ROUNDS	2000

static unsigned int left, right;

static int write_pairs(void *data)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned long flags;

		write_seqlock_irqsave(&lock, flags);
		WRITE_ONCE(left, left + 1);
		cpu_relax();
		WRITE_ONCE(right, right + 1);
		write_sequnlock_irqrestore(&lock, flags);
	}
	return 0;
}

static int read_pairs(void *data)
{
	int torn = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int seq, l, r;

		do {
			seq = read_seqbegin(&lock);
			l = READ_ONCE(left);
			r = READ_ONCE(right);
		} while (read_seqretry(&lock, seq));
		torn += l != r;
	}
	return torn;
}

static int read_or_write(void *turn)
{
	return atomic_inc_return(turn) % 2 ? write_pairs(NULL) : read_pairs(NULL);
}

static void seqlock_not_torn(struct kunit *test)
{
	atomic_t turn = ATOMIC_INIT(0);

	left = right = 0;
	KUNIT_EXPECT_EQ(test, test_threads_run(test, 4, read_or_write, &turn), 0);
	KUNIT_EXPECT_EQ(test, left, 2U * ROUNDS);
}

static struct kunit_case seqlock_cases[] = {
	KUNIT_CASE(seqlock_retry),
	KUNIT_CASE(seqlock_count_alone),
	KUNIT_CASE(seqlock_or_lock),
	KUNIT_CASE(seqlock_not_torn),
	{}
};

static struct kunit_suite seqlock_suite = {
	.name = "seqlock",
	.test_cases = seqlock_cases,
};
kunit_test_suite(seqlock_suite);
