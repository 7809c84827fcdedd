/* SPDX-License-Identifier: MIT */
/* Where a thread's stack lies. There is one thread so far, on the stack that boot set up. */
#ifndef _LINUX_SCHED_TASK_STACK_H
#define _LINUX_SCHED_TASK_STACK_H

#include <linux/types.h>

/* boot/start.S. Weak: the chapters as a program on the host have libc's stack, and do not know it. */
extern char boot_stack[] __weak, boot_stack_top[] __weak;

#define current_stack_pointer ((unsigned long)__builtin_frame_address(0))

static inline bool object_is_on_stack(const void *obj)
{
	return obj >= (void *)boot_stack && obj < (void *)boot_stack_top;
}

#endif /* _LINUX_SCHED_TASK_STACK_H */
