// SPDX-License-Identifier: MIT
/* A thread for people to look at: what it is, and how it came to where it is. */
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>

/* Whoever goes on meanwhile, on another CPU, makes the backtrace wrong, and no more than that. */
void sched_show_task(struct task_struct *task)
{
	printk(KERN_INFO "task:%-15.15s state:%c stack:%-5lu pid:%-5d flags:0x%08x\n", task->comm,
	       task_state_to_char(task), stack_not_used(task), task->pid, task->flags);
	show_stack(task, NULL, KERN_INFO);
}
