/* SPDX-License-Identifier: MIT */
/*
 * Division of 64-bit values. i386 has no instruction for it, and the plain operators become
 * calls of the compiler's helpers (kernel/lib/div64.c has them, too); these functions show the
 * reader what a division costs, and take the short way when the divisor has 32 bits.
 * Nobody checks for a divisor of 0: it is a divide error, as with 32 bits.
 */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <linux/math.h>
#include <linux/types.h>
#include <asm/div64.h>

/* The long way: 64 by 64 bits; kernel/lib/div64.c. */
u64 div64_u64(u64 dividend, u64 divisor);
u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder);
s64 div64_s64(s64 dividend, s64 divisor);

/* Truncates towards zero; the remainder has the dividend's sign. */
s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder);

#define div64_long(x, y)	div_s64((x), (y))
#define div64_ul(x, y)		div_u64((x), (y))

static __always_inline u64 div_u64(u64 dividend, u32 divisor)
{
	u32 remainder;

	return div_u64_rem(dividend, divisor, &remainder);
}

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	s32 remainder;

	return div_s64_rem(dividend, divisor, &remainder);
}

#define DIV64_U64_ROUND_UP(ll, d) \
	({ u64 __up = (d); div64_u64((ll) + __up - 1, __up); })
#define DIV64_U64_ROUND_CLOSEST(dividend, divisor) \
	({ u64 __near = (divisor); div64_u64((dividend) + __near / 2, __near); })
#define DIV_U64_ROUND_CLOSEST(dividend, divisor) \
	({ u32 __near = (divisor); div_u64((u64)(dividend) + __near / 2, __near); })

/* (@a * @mul) >> @shift for @shift <= 32, where the product may have 96 bits. */
static inline u64 mul_u64_u32_shr(u64 a, u32 mul, unsigned int shift)
{
	u64 low = mul_u32_u32(a, mul) >> shift;
	u32 high = a >> 32;

	return high ? low + (mul_u32_u32(high, mul) << (32 - shift)) : low;
}

/* (@a * @mul) >> @shift for @shift < 128, where the product has 128 bits. */
u64 mul_u64_u64_shr(u64 a, u64 mul, unsigned int shift);

/* @a * @mul / @divisor, where the product may have 96 bits. The quotient is cut to 64. */
u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor);

/* The whole part of the square root. */
u32 int_sqrt64(u64 x);

#endif /* _LINUX_MATH64_H */
