// SPDX-License-Identifier: MIT
/*
 * Division by divisors of more than 32 bits, and products of more than 64.
 *
 * A divisor of 2^32 or more makes a quotient below 2^32. Shift both operands right until the
 * divisor has 32 bits: divl then gives an estimate. It is never too small, since of the divisor
 * only a part smaller than it was cut off; and it is too large by 1 at most: n bits cut off a
 * divisor d change the quotient a/d by the factor 1 + (2^n - 1)/d at most, and a/d * 2^n/d is
 * below 1 when a < 2^64 and d >= 2^(31 + n), n >= 1 (for n = 1 the 2^n - 1 counts). So take
 * one less, and add it again when what is left over is not below the divisor.
 */
#include <linux/bitops.h>
#include <linux/math64.h>

u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	unsigned int n = fls(divisor >> 32);
	u32 rest;
	u64 quotient;

	if (!n) {
		quotient = div_u64_rem(dividend, divisor, &rest);
		*remainder = rest;
		return quotient;
	}
	quotient = div_u64(dividend >> n, divisor >> n);
	quotient -= quotient != 0;
	*remainder = dividend - quotient * divisor;
	if (*remainder >= divisor) {
		*remainder -= divisor;
		quotient++;
	}
	return quotient;
}

u64 div64_u64(u64 dividend, u64 divisor)
{
	u64 remainder;

	return div64_u64_rem(dividend, divisor, &remainder);
}

static u64 magnitude(s64 value)
{
	return value < 0 ? -(u64)value : value;
}

static s64 div64_s64_rem(s64 dividend, s64 divisor, s64 *remainder)
{
	u64 rest, quotient = div64_u64_rem(magnitude(dividend), magnitude(divisor), &rest);

	*remainder = dividend < 0 ? -rest : rest;
	return (dividend < 0) != (divisor < 0) ? -quotient : quotient;
}

s64 div64_s64(s64 dividend, s64 divisor)
{
	s64 remainder;

	return div64_s64_rem(dividend, divisor, &remainder);
}

s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder)
{
	s64 rest, quotient = div64_s64_rem(dividend, divisor, &rest);

	*remainder = rest;
	return quotient;
}

u64 mul_u64_u64_shr(u64 a, u64 mul, unsigned int shift)
{
	u32 a_low = a, a_high = a >> 32, m_low = mul, m_high = mul >> 32;
	u64 low = mul_u32_u32(a_low, m_low), high = mul_u32_u32(a_high, m_high);
	u64 middle1 = mul_u32_u32(a_low, m_high), middle2 = mul_u32_u32(a_high, m_low);
	u64 carry = (low >> 32) + (u32)middle1 + (u32)middle2;

	low = carry << 32 | (u32)low;
	high += (carry >> 32) + (middle1 >> 32) + (middle2 >> 32);
	if (shift == 0)
		return low;
	return shift < 64 ? low >> shift | high << (64 - shift) : high >> (shift - 64);
}

u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor)
{
	u64 low = mul_u32_u32(a, mul), high = mul_u32_u32(a >> 32, mul) + (low >> 32);
	u32 rest;
	u64 quotient_high = div_u64_rem(high, divisor, &rest);

	return quotient_high << 32 | __divl(rest, low, divisor, &rest);
}
