/* SPDX-License-Identifier: MIT */
#ifndef _KERNEL_KTHREAD_H
#define _KERNEL_KTHREAD_H

#include <linux/completion.h>

/* What a thread that kthread_create() made has beyond others: task_struct.kthread, freed with it. */
struct kthread {
	unsigned long flags;		/* KTHREAD_* bits */
	int (*threadfn)(void *data);
	void *data;
	int result;			/* valid when it is gone */
	struct completion parked;
	struct completion exited;	/* it is gone: another thread runs, on another stack */
};

#endif /* _KERNEL_KTHREAD_H */
