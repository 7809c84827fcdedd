// SPDX-License-Identifier: MIT
/*
 * Spinlocks: taken, free, and what they do to preempt_count and to the interrupt flag; one at a time.
 * Taking one twice is a panic, and therefore a test of its own (`crash spinlock`).
 */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/timer.h>
#include <quarry/lock_wait.h>
#include <quarry/log_tap.h>

#include "test_thread.h"

static DEFINE_SPINLOCK(lock);

static void spinlock_lock_and_unlock(struct kunit *test)
{
	int depth = preempt_count();

	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock));
	spin_lock(&lock);
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&lock));
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 1);
	spin_unlock(&lock);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock));
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

static void spinlock_nests_with_others(struct kunit *test)
{
	spinlock_t other = __SPIN_LOCK_UNLOCKED(other);
	int depth = preempt_count();

	spin_lock(&lock);
	spin_lock(&other);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 2);
	spin_unlock(&lock);			/* in any order */
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock));
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&other));
	spin_unlock(&other);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

/* A try that fails leaves nothing behind, not even a count. */
static void spinlock_trylock(struct kunit *test)
{
	int depth = preempt_count();

	KUNIT_EXPECT_TRUE(test, spin_trylock(&lock));
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 1);
	KUNIT_EXPECT_FALSE(test, spin_trylock(&lock));
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&lock));
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + 1);
	spin_unlock(&lock);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

/* One round trip, from the interrupt flag @on; true when the flag came back as it was. */
static bool flag_survives(struct kunit *test, bool on)
{
	bool off_inside, on_after;
	unsigned long flags;

	if (on)
		local_irq_enable();
	spin_lock_irqsave(&lock, flags);
	off_inside = irqs_disabled();
	spin_unlock_irqrestore(&lock, flags);
	on_after = !irqs_disabled();
	local_irq_disable();
	KUNIT_EXPECT_TRUE(test, off_inside);
	return on_after == on;
}

/* Interrupts are on for some instructions here; all lines of the controller are masked. */
static void spinlock_irqsave(struct kunit *test)
{
	int depth = preempt_count();
	unsigned long flags;

	local_irq_save(flags);
	KUNIT_EXPECT_TRUE(test, flag_survives(test, false));
	KUNIT_EXPECT_TRUE(test, flag_survives(test, true));
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock));
}

static void spinlock_irq_and_bh(struct kunit *test)
{
	int depth = preempt_count();
	unsigned long flags;

	spin_lock_irq(&lock);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	KUNIT_EXPECT_FALSE(test, spin_trylock_irqsave(&lock, flags));
	spin_unlock_irq(&lock);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	spin_lock_bh(&lock);
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + SOFTIRQ_DISABLE_OFFSET + 1);
	KUNIT_EXPECT_FALSE(test, spin_trylock_bh(&lock));
	KUNIT_EXPECT_FALSE(test, spin_trylock_irq(&lock));
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, preempt_count(), depth + SOFTIRQ_DISABLE_OFFSET + 1);
	spin_unlock_bh(&lock);
	KUNIT_EXPECT_TRUE(test, spin_trylock_irqsave(&lock, flags));
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
}

/* ---- several threads, and CPUs if there are some ---- */

#define ROUNDS	2000U

static unsigned int total;

static int add_many(void *data)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int seen;

		spin_lock(&lock);
		seen = READ_ONCE(total);
		cpu_relax();
		WRITE_ONCE(total, seen + 1);
		spin_unlock(&lock);
	}
	return 0;
}

static void spinlock_excludes(struct kunit *test)
{
	total = 0;
	test_threads_run(test, 2 * num_online_cpus(), add_many, NULL);
	KUNIT_EXPECT_EQ(test, total, 2 * num_online_cpus() * ROUNDS);
}

/* Its first line is heard, and then the lock let go, by the CPU that waits. */
static void let_go(struct log_tap *tap, int level, const char *line)
{
	if (strstr(line, "lock+"))
		WRITE_ONCE(lock.owner, NULL);
}

static void spinlock_wait_too_long(struct kunit *test)
{
	struct log_tap tap = { .line = let_go };
	u64 patience = spinlock_patience;

	lock.owner = &init_task;		/* who will not give it back */
	spinlock_patience = 1000000;
	log_tap_add(&tap);
	KUNIT_EXPECT_REPORT(test, "BUG: spinlock lockup suspected on CPU#*, */*", spin_lock(&lock));
	KUNIT_EXPECT_PTR_EQ(test, lock.owner, current);
	KUNIT_EXPECT_PTR_EQ(test, __this_cpu_read(lock_waited_for), NULL);
	spin_unlock(&lock);
	lock.owner = &init_task;
	KUNIT_EXPECT_REPORT(test, " lock: lock+*, .owner: swapper*/0, .owner_cpu: 0",
			    spin_lock(&lock));
	spin_unlock(&lock);
	log_tap_remove(&tap);
	spinlock_patience = patience;
}

static unsigned int times_told;
static u64 first_told;

static void note_lockup(struct log_tap *tap, int level, const char *line)
{
	if (strstr(line, "spinlock lockup suspected") && !times_told++)
		first_told = local_clock();
}

static void let_go_at_last(struct timer_list *unused)
{
	WRITE_ONCE(lock.owner, NULL);
}

/* Not before patience is at its end, and only once, although it takes many times as long. */
static void spinlock_lockup_told_once(struct kunit *test)
{
	static DEFINE_TIMER(timer, let_go_at_last);
	struct log_tap tap = { .line = note_lockup };
	u64 patience = spinlock_patience, begun;

	times_told = 0;
	lock.owner = &init_task;
	spinlock_patience = NSEC_PER_SEC / HZ;
	log_tap_add(&tap);
	mod_timer(&timer, jiffies + 10);
	begun = local_clock();
	KUNIT_EXPECT_REPORT(test, "BUG: spinlock lockup suspected on CPU#*", spin_lock(&lock));
	spin_unlock(&lock);
	del_timer_sync(&timer);
	log_tap_remove(&tap);
	KUNIT_EXPECT_EQ(test, times_told, 1U);
	KUNIT_EXPECT_GT(test, first_told - begun, spinlock_patience);
	spinlock_patience = patience;
}

static void spinlock_init(struct kunit *test)
{
	spinlock_t used;

	used.owner = (void *)77;
	spin_lock_init(&used);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&used));
	KUNIT_EXPECT_TRUE(test, spin_trylock(&used));
	spin_unlock(&used);
}

static void spinlock_assertion(struct kunit *test)
{
	spin_lock(&lock);
	assert_spin_locked(&lock);
	spin_unlock(&lock);
	KUNIT_EXPECT_REPORT(test, "*kernel BUG at tests/spinlock_test.c*", assert_spin_locked(&lock));
}

/* What ends a test from inside a lock (a fault, an assertion) gives its preempt_count back. */
static void spinlock_fault_inside(struct kunit *test)
{
	int depth = preempt_count();

	KUNIT_EXPECT_REPORT(test, "*kernel BUG at *", ({
		spin_lock(&lock);
		BUG();
	}));
	KUNIT_EXPECT_EQ(test, preempt_count(), depth);
	spin_lock_init(&lock);			/* that stays taken: nobody knows what is behind it */
}

static struct kunit_case spinlock_cases[] = {
	KUNIT_CASE(spinlock_lock_and_unlock),
	KUNIT_CASE(spinlock_nests_with_others),
	KUNIT_CASE(spinlock_trylock),
	KUNIT_CASE(spinlock_irqsave),
	KUNIT_CASE(spinlock_irq_and_bh),
	KUNIT_CASE(spinlock_excludes),
	KUNIT_CASE(spinlock_wait_too_long),
	KUNIT_CASE(spinlock_lockup_told_once),
	KUNIT_CASE(spinlock_init),
	KUNIT_CASE(spinlock_assertion),
	KUNIT_CASE(spinlock_fault_inside),
	{}
};

static struct kunit_suite spinlock_suite = {
	.name = "spinlock",
	.test_cases = spinlock_cases,
};
kunit_test_suite(spinlock_suite);
