/* SPDX-License-Identifier: MIT */
/*
 * RCU: readers that wait for nobody, and writers that wait for the readers before they free.
 * (LKD chapter 10; kernel/rcu/rcu.c tells how.)
 *
 *	rcu_read_lock();				writer, under his own lock:
 *	p = rcu_dereference(head);			old = head;
 *	if (p)						rcu_assign_pointer(head, new);
 *		use(p->value);				…unlock
 *	rcu_read_unlock();				kfree_rcu(old, rcu);
 *
 * Between lock and unlock a reader must not sleep, and what he has found stays what it is at least until
 * unlock. Writing: who has taken something out of all readers' reach waits for a *grace period*, after
 * which nobody who could have seen it is still reading:
 *	synchronize_rcu()		here and now; may sleep
 *	call_rcu(&p->rcu, func)		func(&p->rcu) is called afterwards, in a softirq
 *	kfree_rcu(p, rcu)		p is freed afterwards
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <asm/barrier.h>
#include <linux/bottom_half.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/rcutree.h>
#include <linux/stddef.h>
#include <linux/types.h>

/* ---- readers. Any context; they nest ---- */

#define rcu_read_lock()		preempt_disable()
#define rcu_read_unlock()	preempt_enable()
#define rcu_read_lock_bh()	local_bh_disable()
#define rcu_read_unlock_bh()	local_bh_enable()
#define rcu_read_lock_sched()	preempt_disable()
#define rcu_read_unlock_sched()	preempt_enable()
#define rcu_read_lock_sched_notrace rcu_read_lock_sched
#define rcu_read_unlock_sched_notrace rcu_read_unlock_sched

/* Whatever keeps other threads off this CPU is a read-side critical section, by whatever name. */
static inline int rcu_read_lock_held(void)
{
	return preempt_count() || irqs_disabled();
}
#define rcu_read_lock_bh_held	rcu_read_lock_held
#define rcu_read_lock_sched_held rcu_read_lock_held
#define rcu_read_lock_any_held	rcu_read_lock_held

/* Only the build with CONFIG_LOCKDEP asks whether @c, what is promised, is so. */
#ifdef CONFIG_LOCKDEP
void lockdep_rcu_suspicious(const char *file, int line, const char *s);
#define RCU_LOCKDEP_WARN(c, s) \
do { \
	static bool __warned; \
	\
	if ((c) && !__warned) { \
		__warned = true; \
		lockdep_rcu_suspicious(__FILE__, __LINE__, s); \
	} \
} while (0)
#else
#define RCU_LOCKDEP_WARN(c, s)	do { } while (0 && (c))
#endif

/* ---- pointers that readers follow ---- */

/* Read it once. Loads through it come later: they need it (no CPU of this kind guesses). */
#define rcu_dereference_raw(p)	({ __typeof__(p) __rcu_read = READ_ONCE(p); __rcu_read; })
#define rcu_dereference_raw_check rcu_dereference_raw
/* By a reader, or with @c, which says why not: lockdep_is_held(&lock), mostly. */
#define rcu_dereference_check(p, c) \
({ \
	RCU_LOCKDEP_WARN(!((c) || rcu_read_lock_held()), "suspicious rcu_dereference_check() usage"); \
	rcu_dereference_raw(p); \
})
#define rcu_dereference(p)	rcu_dereference_check(p, 0)
#define rcu_dereference_bh(p)	rcu_dereference_check(p, 0)
#define rcu_dereference_sched(p) rcu_dereference_check(p, 0)
#define rcu_dereference_bh_check rcu_dereference_check
#define rcu_dereference_sched_check rcu_dereference_check
/* By a writer, who keeps all others off. */
#define rcu_dereference_protected(p, c) \
({ \
	RCU_LOCKDEP_WARN(!(c), "suspicious rcu_dereference_protected() usage"); \
	(p); \
})
/* Only to be looked at, not followed. */
#define rcu_access_pointer(p)	rcu_dereference_raw(p)
#define rcu_pointer_handoff(p)	(p)
#define unrcu_pointer(p)	(p)

/* What @v leads to is seen by everybody who sees @v. */
#define rcu_assign_pointer(p, v) smp_store_release(&(p), (v))
/* Nobody can see it yet, or there is nothing to be seen: NULL. */
#define RCU_INIT_POINTER(p, v)	WRITE_ONCE(p, v)
#define RCU_INITIALIZER(v)	(v)
#define RCU_POINTER_INITIALIZER(p, v) .p = RCU_INITIALIZER(v)
#define rcu_replace_pointer(rcu_ptr, ptr, c) \
({ \
	__typeof__(ptr) __rcu_old = rcu_dereference_protected((rcu_ptr), (c)); \
	\
	rcu_assign_pointer((rcu_ptr), (ptr)); \
	__rcu_old; \
})

/* ---- writers ---- */

/*
 * @func(@head) is called after a grace period, in a softirq on this CPU. Until then @head, which must
 * be word-aligned, belongs to RCU. Any context but NMI.
 */
void call_rcu(struct rcu_head *head, rcu_callback_t func);
#define call_rcu_hurry		call_rcu

/* Return after a grace period. Not while reading; may sleep. */
void synchronize_rcu(void);
/* Return when every callback that was handed over before has run. May sleep. */
void rcu_barrier(void);

#define init_rcu_head(head)	do { } while (0)
#define destroy_rcu_head(head)	do { } while (0)
#define init_rcu_head_on_stack	init_rcu_head
#define destroy_rcu_head_on_stack destroy_rcu_head

/* For a test whether @rhp has been handed to call_rcu(): before, and then. */
static inline void rcu_head_init(struct rcu_head *rhp)
{
	rhp->func = (rcu_callback_t)~0UL;
}

static inline bool rcu_head_after_call_rcu(struct rcu_head *rhp, rcu_callback_t f)
{
	return READ_ONCE(rhp->func) == f;
}

/* ---- freeing: mm/kfree_rcu.c ---- */

/*
 * kvfree(@ptr) after a grace period. kfree_rcu(ptr, member): any context but NMI; the member, a struct
 * rcu_head, is used up at once. kvfree_rcu(ptr), without one: may sleep.
 */
#define kfree_rcu(ptr, ...) \
	__PASTE(__kvfree_rcu_, __KVFREE_RCU_ARGS(ptr, ##__VA_ARGS__))(ptr, ##__VA_ARGS__)
#define kvfree_rcu		kfree_rcu
#define kfree_rcu_mightsleep(ptr) __kvfree_rcu_1(ptr)
#define kvfree_rcu_mightsleep(ptr) __kvfree_rcu_1(ptr)

#define __KVFREE_RCU_ARGS(...)	__KVFREE_RCU_THIRD(__VA_ARGS__, 2, 1)
#define __KVFREE_RCU_THIRD(a, b, nr, ...) nr
#define __kvfree_rcu_1(ptr)	kvfree_call_rcu(NULL, (void *)(ptr))
#define __kvfree_rcu_2(ptr, member) \
do { \
	__typeof__(ptr) __rcu_ptr = (ptr); \
	\
	if (__rcu_ptr) \
		kvfree_call_rcu(&__rcu_ptr->member, (void *)__rcu_ptr); \
} while (0)

/* @head lies in what @ptr points at, or is NULL: then it may sleep. */
void kvfree_call_rcu(struct rcu_head *head, void *ptr);

#endif /* _LINUX_RCUPDATE_H */
