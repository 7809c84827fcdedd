// SPDX-License-Identifier: MIT
/*
 * Timers: each is called once, not before its time, in order; deleting, moving, adding again. The
 * test waits awake, so that it needs no thread but its own.
 */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <quarry/test_seed.h>

#define NR_TIMERS	24

static struct item {
	struct timer_list timer;
	unsigned int calls;
	unsigned long called_at;
	bool wanted;
} items[NR_TIMERS];

static struct {
	bool softirq, irqs_off;
	unsigned int rearm;
	unsigned int calls;
} seen;

static void note(struct timer_list *t)
{
	struct item *item = from_timer(item, t, timer);

	item->calls++;
	item->called_at = jiffies;
	seen.calls++;
	seen.softirq = in_serving_softirq() && !in_task();
	seen.irqs_off = irqs_disabled();
}

static int timer_test_init(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	memset(items, 0, sizeof(items));
	for (unsigned int i = 0; i < NR_TIMERS; i++)
		timer_setup(&items[i].timer, note, 0);
	return 0;
}

static void timer_test_exit(struct kunit *test)
{
	for (unsigned int i = 0; i < NR_TIMERS; i++)
		del_timer_sync(&items[i].timer);
}

/* Until @ticks have gone by, and the timers due then have been called. */
static void wait_ticks(unsigned long ticks)
{
	unsigned long end = jiffies + ticks;

	while (time_before_eq(jiffies, end))
		cpu_relax();
}

/* ledger: G1 */
static void timer_fires_once(struct kunit *test)
{
	struct item *item = &items[0];
	unsigned long expires = jiffies + 3;

	KUNIT_EXPECT_FALSE(test, timer_pending(&item->timer));
	KUNIT_EXPECT_EQ(test, mod_timer(&item->timer, expires), 0);
	KUNIT_EXPECT_TRUE(test, timer_pending(&item->timer));
	wait_ticks(6);
	KUNIT_EXPECT_EQ(test, item->calls, 1U);
	KUNIT_EXPECT_TRUE(test, time_after_eq(item->called_at, expires));
	KUNIT_EXPECT_TRUE(test, seen.softirq && !seen.irqs_off);
	KUNIT_EXPECT_FALSE(test, timer_pending(&item->timer));
}

static void timer_deleted(struct kunit *test)
{
	struct item *item = &items[0];

	mod_timer(&item->timer, jiffies + 2);
	KUNIT_EXPECT_EQ(test, del_timer(&item->timer), 1);
	KUNIT_EXPECT_EQ(test, del_timer(&item->timer), 0);
	KUNIT_EXPECT_EQ(test, del_timer_sync(&item->timer), 0);
	item->timer.expires = jiffies + 2;
	add_timer(&item->timer);
	KUNIT_EXPECT_EQ(test, try_to_del_timer_sync(&item->timer), 1);
	wait_ticks(4);
	KUNIT_EXPECT_EQ(test, item->calls, 0U);
}

static void timer_moved(struct kunit *test)
{
	struct timer_list *t = &items[0].timer;
	unsigned long now = jiffies;

	KUNIT_EXPECT_EQ(test, mod_timer_pending(t, now + 100), 0);
	KUNIT_EXPECT_FALSE(test, timer_pending(t));
	KUNIT_EXPECT_EQ(test, mod_timer(t, now + 1000), 0);
	KUNIT_EXPECT_EQ(test, timer_reduce(t, now + 2000), 1);
	KUNIT_EXPECT_EQ(test, t->expires, now + 1000);
	KUNIT_EXPECT_EQ(test, timer_reduce(t, now + 500), 1);
	KUNIT_EXPECT_EQ(test, t->expires, now + 500);
	KUNIT_EXPECT_EQ(test, mod_timer_pending(t, now + 2), 1);
	wait_ticks(5);
	KUNIT_EXPECT_EQ(test, items[0].calls, 1U);
}

static void rearm(struct timer_list *t)
{
	seen.calls++;
	if (seen.rearm && seen.rearm--)
		mod_timer(t, jiffies);		/* "now": at the next tick, or the softirq would not end */
}

static void timer_adds_itself(struct kunit *test)
{
	unsigned long start = jiffies;

	timer_setup(&items[0].timer, rearm, 0);
	seen.rearm = 5;
	mod_timer(&items[0].timer, jiffies);
	while (READ_ONCE(seen.calls) < 6 && time_before(jiffies, start + 200))
		cpu_relax();
	KUNIT_EXPECT_EQ(test, seen.calls, 6U);
	KUNIT_EXPECT_GE(test, jiffies - start, 5UL);
}

static void timer_irqsafe(struct kunit *test)
{
	timer_setup(&items[0].timer, note, TIMER_IRQSAFE);
	mod_timer(&items[0].timer, jiffies + 1);
	wait_ticks(3);
	KUNIT_EXPECT_EQ(test, items[0].calls, 1U);
	KUNIT_EXPECT_TRUE(test, seen.softirq && seen.irqs_off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

/* Many, at random, moved and deleted at random: who is wanted is called once, and not early. */
static void timer_random(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned long start;

	prandom_seed_state(&rnd, kunit_seed());
	for (unsigned int round = 0; round < kunit_rounds(2); round++) {
		timer_test_init(test);
		start = jiffies;
		for (unsigned int step = 0; step < 4 * NR_TIMERS; step++) {
			u32 r = prandom_u32_state(&rnd);
			struct item *item = &items[r % NR_TIMERS];

			item->wanted = r >> 8 & 3;
			if (item->wanted)
				mod_timer(&item->timer, start + 20 + (r >> 16) % 8);
			else
				del_timer(&item->timer);
		}
		wait_ticks(start + 30 - jiffies);
		for (unsigned int i = 0; i < NR_TIMERS; i++) {
			KUNIT_EXPECT_EQ(test, items[i].calls, (unsigned int)items[i].wanted);
			if (items[i].wanted)
				KUNIT_EXPECT_TRUE(test, time_after_eq(items[i].called_at,
								      items[i].timer.expires));
		}
	}
}

/* ---- mistakes ---- */

static void delete_itself(struct timer_list *t)
{
	del_timer_sync(t);
}

static void leak(struct timer_list *t)
{
	preempt_disable();
}

static void run_soon(void (*function)(struct timer_list *))
{
	timer_setup(&items[0].timer, function, 0);
	mod_timer(&items[0].timer, jiffies);
	wait_ticks(3);
}

static void timer_mistakes(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "timer: delete_itself+0x* waits for its own end",
			    run_soon(delete_itself));
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "timer: leak+0x* preempt leak: 00000100 -> 00000101",
			    run_soon(leak));
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	mod_timer(&items[1].timer, jiffies + 1000);
	KUNIT_EXPECT_REPORT(test, "kernel BUG at kernel/time/timer.c:*",
			    add_timer(&items[1].timer));
}

/* ---- who may allocate ---- */

static void *got;

static void allocate_atomic(struct timer_list *t)
{
	got = kmalloc(64, GFP_ATOMIC);
	kfree(kmalloc(64, GFP_NOWAIT));
}

static void allocate_sleeping(struct timer_list *t)
{
	kfree(kmalloc(64, GFP_KERNEL));
}

static unsigned int complaints;

static void count_complaint(struct log_tap *tap, int level, const char *line)
{
	if (!strncmp(line, "BUG", 3))
		complaints++;
}

/* ledger: G1 G3 */
static void timer_allocates(struct kunit *test)
{
	static struct log_tap tap = { .line = count_complaint };

	complaints = 0;
	got = NULL;
	log_tap_add(&tap);
	run_soon(allocate_atomic);
	log_tap_remove(&tap);
	KUNIT_EXPECT_NOT_NULL(test, got);
	kfree(got);
	KUNIT_EXPECT_EQ(test, complaints, 0U);
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at *",
			    run_soon(allocate_sleeping));
	KUNIT_EXPECT_REPORT(test, "* allocate_sleeping+0x*", run_soon(allocate_sleeping));
}

static struct kunit_case timer_cases[] = {
	KUNIT_CASE(timer_fires_once),
	KUNIT_CASE(timer_deleted),
	KUNIT_CASE(timer_moved),
	KUNIT_CASE(timer_adds_itself),
	KUNIT_CASE(timer_irqsafe),
	KUNIT_CASE(timer_random),
	KUNIT_CASE(timer_mistakes),
	KUNIT_CASE(timer_allocates),
	{}
};

static struct kunit_suite timer_suite = {
	.name = "timer",
	.init = timer_test_init,
	.exit = timer_test_exit,
	.test_cases = timer_cases,
};
kunit_test_suite(timer_suite);
