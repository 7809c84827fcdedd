/* SPDX-License-Identifier: MIT */
/*
 * Integers that several CPUs change at once. On x86 a LOCK prefix makes one read-modify-write
 * indivisible, and orders it against every other access (Intel SDM volume 3, section 9.1.2.2).
 */
#ifndef _ASM_ATOMIC_H
#define _ASM_ATOMIC_H

#include <linux/types.h>

#define ATOMIC_INIT(i)	{ (i) }

static __always_inline int arch_atomic_read(const atomic_t *v)
{
	return READ_ONCE(v->counter);
}

static __always_inline void arch_atomic_set(atomic_t *v, int i)
{
	WRITE_ONCE(v->counter, i);
}

static __always_inline void arch_atomic_add(int i, atomic_t *v)
{
	__asm__ __volatile__("lock addl %1, %0" : "+m"(v->counter) : "ir"(i) : "memory");
}

static __always_inline void arch_atomic_inc(atomic_t *v)
{
	__asm__ __volatile__("lock incl %0" : "+m"(v->counter) : : "memory");
}

static __always_inline void arch_atomic_dec(atomic_t *v)
{
	__asm__ __volatile__("lock decl %0" : "+m"(v->counter) : : "memory");
}

/* The new value is 0 / negative. */
static __always_inline bool arch_atomic_sub_and_test(int i, atomic_t *v)
{
	bool zero;

	__asm__ __volatile__("lock subl %2, %0" : "+m"(v->counter), "=@ccz"(zero)
			     : "ir"(i) : "memory");
	return zero;
}

static __always_inline bool arch_atomic_add_negative(int i, atomic_t *v)
{
	bool negative;

	__asm__ __volatile__("lock addl %2, %0" : "+m"(v->counter), "=@ccs"(negative)
			     : "ir"(i) : "memory");
	return negative;
}

/* The value before. */
static __always_inline int arch_atomic_fetch_add(int i, atomic_t *v)
{
	__asm__ __volatile__("lock xaddl %0, %1" : "+r"(i), "+m"(v->counter) : : "memory");
	return i;
}

static __always_inline int arch_xchg(int *p, int new)
{
	__asm__ __volatile__("xchgl %0, %1" : "+r"(new), "+m"(*p) : : "memory");
	return new;
}

/* If *@p is *@old, make it @new; otherwise fetch it into *@old. Returns whether it was changed. */
static __always_inline bool arch_try_cmpxchg(int *p, int *old, int new)
{
	bool done;

	__asm__ __volatile__("lock cmpxchgl %3, %1"
			     : "=@ccz"(done), "+m"(*p), "+a"(*old) : "r"(new) : "memory");
	return done;
}

#endif /* _ASM_ATOMIC_H */
