/* SPDX-License-Identifier: MIT */
/* Rounding and dividing. None of the macros is for 64-bit divisors: see <linux/math64.h>. */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <linux/types.h>
#include <asm/div64.h>

/* To a multiple of @y, a power of two. Fewer instructions than roundup(). */
#define __round_mask(x, y)	((__typeof__(x))((y) - 1))
#define round_up(x, y)		((((x) - 1) | __round_mask(x, y)) + 1)
#define round_down(x, y)	((x) & ~__round_mask(x, y))

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DIV_ROUND_DOWN_ULL(ll, d) \
	({ unsigned long long __quotient = (ll); do_div(__quotient, d); __quotient; })
#define DIV_ROUND_UP_ULL(ll, d)	DIV_ROUND_DOWN_ULL((unsigned long long)(ll) + (d) - 1, (d))

/* To a multiple of any @y. */
#define roundup(x, y) \
({ \
	__typeof__(y) __unit = (y); \
	(((x) + (__unit - 1)) / __unit) * __unit; \
})
#define rounddown(x, y) \
({ \
	__typeof__(x) __value = (x); \
	__value - (__value % (y)); \
})

/* The nearest quotient; halves away from zero. @divisor is positive, or of an unsigned type. */
#define DIV_ROUND_CLOSEST(x, divisor) \
({ \
	__typeof__(x) __dividend = (x); \
	__typeof__(divisor) __divisor = (divisor); \
	((__typeof__(x))-1) > 0 || ((__typeof__(divisor))-1) > 0 || \
	((__dividend > 0) == (__divisor > 0)) ? \
		(__dividend + __divisor / 2) / __divisor : \
		(__dividend - __divisor / 2) / __divisor; \
})

/* @x * @n / @d without overflow in between, when the result fits. */
#define mult_frac(x, n, d) \
({ \
	__typeof__(x) __mf_x = (x); \
	__typeof__(n) __mf_n = (n); \
	__typeof__(d) __mf_d = (d); \
	__typeof__(x) __mf_whole = __mf_x / __mf_d; \
	__typeof__(x) __mf_rest = __mf_x % __mf_d; \
	__mf_whole * __mf_n + __mf_rest * __mf_n / __mf_d; \
})

/* Of any signed type (char as signed); the most negative value stays what it is. */
#define abs(x) \
({ \
	__typeof__(__builtin_choose_expr(__same_type(x, char), (signed char)0, (x))) __abs = (x); \
	(__typeof__(__abs))(__abs < 0 ? -__abs : __abs); \
})
#define abs_diff(a, b) \
({ \
	__typeof__(a) __ad_a = (a); \
	__typeof__(b) __ad_b = (b); \
	(void)(&__ad_a == &__ad_b); \
	__ad_a > __ad_b ? (__ad_a - __ad_b) : (__ad_b - __ad_a); \
})

#define sector_div(n, base)	do_div(n, base)

/* 0 … @ep_ro - 1 from a random 32-bit number, without dividing. */
static inline u32 reciprocal_scale(u32 val, u32 ep_ro)
{
	return (u32)(((u64)val * ep_ro) >> 32);
}

/* The whole part of the square root. */
unsigned long int_sqrt(unsigned long x);

/* The greatest common divisor; gcd(0, b) is b. */
unsigned long gcd(unsigned long a, unsigned long b);

#endif /* _LINUX_MATH_H */
