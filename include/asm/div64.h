/* SPDX-License-Identifier: MIT */
/*
 * 64 by 32 bits. The processor's divl does it as long as the quotient has 32 bits, which is so
 * when the upper half of the dividend is below the divisor. So: schoolbook division with two
 * digits of 32 bits; what the upper digit leaves over goes in front of the lower one.
 */
#ifndef _ASM_DIV64_H
#define _ASM_DIV64_H

#include <linux/types.h>

/* (@high:@low) / @divisor; @high < @divisor, or the processor raises a divide error. */
static __always_inline u32 __divl(u32 high, u32 low, u32 divisor, u32 *remainder)
{
	u32 quotient;

	__asm__("divl %4"
		: "=a"(quotient), "=d"(*remainder)
		: "0"(low), "1"(high), "rm"(divisor) : "cc");
	return quotient;
}

/* @dividend / @divisor, and what is left over. @divisor is not 0. */
static __always_inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	u32 low = dividend, high = dividend >> 32, quotient_high = 0;

	if (high >= divisor) {
		quotient_high = high / divisor;
		high %= divisor;
	}
	low = __divl(high, low, divisor, remainder);
	return (u64)quotient_high << 32 | low;
}
#define div_u64_rem div_u64_rem

/* @a * @b with all 64 bits of the product: one mull. */
static __always_inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}
#define mul_u32_u32 mul_u32_u32

/*
 * Divides the u64 variable @n by @base (32 bits) in place; the value is the remainder. For a
 * constant power of two it is a shift and a mask.
 */
#define do_div(n, base) \
({ \
	u32 __base = (base), __left; \
	if (__builtin_constant_p(__base) && __base && !(__base & (__base - 1))) { \
		__left = (u32)(n) & (__base - 1); \
		(n) >>= 31 - __builtin_clz(__base | 1); \
	} else { \
		(n) = div_u64_rem(n, __base, &__left); \
	} \
	__left; \
})

#endif /* _ASM_DIV64_H */
