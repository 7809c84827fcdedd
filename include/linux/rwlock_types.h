/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RWLOCK_TYPES_H
#define _LINUX_RWLOCK_TYPES_H

#include <linux/lockdep_types.h>
#include <linux/types.h>

struct task_struct;

/*
 * Bit 0 of the word: somebody writes; bit 1: somebody waits to write; above them, how many read.
 * @writer is who writes, as in spinlock_t.
 */
typedef struct {
	atomic_t cnts;
	struct task_struct *writer;
	LOCKDEP_MAP
} rwlock_t;

#define __RW_LOCK_INITIALIZER(lockname)	{ ATOMIC_INIT(0), NULL LOCKDEP_MAP_INIT(lockname) }
#define __RW_LOCK_UNLOCKED(lockname)	((rwlock_t)__RW_LOCK_INITIALIZER(lockname))
#define DEFINE_RWLOCK(name)		rwlock_t name = __RW_LOCK_INITIALIZER(name)

#endif /* _LINUX_RWLOCK_TYPES_H */
