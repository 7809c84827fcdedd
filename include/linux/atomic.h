/* SPDX-License-Identifier: MIT */
/*
 * atomic_t: an int that any number of CPUs and interrupts may change without a lock. Names and
 * meanings are Linux's. Those that return a value order memory accesses fully; the others order
 * only against the compiler in Linux, and fully here, because x86 has no weaker kind.
 * Any context.
 *
 * atomic_long_t has the same of a long, atomic64_t of an s64.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <asm/atomic.h>
#include <asm/atomic64.h>
#include <asm/barrier.h>
#include <asm/cmpxchg.h>

static __always_inline int atomic_read(const atomic_t *v)
{
	return arch_atomic_read(v);
}

static __always_inline void atomic_set(atomic_t *v, int i)
{
	arch_atomic_set(v, i);
}

static __always_inline void atomic_add(int i, atomic_t *v)
{
	arch_atomic_add(i, v);
}

static __always_inline void atomic_sub(int i, atomic_t *v)
{
	arch_atomic_add(-i, v);
}

static __always_inline void atomic_inc(atomic_t *v)
{
	arch_atomic_inc(v);
}

static __always_inline void atomic_dec(atomic_t *v)
{
	arch_atomic_dec(v);
}

/* The value before the change. */
static __always_inline int atomic_fetch_add(int i, atomic_t *v)
{
	return arch_atomic_fetch_add(i, v);
}

static __always_inline int atomic_fetch_sub(int i, atomic_t *v)
{
	return arch_atomic_fetch_add(-i, v);
}

/* The value after it. */
static __always_inline int atomic_add_return(int i, atomic_t *v)
{
	return arch_atomic_fetch_add(i, v) + i;
}

static __always_inline int atomic_sub_return(int i, atomic_t *v)
{
	return atomic_add_return(-i, v);
}

#define atomic_fetch_inc(v)	atomic_fetch_add(1, v)
#define atomic_fetch_dec(v)	atomic_fetch_sub(1, v)
#define atomic_inc_return(v)	atomic_add_return(1, v)
#define atomic_dec_return(v)	atomic_add_return(-1, v)

/* Change it, and say whether the new value is 0 (negative). */
static __always_inline bool atomic_sub_and_test(int i, atomic_t *v)
{
	return arch_atomic_sub_and_test(i, v);
}

#define atomic_dec_and_test(v)	atomic_sub_and_test(1, v)
#define atomic_inc_and_test(v)	atomic_sub_and_test(-1, v)

static __always_inline bool atomic_add_negative(int i, atomic_t *v)
{
	return arch_atomic_add_negative(i, v);
}

/* Store @new; the value before it. */
static __always_inline int atomic_xchg(atomic_t *v, int new)
{
	return arch_xchg(&v->counter, new);
}

/* If the value is *@old, make it @new and return true; otherwise put it in *@old. */
static __always_inline bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	return arch_try_cmpxchg(&v->counter, old, new);
}

/* The same, Linux's older form: returns the value before, which is @old if it was changed. */
static __always_inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	arch_try_cmpxchg(&v->counter, &old, new);
	return old;
}

/* Add @a unless the value is @u. Returns the value before. */
static inline int atomic_fetch_add_unless(atomic_t *v, int a, int u)
{
	int old = atomic_read(v);

	while (old != u && !atomic_try_cmpxchg(v, &old, old + a))
		;
	return old;
}

#define atomic_add_unless(v, a, u)	(atomic_fetch_add_unless(v, a, u) != (u))
#define atomic_inc_not_zero(v)		atomic_add_unless(v, 1, 0)

/* Change it only if it is not negative, or not positive, before. Was it changed? */
static inline bool atomic_inc_unless_negative(atomic_t *v)
{
	int old = atomic_read(v);

	while (old >= 0)
		if (atomic_try_cmpxchg(v, &old, old + 1))
			return true;
	return false;
}

static inline bool atomic_dec_unless_positive(atomic_t *v)
{
	int old = atomic_read(v);

	while (old <= 0)
		if (atomic_try_cmpxchg(v, &old, old - 1))
			return true;
	return false;
}

/* Less by one, unless that is negative; what it would be, either way. */
static inline int atomic_dec_if_positive(atomic_t *v)
{
	int old = atomic_read(v);

	while (old > 0 && !atomic_try_cmpxchg(v, &old, old - 1))
		;
	return old - 1;
}

/* ---- its bits ---- */

#define __ATOMIC_FETCH(name, result) \
static inline int atomic_fetch_##name(int i, atomic_t *v) \
{ \
	int old = atomic_read(v); \
	\
	while (!atomic_try_cmpxchg(v, &old, result)) \
		; \
	return old; \
} \
\
static inline void atomic_##name(int i, atomic_t *v) \
{ \
	atomic_fetch_##name(i, v); \
}

__ATOMIC_FETCH(and, old & i)
__ATOMIC_FETCH(andnot, old & ~i)
__ATOMIC_FETCH(or, old | i)
__ATOMIC_FETCH(xor, old ^ i)

#include <linux/atomic_long.h>
#include <linux/atomic_orders.h>

#endif /* _LINUX_ATOMIC_H */
