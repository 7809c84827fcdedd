/* SPDX-License-Identifier: MIT */
/*
 * Where a thread's stack lies, and how much of it was ever used. It grows downwards; its lowest word
 * holds a number that must stay, and below it is a page that is not mapped.
 */
#ifndef _LINUX_SCHED_TASK_STACK_H
#define _LINUX_SCHED_TASK_STACK_H

#include <linux/sched.h>
#include <linux/thread_info.h>
#include <linux/types.h>

#define STACK_END_MAGIC		0x57AC6E9D

/* boot/start.S. Weak: the chapters as a program on the host have libc's stack, and do not know it. */
extern char boot_stack[] __weak, boot_stack_top[] __weak;

#define current_stack_pointer ((unsigned long)__builtin_frame_address(0))

#define task_stack_page(task)	((task)->stack)

static inline unsigned long *end_of_stack(const struct task_struct *task)
{
	return task->stack;
}

static inline bool task_stack_end_corrupted(const struct task_struct *task)
{
	return *end_of_stack(task) != STACK_END_MAGIC;
}

static inline void set_task_stack_end_magic(struct task_struct *task)
{
	*end_of_stack(task) = STACK_END_MAGIC;
}

static inline bool object_is_on_stack(const void *obj)
{
	return obj >= current->stack && obj < current->stack + current->stack_size;
}

/*
 * Bytes that were never written to: a stack is all zeros at first. (An array that nobody filled, at
 * the deepest point, counts as not used.)
 */
unsigned long stack_not_used(const struct task_struct *task);

#endif /* _LINUX_SCHED_TASK_STACK_H */
