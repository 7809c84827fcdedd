/* SPDX-License-Identifier: MIT */
/*
 * What a thread carries about the locks that it holds. Those that sleep, always: who ends must hold
 * none, and the monitor's `locks` tells. In builds that check the order of locks, all of them.
 */
#ifndef _LINUX_LOCKDEP_TASK_H
#define _LINUX_LOCKDEP_TASK_H

#include <linux/types.h>

/* Mutexes and rw-semaphores: how many, and as many of them as there is room for. */
#define MAX_SLEEPING_LOCKS	6

struct sleeping_locks {
	unsigned short nr, nr_held;	/* all; those in held[] */
	const struct lock_queue *held[MAX_SLEEPING_LOCKS];
};

#ifdef CONFIG_LOCKDEP

#define MAX_LOCK_DEPTH	24

struct held_lock {
	struct lockdep_map *map;
	unsigned long ip;		/* where it was taken */
	u16 class;			/* its number */
	u8 read;			/* 0: alone; 1: with other readers; 2: and again by the same */
	u8 context;			/* thread, softirq or interrupt: kernel/locking/lockdep.c */
	bool trylock, check;
};

struct lockdep_task {
	unsigned int depth;		/* of held[] */
	unsigned int recursion;		/* lockdep itself is at work, or off */
	struct held_lock held[MAX_LOCK_DEPTH];
};

#define LOCKDEP_TASK	struct sleeping_locks sleeping_locks; struct lockdep_task lockdep;
#define lockdep_depth(task)	((task)->lockdep.depth)
/* Forget what was taken since: a fault has ended it. */
#define lockdep_set_depth(task, nr) \
	do { (task)->lockdep.depth = (nr); (task)->lockdep.recursion = 0; } while (0)

#else

#define LOCKDEP_TASK	struct sleeping_locks sleeping_locks;
#define lockdep_depth(task)	0
#define lockdep_set_depth(task, nr)	do { } while (0)

#endif

#endif /* _LINUX_LOCKDEP_TASK_H */
