// SPDX-License-Identifier: MIT
/* The first thread, and who runs on each CPU. */
#include <linux/sched.h>
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
#ifdef CONFIG_KASAN
	.kasan_depth = 1,		/* until kasan_begin() */
#endif
};
DEFINE_PER_CPU(struct task_struct *, current_task) = &init_task;
