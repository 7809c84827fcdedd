/* SPDX-License-Identifier: MIT */
/*
 * 64-bit integers that several CPUs change at once. i386 has one instruction for that, CMPXCHG8B, of
 * which everything here is made: read, compute, and put it there if nobody has changed it meanwhile.
 * <linux/atomic.h> tells what each does.
 */
#ifndef _ASM_ATOMIC64_H
#define _ASM_ATOMIC64_H

#include <asm/cmpxchg.h>

typedef struct { s64 counter __aligned(8); } atomic64_t;

#define ATOMIC64_INIT(i)	{ (i) }

/* Puts 0 where 0 is, and nothing where something else is: that tells what is there, in one piece. */
static inline s64 atomic64_read(const atomic64_t *v)
{
	s64 value = 0;

	arch_try_cmpxchg64((volatile s64 *)&v->counter, &value, 0);
	return value;
}

static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	return arch_try_cmpxchg64(&v->counter, old, new);
}

static inline s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)
{
	arch_try_cmpxchg64(&v->counter, &old, new);
	return old;
}

/* The first guess at the old value may be torn: then it just does not fit. */
#define __ATOMIC64_FETCH(name, result) \
static inline s64 atomic64_##name(s64 i, atomic64_t *v) \
{ \
	s64 old = v->counter; \
	\
	while (!atomic64_try_cmpxchg(v, &old, result)) \
		; \
	return old; \
}

__ATOMIC64_FETCH(fetch_add, old + i)
__ATOMIC64_FETCH(fetch_sub, old - i)
__ATOMIC64_FETCH(fetch_and, old & i)
__ATOMIC64_FETCH(fetch_andnot, old & ~i)
__ATOMIC64_FETCH(fetch_or, old | i)
__ATOMIC64_FETCH(fetch_xor, old ^ i)
__ATOMIC64_FETCH(__exchange, i)

#define atomic64_xchg(v, new)		atomic64___exchange(new, v)
#define atomic64_set(v, i)		((void)atomic64_xchg(v, i))

#define atomic64_add(i, v)		((void)atomic64_fetch_add(i, v))
#define atomic64_sub(i, v)		((void)atomic64_fetch_sub(i, v))
#define atomic64_and(i, v)		((void)atomic64_fetch_and(i, v))
#define atomic64_andnot(i, v)		((void)atomic64_fetch_andnot(i, v))
#define atomic64_or(i, v)		((void)atomic64_fetch_or(i, v))
#define atomic64_xor(i, v)		((void)atomic64_fetch_xor(i, v))
#define atomic64_inc(v)			atomic64_add(1, v)
#define atomic64_dec(v)			atomic64_sub(1, v)

static inline s64 atomic64_add_return(s64 i, atomic64_t *v)
{
	return atomic64_fetch_add(i, v) + i;
}

static inline s64 atomic64_sub_return(s64 i, atomic64_t *v)
{
	return atomic64_fetch_sub(i, v) - i;
}

#define atomic64_inc_return(v)		atomic64_add_return(1, v)
#define atomic64_dec_return(v)		atomic64_sub_return(1, v)
#define atomic64_fetch_inc(v)		atomic64_fetch_add(1, v)
#define atomic64_fetch_dec(v)		atomic64_fetch_sub(1, v)
#define atomic64_sub_and_test(i, v)	(atomic64_sub_return(i, v) == 0)
#define atomic64_inc_and_test(v)	(atomic64_inc_return(v) == 0)
#define atomic64_dec_and_test(v)	(atomic64_dec_return(v) == 0)
#define atomic64_add_negative(i, v)	(atomic64_add_return(i, v) < 0)

static inline s64 atomic64_fetch_add_unless(atomic64_t *v, s64 a, s64 u)
{
	s64 old = atomic64_read(v);

	while (old != u && !atomic64_try_cmpxchg(v, &old, old + a))
		;
	return old;
}

#define atomic64_add_unless(v, a, u)	(atomic64_fetch_add_unless(v, a, u) != (u))
#define atomic64_inc_not_zero(v)	atomic64_add_unless(v, 1, 0)

/* Less by one, unless that is negative; what it would be, either way. */
static inline s64 atomic64_dec_if_positive(atomic64_t *v)
{
	s64 old = atomic64_read(v);

	while (old > 0 && !atomic64_try_cmpxchg(v, &old, old - 1))
		;
	return old - 1;
}

#endif /* _ASM_ATOMIC64_H */
