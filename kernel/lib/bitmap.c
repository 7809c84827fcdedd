// SPDX-License-Identifier: MIT
/*
 * Operations on whole bitmaps. @nbits seldom fills the last word: where a result is made of the
 * words' values, the bits behind @nbits are masked out of it.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>

/* The bits of word @i that belong to a map of @nbits. */
static unsigned long bits_of_word(unsigned int i, unsigned int nbits)
{
	return i < nbits / BITS_PER_LONG ? ~0UL : BITMAP_LAST_WORD_MASK(nbits);
}

#define for_each_word(i, nbits) \
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)

bool bitmap_and(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		unsigned int nbits)
{
	unsigned long any = 0;

	for_each_word(i, nbits) {
		dst[i] = src1[i] & src2[i] & bits_of_word(i, nbits);
		any |= dst[i];
	}
	return any != 0;
}

bool bitmap_andnot(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		   unsigned int nbits)
{
	unsigned long any = 0;

	for_each_word(i, nbits) {
		dst[i] = src1[i] & ~src2[i] & bits_of_word(i, nbits);
		any |= dst[i];
	}
	return any != 0;
}

void bitmap_or(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
	       unsigned int nbits)
{
	for_each_word(i, nbits)
		dst[i] = src1[i] | src2[i];
}

void bitmap_xor(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		unsigned int nbits)
{
	for_each_word(i, nbits)
		dst[i] = src1[i] ^ src2[i];
}

void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	for_each_word(i, nbits)
		dst[i] = ~src[i];
}

/* Word @i of @src, as if the map went on with zeroes for ever. */
static unsigned long word_at(const unsigned long *src, unsigned int i, unsigned int nbits)
{
	return i < BITS_TO_LONGS(nbits) ? src[i] & bits_of_word(i, nbits) : 0;
}

void bitmap_shift_right(unsigned long *dst, const unsigned long *src, unsigned int shift,
			unsigned int nbits)
{
	unsigned int words = shift / BITS_PER_LONG, bits = shift % BITS_PER_LONG;

	for_each_word(i, nbits) {
		u64 both = (u64)word_at(src, i + words + 1, nbits) << 32 |
			   word_at(src, i + words, nbits);

		dst[i] = both >> bits;
	}
}

void bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift,
		       unsigned int nbits)
{
	unsigned int words = shift / BITS_PER_LONG, bits = shift % BITS_PER_LONG;

	/* From the top, so that @dst may be @src. Words below 0 have huge indices, and are 0. */
	for (unsigned int i = BITS_TO_LONGS(nbits); i-- > 0;) {
		u64 both = (u64)word_at(src, i - words, nbits) << 32 |
			   word_at(src, i - words - 1, nbits);

		dst[i] = (both << bits) >> 32;
	}
}

bool bitmap_equal(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	for_each_word(i, nbits)
		if ((src1[i] ^ src2[i]) & bits_of_word(i, nbits))
			return false;
	return true;
}

bool bitmap_intersects(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	return find_first_and_bit(src1, src2, nbits) < nbits;
}

bool bitmap_subset(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	return find_next_andnot_bit(src1, src2, nbits, 0) >= nbits;
}

unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	unsigned int weight = 0;

	for_each_word(i, nbits)
		weight += hweight_long(src[i] & bits_of_word(i, nbits));
	return weight;
}

/* The bits from @start to @end (not included) that lie in word @i; they overlap it. */
static unsigned long range_in_word(unsigned int i, unsigned int start, unsigned int end)
{
	unsigned long mask = ~0UL;

	if (i == BIT_WORD(start))
		mask &= BITMAP_FIRST_WORD_MASK(start);
	if (i == BIT_WORD(end - 1))
		mask &= BITMAP_LAST_WORD_MASK(end);
	return mask;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned int end = start + nbits;

	if (!nbits)
		return;
	for (unsigned int i = BIT_WORD(start); i <= BIT_WORD(end - 1); i++)
		map[i] |= range_in_word(i, start, end);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned int end = start + nbits;

	if (!nbits)
		return;
	for (unsigned int i = BIT_WORD(start); i <= BIT_WORD(end - 1); i++)
		map[i] &= ~range_in_word(i, start, end);
}

unsigned long bitmap_find_next_zero_area_off(unsigned long *map, unsigned long size,
					     unsigned long start, unsigned int nr,
					     unsigned long align_mask,
					     unsigned long align_offset)
{
	unsigned long begin, end, taken;

	do {
		begin = find_next_zero_bit(map, size, start);
		begin = __ALIGN_MASK(begin + align_offset, align_mask) - align_offset;
		end = begin + nr;
		if (end > size)
			return end;
		taken = find_next_bit(map, end, begin);
		start = taken + 1;
	} while (taken < end);
	return begin;
}
