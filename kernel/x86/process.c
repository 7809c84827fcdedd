// SPDX-License-Identifier: MIT
/* The processor's part of a thread: a stack on which switch_to() finds what it would have left. */
#include <asm/stacktrace.h>
#include <linux/build_bug.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <linux/stddef.h>
#include <quarry/scheduler.h>

#include "task_offsets.h"
#include "x86.h"

static_assert(offsetof(struct task_struct, thread.sp) == TASK_THREAD_SP, "switch.S counts on it");

/* Lowest address first: as switch_to() pops it. */
struct switch_frame {
	unsigned long di, si, bx, bp;
	unsigned long ip;
	unsigned long no_caller;	/* where backtraces end */
};

void thread_init_stack(struct task_struct *task, void (*fn)(void *arg), void *arg)
{
	struct switch_frame *frame = task->stack + task->stack_size - sizeof(*frame);

	*frame = (struct switch_frame){
		.bx = (unsigned long)fn,
		.si = (unsigned long)arg,
		.ip = (unsigned long)thread_start,
	};
	task->thread.sp = (unsigned long)frame;
}

extern char thread_resumes[];		/* switch.S: what is left there when a thread is left */

void show_stack(struct task_struct *task, unsigned long *sp, const char *log_lvl)
{
	struct pt_regs regs = { .ip = (unsigned long)thread_resumes, .sp = task->thread.sp };

	if (task_curr(task))
		printk("%s(it is running on CPU %u)\n", log_lvl, task_cpu(task));
	else
		show_trace(&regs, log_lvl);
}

/* fork.c clears a stack before its thread begins, and boot clears its own with all of .bss. */
unsigned long stack_not_used(const struct task_struct *task)
{
	const unsigned long *end = end_of_stack(task), *word = end + 1;

	while (!*word)
		word++;
	return (word - end) * sizeof(*word);
}
