// SPDX-License-Identifier: MIT
/* Spinlocks for readers and writers. */
#include <kunit/test.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "test_thread.h"

static DEFINE_RWLOCK(lock);

static void rwlock_alone(struct kunit *test)
{
	int depth = preempt_count();

	read_lock(&lock);
	KUNIT_EXPECT_EQ(test, read_trylock(&lock), 1);
	KUNIT_EXPECT_EQ(test, write_trylock(&lock), 0);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 2);
	read_unlock(&lock);
	read_unlock(&lock);
	write_lock(&lock);
	KUNIT_EXPECT_PTR_EQ(test, lock.writer, current);
	KUNIT_EXPECT_EQ(test, read_trylock(&lock), 0);
	KUNIT_EXPECT_EQ(test, write_trylock(&lock), 0);
	write_unlock(&lock);
	KUNIT_EXPECT_PTR_EQ(test, lock.writer, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&lock.cnts), 0);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

/* What they do to interrupts and softirqs, and undo. */
static void rwlock_forms(struct kunit *test)
{
	unsigned long flags;

	read_lock_irq(&lock);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	read_unlock_irq(&lock);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	write_lock_irqsave(&lock, flags);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	write_unlock_irqrestore(&lock, flags);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	write_lock_bh(&lock);
	KUNIT_EXPECT_TRUE(test, in_softirq());
	KUNIT_EXPECT_FALSE(test, write_trylock_irqsave(&lock, flags));
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	write_unlock_bh(&lock);
	KUNIT_EXPECT_FALSE(test, in_softirq());
	KUNIT_EXPECT_EQ(test, atomic_read(&lock.cnts), 0);
}

/*
 * A writer who waits keeps new readers out, but not one in an interrupt: it may have interrupted the
 * reader that the writer waits for.
 */
static void rwlock_waiting_writer(struct kunit *test)
{
	static DEFINE_RWLOCK(irq_lock);

	atomic_or(RWLOCK_WAITS, &irq_lock.cnts);
	KUNIT_EXPECT_EQ(test, read_trylock(&irq_lock), 0);
	preempt_count_add(HARDIRQ_OFFSET);
	read_lock(&irq_lock);
	KUNIT_EXPECT_EQ(test, atomic_read(&irq_lock.cnts), RWLOCK_WAITS + RWLOCK_READER);
	read_unlock(&irq_lock);
	preempt_count_sub(HARDIRQ_OFFSET);
	write_lock_irq(&irq_lock);		/* the one who waited */
	KUNIT_EXPECT_EQ(test, atomic_read(&irq_lock.cnts), RWLOCK_WRITER);
	write_unlock_irq(&irq_lock);
}

#define ROUNDS	300

static unsigned int left, right, torn;

static int read_and_write(void *data)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (i % 3) {
			read_lock(&lock);
			torn += READ_ONCE(left) != READ_ONCE(right);
			read_unlock(&lock);
		} else {
			write_lock(&lock);
			WRITE_ONCE(left, left + 1);
			for (int wait = 0; wait < 50; wait++)
				cpu_relax();
			WRITE_ONCE(right, right + 1);
			write_unlock(&lock);
		}
	}
	return 0;
}

static void rwlock_excludes(struct kunit *test)
{
	left = right = torn = 0;
	test_threads_run(test, 2 * num_online_cpus(), read_and_write, NULL);
	KUNIT_EXPECT_EQ(test, torn, 0U);
	KUNIT_EXPECT_EQ(test, left, 2 * num_online_cpus() * ROUNDS / 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&lock.cnts), 0);
}

static struct kunit_case rwlock_cases[] = {
	KUNIT_CASE(rwlock_alone),
	KUNIT_CASE(rwlock_forms),
	KUNIT_CASE(rwlock_waiting_writer),
	KUNIT_CASE(rwlock_excludes),
	{}
};

static struct kunit_suite rwlock_suite = {
	.name = "rwlock",
	.test_cases = rwlock_cases,
};
kunit_test_suite(rwlock_suite);
