/* SPDX-License-Identifier: MIT */
/*
 * Counters of one CPU: changed by nobody else, but perhaps by an interrupt in between. One
 * instruction that reads, changes and writes memory cannot be interrupted half way, so the LOCK
 * prefix of <asm/atomic.h>, which keeps other CPUs out, is not needed.
 */
#ifndef _ASM_LOCAL_H
#define _ASM_LOCAL_H

#include <linux/types.h>

typedef struct { int counter; } local_t;

static __always_inline int local_read(const local_t *l)
{
	return l->counter;
}

/* One instruction, where gcc would load the value first. */
static __always_inline bool local_is_zero(const local_t *l)
{
	bool zero;

	__asm__("cmpl $0, %1" : "=@ccz"(zero) : "m"(l->counter));
	return zero;
}

static __always_inline void local_set(local_t *l, int i)
{
	WRITE_ONCE(l->counter, i);
}

/* Take 1 off; is it 0 now? */
static __always_inline bool local_dec_and_test(local_t *l)
{
	bool zero;

	__asm__ __volatile__("decl %0" : "+m"(l->counter), "=@ccz"(zero) : : "memory");
	return zero;
}

/* Set the bits @mask. */
static __always_inline void local_or(int mask, local_t *l)
{
	__asm__ __volatile__("orl %1, %0" : "+m"(l->counter) : "ir"(mask) : "memory");
}

#endif /* _ASM_LOCAL_H */
