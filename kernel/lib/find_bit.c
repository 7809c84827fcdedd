// SPDX-License-Identifier: MIT
/*
 * Searching bitmaps word by word. The four searches differ only in what they look at: a word, its
 * complement, or two words combined.
 */
#include <linux/bitops.h>
#include <linux/find.h>
#include <linux/minmax.h>

/*
 * The first set bit of @WORD, an expression in which i is the word's index: the first word without
 * the bits below @start, then whole words. Bits beyond @size may be found; they count as @size.
 */
#define FIND_NEXT(WORD, size, start) \
({ \
	unsigned long i = BIT_WORD(start), found = (size), word; \
	if (likely((start) < (size))) { \
		word = (WORD) & (~0UL << ((start) % BITS_PER_LONG)); \
		while (!word && ++i < BITS_TO_LONGS(size)) \
			word = (WORD); \
		if (word) \
			found = min(i * BITS_PER_LONG + __ffs(word), (size)); \
	} \
	found; \
})

unsigned long _find_next_bit(const unsigned long *addr, unsigned long size, unsigned long start)
{
	return FIND_NEXT(addr[i], size, start);
}

unsigned long _find_next_zero_bit(const unsigned long *addr, unsigned long size,
				  unsigned long start)
{
	return FIND_NEXT(~addr[i], size, start);
}

unsigned long _find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size, unsigned long start)
{
	return FIND_NEXT(addr1[i] & addr2[i], size, start);
}

unsigned long _find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				    unsigned long size, unsigned long start)
{
	return FIND_NEXT(addr1[i] & ~addr2[i], size, start);
}

unsigned long _find_last_bit(const unsigned long *addr, unsigned long size)
{
	unsigned long i = BITS_TO_LONGS(size);
	unsigned long mask = ~0UL >> (-size % BITS_PER_LONG);

	for (; i; mask = ~0UL)
		if (addr[--i] & mask)
			return i * BITS_PER_LONG + __fls(addr[i] & mask);
	return size;
}
