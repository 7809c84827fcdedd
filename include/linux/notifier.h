/* SPDX-License-Identifier: MIT */
/*
 * Chains of functions that want to know when something happens. Of Linux's kinds, the one whose
 * functions may sleep. kernel/core/notifier.c.
 */
#ifndef _LINUX_NOTIFIER_H
#define _LINUX_NOTIFIER_H

#include <linux/rwsem.h>

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;	/* returns NOTIFY_* */
	struct notifier_block *next;	/* the chain's own */
	int priority;			/* the highest is called first */
};

struct blocking_notifier_head {
	struct rw_semaphore rwsem;	/* the chain; held for reading while its functions run */
	struct notifier_block *head;
};

#define BLOCKING_NOTIFIER_HEAD(name) \
	struct blocking_notifier_head name = { .rwsem = __RWSEM_INITIALIZER((name).rwsem) }

#define NOTIFY_DONE		0x0000	/* not interested */
#define NOTIFY_OK		0x0001
#define NOTIFY_STOP_MASK	0x8000	/* the rest need not know */
#define NOTIFY_STOP		(NOTIFY_OK | NOTIFY_STOP_MASK)

/* 0; -EEXIST: it is in the chain already. May sleep; not from within a function of the chain. */
int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *nb);
/* When it returns, the function does not run any more. 0; -ENOENT: it was not there. */
int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *nb);
/* Call all of them. Returns what the last one said. May sleep. */
int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v);

#endif /* _LINUX_NOTIFIER_H */
