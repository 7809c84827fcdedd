// SPDX-License-Identifier: MIT
/*
 * Counting the set bits of a word, in parallel: first every pair of bits becomes the number of
 * bits set in it, then every four, then every byte; a multiplication adds the four bytes up in
 * the topmost one. (Knuth, TAOCP volume 4A, 7.1.3.)
 */
#include <linux/bitops.h>

unsigned int __sw_hweight32(unsigned int w)
{
	w -= (w >> 1) & 0x55555555;
	w = (w & 0x33333333) + ((w >> 2) & 0x33333333);
	w = (w + (w >> 4)) & 0x0f0f0f0f;
	return (w * 0x01010101) >> 24;
}

unsigned int __sw_hweight16(unsigned int w)
{
	return __sw_hweight32((u16)w);
}

unsigned int __sw_hweight8(unsigned int w)
{
	return __sw_hweight32((u8)w);
}

unsigned long __sw_hweight64(u64 w)
{
	return __sw_hweight32(w) + __sw_hweight32(w >> 32);
}
