/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: who holds one is not preempted and must not sleep; who wants it waits in a loop. A
 * lock that an interrupt handler takes as well is taken with interrupts off (the irq and irqsave
 * forms), one that a softirq takes, with softirqs off (bh).
 *
 * Taking a lock that this CPU holds already is a panic that names the lock: it would wait for ever.
 * Who waits for more than ten seconds tells so (kernel/locking/spinlock.c). That nobody gives back what
 * he does not hold, and that locks are always taken in the same order, is checked by DEBUG builds.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/spinlock_types.h>

/* Wait for @lock, which was found taken. */
void __spin_lock_contended(spinlock_t *lock) __cold;

#ifdef CONFIG_LOCKDEP
#define spin_lock_init(lock) \
do { \
	static struct lock_class_key __key; \
	\
	lockdep_init_map(&(lock)->dep_map, #lock, &__key, 0); \
	WRITE_ONCE((lock)->owner, NULL); \
} while (0)
#else
static inline void spin_lock_init(spinlock_t *lock)
{
	lock->owner = NULL;
}
#endif

/*
 * Take it if it is free. (Comparing costs no instruction more than exchanging, and never leaves a
 * waiter's name on somebody else's lock.)
 */
static __always_inline bool arch_spin_try(spinlock_t *lock)
{
	int free = 0;

	return arch_try_cmpxchg((int *)&lock->owner, &free, (int)current);
}

/* @subclass: which of several locks of one class this is (<linux/lockdep.h>). */
static __always_inline void spin_lock_nested(spinlock_t *lock, unsigned int subclass)
{
	preempt_disable();
	spin_acquire(&lock->dep_map, subclass, 0);
	if (unlikely(!arch_spin_try(lock)))
		__spin_lock_contended(lock);
}

static __always_inline void spin_lock(spinlock_t *lock)
{
	spin_lock_nested(lock, 0);
}

/* 1: it is ours; 0: somebody else's. */
static __always_inline int spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (likely(arch_spin_try(lock))) {
		spin_acquire(&lock->dep_map, 0, 1);
		return 1;
	}
	preempt_enable();
	return 0;
}

/* A plain store: x86 lets no earlier access be seen after it. */
static __always_inline void arch_spin_release(spinlock_t *lock)
{
	barrier();
	WRITE_ONCE(lock->owner, NULL);
}

static __always_inline void spin_unlock(spinlock_t *lock)
{
	spin_release(&lock->dep_map);
	arch_spin_release(lock);
	preempt_enable();
}

/* ---- with interrupts off, or softirqs ---- */

static __always_inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

/* Preemption comes last: while interrupts are off, nothing can be followed up. */
static __always_inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_release(&lock->dep_map);
	arch_spin_release(lock);
	local_irq_enable();
	preempt_enable();
}

#define spin_lock_irqsave(lock, flags) \
	do { local_irq_save(flags); spin_lock(lock); } while (0)
#define spin_lock_irqsave_nested(lock, flags, subclass) \
	do { local_irq_save(flags); spin_lock_nested(lock, subclass); } while (0)

static __always_inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_release(&lock->dep_map);
	arch_spin_release(lock);
	local_irq_restore(flags);
	preempt_enable();
}

static __always_inline void spin_lock_bh(spinlock_t *lock)
{
	local_bh_disable();
	spin_lock(lock);
}

static __always_inline void spin_unlock_bh(spinlock_t *lock)
{
	spin_unlock(lock);
	local_bh_enable();
}

static __always_inline int spin_trylock_irq(spinlock_t *lock)
{
	local_irq_disable();
	if (spin_trylock(lock))
		return 1;
	local_irq_enable();
	return 0;
}

#define spin_trylock_irqsave(lock, flags) \
({ \
	int __got; \
	\
	local_irq_save(flags); \
	__got = spin_trylock(lock); \
	if (!__got) \
		local_irq_restore(flags); \
	__got; \
})

static __always_inline int spin_trylock_bh(spinlock_t *lock)
{
	local_bh_disable();
	if (spin_trylock(lock))
		return 1;
	local_bh_enable();
	return 0;
}

/* ---- asking ---- */

#define spin_is_locked(lock)	(READ_ONCE((lock)->owner) != NULL)
#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))

/*
 * Take one off @counter; if that makes it 0, return 1 with @lock taken. Otherwise the lock is not
 * even looked at: for objects whose last user takes them out of a list.
 */
int _atomic_dec_and_lock(atomic_t *counter, spinlock_t *lock);
#define atomic_dec_and_lock(counter, lock) _atomic_dec_and_lock(counter, lock)
int _atomic_dec_and_lock_irqsave(atomic_t *counter, spinlock_t *lock, unsigned long *flags);
#define atomic_dec_and_lock_irqsave(counter, lock, flags) \
	_atomic_dec_and_lock_irqsave(counter, lock, &(flags))

/* ---- Linux's raw locks: those that would not sleep even in a real-time kernel ---- */

#define raw_spin_lock_init(lock)			spin_lock_init(lock)
#define raw_spin_lock(lock)				spin_lock(lock)
#define raw_spin_lock_nested(lock, subclass)		spin_lock_nested(lock, subclass)
#define raw_spin_lock_irq(lock)				spin_lock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags)		spin_lock_irqsave(lock, flags)
#define raw_spin_lock_bh(lock)				spin_lock_bh(lock)
#define raw_spin_trylock(lock)				spin_trylock(lock)
#define raw_spin_trylock_irq(lock)			spin_trylock_irq(lock)
#define raw_spin_trylock_irqsave(lock, flags)		spin_trylock_irqsave(lock, flags)
#define raw_spin_unlock(lock)				spin_unlock(lock)
#define raw_spin_unlock_irq(lock)			spin_unlock_irq(lock)
#define raw_spin_unlock_irqrestore(lock, flags)		spin_unlock_irqrestore(lock, flags)
#define raw_spin_unlock_bh(lock)			spin_unlock_bh(lock)
#define raw_spin_is_locked(lock)			spin_is_locked(lock)

#include <linux/rwlock.h>

#endif /* _LINUX_SPINLOCK_H */
