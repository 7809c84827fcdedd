// SPDX-License-Identifier: MIT
/*
 * Tests run in a thread of their own that stays on one CPU: the first, or what `kunit.cpu=N` says. So
 * a case may speak of "this CPU" without more ado; one that wants several CPUs makes threads.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
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
	wake_up_process(task);
	wait_for_completion(&order.done);
	return order.result;
}
