// SPDX-License-Identifier: MIT
/*
 * The order of locks, in builds that check it. Nothing here ever waits: that an order was wrong is
 * known before anybody meets anybody. Each case has locks of its own, since what was reported
 * once is not reported again.
 */
#ifdef CONFIG_LOCKDEP

#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <quarry/log_tap.h>

static void lockdep_two(struct kunit *test)
{
	static DEFINE_SPINLOCK(a);
	static DEFINE_SPINLOCK(b);

	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	spin_lock(&b);
	KUNIT_EXPECT_REPORT(test, "WARNING: possible circular locking dependency detected",
			    spin_lock(&a));
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 2U);
	spin_unlock(&a);
	spin_unlock(&b);
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0U);
}

/* The report names both places: here, and where the other order was seen. */
static noinline void other_order(spinlock_t *x, struct mutex *y)
{
	mutex_lock(y);
	spin_lock(x);
	spin_unlock(x);
	mutex_unlock(y);
}

static void lockdep_names_both_places(struct kunit *test)
{
	static DEFINE_SPINLOCK(c);
	static DEFINE_MUTEX(d);

	other_order(&c, &d);
	spin_lock(&c);
	KUNIT_EXPECT_REPORT(test, "       other_order+*", mutex_lock(&d));
	spin_unlock(&c);
	mutex_unlock(&d);
}

/* Each pair alone is fine. */
static void lockdep_circle_of_three(struct kunit *test)
{
	static DEFINE_SPINLOCK(a);
	static DEFINE_SPINLOCK(b);
	static DEFINE_RWLOCK(c);

	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	spin_lock(&b);
	read_lock(&c);
	read_unlock(&c);
	spin_unlock(&b);
	write_lock(&c);
	KUNIT_EXPECT_REPORT(test, "-> #1 (b)*", spin_lock(&a));
	spin_unlock(&a);
	write_unlock(&c);
}

static void lockdep_recursion(struct kunit *test)
{
	struct { spinlock_t lock; } two[2];

	for (unsigned int i = 0; i < 2; i++)
		spin_lock_init(&two[i].lock);		/* one place, one class */
	spin_lock(&two[0].lock);
	KUNIT_EXPECT_REPORT(test, "WARNING: possible recursive locking detected",
			    spin_lock(&two[1].lock));
	spin_unlock(&two[1].lock);
	spin_unlock(&two[0].lock);
}

/* ---- interrupts ---- */

static void in_an_interrupt(spinlock_t *lock)
{
	unsigned long flags;

	local_irq_save(flags);
	preempt_count_add(HARDIRQ_OFFSET);
	spin_lock(lock);
	spin_unlock(lock);
	preempt_count_sub(HARDIRQ_OFFSET);
	local_irq_restore(flags);
}

static void lockdep_usage(struct kunit *test)
{
	static DEFINE_SPINLOCK(a);

	in_an_interrupt(&a);
	KUNIT_EXPECT_REPORT(test, "inconsistent {IN-HARDIRQ-W} -> {HARDIRQ-ON-W} usage.",
			    spin_lock(&a));
	spin_unlock(&a);
}

static void lockdep_usage_the_other_way(struct kunit *test)
{
	static DEFINE_SPINLOCK(a);

	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	KUNIT_EXPECT_REPORT(test, "inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage.",
			    in_an_interrupt(&a));
}

/* Not itself, but one that is taken inside it. */
static void lockdep_irq_order(struct kunit *test)
{
	static DEFINE_SPINLOCK(in_irq);
	static DEFINE_SPINLOCK(middle);
	static DEFINE_SPINLOCK(irqs_on);
	unsigned long flags;

	in_an_interrupt(&in_irq);
	spin_lock(&irqs_on);
	spin_unlock(&irqs_on);
	spin_lock_irqsave(&middle, flags);
	spin_lock(&irqs_on);
	spin_unlock(&irqs_on);
	spin_unlock_irqrestore(&middle, flags);
	spin_lock_irqsave(&in_irq, flags);
	KUNIT_EXPECT_REPORT(test, "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
			    spin_lock(&middle));
	spin_unlock(&middle);
	spin_unlock_irqrestore(&in_irq, flags);
}

/* ---- giving back ---- */

static void lockdep_unlock(struct kunit *test)
{
	static DEFINE_SPINLOCK(a);

	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "WARNING: bad unlock balance detected!", spin_unlock(&a));
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

static void lockdep_uninitialised(struct kunit *test)
{
	spinlock_t nobodys = {};

	KUNIT_EXPECT_REPORT(test, "INFO: trying to register non-static key.", spin_lock(&nobodys));
	spin_unlock(&nobodys);
}

static void lockdep_asserts(struct kunit *test)
{
	static DECLARE_RWSEM(sem);

	KUNIT_EXPECT_REPORT(test, "WARNING: *", lockdep_assert_held(&sem));
	down_read(&sem);
	lockdep_assert_held(&sem);
	lockdep_assert_held_read(&sem);
	KUNIT_EXPECT_FALSE(test, lockdep_is_held_type(&sem, 0));
	up_read(&sem);
	lockdep_assert_not_held(&sem);
}

/* ---- what is right ---- */

static unsigned int lines;

static void count_line(struct log_tap *tap, int level, const char *line)
{
	lines++;
}

static void nested_and_tried(void)
{
	struct { spinlock_t lock; } two[2];
	static DEFINE_SPINLOCK(a);
	static DEFINE_SPINLOCK(b);

	for (unsigned int i = 0; i < 2; i++)
		spin_lock_init(&two[i].lock);
	spin_lock(&two[0].lock);
	spin_lock_nested(&two[1].lock, SINGLE_DEPTH_NESTING);
	spin_unlock(&two[0].lock);			/* in any order */
	spin_unlock(&two[1].lock);
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	spin_lock(&b);
	if (spin_trylock(&a))				/* it would not have waited */
		spin_unlock(&a);
	spin_unlock(&b);
}

static void readers_interrupt_readers(void)
{
	static DEFINE_RWLOCK(rw);

	read_lock(&rw);
	preempt_count_add(HARDIRQ_OFFSET);
	read_lock(&rw);
	read_unlock(&rw);
	preempt_count_sub(HARDIRQ_OFFSET);
	read_unlock(&rw);
}

static void lockdep_is_silent(struct kunit *test)
{
	struct log_tap tap = { .line = count_line };

	lines = 0;
	log_tap_add(&tap);
	nested_and_tried();
	readers_interrupt_readers();
	log_tap_remove(&tap);
	KUNIT_EXPECT_EQ(test, lines, 0U);
	KUNIT_EXPECT_TRUE(test, debug_locks);
}

static struct kunit_case lockdep_cases[] = {
	KUNIT_CASE(lockdep_two),
	KUNIT_CASE(lockdep_names_both_places),
	KUNIT_CASE(lockdep_circle_of_three),
	KUNIT_CASE(lockdep_recursion),
	KUNIT_CASE(lockdep_usage),
	KUNIT_CASE(lockdep_usage_the_other_way),
	KUNIT_CASE(lockdep_irq_order),
	KUNIT_CASE(lockdep_unlock),
	KUNIT_CASE(lockdep_uninitialised),
	KUNIT_CASE(lockdep_asserts),
	KUNIT_CASE(lockdep_is_silent),
	{}
};

static struct kunit_suite lockdep_suite = {
	.name = "lockdep",
	.test_cases = lockdep_cases,
};
kunit_test_suite(lockdep_suite);

#endif /* CONFIG_LOCKDEP */
