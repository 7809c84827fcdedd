/* SPDX-License-Identifier: MIT */
/*
 * refcount_t: how many use an object. It counts as atomic_t does, but never through 0 and never over:
 * an object that has too many users, or too few, keeps REFCOUNT_SATURATED of them for ever. So
 * a mistake in counting is a leak with a warning, and not memory that is used after it was freed.
 * Any context. The warnings: kernel/core/refcount.c.
 */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/spinlock_types.h>

typedef struct refcount_struct {
	atomic_t refs;			/* 1 … REFCOUNT_MAX: so many; 0: none; negative: saturated */
} refcount_t;

#define REFCOUNT_INIT(n)	{ .refs = ATOMIC_INIT(n) }
#define REFCOUNT_MAX		INT_MAX
/* In the middle of what is negative: no number of CPUs gets from there to what is not. */
#define REFCOUNT_SATURATED	(INT_MIN / 2)

enum refcount_saturation_type {
	REFCOUNT_ADD_NOT_ZERO_OVF,
	REFCOUNT_ADD_OVF,
	REFCOUNT_ADD_UAF,
	REFCOUNT_SUB_UAF,
	REFCOUNT_DEC_LEAK,
};

void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t) __cold;

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return atomic_read(&r->refs);
}

/* One more user (or @i), by one who is a user himself: so it cannot have been 0. */
static inline void refcount_add(int i, refcount_t *r)
{
	int old = atomic_fetch_add(i, &r->refs);

	if (unlikely(!old))
		refcount_warn_saturate(r, REFCOUNT_ADD_UAF);
	else if (unlikely(old < 0 || old + i < 0))
		refcount_warn_saturate(r, REFCOUNT_ADD_OVF);
}

/* By one who is not, and has found the object somewhere: false if nobody uses it any more. */
static inline bool refcount_add_not_zero(int i, refcount_t *r)
{
	int old = atomic_fetch_add_unless(&r->refs, i, 0);

	if (unlikely(old < 0 || old + i < 0))
		refcount_warn_saturate(r, REFCOUNT_ADD_NOT_ZERO_OVF);
	return old != 0;
}

/* One less (or @i). True: that was the last, and the object is the caller's to free. */
static inline bool refcount_sub_and_test(int i, refcount_t *r)
{
	int old = atomic_fetch_sub(i, &r->refs);

	if (old == i && i > 0)
		return true;
	if (unlikely(old < 0 || old - i < 0))
		refcount_warn_saturate(r, REFCOUNT_SUB_UAF);
	return false;
}

/* One less, which cannot have been the last. */
static inline void refcount_dec(refcount_t *r)
{
	if (unlikely(atomic_fetch_sub(1, &r->refs) <= 1))
		refcount_warn_saturate(r, REFCOUNT_DEC_LEAK);
}

#define refcount_inc(r)			refcount_add(1, r)
#define refcount_inc_not_zero(r)	refcount_add_not_zero(1, r)
#define refcount_dec_and_test(r)	refcount_sub_and_test(1, r)

/* Only if there is one user: from 1 to 0. */
bool refcount_dec_if_one(refcount_t *r);
/* Only if there are more (or it is saturated). */
bool refcount_dec_not_one(refcount_t *r);
/* True: it is 0 now, and the lock taken. */
struct mutex;
bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock);
bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock);
bool refcount_dec_and_lock_irqsave(refcount_t *r, spinlock_t *lock, unsigned long *flags);

#endif /* _LINUX_REFCOUNT_H */
