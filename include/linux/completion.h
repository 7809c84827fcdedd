/* SPDX-License-Identifier: MIT */
/*
 * Completions: "that is done". One thread waits, another tells, in either order, and the one who
 * waited may then free the completion at once. Waiting is sleeping; telling is legal in any
 * context but NMIs. kernel/sched/completion.c.
 */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/wait.h>

/* How often complete() was called and not yet waited for; UINT_MAX: complete_all() was. */
struct completion {
	unsigned int done;
	struct wait_queue_head wait;
};

#define COMPLETION_INITIALIZER(work)	{ 0, __WAIT_QUEUE_HEAD_INITIALIZER((work).wait) }
#define DECLARE_COMPLETION(work)	struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK	DECLARE_COMPLETION

#define init_completion(x) \
do { \
	(x)->done = 0; \
	init_waitqueue_head(&(x)->wait); \
} while (0)

/* To be used again. Nobody may be waiting. */
static inline void reinit_completion(struct completion *x)
{
	x->done = 0;
}

/* One of those who wait, in the order they came, may go on; or the next one who comes. */
void complete(struct completion *x);
/* All, now and later. */
void complete_all(struct completion *x);

void wait_for_completion(struct completion *x);
/* At most @timeout jiffies. 0: it was not told; otherwise what is left of them, at least 1. */
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
/* 0: it was told; -ERESTARTSYS: this thread has been killed (<linux/sched/signal.h>). */
int wait_for_completion_interruptible(struct completion *x);
int wait_for_completion_killable(struct completion *x);
long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout);
#define wait_for_completion_io(x)		wait_for_completion(x)
#define wait_for_completion_io_timeout(x, t)	wait_for_completion_timeout(x, t)

/* Without sleeping: has it been told? The first takes it, as waiting does. Any context but NMI. */
bool try_wait_for_completion(struct completion *x);
bool completion_done(struct completion *x);

#endif /* _LINUX_COMPLETION_H */
