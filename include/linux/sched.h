/* SPDX-License-Identifier: MIT */
/* What runs. There is one thread so far: the boot's own. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>

#define TASK_COMM_LEN	16

#define PF_MEMALLOC	0x00000800	/* works towards freeing memory: may use all of the reserve */

/* The thread's own mappings of high memory: mm/highmem.c. */
struct kmap_ctrl {
	unsigned int idx;		/* how many there are, nested */
};

struct task_struct {
	unsigned int flags;		/* PF_* */
	int pagefault_disabled;		/* depth of pagefault_disable() */
	struct kmap_ctrl kmap_ctrl;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

extern struct task_struct init_task;
extern struct task_struct *current_task;
#define current READ_ONCE(current_task)

#endif /* _LINUX_SCHED_H */
