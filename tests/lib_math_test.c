// SPDX-License-Identifier: MIT
/*
 * Arithmetic: 64-bit division against division bit by bit, rounding, overflow checks, logarithms,
 * and the macros of <linux/minmax.h> and <linux/align.h>.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/swab.h>

/* School's long division in base two: slow, and with nothing in it that could be wrong. */
static u64 model_div(u64 dividend, u64 divisor, u64 *remainder)
{
	u64 quotient = 0, rest = 0;

	for (int bit = 63; bit >= 0; bit--) {
		bool carry = rest >> 63;

		rest = rest << 1 | (dividend >> bit & 1);
		if (carry || rest >= divisor) {
			rest -= divisor;
			quotient |= 1ULL << bit;
		}
	}
	*remainder = rest;
	return quotient;
}

/* Values of all magnitudes: a random number of random bits, or close to a power of two. */
static u64 any_u64(struct rnd_state *rnd)
{
	u64 value = (u64)prandom_u32_state(rnd) << 32 | prandom_u32_state(rnd);
	unsigned int shift = prandom_u32_max_state(rnd, 64);

	switch (prandom_u32_max_state(rnd, 3)) {
	case 0:
		return value >> shift;
	case 1:
		return (1ULL << shift) + prandom_u32_max_state(rnd, 3) - 1;
	}
	return -(1ULL << shift) - prandom_u32_max_state(rnd, 2);
}

static void check_division(struct kunit *test, u64 a, u64 b)
{
	u64 rest, want_rest, want = model_div(a, b, &want_rest);
	u32 rest32;

	KUNIT_EXPECT_EQ_MSG(test, div64_u64_rem(a, b, &rest), want, "%llx / %llx", a, b);
	KUNIT_EXPECT_EQ_MSG(test, rest, want_rest, "%llx %% %llx", a, b);
	KUNIT_EXPECT_EQ(test, div64_u64(a, b), want);
	KUNIT_EXPECT_EQ_MSG(test, a / b, want, "the compiler's %llx / %llx", a, b);
	KUNIT_EXPECT_EQ_MSG(test, a % b, want_rest, "the compiler's %llx %% %llx", a, b);
	if (b >> 32)
		return;
	KUNIT_EXPECT_EQ_MSG(test, div_u64_rem(a, b, &rest32), want, "%llx / %llx", a, b);
	KUNIT_EXPECT_EQ(test, rest32, (u32)want_rest);
	rest = a;
	rest32 = do_div(rest, (u32)b);
	KUNIT_EXPECT_EQ(test, rest, want);
	KUNIT_EXPECT_EQ(test, rest32, (u32)want_rest);
}

static void unsigned_division(struct kunit *test)
{
	static const u64 edges[] = {
		0, 1, 2, 3, 10, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff,
		0x100000000ULL, 0x100000001ULL, 0x1ffffffffULL, 0x7fffffffffffffffULL,
		0x8000000000000000ULL, 0x8000000000000001ULL, 0xfffffffffffffffeULL, ~0ULL,
	};
	struct rnd_state rnd;

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++)
		for (size_t j = 1; j < ARRAY_SIZE(edges); j++)
			check_division(test, edges[i], edges[j]);
	prandom_seed_state(&rnd, 10);
	for (int i = 0; i < 2000; i++)
		check_division(test, any_u64(&rnd), any_u64(&rnd) ?: 1);
}

static s64 model_sdiv(s64 a, s64 b, s64 *remainder)
{
	u64 rest, quotient = model_div(a < 0 ? -(u64)a : a, b < 0 ? -(u64)b : b, &rest);

	*remainder = a < 0 ? -rest : rest;
	return (a < 0) != (b < 0) ? -quotient : quotient;
}

static void signed_division(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 11);
	for (int i = 0; i < 1000; i++) {
		s64 a = any_u64(&rnd), b = any_u64(&rnd) ?: 1, rest, want;
		s32 rest32;

		want = model_sdiv(a, b, &rest);
		KUNIT_EXPECT_EQ_MSG(test, div64_s64(a, b), want, "%lld / %lld", a, b);
		KUNIT_EXPECT_EQ_MSG(test, a / b, want, "%lld / %lld", a, b);
		KUNIT_EXPECT_EQ_MSG(test, a % b, rest, "%lld %% %lld", a, b);
		b = (s32)b ?: 1;
		want = model_sdiv(a, b, &rest);
		KUNIT_EXPECT_EQ(test, div_s64(a, b), want);
		KUNIT_EXPECT_EQ(test, div_s64_rem(a, b, &rest32), want);
		KUNIT_EXPECT_EQ(test, rest32, (s32)rest);
	}
}

/* do_div() by constants: powers of two are shifts. */
static void constant_divisors(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 12);
	for (int i = 0; i < 100; i++) {
		u64 value = any_u64(&rnd), n;
		u32 rest;

#define CHECK_DIVISOR(d) \
		n = value; \
		rest = do_div(n, d); \
		KUNIT_EXPECT_EQ(test, n * (d) + rest, value); \
		KUNIT_EXPECT_LT(test, rest, (u32)(d))
		CHECK_DIVISOR(1U);
		CHECK_DIVISOR(2U);
		CHECK_DIVISOR(10U);
		CHECK_DIVISOR(4096U);
		CHECK_DIVISOR(1000000000U);
		CHECK_DIVISOR(0x80000000U);
		CHECK_DIVISOR(0xffffffffU);
#undef CHECK_DIVISOR
	}
}

/* Products of 96 and 128 bits, checked against sums of shifted halves. */
static void wide_products(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 13);
	for (int i = 0; i < 500; i++) {
		u64 a = any_u64(&rnd), rest;
		u32 mul = any_u64(&rnd), shift = prandom_u32_max_state(&rnd, 33);
		u32 divisor = (u32)any_u64(&rnd) ?: 1;
		u64 low = (u64)(u32)a * mul, high = (a >> 32) * mul;
		u64 middle = high + (low >> 32);	/* the product without its lowest word */
		u64 quotient;

		KUNIT_EXPECT_EQ_MSG(test, mul_u64_u32_shr(a, mul, shift),
				    shift == 0 ? (middle << 32 | (u32)low) :
				    middle << (32 - shift) | (u64)(u32)low >> shift,
				    "(%llx * %x) >> %u", a, mul, shift);
		KUNIT_EXPECT_EQ(test, mul_u64_u64_shr(a, mul, shift),
				mul_u64_u32_shr(a, mul, shift));
		KUNIT_EXPECT_EQ(test, mul_u64_u64_shr(a, (u64)mul << 32, 32 + shift),
				mul_u64_u32_shr(a, mul, shift));
		quotient = model_div(middle, divisor, &rest) << 32;
		quotient += model_div(rest << 32 | (u32)low, divisor, &rest);
		KUNIT_EXPECT_EQ_MSG(test, mul_u64_u32_div(a, mul, divisor), quotient,
				    "%llx * %x / %x", a, mul, divisor);
	}
	KUNIT_EXPECT_EQ(test, mul_u64_u64_shr(~0ULL, ~0ULL, 64), ~0ULL - 1);
	KUNIT_EXPECT_EQ(test, mul_u64_u64_shr(~0ULL, ~0ULL, 0), 1ULL);
	KUNIT_EXPECT_EQ(test, mul_u64_u64_shr(1ULL << 63, 1ULL << 63, 100), 1ULL << 26);
}

static void rounding(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(0, 8), 0);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(1, 8), 1);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(8, 8), 1);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(9, 8), 2);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP_ULL(10000000001ULL, 10), 1000000001ULL);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_DOWN_ULL(10000000009ULL, 10), 1000000000ULL);
	KUNIT_EXPECT_EQ(test, roundup(13, 5), 15);
	KUNIT_EXPECT_EQ(test, roundup(15, 5), 15);
	KUNIT_EXPECT_EQ(test, rounddown(14, 5), 10);
	KUNIT_EXPECT_EQ(test, round_up(0x1001, 0x1000), 0x2000);
	KUNIT_EXPECT_EQ(test, round_up(0x100000001ULL, 0x1000), 0x100001000ULL);
	KUNIT_EXPECT_EQ(test, round_down(0x1fffffffffULL, 0x1000), 0x1ffffff000ULL);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(14, 4), 4);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(13, 4), 3);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(-13, 4), -3);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(-14, 4), -4);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(14, -4), -4);
	KUNIT_EXPECT_EQ(test, DIV64_U64_ROUND_UP(1ULL << 40, 3ULL), 366503875926ULL);
	KUNIT_EXPECT_EQ(test, DIV64_U64_ROUND_CLOSEST(1ULL << 40, 3ULL), 366503875925ULL);
	KUNIT_EXPECT_EQ(test, mult_frac(4000000000U, 3U, 4U), 3000000000U);
	KUNIT_EXPECT_EQ(test, ALIGN(0x100000001ULL, 16), 0x100000010ULL);
	KUNIT_EXPECT_EQ(test, ALIGN(5, 4), 8);
	KUNIT_EXPECT_EQ(test, ALIGN_DOWN(0x1fffffff7ULL, 0x10), 0x1fffffff0ULL);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(0x100000000ULL, 4096));
	KUNIT_EXPECT_FALSE(test, IS_ALIGNED(0x100000004ULL, 4096));
	KUNIT_EXPECT_PTR_EQ(test, PTR_ALIGN((char *)5, 8), (char *)8);
	KUNIT_EXPECT_PTR_EQ(test, PTR_ALIGN_DOWN((char *)15, 8), (char *)8);
}

static void small_and_large(struct kunit *test)
{
	int calls = 0, array[max(2, 3)];
	int x = 1, y = 2;

	KUNIT_EXPECT_EQ(test, (int)ARRAY_SIZE(array), 3);
	KUNIT_EXPECT_EQ(test, min(calls++, 5), 0);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, max(3, calls++), 3);
	KUNIT_EXPECT_EQ(test, calls, 2);
	KUNIT_EXPECT_EQ(test, min(-1, 1), -1);
	KUNIT_EXPECT_EQ(test, min_t(unsigned int, -1, 1), 1U);
	KUNIT_EXPECT_EQ(test, max_t(s64, 1ULL << 40, -1), 1LL << 40);
	KUNIT_EXPECT_EQ(test, min3(3, 1, 2), 1);
	KUNIT_EXPECT_EQ(test, max3(3, 1, 2), 3);
	KUNIT_EXPECT_EQ(test, min_not_zero(0, 5), 5);
	KUNIT_EXPECT_EQ(test, min_not_zero(7, 0), 7);
	KUNIT_EXPECT_EQ(test, min_not_zero(7, 5), 5);
	KUNIT_EXPECT_EQ(test, clamp(15, 1, 10), 10);
	KUNIT_EXPECT_EQ(test, clamp(-5, 1, 10), 1);
	KUNIT_EXPECT_EQ(test, clamp_t(u8, 300, 1, 100), 44);
	KUNIT_EXPECT_EQ(test, clamp_val((char)5, 1LL, 3LL), 3);
	swap(x, y);
	KUNIT_EXPECT_TRUE(test, x == 2 && y == 1);
	KUNIT_EXPECT_EQ(test, abs(-5), 5);
	KUNIT_EXPECT_EQ(test, abs(-5000000000LL), 5000000000LL);
	KUNIT_EXPECT_EQ(test, abs_diff(3U, 5U), 2U);
	KUNIT_EXPECT_EQ(test, upper_32_bits(0x123456789ULL), 1U);
	KUNIT_EXPECT_EQ(test, lower_32_bits(0x123456789ULL), 0x23456789U);
	KUNIT_EXPECT_EQ(test, swab16(0x1234), (u16)0x3412);
	KUNIT_EXPECT_EQ(test, swab32(0x12345678), 0x78563412U);
	KUNIT_EXPECT_EQ(test, swab64(0x0123456789abcdefULL), 0xefcdab8967452301ULL);
	KUNIT_EXPECT_EQ(test, COUNT_ARGS(), 0);
	KUNIT_EXPECT_EQ(test, COUNT_ARGS(a, b, c), 3);
}

static void logarithms(struct kunit *test)
{
	static const int in_an_initialiser = ilog2(4096) + order_base_2(4097);

	KUNIT_EXPECT_EQ(test, in_an_initialiser, 25);
	for (unsigned int k = 0; k < 32; k++) {
		unsigned long power = 1UL << k;

		OPTIMIZER_HIDE_VAR(power);
		KUNIT_EXPECT_EQ(test, ilog2(power), (int)k);
		KUNIT_EXPECT_EQ(test, ilog2((u64)power << 32), (int)k + 32);
		KUNIT_EXPECT_TRUE(test, is_power_of_2(power));
		KUNIT_EXPECT_EQ(test, roundup_pow_of_two(power), power);
		KUNIT_EXPECT_EQ(test, rounddown_pow_of_two(power), power);
		KUNIT_EXPECT_EQ(test, order_base_2(power), (int)k);
		if (k < 2)
			continue;
		KUNIT_EXPECT_EQ(test, ilog2(power - 1), (int)k - 1);
		KUNIT_EXPECT_FALSE(test, is_power_of_2(power - 1));
		KUNIT_EXPECT_EQ(test, roundup_pow_of_two(power - 1), power);
		KUNIT_EXPECT_EQ(test, rounddown_pow_of_two(power - 1), power / 2);
		KUNIT_EXPECT_EQ(test, order_base_2(power - 1), (int)k);
		KUNIT_EXPECT_EQ(test, bits_per(power), (int)k + 1);
		KUNIT_EXPECT_EQ(test, bits_per(power - 1), (int)k);
	}
	KUNIT_EXPECT_FALSE(test, is_power_of_2(0));
	KUNIT_EXPECT_EQ(test, roundup_pow_of_two(100), 128UL);
	KUNIT_EXPECT_EQ(test, rounddown_pow_of_two(100), 64UL);
}

static void roots_and_divisors(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 14);
	for (int i = 0; i < 300; i++) {
		u64 x = any_u64(&rnd), root = int_sqrt64(x);

		KUNIT_EXPECT_LE(test, root * root, x);
		if (root < U32_MAX)
			KUNIT_EXPECT_GT(test, (root + 1) * (root + 1), x);
		KUNIT_EXPECT_EQ(test, int_sqrt((u32)x), (unsigned long)int_sqrt64((u32)x));
	}
	KUNIT_EXPECT_EQ(test, gcd(12, 18), 6UL);
	KUNIT_EXPECT_EQ(test, gcd(0, 7), 7UL);
	KUNIT_EXPECT_EQ(test, gcd(7, 0), 7UL);
	KUNIT_EXPECT_EQ(test, gcd(17, 5), 1UL);
}

/* All pairs of bytes, signed and unsigned, against arithmetic in int. */
static void overflow_of_bytes(struct kunit *test)
{
	for (int a = -128; a < 256; a += 3) {
		for (int b = -128; b < 256; b++) {
			u8 u;
			s8 s;

			if (a >= 0 && b >= 0) {
				KUNIT_EXPECT_EQ(test, check_add_overflow((u8)a, (u8)b, &u),
						a + b > 255);
				KUNIT_EXPECT_EQ(test, u, (u8)(a + b));
				KUNIT_EXPECT_EQ(test, check_sub_overflow((u8)a, (u8)b, &u), a < b);
				KUNIT_EXPECT_EQ(test, check_mul_overflow((u8)a, (u8)b, &u),
						a * b > 255);
			}
			if (a < 128 && b < 128) {
				KUNIT_EXPECT_EQ(test, check_add_overflow((s8)a, (s8)b, &s),
						a + b != (s8)(a + b));
				KUNIT_EXPECT_EQ(test, check_sub_overflow((s8)a, (s8)b, &s),
						a - b != (s8)(a - b));
				KUNIT_EXPECT_EQ(test, check_mul_overflow((s8)a, (s8)b, &s),
						a * b != (s8)(a * b));
				KUNIT_EXPECT_EQ(test, s, (s8)(a * b));
			}
		}
	}
}

static void overflow_of_shifts(struct kunit *test)
{
	int i;
	u8 u;
	u64 wide;
	s64 swide;

	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1, 7, &u));
	KUNIT_EXPECT_EQ(test, (int)u, 128);
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, 8, &u));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(3, 7, &u));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, -1, &u));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(-1, 0, &u));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1, 30, &i));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, 31, &i));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1U, 63, &wide));
	KUNIT_EXPECT_EQ(test, wide, 1ULL << 63);
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(2U, 63, &wide));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1U, 63, &swide));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(0, 31, &i));
}

struct with_array {
	u32 count;
	u16 data[];
};

/* ledger: K5 */
static void sizes_saturate(struct kunit *test)
{
	struct with_array *p = NULL;
	size_t n = 10, huge = SIZE_MAX / 2;
	static const size_t constant = struct_size((struct with_array *)NULL, data, 3);

	OPTIMIZER_HIDE_VAR(n);
	OPTIMIZER_HIDE_VAR(huge);
	KUNIT_EXPECT_EQ(test, size_mul(1 << 16, (1 << 16) - 1), (size_t)0xffff0000);
	KUNIT_EXPECT_EQ(test, size_mul(1 << 16, 1 << 16), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_add(huge, huge), SIZE_MAX - 1);
	KUNIT_EXPECT_EQ(test, size_add(huge, huge + 2), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_sub(5, 3), (size_t)2);
	KUNIT_EXPECT_EQ(test, size_sub(3, 5), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_sub(SIZE_MAX, 5), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array_size(n, 4), (size_t)40);
	KUNIT_EXPECT_EQ(test, array_size(huge, 3), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array3_size(n, 4, 5), (size_t)200);
	KUNIT_EXPECT_EQ(test, array3_size(huge, 4, 0), (size_t)0);
	KUNIT_EXPECT_EQ(test, flex_array_size(p, data, n), (size_t)20);
	KUNIT_EXPECT_EQ(test, flex_array_size(p, data, huge + 1), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size(p, data, n), (size_t)24);
	KUNIT_EXPECT_EQ(test, struct_size(p, data, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, constant, (size_t)10);
	KUNIT_EXPECT_EQ(test, struct_size(p, data, SIZE_MAX), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size(p, data, SIZE_MAX / 2), SIZE_MAX);
	KUNIT_EXPECT_TRUE(test, overflows_type(256, u8));
	KUNIT_EXPECT_FALSE(test, overflows_type(255, u8));
	KUNIT_EXPECT_EQ(test, type_max(s8), (s8)127);
	KUNIT_EXPECT_EQ(test, type_min(s64), S64_MIN);
	KUNIT_EXPECT_EQ(test, type_max(u64), U64_MAX);
}

/* ledger: K2 */
static void error_pointers(struct kunit *test)
{
	void *err = ERR_PTR(-ENOMEM);

	KUNIT_EXPECT_TRUE(test, IS_ERR(err));
	KUNIT_EXPECT_EQ(test, PTR_ERR(err), (long)-ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(err), -ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(test), 0);
	KUNIT_EXPECT_PTR_EQ(test, ERR_CAST((const char *)err), err);
	KUNIT_EXPECT_FALSE(test, IS_ERR(NULL));
	KUNIT_EXPECT_TRUE(test, IS_ERR_OR_NULL(NULL));
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(test));
	KUNIT_EXPECT_TRUE(test, IS_ERR(ERR_PTR(-MAX_ERRNO)));
	KUNIT_EXPECT_FALSE(test, IS_ERR(ERR_PTR(-MAX_ERRNO - 1)));
	KUNIT_EXPECT_STREQ(test, errname(EINVAL), "EINVAL");
	KUNIT_EXPECT_STREQ(test, errname(-EINVAL), "-EINVAL");
	KUNIT_EXPECT_STREQ(test, errname(-EHWPOISON), "-EHWPOISON");
	KUNIT_EXPECT_STREQ(test, errname(ENOTSUPP), "ENOTSUPP");
	KUNIT_EXPECT_NULL(test, errname(0));
	KUNIT_EXPECT_NULL(test, errname(41));
	KUNIT_EXPECT_NULL(test, errname(-134));
	KUNIT_EXPECT_NULL(test, errname(520));
	KUNIT_EXPECT_NULL(test, errname(532));
	KUNIT_EXPECT_NULL(test, errname(INT_MIN));
}

/* The same seed, the same numbers; another seed, others; and the bits are evenly set. */
static void random_numbers(struct kunit *test)
{
	struct rnd_state a, b, c;
	int ones[32] = { 0 }, equal = 0;
	u8 bytes[11];

	prandom_seed_state(&a, 0);
	prandom_seed_state(&b, 0);
	prandom_seed_state(&c, 1);
	for (int i = 0; i < 2000; i++) {
		u32 number = prandom_u32_state(&a);

		KUNIT_EXPECT_EQ(test, number, prandom_u32_state(&b));
		equal += number == prandom_u32_state(&c);
		for (int bit = 0; bit < 32; bit++)
			ones[bit] += number >> bit & 1;
		KUNIT_EXPECT_LT(test, prandom_u32_max_state(&c, 7), 7U);
	}
	KUNIT_EXPECT_LE(test, equal, 1);
	for (int bit = 0; bit < 32; bit++) {
		KUNIT_EXPECT_GT(test, ones[bit], 850);
		KUNIT_EXPECT_LT(test, ones[bit], 1150);
	}
	memset(bytes, 0, sizeof(bytes));
	prandom_bytes_state(&a, bytes, 10);
	KUNIT_EXPECT_EQ(test, (int)bytes[10], 0);
	KUNIT_EXPECT_NOT_NULL(test, memchr_inv(bytes, 0, 10));
}

/* Hashing spreads the addresses of neighbouring objects over all buckets. */
static void hashing(struct kunit *test)
{
	int buckets[16] = { 0 };

	KUNIT_EXPECT_EQ(test, hash_32(1, 32), (u32)GOLDEN_RATIO_32);
	KUNIT_EXPECT_EQ(test, hash_32(1, 4), 6U);
	KUNIT_EXPECT_EQ(test, hash_64(1, 8), hash_32(1, 8));
	for (unsigned long p = 0xc1000000; p < 0xc1000000 + 160 * 64; p += 64)
		buckets[hash_ptr((void *)p, 4)]++;
	for (int i = 0; i < 16; i++) {
		KUNIT_EXPECT_GE(test, buckets[i], 5);
		KUNIT_EXPECT_LE(test, buckets[i], 15);
	}
}

static struct kunit_case math_cases[] = {
	KUNIT_CASE(unsigned_division),
	KUNIT_CASE(signed_division),
	KUNIT_CASE(constant_divisors),
	KUNIT_CASE(wide_products),
	KUNIT_CASE(rounding),
	KUNIT_CASE(small_and_large),
	KUNIT_CASE(logarithms),
	KUNIT_CASE(roots_and_divisors),
	KUNIT_CASE(overflow_of_bytes),
	KUNIT_CASE(overflow_of_shifts),
	KUNIT_CASE(sizes_saturate),
	KUNIT_CASE(error_pointers),
	KUNIT_CASE(random_numbers),
	KUNIT_CASE(hashing),
	{}
};

static struct kunit_suite math_suite = {
	.name = "lib_math",
	.test_cases = math_cases,
};
kunit_test_suite(math_suite);
