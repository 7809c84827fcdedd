/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SWAB_H
#define _LINUX_SWAB_H

#include <linux/types.h>

/* The value with its bytes in the opposite order. */
#define swab16(x)	((u16)__builtin_bswap16(x))
#define swab32(x)	((u32)__builtin_bswap32(x))
#define swab64(x)	((u64)__builtin_bswap64(x))
#define swab(x)		((unsigned long)swab32(x))

/* 0x12345678 becomes 0x34127856, 0x56781234. */
static inline u32 swahb32(u32 x)
{
	return ((x & 0x00ff00ffU) << 8) | ((x & 0xff00ff00U) >> 8);
}

static inline u32 swahw32(u32 x)
{
	return (x << 16) | (x >> 16);
}

#endif /* _LINUX_SWAB_H */
