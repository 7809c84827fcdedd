/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/lockdep_types.h>

struct task_struct;

/*
 * The word is NULL when the lock is free, and otherwise the thread that runs on the CPU that holds it
 * (or that was interrupted there): taking it needs some word that is not 0, and this one tells who.
 */
typedef struct spinlock {
	struct task_struct *owner;
	LOCKDEP_MAP
} spinlock_t;
typedef struct spinlock raw_spinlock_t;

#define __SPIN_LOCK_INITIALIZER(lockname) { NULL LOCKDEP_MAP_INIT(lockname) }
#define __SPIN_LOCK_UNLOCKED(lockname)	((spinlock_t)__SPIN_LOCK_INITIALIZER(lockname))
#define DEFINE_SPINLOCK(name)		spinlock_t name = __SPIN_LOCK_INITIALIZER(name)
#define __RAW_SPIN_LOCK_UNLOCKED	__SPIN_LOCK_UNLOCKED
#define DEFINE_RAW_SPINLOCK		DEFINE_SPINLOCK

#include <linux/rwlock_types.h>

#endif /* _LINUX_SPINLOCK_TYPES_H */
