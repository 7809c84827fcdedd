/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: who holds one is not preempted and must not sleep; who wants it waits in a loop. A
 * lock that an interrupt handler takes as well is taken with interrupts off (the irqsave forms).
 * Taking a lock that this CPU holds already is a panic that names the lock: it would wait for ever.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <asm/atomic.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

typedef struct spinlock {
	int locked;		/* 0: free; 1: somebody is inside */
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	((spinlock_t){ 0 })
#define DEFINE_SPINLOCK(name)		spinlock_t name = { 0 }

/* Wait for @lock, which was found taken. */
void __spin_lock_contended(spinlock_t *lock) __cold;

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->locked = 0;
}

static __always_inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	if (unlikely(arch_xchg(&lock->locked, 1)))
		__spin_lock_contended(lock);
}

static __always_inline bool spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (likely(!arch_xchg(&lock->locked, 1)))
		return true;
	preempt_enable();
	return false;
}

/* A plain store: x86 lets no earlier access be seen after it. */
static __always_inline void spin_unlock(spinlock_t *lock)
{
	barrier();
	WRITE_ONCE(lock->locked, 0);
	preempt_enable();
}

#define spin_lock_irqsave(lock, flags) \
	do { local_irq_save(flags); spin_lock(lock); } while (0)

static __always_inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	local_irq_restore(flags);
}

#define spin_is_locked(lock)	(READ_ONCE((lock)->locked) != 0)
#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))
#define lockdep_assert_held(lock) WARN_ON_ONCE(!spin_is_locked(lock))

#endif /* _LINUX_SPINLOCK_H */
