/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks for any number of readers or one writer. A reader waits while somebody writes or waits
 * to write, so that readers who come one after the other do not keep a writer waiting for ever;
 * in an interrupt or softirq, only while somebody writes: there it may have interrupted a reader,
 * for whom the writer waits. For the same reason a thread that reads must not begin to read again.
 */
#ifndef _LINUX_RWLOCK_H
#define _LINUX_RWLOCK_H

#ifndef _LINUX_SPINLOCK_H
#error "<linux/spinlock.h> is the header to include"
#endif

#define RWLOCK_WRITER	1
#define RWLOCK_WAITS	2	/* somebody waits to write */
#define RWLOCK_READER	4	/* how much each adds */

void __read_lock_contended(rwlock_t *lock) __cold;
void __write_lock_contended(rwlock_t *lock) __cold;

#ifdef CONFIG_LOCKDEP
#define rwlock_init(lock) \
do { \
	static struct lock_class_key __key; \
	\
	*(lock) = (rwlock_t)__RW_LOCK_INITIALIZER(lock); \
	lockdep_init_map(&(lock)->dep_map, #lock, &__key, 0); \
} while (0)
#else
static inline void rwlock_init(rwlock_t *lock)
{
	*lock = __RW_LOCK_UNLOCKED(lock);
}
#endif

/* ---- reading ---- */

static __always_inline bool arch_read_try(rwlock_t *lock)
{
	int cnts = arch_atomic_fetch_add(RWLOCK_READER, &lock->cnts);

	if (likely(!(cnts & (RWLOCK_WRITER | RWLOCK_WAITS))))
		return true;
	arch_atomic_add(-RWLOCK_READER, &lock->cnts);
	return false;
}

static __always_inline void read_lock(rwlock_t *lock)
{
	preempt_disable();
	rwlock_acquire_read(&lock->dep_map, 0, 0);
	if (unlikely(!arch_read_try(lock)))
		__read_lock_contended(lock);
}

static __always_inline int read_trylock(rwlock_t *lock)
{
	preempt_disable();
	if (likely(arch_read_try(lock))) {
		rwlock_acquire_read(&lock->dep_map, 0, 1);
		return 1;
	}
	preempt_enable();
	return 0;
}

static __always_inline void arch_read_release(rwlock_t *lock)
{
	arch_atomic_add(-RWLOCK_READER, &lock->cnts);
}

static __always_inline void read_unlock(rwlock_t *lock)
{
	spin_release(&lock->dep_map);
	arch_read_release(lock);
	preempt_enable();
}

/* ---- writing ---- */

static __always_inline bool arch_write_try(rwlock_t *lock)
{
	int free = 0;

	if (!arch_try_cmpxchg(&lock->cnts.counter, &free, RWLOCK_WRITER))
		return false;
	WRITE_ONCE(lock->writer, current);
	return true;
}

static __always_inline void write_lock_nested(rwlock_t *lock, unsigned int subclass)
{
	preempt_disable();
	spin_acquire(&lock->dep_map, subclass, 0);
	if (unlikely(!arch_write_try(lock)))
		__write_lock_contended(lock);
}

static __always_inline void write_lock(rwlock_t *lock)
{
	write_lock_nested(lock, 0);
}

static __always_inline int write_trylock(rwlock_t *lock)
{
	preempt_disable();
	if (likely(arch_write_try(lock))) {
		spin_acquire(&lock->dep_map, 0, 1);
		return 1;
	}
	preempt_enable();
	return 0;
}

static __always_inline void arch_write_release(rwlock_t *lock)
{
	WRITE_ONCE(lock->writer, NULL);
	arch_atomic_add(-RWLOCK_WRITER, &lock->cnts);	/* others change the other bits */
}

static __always_inline void write_unlock(rwlock_t *lock)
{
	spin_release(&lock->dep_map);
	arch_write_release(lock);
	preempt_enable();
}

/* ---- with interrupts off, or softirqs: @what is read or write ---- */

#define __RWLOCK_FORMS(what) \
static __always_inline void what##_lock_irq(rwlock_t *lock) \
{ \
	local_irq_disable(); \
	what##_lock(lock); \
} \
\
static __always_inline void what##_unlock_irqrestore(rwlock_t *lock, unsigned long flags) \
{ \
	spin_release(&lock->dep_map); \
	arch_##what##_release(lock); \
	local_irq_restore(flags); \
	preempt_enable(); \
} \
\
static __always_inline void what##_unlock_irq(rwlock_t *lock) \
{ \
	what##_unlock_irqrestore(lock, X86_EFLAGS_IF); \
} \
\
static __always_inline void what##_lock_bh(rwlock_t *lock) \
{ \
	local_bh_disable(); \
	what##_lock(lock); \
} \
\
static __always_inline void what##_unlock_bh(rwlock_t *lock) \
{ \
	what##_unlock(lock); \
	local_bh_enable(); \
}

__RWLOCK_FORMS(read)
__RWLOCK_FORMS(write)

#define read_lock_irqsave(lock, flags)	do { local_irq_save(flags); read_lock(lock); } while (0)
#define write_lock_irqsave(lock, flags)	do { local_irq_save(flags); write_lock(lock); } while (0)

#define write_trylock_irqsave(lock, flags) \
({ \
	int __got; \
	\
	local_irq_save(flags); \
	__got = write_trylock(lock); \
	if (!__got) \
		local_irq_restore(flags); \
	__got; \
})

#endif /* _LINUX_RWLOCK_H */
