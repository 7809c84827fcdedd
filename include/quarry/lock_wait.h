/* SPDX-License-Identifier: MIT */
/* Who waits for which lock at this moment: for reports, and those who look. */
#ifndef _QUARRY_LOCK_WAIT_H
#define _QUARRY_LOCK_WAIT_H

#include <linux/percpu-defs.h>
#include <linux/sched.h>
#include <linux/types.h>

/* The spinlock or rwlock that each CPU waits for, or NULL. kernel/locking/spinlock.c. */
DECLARE_PER_CPU(const void *, lock_waited_for);

/* Who waits for longer tells so. Nanoseconds: ten seconds, but for tests. */
extern u64 spinlock_patience;

/* The mutex, semaphore or rw-semaphore that a thread waits for. */
struct lock_wait {
	const void *lock;
	const char *kind;			/* "mutex" and so on */
	bool has_owner;				/* it is known who has it: */
	pid_t owner_pid;
	char owner_comm[TASK_COMM_LEN];
};

/* False: @task, to which the caller has a reference, waits for none. kernel/locking/lock_queue.c. */
bool lock_waited_by(struct task_struct *task, struct lock_wait *wait);

#endif /* _QUARRY_LOCK_WAIT_H */
