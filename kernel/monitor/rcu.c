// SPDX-License-Identifier: MIT
/* rcu: grace periods and callbacks. */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <quarry/monitor.h>
#include <quarry/rcu.h>

static void show_grace_period(const struct rcu_status *status)
{
	unsigned int cpu;

	if (status->started == status->completed) {
		monitor_printf("grace periods: %lu, none is under way\n", status->completed);
		return;
	}
	monitor_printf("grace periods: %lu are over, number %lu for %u ms; waiting for CPU",
		       status->completed, status->started, jiffies_to_msecs(status->ticks));
	for_each_cpu(cpu, &status->waiting)
		monitor_printf(" %u", cpu);
	monitor_printf("\n");
}

static int cmd_rcu(int argc, char **argv)
{
	struct rcu_status status;
	unsigned int cpu;

	if (argc > 1)
		return -EINVAL;
	rcu_get_status(&status);
	show_grace_period(&status);
	for_each_possible_cpu(cpu)
		monitor_printf("CPU %u: %lu callbacks wait\n", cpu, status.callbacks[cpu]);
	return 0;
}
MONITOR_COMMAND(rcu, "", "grace periods, and callbacks that wait for them", cmd_rcu);
