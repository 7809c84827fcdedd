// SPDX-License-Identifier: MIT
/*
 * Timers that several CPUs set and delete, and tasklets that they schedule. With one CPU, its
 * threads take turns.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <quarry/test_seed.h>

#include "test_thread.h"

/* ---- each CPU's ---- */

static struct timer_list timer;
static int called_on;

static void note_cpu(struct timer_list *t)
{
	WRITE_ONCE(called_on, raw_smp_processor_id());
}

static void timer_on_each_cpu(struct kunit *test)
{
	unsigned int cpu;

	timer_setup(&timer, note_cpu, 0);
	for_each_online_cpu(cpu) {
		unsigned long start = jiffies;

		called_on = -1;
		timer.expires = jiffies + 1;
		add_timer_on(&timer, cpu);
		while (READ_ONCE(called_on) < 0 && time_before(jiffies, start + 5 * HZ))
			cpu_relax();
		KUNIT_EXPECT_EQ(test, called_on, (int)cpu);
		del_timer_sync(&timer);
	}
}

static int slow_begun, slow_done;
static bool restarted;

/* The first time until it has been started again. */
static void be_slow(struct timer_list *t)
{
	WRITE_ONCE(called_on, raw_smp_processor_id());
	WRITE_ONCE(slow_begun, slow_begun + 1);
	for (unsigned int ms = 0; ms < 2000 && !READ_ONCE(restarted); ms++)
		mdelay(1);
	mdelay(10);
	WRITE_ONCE(slow_done, slow_done + 1);
}

static void wait_until_begun(int calls)
{
	unsigned long start = jiffies;

	while (READ_ONCE(slow_begun) < calls && time_before(jiffies, start + 5 * HZ))
		cpu_relax();
}

/* Started again while its function runs, it stays there; and who deletes it waits for the function. */
static void timer_runs_on_another_cpu(struct kunit *test)
{
	unsigned int cpu = other_cpu(test);	/* or a skip, which goes no further */

	migrate_disable();
	if (cpu == raw_smp_processor_id())	/* we have been moved meanwhile */
		cpu = other_cpu(test);
	slow_begun = slow_done = 0;
	WRITE_ONCE(restarted, false);
	timer_setup(&timer, be_slow, 0);
	timer.expires = jiffies + 1;
	add_timer_on(&timer, cpu);
	wait_until_begun(1);
	mod_timer(&timer, jiffies);
	WRITE_ONCE(restarted, true);
	wait_until_begun(2);
	KUNIT_EXPECT_EQ(test, called_on, (int)cpu);
	del_timer_sync(&timer);
	KUNIT_EXPECT_EQ(test, slow_begun, 2);
	KUNIT_EXPECT_EQ(test, slow_done, 2);
	migrate_enable();
}

/* ---- all at once ---- */

#define NR_ITEMS	6

static struct item {
	struct timer_list timer;
	struct tasklet_struct tasklet;
	spinlock_t lock;		/* who holds it may start and delete the timer */
	atomic_t running, tasklet_running;
	unsigned int calls;
} items[NR_ITEMS];

static atomic_t wrong;

static void enter_alone(atomic_t *running)
{
	if (atomic_inc_return(running) != 1)
		atomic_inc(&wrong);
	ndelay(500);
	atomic_dec(running);
}

static void run_timer(struct timer_list *t)
{
	struct item *item = from_timer(item, t, timer);

	item->calls++;
	enter_alone(&item->running);
}

static void run_tasklet(struct tasklet_struct *t)
{
	struct item *item = from_tasklet(item, t, tasklet);

	enter_alone(&item->tasklet_running);
}

static void step(struct item *item, u32 r)
{
	tasklet_schedule(&item->tasklet);
	if (!spin_trylock(&item->lock))
		return;
	if (r & 3) {
		mod_timer(&item->timer, jiffies + (r >> 2) % 3);
	} else {
		del_timer_sync(&item->timer);
		if (timer_pending(&item->timer) || atomic_read(&item->running))
			atomic_inc(&wrong);
	}
	spin_unlock(&item->lock);
}

static int work(void *seed)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed() + (unsigned long)seed);
	while (!kthread_should_stop()) {
		u32 r = prandom_u32_state(&rnd);

		step(&items[r % NR_ITEMS], r >> 8);
		if (r >> 28 == 0)
			cond_resched();
	}
	return 0;
}

static void timer_torture(struct kunit *test)
{
	struct task_struct *threads[NR_CPUS];
	unsigned int cpu, i, calls = 0;

	atomic_set(&wrong, 0);
	for (i = 0; i < NR_ITEMS; i++) {
		timer_setup(&items[i].timer, run_timer, 0);
		tasklet_setup(&items[i].tasklet, run_tasklet);
		spin_lock_init(&items[i].lock);
		items[i].calls = 0;
	}
	for_each_online_cpu(cpu)
		threads[cpu] = kthread_run_on_cpu(work, (void *)(unsigned long)cpu, cpu,
						  "timers/%u");
	msleep(kunit_rounds(100));
	for_each_online_cpu(cpu)
		if (!IS_ERR(threads[cpu]))
			kthread_stop(threads[cpu]);
	for (i = 0; i < NR_ITEMS; i++) {
		del_timer_sync(&items[i].timer);
		tasklet_kill(&items[i].tasklet);
		calls += items[i].calls;
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&wrong), 0);
	KUNIT_EXPECT_GT(test, calls, 0U);
}

static struct kunit_case timer_smp_cases[] = {
	KUNIT_CASE(timer_on_each_cpu),
	KUNIT_CASE(timer_runs_on_another_cpu),
	KUNIT_CASE(timer_torture),
	{}
};

static struct kunit_suite timer_smp_suite = {
	.name = "timer_smp",
	.test_cases = timer_smp_cases,
};
kunit_test_suite(timer_smp_suite);
