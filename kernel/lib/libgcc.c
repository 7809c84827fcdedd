// SPDX-License-Identifier: MIT
/*
 * What the compiler calls for / and % on 64-bit operands. Its own library has these functions too,
 * but not for -mregparm=3: they would look for their operands on the stack, and the quotient would
 * be silently wrong. Compiled with the kernel's flags, they agree with their callers by themselves.
 *
 * On the host they belong to the C library's world, whose calling convention is another.
 */
#include <linux/math64.h>

#ifndef QUARRY_HOST_BUILD

u64 __udivdi3(u64 dividend, u64 divisor);
u64 __umoddi3(u64 dividend, u64 divisor);
u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder);
s64 __divdi3(s64 dividend, s64 divisor);
s64 __moddi3(s64 dividend, s64 divisor);
s64 __divmoddi4(s64 dividend, s64 divisor, s64 *remainder);

u64 __udivdi3(u64 dividend, u64 divisor)
{
	return div64_u64(dividend, divisor);
}

u64 __umoddi3(u64 dividend, u64 divisor)
{
	u64 remainder;

	div64_u64_rem(dividend, divisor, &remainder);
	return remainder;
}

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder)
{
	u64 unwanted;

	return div64_u64_rem(dividend, divisor, remainder ?: &unwanted);
}

s64 __divdi3(s64 dividend, s64 divisor)
{
	return div64_s64(dividend, divisor);
}

s64 __divmoddi4(s64 dividend, s64 divisor, s64 *remainder)
{
	s64 quotient = div64_s64(dividend, divisor);

	*remainder = dividend - quotient * divisor;
	return quotient;
}

s64 __moddi3(s64 dividend, s64 divisor)
{
	s64 remainder;

	__divmoddi4(dividend, divisor, &remainder);
	return remainder;
}

#endif
