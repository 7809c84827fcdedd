// SPDX-License-Identifier: MIT
/*
 * Tests run in a thread of their own that stays on one CPU: the first, or what `kunit.cpu=N` says. So
 * a case may speak of "this CPU" without more ado; one that wants several CPUs makes threads.
 *
 * A timer there looks, once a second, whether the tests get on. If no try has begun for as long as
 * `kunit.timeout=SECONDS` says (45; 450 in `soak`), the last one hangs: in a loop, or waiting for what
 * never comes. The report says where. (Linux gives a case 300 seconds, and ends its thread; we cannot
 * know what that thread holds, and panic.) With interrupts off, it is the NMI watchdog that notices.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <linux/timer.h>
#include <quarry/test_seed.h>
#include "internal.h"

struct order {
	const char *glob;
	int result;
	struct completion done;
};

static unsigned int test_cpu;

static int __init test_cpu_setup(char *value)
{
	return value ? kstrtouint(value, 0, &test_cpu) : -EINVAL;
}
early_param("kunit.cpu", test_cpu_setup);

/* ---- hanging ---- */

#define TIMEOUT		45	/* seconds */
#define SOAK_TIMEOUT	450

struct watch {
	struct timer_list timer;
	struct task_struct *task;
	unsigned long tries;		/* as of the last look */
	unsigned int quiet;		/* for so many looks */
};

static unsigned int timeout;		/* 0: not said */

static int __init timeout_setup(char *value)
{
	return value ? kstrtouint(value, 0, &timeout) : -EINVAL;
}
early_param("kunit.timeout", timeout_setup);

static unsigned int seconds_allowed(void)
{
	if (timeout)
		return timeout;
	return kunit_rounds(1) > 1 ? SOAK_TIMEOUT : TIMEOUT;
}

static void look(struct timer_list *timer)
{
	struct watch *watch = from_timer(watch, timer, timer);

	if (watch->tries != kunit_tries)
		watch->quiet = 0;
	watch->tries = kunit_tries;
	if (watch->quiet++ < seconds_allowed()) {
		mod_timer(timer, jiffies + HZ);
		return;
	}
	pr_emerg("kunit: try timed out; the thread is here:\n");
	show_stack(watch->task, NULL, KERN_EMERG);
	panic("kunit: try timed out: nothing new for %u seconds", seconds_allowed());
}

static void watch_begin(struct watch *watch, struct task_struct *task)
{
	*watch = (struct watch){ .task = task, .tries = kunit_tries };
	timer_setup(&watch->timer, look, TIMER_PINNED);
	watch->timer.expires = jiffies + HZ;
	add_timer_on(&watch->timer, test_cpu);
}

static void watch_end(struct watch *watch)
{
	del_timer_sync(&watch->timer);
}

/* ---- the thread ---- */

static int run_order(void *data)
{
	struct order *order = data;

	order->result = kunit_run(order->glob);
	complete(&order->done);
	return 0;
}

int kunit_run_in_thread(const char *glob)
{
	struct order order = { .glob = glob };
	struct watch watch;
	struct task_struct *task;

	if (test_cpu >= NR_CPUS || !cpu_online(test_cpu)) {
		pr_err("kunit: there is no CPU %u\n", test_cpu);
		return -ENXIO;
	}
	init_completion(&order.done);
	task = kthread_create_on_cpu(run_order, &order, test_cpu, "kunit/%u");
	if (IS_ERR(task)) {
		pr_err("kunit: no memory for a thread\n");
		return PTR_ERR(task);
	}
	watch_begin(&watch, task);
	wake_up_process(task);
	wait_for_completion(&order.done);
	watch_end(&watch);
	return order.result;
}
