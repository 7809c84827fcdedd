// SPDX-License-Identifier: MIT
/* The first thread, and the rule about sleeping: what is said when it is broken. */
#include <linux/irqflags.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>

struct task_struct init_task = {
	.flags = PF_KTHREAD | PF_IDLE,
	.stack = boot_stack,
	.comm = "swapper",
	.usage = ATOMIC_INIT(1),
	.cpus_mask = { { 1 } },
	.prio = -MIN_NICE,
	.on_cpu = true,
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.run_list = LIST_HEAD_INIT(init_task.run_list),
};
DEFINE_PER_CPU(struct task_struct *, current_task) = &init_task;

void __might_sleep_report(const char *file, int line)
{
	if (!preempt_count() && !irqs_disabled())
		return;		/* somebody waits for this CPU, and that is no mistake */
	pr_err("BUG: sleeping function called from invalid context at %s:%d\n", file, line);
	pr_err("in_atomic(): %d, irqs_disabled(): %d, non_block: 0, pid: %d, name: %s\n",
	       in_atomic(), irqs_disabled(), current->pid, current->comm);
	pr_err("preempt_count: %x, expected: %x\n", preempt_count(), 0);
	dump_stack();
}
