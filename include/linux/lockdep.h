/* SPDX-License-Identifier: MIT */
/*
 * The order of locks, checked while the kernel runs: in the build of `make DEBUG=1`. There, each
 * taking of a lock is held against all that were seen before, and what could become a deadlock one
 * day is reported the first time, though none happened. kernel/locking/lockdep.c tells how. In
 * all other builds these are nothing at all.
 *
 * Locks that were initialised at the same place in the source have the same class: the order of
 * their classes counts. Where two of one class are taken together, spin_lock_nested(lock, subclass)
 * and its like say which of up to MAX_LOCKDEP_SUBCLASSES levels each is on.
 */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/bug.h>
#include <linux/instruction_pointer.h>
#include <linux/irqflags.h>
#include <linux/lockdep_types.h>
#include <linux/preempt.h>

#define SINGLE_DEPTH_NESTING	1

#ifdef CONFIG_LOCKDEP

/* 0: switched off, by lockdep_off() or since its tables are full. */
extern int debug_locks;

void lockdep_init_map(struct lockdep_map *map, const char *name, const struct lock_class_key *key,
		      int subclass);

/*
 * Before waiting for a lock, and before giving it back. @trylock: it cannot wait. @read: 0 alone,
 * 1 with other readers, 2 even if writers wait. @ip: on whose behalf, 0: the caller's.
 */
void lock_acquire(struct lockdep_map *map, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest_lock, unsigned long ip);
void lock_release(struct lockdep_map *map, unsigned long ip);
/* From alone to with other readers. */
void lock_downgrade(struct lockdep_map *map, unsigned long ip);

/* Does this thread hold it? @read: 0 alone, 1 with others, -1 either. */
int lock_is_held_type(const struct lockdep_map *map, int read);
#define lock_is_held(map)		lock_is_held_type(map, -1)
#define lockdep_is_held(lock)		lock_is_held(&(lock)->dep_map)
#define lockdep_is_held_type(lock, r)	lock_is_held_type(&(lock)->dep_map, (r))

/* Another class than that of the place where it was initialised. */
#define lockdep_set_class_and_name(lock, key, name) \
	lockdep_init_map(&(lock)->dep_map, name, key, 0)
#define lockdep_set_class(lock, key)	lockdep_set_class_and_name(lock, key, #key)
/* One whose order is not looked at. */
extern const struct lock_class_key __lockdep_no_validate__;
#define lockdep_set_novalidate_class(lock) \
	lockdep_set_class_and_name(lock, &__lockdep_no_validate__, #lock)

#define lockdep_assert(cond)		do { WARN_ON(debug_locks && !(cond)); } while (0)
#define lockdep_assert_once(cond)	do { WARN_ON_ONCE(debug_locks && !(cond)); } while (0)

/* This thread's checks, off and on. They nest. */
void lockdep_off(void);
void lockdep_on(void);

#else

#define lockdep_init_map(map, name, key, subclass) \
	do { (void)(name); (void)(key); } while (0)
#define lock_acquire(map, subclass, trylock, read, check, nest, ip)	do { } while (0)
#define lock_release(map, ip)				do { } while (0)
#define lock_downgrade(map, ip)				do { } while (0)
#define lockdep_set_novalidate_class(lock)		do { } while (0)
#define lockdep_set_class_and_name(lock, key, name)	do { (void)(key); (void)(name); } while (0)
#define lockdep_set_class(lock, key)			do { (void)(key); } while (0)
#define lockdep_assert(cond)				do { } while (0)
#define lockdep_assert_once(cond)			do { } while (0)
#define lockdep_off()					do { } while (0)
#define lockdep_on()					do { } while (0)

/* Not known here: these must not be asked, as in Linux. */
extern int lock_is_held(const void *map);
extern int lockdep_is_held(const void *lock);
#define lockdep_is_held_type(lock, read)		lockdep_is_held(lock)

#endif

#define spin_acquire(map, subclass, trylock)	lock_acquire(map, subclass, trylock, 0, 1, NULL, 0)
#define spin_release(map)			lock_release(map, 0)
#define rwlock_acquire_read(map, subclass, trylock) \
	lock_acquire(map, subclass, trylock, in_interrupt() ? 2 : 1, 1, NULL, 0)

/* This thread holds @lock, or does not. */
#define lockdep_assert_held(lock)	lockdep_assert(lockdep_is_held(lock))
#define lockdep_assert_not_held(lock)	lockdep_assert(!lockdep_is_held(lock))
#define lockdep_assert_held_write(lock)	lockdep_assert(lockdep_is_held_type(lock, 0))
#define lockdep_assert_held_read(lock)	lockdep_assert(lockdep_is_held_type(lock, 1))
#define lockdep_assert_held_once(lock)	lockdep_assert_once(lockdep_is_held(lock))

#define lockdep_assert_irqs_enabled()	lockdep_assert_once(!irqs_disabled())
#define lockdep_assert_irqs_disabled()	lockdep_assert_once(irqs_disabled())
#define lockdep_assert_in_irq()		lockdep_assert_once(in_hardirq())
#define lockdep_assert_preemption_disabled() lockdep_assert_once(preempt_count() || irqs_disabled())
#define lockdep_assert_preemption_enabled() lockdep_assert_once(preemptible())

#endif /* _LINUX_LOCKDEP_H */
