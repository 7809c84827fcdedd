// SPDX-License-Identifier: MIT
/* ps: the threads. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/time64.h>

#include "monitor.h"

static void print_thread(struct task_struct *task)
{
	monitor_printf("%5d %3u %3d %c %9llu %8lu %8lu %s\n", task->pid, task_cpu(task),
		       task_nice(task), task_state_to_char(task),
		       div_u64(task_sched_runtime(task), NSEC_PER_MSEC), task->nvcsw, task->nivcsw,
		       task->comm);
}

static void print_all(void)
{
	struct task_struct *task;
	unsigned int cpu;

	monitor_printf("  PID CPU  NI S   TIME/ms SWITCHES   FORCED COMMAND\n");
	for_each_online_cpu(cpu)
		print_thread(idle_task(cpu));
	for_each_task_get(task)
		print_thread(task);
}

/* Into the log, as everything that has a backtrace. */
static int print_one(const char *word)
{
	struct task_struct *task;
	int pid;

	if (kstrtoint(word, 0, &pid))
		return -EINVAL;
	task = find_get_task_by_vpid(pid);
	if (!task)
		return complain("ps", word, -ESRCH);
	sched_show_task(task);
	put_task_struct(task);
	return 0;
}

static int cmd_ps(int argc, char **argv)
{
	if (argc > 2)
		return -EINVAL;
	if (argc == 2)
		return print_one(argv[1]);
	print_all();
	return 0;
}

MONITOR_COMMAND(ps, "[PID]", "the threads; or one of them, and where it is", cmd_ps);
