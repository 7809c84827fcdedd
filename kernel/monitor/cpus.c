// SPDX-License-Identifier: MIT
/* cpus: what each CPU is doing. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <linux/time64.h>

#include "monitor.h"

/* Of all time since boot, in tenths of a percent. */
static unsigned int idle_share(unsigned int cpu)
{
	u32 now = div_u64(local_clock(), NSEC_PER_MSEC);
	u64 idle = div_u64(task_sched_runtime(idle_task(cpu)), NSEC_PER_MSEC);

	return now ? div_u64(idle * 1000, now) : 0;
}

/* What it is running; with a reference. NULL: nothing. */
static struct task_struct *running_on(unsigned int cpu)
{
	struct task_struct *task;

	for_each_task_get(task)
		if (task_curr(task) && task_cpu(task) == cpu)
			break;
	return task;
}

static void print_cpu(unsigned int cpu)
{
	struct task_struct *task = running_on(cpu);
	unsigned int idle = idle_share(cpu);

	monitor_printf("%3u %5u %9llu %4u.%u%% %s\n", cpu, nr_running_on(cpu),
		       nr_context_switches_cpu(cpu), idle / 10, idle % 10,
		       task ? task->comm : "(idle)");
	if (task)
		put_task_struct(task);
}

static int cmd_cpus(int argc, char **argv)
{
	unsigned int cpu;

	if (argc > 1)
		return -EINVAL;
	monitor_printf("CPU READY  SWITCHES   IDLE  RUNS\n");
	for_each_possible_cpu(cpu) {
		if (cpu_online(cpu))
			print_cpu(cpu);
		else
			monitor_printf("%3u is off\n", cpu);
	}
	return 0;
}

MONITOR_COMMAND(cpus, "", "what each CPU is doing", cmd_cpus);
