/* SPDX-License-Identifier: MIT */
/* Threads for people to look at. */
#ifndef _LINUX_SCHED_DEBUG_H
#define _LINUX_SCHED_DEBUG_H

#include <linux/sched.h>

/* Print how @task came to where it is, each line with @log_lvl (a KERN_ string). @sp: as NULL. */
void show_stack(struct task_struct *task, unsigned long *sp, const char *log_lvl);

/* The same with a line about its state: what Linux says of a thread that hangs. */
void sched_show_task(struct task_struct *task);

/* R runs or waits for a CPU, S sleeps, D sleeps and must not be disturbed, I has nothing to do, … */
static inline char task_state_to_char(const struct task_struct *task)
{
	unsigned int state = READ_ONCE(task->__state);

	if ((state & TASK_IDLE) == TASK_IDLE)
		return 'I';
	if (state & TASK_DEAD)
		return 'X';
	if (state & TASK_PARKED)
		return 'P';
	if (state & TASK_UNINTERRUPTIBLE)
		return 'D';
	return state & TASK_INTERRUPTIBLE ? 'S' : 'R';
}

#endif /* _LINUX_SCHED_DEBUG_H */
