/* SPDX-License-Identifier: MIT */
/* Logarithms to base two, powers of two. Of constants, ilog2() and order_base_2() are constants. */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/bitops.h>
#include <linux/types.h>

/* Works in static initialisers; ilog2 of 0 and 1 is 0. */
#define const_ilog2(n)	((n) < 2 ? 0 : 63 - __builtin_clzll((n) | 1ULL))

/* The largest k with 2^k <= @n; of 0: -1 for a variable. */
#define ilog2(n) \
	(__builtin_constant_p(n) ? const_ilog2(n) : \
	 sizeof(n) <= 4 ? __ilog2_u32((u32)(n)) : __ilog2_u64(n))

static __always_inline int __ilog2_u32(u32 n)
{
	return fls(n) - 1;
}

static __always_inline int __ilog2_u64(u64 n)
{
	return fls64(n) - 1;
}

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static inline unsigned long __roundup_pow_of_two(unsigned long n)
{
	return 1UL << fls_long(n - 1);
}

static inline unsigned long __rounddown_pow_of_two(unsigned long n)
{
	return 1UL << (fls_long(n) - 1);
}

/* The smallest power of two >= @n, the largest <= @n. @n is an unsigned long, and not 0. */
#define roundup_pow_of_two(n) \
	(__builtin_constant_p(n) ? \
	 ((n) == 1 ? 1UL : 1UL << (const_ilog2((n) - 1) + 1)) : __roundup_pow_of_two(n))
#define rounddown_pow_of_two(n) \
	(__builtin_constant_p(n) ? 1UL << const_ilog2(n) : __rounddown_pow_of_two(n))

static inline int __order_base_2(unsigned long n)
{
	return n > 1 ? ilog2(n - 1) + 1 : 0;
}

/* The smallest k with 2^k >= @n; 0 for 0. */
#define order_base_2(n) \
	(__builtin_constant_p(n) ? \
	 ((n) < 2 ? 0 : const_ilog2((n) - 1) + 1) : __order_base_2(n))

/* How many bits @n needs; at least 1. */
static inline int __bits_per(unsigned long n)
{
	return n < 2 ? 1 : __order_base_2(n) + (n == roundup_pow_of_two(n));
}

#define bits_per(n) \
	(__builtin_constant_p(n) ? ((n) < 2 ? 1 : const_ilog2(n) + 1) : __bits_per(n))

#endif /* _LINUX_LOG2_H */
