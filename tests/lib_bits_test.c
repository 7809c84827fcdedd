// SPDX-License-Identifier: MIT
/* Bits, searches and bitmaps, against an array with one byte for each bit. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>

#define BITS	150		/* five words, the last one with 22 bits */
#define WORDS	BITS_TO_LONGS(BITS)

static unsigned long map[WORDS], map2[WORDS], result[WORDS];
static u8 model[BITS], model2[BITS];

static bool bit_of(const unsigned long *words, unsigned int nr)
{
	return (words[nr / 32] >> (nr % 32)) & 1;
}

static void put_bit(unsigned long *words, unsigned int nr, bool value)
{
	words[nr / 32] &= ~(1UL << (nr % 32));
	words[nr / 32] |= (unsigned long)value << (nr % 32);
}

/* Both maps with random contents; the bits behind the end are set, to be in the way. */
static void randomise(struct rnd_state *rnd)
{
	unsigned int density = prandom_u32_max_state(rnd, 17);

	for (unsigned int i = 0; i < BITS; i++) {
		model[i] = prandom_u32_max_state(rnd, 16) < density;
		model2[i] = prandom_u32_max_state(rnd, 2);
		put_bit(map, i, model[i]);
		put_bit(map2, i, model2[i]);
	}
	for (unsigned int i = BITS; i < WORDS * 32; i++) {
		put_bit(map, i, true);
		put_bit(map2, i, true);
	}
}

/* Each operation on each bit: the result, that bit afterwards, and no other bit touched. */
#define CHECK_OPERATION(call, expected_after, expected_result) \
do { \
	for (unsigned int nr = 0; nr < BITS; nr++) { \
		for (int before = 0; before < 2; before++) { \
			int got; \
			memset(map, nr % 2 ? 0xff : 0, sizeof(map)); \
			put_bit(map, nr, before); \
			memcpy(map2, map, sizeof(map)); \
			put_bit(map2, nr, expected_after); \
			got = (call); \
			KUNIT_EXPECT_EQ_MSG(test, got, (int)(expected_result), "bit %u", nr); \
			KUNIT_EXPECT_MEMEQ_MSG(test, map, map2, sizeof(map), "bit %u", nr); \
		} \
	} \
} while (0)

static void single_bits(struct kunit *test)
{
	CHECK_OPERATION((set_bit(nr, map), 0), true, 0);
	CHECK_OPERATION((clear_bit(nr, map), 0), false, 0);
	CHECK_OPERATION((change_bit(nr, map), 0), !before, 0);
	CHECK_OPERATION((__set_bit(nr, map), 0), true, 0);
	CHECK_OPERATION((__clear_bit(nr, map), 0), false, 0);
	CHECK_OPERATION((__change_bit(nr, map), 0), !before, 0);
	CHECK_OPERATION(test_bit(nr, map), before, before);
}

static void single_bits_with_result(struct kunit *test)
{
	CHECK_OPERATION(test_and_set_bit(nr, map), true, before);
	CHECK_OPERATION(test_and_clear_bit(nr, map), false, before);
	CHECK_OPERATION(test_and_change_bit(nr, map), !before, before);
	CHECK_OPERATION(__test_and_set_bit(nr, map), true, before);
	CHECK_OPERATION(__test_and_clear_bit(nr, map), false, before);
	CHECK_OPERATION(__test_and_change_bit(nr, map), !before, before);
	CHECK_OPERATION((assign_bit(nr, map, nr % 3 == 0), 0), nr % 3 == 0, 0);
	CHECK_OPERATION((__assign_bit(nr, map, nr % 3 == 0), 0), nr % 3 == 0, 0);
}

/* Numbers known when compiling take other instructions. */
#define CHECK_CONSTANT_BIT(nr) \
do { \
	memset(map, 0, sizeof(map)); \
	set_bit(nr, map); \
	KUNIT_EXPECT_EQ(test, map[(nr) / 32], 1UL << ((nr) % 32)); \
	KUNIT_EXPECT_EQ(test, bitmap_weight(map, BITS), 1U); \
	KUNIT_EXPECT_TRUE(test, test_bit(nr, map)); \
	KUNIT_EXPECT_FALSE(test, test_bit((nr) + 1, map)); \
	change_bit(nr, map); \
	KUNIT_EXPECT_TRUE(test, bitmap_empty(map, BITS)); \
	__set_bit(nr, map); \
	__change_bit((nr) + 1, map); \
	clear_bit(nr, map); \
	KUNIT_EXPECT_EQ(test, find_first_bit(map, BITS), (nr) + 1UL); \
	__clear_bit((nr) + 1, map); \
	KUNIT_EXPECT_FALSE(test, test_and_set_bit(nr, map)); \
	KUNIT_EXPECT_TRUE(test, test_and_clear_bit(nr, map)); \
	KUNIT_EXPECT_TRUE(test, bitmap_empty(map, BITS)); \
} while (0)

static void constant_bits(struct kunit *test)
{
	CHECK_CONSTANT_BIT(0);
	CHECK_CONSTANT_BIT(7);
	CHECK_CONSTANT_BIT(8);
	CHECK_CONSTANT_BIT(31);
	CHECK_CONSTANT_BIT(32);
	CHECK_CONSTANT_BIT(77);
	CHECK_CONSTANT_BIT(148);
}

static void words(struct kunit *test)
{
	for (unsigned int i = 0; i < 32; i++) {
		for (unsigned int j = i; j < 32; j++) {
			unsigned long word = 1UL << i | 1UL << j;

			OPTIMIZER_HIDE_VAR(word);
			KUNIT_EXPECT_EQ(test, __ffs(word), (unsigned long)i);
			KUNIT_EXPECT_EQ(test, __fls(word), (unsigned long)j);
			KUNIT_EXPECT_EQ(test, ffz(~word), (unsigned long)i);
			KUNIT_EXPECT_EQ(test, ffs(word), (int)i + 1);
			KUNIT_EXPECT_EQ(test, fls(word), (int)j + 1);
			KUNIT_EXPECT_EQ(test, hweight32(word), i == j ? 1U : 2U);
			KUNIT_EXPECT_EQ(test, fls64((u64)word << 32), (int)j + 33);
			KUNIT_EXPECT_EQ(test, __ffs64((u64)word << 32), (unsigned long)i + 32);
			KUNIT_EXPECT_EQ(test, __ffs64(word), (unsigned long)i);
		}
	}
	KUNIT_EXPECT_EQ(test, ffs(0), 0);
	KUNIT_EXPECT_EQ(test, fls(0), 0);
	KUNIT_EXPECT_EQ(test, fls64(0), 0);
	KUNIT_EXPECT_EQ(test, fns(0xf0, 2), 6UL);
	KUNIT_EXPECT_EQ(test, fns(0xf0, 4), 32UL);
}

static unsigned int counted(u64 value, int bits)
{
	unsigned int count = 0;

	for (int i = 0; i < bits; i++)
		count += (value >> i) & 1;
	return count;
}

static void weights(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 1);
	for (int i = 0; i < 300; i++) {
		u64 value = (u64)prandom_u32_state(&rnd) << 32 | prandom_u32_state(&rnd);

		KUNIT_EXPECT_EQ(test, hweight8(value), counted(value, 8));
		KUNIT_EXPECT_EQ(test, hweight16(value), counted(value, 16));
		KUNIT_EXPECT_EQ(test, hweight32(value), counted(value, 32));
		KUNIT_EXPECT_EQ(test, hweight64(value), (unsigned long)counted(value, 64));
	}
	KUNIT_EXPECT_EQ(test, hweight32(0xffffffff), 32U);
	KUNIT_EXPECT_EQ(test, hweight8(0x1ff), 8U);
}

static void rotations_and_masks(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rol32(0x80000001, 4), 0x00000018U);
	KUNIT_EXPECT_EQ(test, ror32(0x80000001, 4), 0x18000000U);
	KUNIT_EXPECT_EQ(test, rol32(0x12345678, 0), 0x12345678U);
	KUNIT_EXPECT_EQ(test, ror32(0x12345678, 32), 0x12345678U);
	KUNIT_EXPECT_EQ(test, rol64(0x8000000000000001ULL, 1), 3ULL);
	KUNIT_EXPECT_EQ(test, ror64(3, 1), 0x8000000000000001ULL);
	KUNIT_EXPECT_EQ(test, (int)rol16(0x8001, 1), 3);
	KUNIT_EXPECT_EQ(test, (int)ror8(0x81, 1), 0xc0);
	KUNIT_EXPECT_EQ(test, sign_extend32(0xfff, 11), -1);
	KUNIT_EXPECT_EQ(test, sign_extend32(0x7ff, 11), 0x7ff);
	KUNIT_EXPECT_EQ(test, sign_extend64(0x800000000ULL, 35), -0x800000000LL);
	KUNIT_EXPECT_EQ(test, GENMASK(7, 4), 0xf0UL);
	KUNIT_EXPECT_EQ(test, GENMASK(31, 0), ~0UL);
	KUNIT_EXPECT_EQ(test, GENMASK(31, 31), 0x80000000UL);
	KUNIT_EXPECT_EQ(test, GENMASK_ULL(63, 0), ~0ULL);
	KUNIT_EXPECT_EQ(test, GENMASK_ULL(39, 21), 0x000000ffffe00000ULL);
	KUNIT_EXPECT_EQ(test, BIT_ULL(40), 1ULL << 40);
	KUNIT_EXPECT_EQ(test, BIT_WORD(64), 2);
	KUNIT_EXPECT_EQ(test, BIT_MASK(65), 2UL);
	KUNIT_EXPECT_EQ(test, get_count_order(0), -1);
	KUNIT_EXPECT_EQ(test, get_count_order(1), 0);
	KUNIT_EXPECT_EQ(test, get_count_order(9), 4);
	KUNIT_EXPECT_EQ(test, get_count_order(16), 4);
}

static unsigned long model_next(unsigned long start, unsigned long size, u8 value)
{
	while (start < size && model[start] != value)
		start++;
	return min(start, size);
}

/* All starts and a choice of sizes, on maps from empty to full. */
static void searching(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 2);
	for (int round = 0; round < 30; round++) {
		unsigned long size = round % 3 ? prandom_u32_max_state(&rnd, BITS + 1) : BITS;
		unsigned long last = size;

		randomise(&rnd);
		for (unsigned long start = 0; start < size + 3; start++) {
			KUNIT_EXPECT_EQ(test, find_next_bit(map, size, start),
					start < size ? model_next(start, size, 1) : size);
			KUNIT_EXPECT_EQ(test, find_next_zero_bit(map, size, start),
					start < size ? model_next(start, size, 0) : size);
			if (start < size && model[start])
				last = start;
		}
		KUNIT_EXPECT_EQ(test, find_first_bit(map, size), model_next(0, size, 1));
		KUNIT_EXPECT_EQ(test, find_first_zero_bit(map, size), model_next(0, size, 0));
		KUNIT_EXPECT_EQ(test, find_last_bit(map, size), last);
	}
}

/* Whole words: not one beyond the last is read (the sanitizers on the host see to that). */
static void searching_to_the_last_word(struct kunit *test)
{
	unsigned long size = WORDS * 32;

	OPTIMIZER_HIDE_VAR(size);
	memset(map, 0, sizeof(map));
	KUNIT_EXPECT_EQ(test, find_first_bit(map, size), size);
	KUNIT_EXPECT_EQ(test, find_next_bit(map, size, size), size);
	KUNIT_EXPECT_EQ(test, find_last_bit(map, size), size);
	memset(map, 0xff, sizeof(map));
	KUNIT_EXPECT_EQ(test, find_first_zero_bit(map, size), size);
	KUNIT_EXPECT_EQ(test, find_next_zero_bit(map, size, size), size);
	KUNIT_EXPECT_EQ(test, find_last_bit(map, size), size - 1);
	KUNIT_EXPECT_EQ(test, find_first_bit(map, 0), 0UL);
	KUNIT_EXPECT_EQ(test, find_last_bit(map, 0), 0UL);
}

static void searching_two_maps(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 3);
	for (int round = 0; round < 30; round++) {
		unsigned long start, both, only;

		randomise(&rnd);
		start = both = only = prandom_u32_max_state(&rnd, BITS);
		while (both < BITS && !(model[both] && model2[both]))
			both++;
		while (only < BITS && !(model[only] && !model2[only]))
			only++;
		KUNIT_EXPECT_EQ(test, find_next_and_bit(map, map2, BITS, start), both);
		KUNIT_EXPECT_EQ(test, find_next_andnot_bit(map, map2, BITS, start), only);
	}
}

/* One word of a constant size is searched in place. */
static void searching_one_word(struct kunit *test)
{
	unsigned long word = 0x80000110;

	OPTIMIZER_HIDE_VAR(word);
	KUNIT_EXPECT_EQ(test, find_first_bit(&word, 32), 4UL);
	KUNIT_EXPECT_EQ(test, find_next_bit(&word, 32, 5), 8UL);
	KUNIT_EXPECT_EQ(test, find_next_bit(&word, 32, 9), 31UL);
	KUNIT_EXPECT_EQ(test, find_next_bit(&word, 31, 9), 31UL);
	KUNIT_EXPECT_EQ(test, find_next_bit(&word, 20, 9), 20UL);
	KUNIT_EXPECT_EQ(test, find_next_bit(&word, 32, 32), 32UL);
	KUNIT_EXPECT_EQ(test, find_next_bit(&word, 32, 40), 32UL);
	KUNIT_EXPECT_EQ(test, find_first_zero_bit(&word, 32), 0UL);
	KUNIT_EXPECT_EQ(test, find_next_zero_bit(&word, 32, 8), 9UL);
	KUNIT_EXPECT_EQ(test, find_last_bit(&word, 32), 31UL);
	KUNIT_EXPECT_EQ(test, find_last_bit(&word, 31), 8UL);
	KUNIT_EXPECT_EQ(test, find_last_bit(&word, 4), 4UL);
	KUNIT_EXPECT_EQ(test, find_nth_bit(&word, 32, 2), 31UL);
	KUNIT_EXPECT_EQ(test, find_nth_bit(&word, 32, 3), 32UL);
	KUNIT_EXPECT_EQ(test, find_next_bit_wrap(&word, 31, 9), 4UL);
}

static void loops(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned long bit, begin, end, expected;

	prandom_seed_state(&rnd, 4);
	for (int round = 0; round < 17; round++) {
		randomise(&rnd);
		memset(result, 0, sizeof(result));
		for_each_set_bit(bit, map, BITS)
			__set_bit(bit, result);
		KUNIT_EXPECT_TRUE(test, bitmap_equal(result, map, BITS));
		for_each_clear_bit(bit, map, BITS)
			__set_bit(bit, result);
		KUNIT_EXPECT_TRUE(test, bitmap_full(result, BITS));
		for_each_set_bitrange(begin, end, map, BITS) {
			KUNIT_EXPECT_LT(test, begin, end);
			bitmap_clear(result, begin, end - begin);
		}
		bitmap_complement(result, result, BITS);
		KUNIT_EXPECT_TRUE(test, bitmap_equal(result, map, BITS));
		for_each_clear_bitrange(begin, end, map, BITS)
			bitmap_set(result, begin, end - begin);
		KUNIT_EXPECT_TRUE(test, bitmap_full(result, BITS));
		bit = 40;
		expected = model_next(40, BITS, 1);
		for_each_set_bit_from(bit, map, BITS) {
			KUNIT_EXPECT_EQ(test, bit, expected);
			expected = model_next(bit + 1, BITS, 1);
		}
		KUNIT_EXPECT_EQ(test, expected, (unsigned long)BITS);
	}
}

#define CHECK_RESULT(expression) \
do { \
	for (unsigned int i = 0; i < BITS; i++) \
		KUNIT_EXPECT_EQ_MSG(test, bit_of(result, i), (bool)(expression), "bit %u", i); \
} while (0)

static void logic(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	for (int round = 0; round < 10; round++) {
		bool any_and = false, any_andnot = false;
		unsigned int weight = 0;

		randomise(&rnd);
		for (unsigned int i = 0; i < BITS; i++) {
			any_and |= model[i] & model2[i];
			any_andnot |= model[i] & !model2[i];
			weight += model[i];
		}
		KUNIT_EXPECT_EQ(test, bitmap_and(result, map, map2, BITS), any_and);
		CHECK_RESULT(model[i] & model2[i]);
		KUNIT_EXPECT_EQ(test, bitmap_andnot(result, map, map2, BITS), any_andnot);
		CHECK_RESULT(model[i] & !model2[i]);
		bitmap_or(result, map, map2, BITS);
		CHECK_RESULT(model[i] | model2[i]);
		bitmap_xor(result, map, map2, BITS);
		CHECK_RESULT(model[i] ^ model2[i]);
		bitmap_complement(result, map, BITS);
		CHECK_RESULT(!model[i]);
		KUNIT_EXPECT_EQ(test, bitmap_weight(map, BITS), weight);
		KUNIT_EXPECT_EQ(test, bitmap_intersects(map, map2, BITS), any_and);
		KUNIT_EXPECT_EQ(test, bitmap_subset(map, map2, BITS), !any_andnot);
		bitmap_copy(result, map, BITS);
		KUNIT_EXPECT_TRUE(test, bitmap_equal(result, map, BITS));
		__change_bit(prandom_u32_max_state(&rnd, BITS), result);
		KUNIT_EXPECT_FALSE(test, bitmap_equal(result, map, BITS));
	}
}

static void shifts(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 6);
	for (unsigned int shift = 0; shift <= BITS; shift += shift < 66 ? 1 : 13) {
		randomise(&rnd);
		bitmap_shift_right(result, map, shift, BITS);
		CHECK_RESULT(i + shift < BITS && model[i + shift]);
		bitmap_shift_left(result, map, shift, BITS);
		CHECK_RESULT(i >= shift && model[i - shift]);
		bitmap_shift_left(map, map, shift, BITS);
		KUNIT_EXPECT_TRUE(test, bitmap_equal(result, map, BITS));
	}
}

/* What lies behind the end must not make a map full, unequal or not empty. */
static void the_end_of_the_map(struct kunit *test)
{
	bitmap_zero(map, BITS);
	bitmap_zero(map2, BITS);
	map[WORDS - 1] = ~0UL << (BITS % 32);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(map, BITS));
	KUNIT_EXPECT_TRUE(test, bitmap_equal(map, map2, BITS));
	KUNIT_EXPECT_EQ(test, bitmap_weight(map, BITS), 0U);
	KUNIT_EXPECT_FALSE(test, bitmap_intersects(map, map, BITS));
	KUNIT_EXPECT_TRUE(test, bitmap_subset(map, map2, BITS));
	bitmap_fill(map, BITS);
	map[WORDS - 1] = ~(~0UL << (BITS % 32));
	KUNIT_EXPECT_TRUE(test, bitmap_full(map, BITS));
	bitmap_fill(map2, BITS);
	bitmap_copy_clear_tail(result, map2, BITS);
	KUNIT_EXPECT_MEMEQ(test, result, map, sizeof(map));
}

static void setting_ranges(struct kunit *test)
{
	for (unsigned int start = 0; start < BITS; start += 5) {
		for (unsigned int n = 0; start + n <= BITS; n += n < 36 ? 1 : 7) {
			bitmap_zero(result, BITS);
			bitmap_set(result, start, n);
			KUNIT_EXPECT_EQ(test, bitmap_weight(result, WORDS * 32), n);
			KUNIT_EXPECT_EQ(test, find_first_bit(result, BITS),
					(unsigned long)(n ? start : BITS));
			KUNIT_EXPECT_EQ(test, find_last_bit(result, BITS),
					(unsigned long)(n ? start + n - 1 : BITS));
			bitmap_fill(map, BITS);
			bitmap_clear(map, start, n);
			bitmap_xor(map, map, result, WORDS * 32);
			KUNIT_EXPECT_TRUE(test, bitmap_full(map, WORDS * 32));
		}
	}
}

static unsigned long model_area(unsigned long start, unsigned int nr, unsigned long align)
{
	for (; start + nr <= BITS; start++) {
		unsigned int i = 0;

		if (start % align)
			continue;
		while (i < nr && !model[start + i])
			i++;
		if (i == nr)
			return start;
	}
	return BITS + 1;
}

static void free_areas(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 7);
	for (int round = 0; round < 200; round++) {
		unsigned long align = 1UL << prandom_u32_max_state(&rnd, 4);
		unsigned long start = prandom_u32_max_state(&rnd, BITS), found, expected;
		unsigned int nr = 1 + prandom_u32_max_state(&rnd, 8);

		randomise(&rnd);
		expected = model_area(start, nr, align);
		found = bitmap_find_next_zero_area(map, BITS, start, nr, align - 1);
		KUNIT_EXPECT_EQ_MSG(test, min(found, BITS + 1UL), expected,
				    "%u bits from %lu, aligned to %lu", nr, start, align);
	}
	bitmap_zero(map, BITS);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area_off(map, BITS, 5, 3, 7, 2), 6UL);
}

static struct kunit_case bits_cases[] = {
	KUNIT_CASE(single_bits),
	KUNIT_CASE(single_bits_with_result),
	KUNIT_CASE(constant_bits),
	KUNIT_CASE(words),
	KUNIT_CASE(weights),
	KUNIT_CASE(rotations_and_masks),
	KUNIT_CASE(searching),
	KUNIT_CASE(searching_to_the_last_word),
	KUNIT_CASE(searching_two_maps),
	KUNIT_CASE(searching_one_word),
	KUNIT_CASE(loops),
	KUNIT_CASE(logic),
	KUNIT_CASE(shifts),
	KUNIT_CASE(the_end_of_the_map),
	KUNIT_CASE(setting_ranges),
	KUNIT_CASE(free_areas),
	{}
};

static struct kunit_suite bits_suite = {
	.name = "lib_bits",
	.test_cases = bits_cases,
};
kunit_test_suite(bits_suite);
