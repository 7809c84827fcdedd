// SPDX-License-Identifier: MIT
/* stacks: how deep each one ever went. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>

#include "monitor.h"

static void print_stack(const struct task_struct *task)
{
	unsigned long used = task->stack_size - stack_not_used(task);

	monitor_printf("%5d %-15s %8px %5u %5lu %3lu%%%s\n", task->pid, task->comm, task->stack,
		       task->stack_size, used, used * 100 / task->stack_size,
		       task_stack_end_corrupted(task) ? "  its end is overwritten" : "");
}

static int cmd_stacks(int argc, char **argv)
{
	struct task_struct *task;
	unsigned int cpu;

	if (argc > 1)
		return -EINVAL;
	monitor_printf("  PID COMMAND            STACK  SIZE  MOST\n");
	for_each_online_cpu(cpu)
		print_stack(idle_task(cpu));
	for_each_task_get(task)
		print_stack(task);
	return 0;
}

MONITOR_COMMAND(stacks, "", "how deep each thread's stack ever went", cmd_stacks);
