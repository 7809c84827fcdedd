// SPDX-License-Identifier: MIT
/* Fields of words, the order of bytes, random numbers, and filling the rest of a struct. */
#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/random.h>
#include <linux/string.h>

static void fields_with_constant_masks(struct kunit *test)
{
	u32 word = 0x12345678;

	KUNIT_EXPECT_EQ(test, FIELD_GET(GENMASK(15, 8), word), 0x56);
	KUNIT_EXPECT_EQ(test, FIELD_GET(0x80000000U, word), 0);
	KUNIT_EXPECT_EQ(test, FIELD_PREP(GENMASK(15, 8), 0xab), 0xab00);
	KUNIT_EXPECT_EQ(test, FIELD_PREP(GENMASK_ULL(63, 60), 0xfULL), 0xf000000000000000ULL);
	KUNIT_EXPECT_EQ(test, FIELD_MAX(GENMASK(6, 4)), 7);
	KUNIT_EXPECT_TRUE(test, FIELD_FIT(GENMASK(6, 4), word % 8));
	KUNIT_EXPECT_FALSE(test, FIELD_FIT(GENMASK(6, 4), word % 8 + 8));
}

static void fields_in_both_orders(struct kunit *test)
{
	__le32 le = le32_encode_bits(0x5, 0x00f0);
	__be16 be = be16_encode_bits(0x5, 0x00f0);

	KUNIT_EXPECT_MEMEQ(test, &le, "\x50\0\0\0", 4);
	KUNIT_EXPECT_MEMEQ(test, &be, "\0\x50", 2);
	be = be16_replace_bits(be, 0xc, 0xf000);
	KUNIT_EXPECT_MEMEQ(test, &be, "\xc0\x50", 2);
	le32p_replace_bits(&le, 0x12, 0xff000000);
	KUNIT_EXPECT_MEMEQ(test, &le, "\x50\0\0\x12", 4);
	KUNIT_EXPECT_EQ(test, be16_get_bits(be, 0xf000), 0xc);
	KUNIT_EXPECT_EQ(test, le32_get_bits(le, 0xff000000), 0x12);
	KUNIT_EXPECT_EQ(test, u8_get_bits(0xa5, 0xf0), 0xa);
	KUNIT_EXPECT_EQ(test, u64_get_bits(0xa5ULL << 40, 0xf0ULL << 40), 0xa);
	KUNIT_EXPECT_EQ(test, cpu_to_be32(0x12345678), 0x78563412);
	KUNIT_EXPECT_EQ(test, be64_to_cpu(cpu_to_be64(0x123456789abcdefULL)), 0x123456789abcdefULL);
}

static void fill_the_rest(struct kunit *test)
{
	struct { char a, b; int c; char d; } thing;

	memset(&thing, 1, sizeof(thing));
	memset_after(&thing, 2, b);
	KUNIT_EXPECT_MEMEQ(test, &thing, "\1\1\2\2\2\2\2\2\2\2\2\2", 12);
	memset_startat(&thing, 3, d);
	KUNIT_EXPECT_MEMEQ(test, &thing, "\1\1\2\2\2\2\2\2\3\3\3\3", 12);
}

/* Not how random it is, but that it moves, in all its bits, and keeps to its limit. */
static void random_numbers(struct kunit *test)
{
	u32 ones = 0, zeros = 0, below = 0;

	for (unsigned int i = 0; i < 200; i++) {
		u32 number = get_random_u32(), die = get_random_u32_below(6);

		ones |= number;
		zeros |= ~number;
		KUNIT_ASSERT_LT(test, die, 6);
		below |= 1U << die;
	}
	KUNIT_EXPECT_EQ(test, ones, U32_MAX);
	KUNIT_EXPECT_EQ(test, zeros, U32_MAX);
	KUNIT_EXPECT_EQ(test, below, 63);
}

static struct kunit_case bitfield_cases[] = {
	KUNIT_CASE(fields_with_constant_masks),
	KUNIT_CASE(fields_in_both_orders),
	KUNIT_CASE(fill_the_rest),
	KUNIT_CASE(random_numbers),
	{}
};

static struct kunit_suite bitfield_suite = {
	.name = "lib_bitfield",
	.test_cases = bitfield_cases,
};
kunit_test_suite(bitfield_suite);
