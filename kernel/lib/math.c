// SPDX-License-Identifier: MIT
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/minmax.h>

/*
 * Bit by bit from the top: a bit belongs to the root when the square of the root with it is still
 * not above x. Multiplying is cheap, so the square is simply computed.
 */
u32 int_sqrt64(u64 x)
{
	u32 root = 0;

	for (u32 bit = 1U << 31; bit; bit >>= 1)
		if (mul_u32_u32(root | bit, root | bit) <= x)
			root |= bit;
	return root;
}

unsigned long int_sqrt(unsigned long x)
{
	return int_sqrt64(x);
}

unsigned long gcd(unsigned long a, unsigned long b)
{
	while (a) {
		unsigned long rest = b % a;

		b = a;
		a = rest;
	}
	return b;
}
