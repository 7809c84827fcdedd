/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/typecheck.h>
#include <linux/types.h>
#include <asm/bitops.h>

#define BITS_TO_U64(nr)		(((nr) + 63) / 64)
#define BITS_TO_U32(nr)		(((nr) + 31) / 32)
#define BITS_TO_BYTES(nr)	(((nr) + 7) / 8)

/* How many bits are set. kernel/lib/hweight.c. */
unsigned int __sw_hweight8(unsigned int w) __attribute__((const));
unsigned int __sw_hweight16(unsigned int w) __attribute__((const));
unsigned int __sw_hweight32(unsigned int w) __attribute__((const));
unsigned long __sw_hweight64(u64 w) __attribute__((const));

/* Of a constant the compiler counts itself, and needs no function of its library for it. */
#define __hweight(w, bits, type) \
	(__builtin_constant_p(w) ? __builtin_popcountll((type)(w)) : __sw_hweight##bits(w))
#define hweight8(w)	((unsigned int)__hweight(w, 8, u8))
#define hweight16(w)	((unsigned int)__hweight(w, 16, u16))
#define hweight32(w)	((unsigned int)__hweight(w, 32, u32))
#define hweight64(w)	((unsigned long)__hweight(w, 64, u64))
#define HWEIGHT8(w)	((unsigned int)__builtin_popcountll((u8)(w)))
#define HWEIGHT16(w)	((unsigned int)__builtin_popcountll((u16)(w)))
#define HWEIGHT32(w)	((unsigned int)__builtin_popcountll((u32)(w)))
#define HWEIGHT64(w)	((unsigned long)__builtin_popcountll((u64)(w)))

static __always_inline unsigned long hweight_long(unsigned long w)
{
	return hweight32(w);
}

static __always_inline unsigned int fls_long(unsigned long l)
{
	return fls(l);
}

/* The lowest set bit of @word; undefined for 0. */
static __always_inline unsigned long __ffs64(u64 word)
{
	u32 low = word;

	return low ? __ffs(low) : 32 + __ffs((u32)(word >> 32));
}

/* The bit @n bits above the lowest set one's: the n-th set bit, BITS_PER_LONG if there is none. */
static inline unsigned long fns(unsigned long word, unsigned int n)
{
	while (word && n--)
		word &= word - 1;
	return word ? __ffs(word) : BITS_PER_LONG;
}

/* The order of the smallest power of two >= @count; -1 for 0. */
static inline int get_count_order(unsigned int count)
{
	return count ? fls(count - 1) : -1;
}

static inline int get_count_order_long(unsigned long count)
{
	return count ? (int)fls_long(count - 1) : -1;
}

/* Rotations. */
static inline u64 rol64(u64 word, unsigned int shift)
{
	return (word << (shift & 63)) | (word >> (-shift & 63));
}

static inline u64 ror64(u64 word, unsigned int shift)
{
	return (word >> (shift & 63)) | (word << (-shift & 63));
}

static inline u32 rol32(u32 word, unsigned int shift)
{
	return (word << (shift & 31)) | (word >> (-shift & 31));
}

static inline u32 ror32(u32 word, unsigned int shift)
{
	return (word >> (shift & 31)) | (word << (-shift & 31));
}

static inline u16 rol16(u16 word, unsigned int shift)
{
	return (u16)((word << (shift & 15)) | (word >> (-shift & 15)));
}

static inline u16 ror16(u16 word, unsigned int shift)
{
	return (u16)((word >> (shift & 15)) | (word << (-shift & 15)));
}

static inline u8 rol8(u8 word, unsigned int shift)
{
	return (u8)((word << (shift & 7)) | (word >> (-shift & 7)));
}

static inline u8 ror8(u8 word, unsigned int shift)
{
	return (u8)((word >> (shift & 7)) | (word << (-shift & 7)));
}

/* Bit @index of @value is its sign: spread it over the upper bits. */
static __always_inline s32 sign_extend32(u32 value, int index)
{
	return (s32)(value << (31 - index)) >> (31 - index);
}

static __always_inline s64 sign_extend64(u64 value, int index)
{
	return (s64)(value << (63 - index)) >> (63 - index);
}

static __always_inline void assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		set_bit(nr, addr);
	else
		clear_bit(nr, addr);
}

static __always_inline void __assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		__set_bit(nr, addr);
	else
		__clear_bit(nr, addr);
}

/* Change some bits of *@ptr at once, seen by other CPUs as one step. */
#define set_mask_bits(ptr, mask, bits) \
({ \
	const __typeof__(*(ptr)) __mask = (mask), __bits = (bits); \
	__typeof__(*(ptr)) __old = READ_ONCE(*(ptr)); \
	while (!__atomic_compare_exchange_n((ptr), &__old, (__old & ~__mask) | __bits, false, \
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) \
		; \
	__old; \
})

#include <linux/find.h>

#endif /* _LINUX_BITOPS_H */
