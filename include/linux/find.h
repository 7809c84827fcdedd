/* SPDX-License-Identifier: MIT */
/*
 * Searching bitmaps. @size is in bits; "not found" is @size (or more, never less: compare with
 * >=). Bits of the last word beyond @size are never looked at. One word whose size is known when
 * compiling is searched in place.
 */
#ifndef _LINUX_FIND_H
#define _LINUX_FIND_H

#include <linux/bits.h>
#include <asm/bitops.h>

unsigned long _find_next_bit(const unsigned long *addr, unsigned long size, unsigned long start);
unsigned long _find_next_zero_bit(const unsigned long *addr, unsigned long size,
				  unsigned long start);
unsigned long _find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size, unsigned long start);
unsigned long _find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				    unsigned long size, unsigned long start);
unsigned long _find_last_bit(const unsigned long *addr, unsigned long size);

/* Is @nbits a constant that fits one word, and not 0? */
#define small_const_nbits(nbits) \
	(__builtin_constant_p(nbits) && (nbits) <= BITS_PER_LONG && (nbits) > 0)

/* The first set bit of @word from @start on, below @size. */
static __always_inline
unsigned long __find_in_word(unsigned long word, unsigned long size, unsigned long start)
{
	if (start >= size)
		return size;
	word &= GENMASK(size - 1, 0) & (~0UL << start);
	return word ? __ffs(word) : size;
}

/* The first bit >= @start that is set. */
static __always_inline
unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long start)
{
	if (small_const_nbits(size))
		return __find_in_word(*addr, size, start);
	return _find_next_bit(addr, size, start);
}

static __always_inline
unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
				 unsigned long start)
{
	if (small_const_nbits(size))
		return __find_in_word(~*addr, size, start);
	return _find_next_zero_bit(addr, size, start);
}

/* The first bit >= @start set in both bitmaps; in the first, but not in the second. */
static __always_inline
unsigned long find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				unsigned long size, unsigned long start)
{
	if (small_const_nbits(size))
		return __find_in_word(*addr1 & *addr2, size, start);
	return _find_next_and_bit(addr1, addr2, size, start);
}

static __always_inline
unsigned long find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				   unsigned long size, unsigned long start)
{
	if (small_const_nbits(size))
		return __find_in_word(*addr1 & ~*addr2, size, start);
	return _find_next_andnot_bit(addr1, addr2, size, start);
}

static __always_inline
unsigned long find_first_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_bit(addr, size, 0);
}

static __always_inline
unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_zero_bit(addr, size, 0);
}

static __always_inline
unsigned long find_first_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size)
{
	return find_next_and_bit(addr1, addr2, size, 0);
}

/* The highest set bit below @size. */
static __always_inline
unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	if (small_const_nbits(size)) {
		unsigned long word = *addr & GENMASK(size - 1, 0);

		return word ? __fls(word) : size;
	}
	return _find_last_bit(addr, size);
}

/* The @n-th set bit, counted from 0. */
static inline
unsigned long find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n)
{
	unsigned long bit = find_first_bit(addr, size);

	while (bit < size && n--)
		bit = find_next_bit(addr, size, bit + 1);
	return bit;
}

/* The same from @start on, and once around. */
static inline
unsigned long find_next_bit_wrap(const unsigned long *addr, unsigned long size,
				 unsigned long start)
{
	unsigned long bit = find_next_bit(addr, size, start);

	if (bit < size || start == 0)
		return bit;
	bit = find_first_bit(addr, start);
	return bit < start ? bit : size;
}

#define for_each_set_bit(bit, addr, size) \
	for ((bit) = find_first_bit((addr), (size)); (bit) < (size); \
	     (bit) = find_next_bit((addr), (size), (bit) + 1))

#define for_each_and_bit(bit, addr1, addr2, size) \
	for ((bit) = find_first_and_bit((addr1), (addr2), (size)); (bit) < (size); \
	     (bit) = find_next_and_bit((addr1), (addr2), (size), (bit) + 1))

/* From @bit on. */
#define for_each_set_bit_from(bit, addr, size) \
	for ((bit) = find_next_bit((addr), (size), (bit)); (bit) < (size); \
	     (bit) = find_next_bit((addr), (size), (bit) + 1))

#define for_each_clear_bit(bit, addr, size) \
	for ((bit) = find_first_zero_bit((addr), (size)); (bit) < (size); \
	     (bit) = find_next_zero_bit((addr), (size), (bit) + 1))

#define for_each_clear_bit_from(bit, addr, size) \
	for ((bit) = find_next_zero_bit((addr), (size), (bit)); (bit) < (size); \
	     (bit) = find_next_zero_bit((addr), (size), (bit) + 1))

/* Runs of set bits: @b is the first of the run, @e the one behind its last. */
#define for_each_set_bitrange(b, e, addr, size) \
	for ((b) = find_first_bit((addr), (size)); \
	     (b) < (size) && ((e) = find_next_zero_bit((addr), (size), (b) + 1), 1); \
	     (b) = find_next_bit((addr), (size), (e) + 1))

#define for_each_clear_bitrange(b, e, addr, size) \
	for ((b) = find_first_zero_bit((addr), (size)); \
	     (b) < (size) && ((e) = find_next_bit((addr), (size), (b) + 1), 1); \
	     (b) = find_next_zero_bit((addr), (size), (e) + 1))

#endif /* _LINUX_FIND_H */
