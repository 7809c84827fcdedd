// SPDX-License-Identifier: MIT
/*
 * kernel/lib/string.c against the plainest possible models, for all small sizes, alignments and
 * overlaps. The models go through volatile: otherwise the compiler would see what they do, and
 * call the functions they are to judge.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>

#define ROOM	128

static u8 got[ROOM], want[ROOM], source[ROOM];

static void model_set(u8 *s, u8 c, size_t n)
{
	for (volatile u8 *p = s; n--; p++)
		*p = c;
}

static void model_copy(u8 *to, const u8 *from, size_t n)
{
	u8 between[ROOM];
	volatile u8 *p = between, *q = to;

	for (size_t i = 0; i < n; i++)
		p[i] = from[i];
	for (size_t i = 0; i < n; i++)
		q[i] = p[i];
}

/* Both blocks with the same contents, which occur nowhere else. */
static void refill(void)
{
	for (size_t i = 0; i < ROOM; i++) {
		((volatile u8 *)got)[i] = ((volatile u8 *)want)[i] = 0x80 + i;
		((volatile u8 *)source)[i] = i * 7 + 1;
	}
}

static size_t first_difference(void)
{
	size_t i = 0;

	while (i < ROOM && got[i] == want[i])
		i++;
	return i;
}

#define EXPECT_SAME(test, fmt, ...) \
	KUNIT_EXPECT_EQ_MSG(test, first_difference(), (size_t)ROOM, fmt, ##__VA_ARGS__)

static void memset_every_size_and_alignment(struct kunit *test)
{
	for (size_t at = 0; at < 8; at++) {
		for (size_t n = 0; n <= 80; n++) {
			size_t size = n;

			OPTIMIZER_HIDE_VAR(size);
			refill();
			model_set(want + at, 0x5a, n);
			KUNIT_EXPECT_PTR_EQ(test, memset(got + at, 0xffff5a, size),
					    (void *)(got + at));
			EXPECT_SAME(test, "at %zu, %zu bytes", at, n);
		}
	}
}

static void memcpy_every_size_and_alignment(struct kunit *test)
{
	for (size_t at = 0; at < 4; at++) {
		for (size_t from = 0; from < 4; from++) {
			for (size_t n = 0; n <= 70; n++) {
				size_t size = n;

				OPTIMIZER_HIDE_VAR(size);
				refill();
				model_copy(want + at, source + from, n);
				KUNIT_EXPECT_PTR_EQ(test, memcpy(got + at, source + from, size),
						    (void *)(got + at));
				EXPECT_SAME(test, "to %zu from %zu, %zu bytes", at, from, n);
			}
		}
	}
}

/* Sizes that the compiler knows are expanded in place: another implementation. */
#define CHECK_CONSTANT(n) \
do { \
	refill(); \
	model_set(want + at, 0xa5, n); \
	KUNIT_EXPECT_PTR_EQ(test, memset(got + at, 0xa5, n), (void *)(got + at)); \
	EXPECT_SAME(test, "memset at %zu, constant %d", at, n); \
	refill(); \
	model_copy(want + at, source + 3 - at, n); \
	KUNIT_EXPECT_PTR_EQ(test, memcpy(got + at, source + 3 - at, n), (void *)(got + at)); \
	EXPECT_SAME(test, "memcpy at %zu, constant %d", at, n); \
} while (0)
#define CHECK_8_CONSTANTS(n) \
do { \
	CHECK_CONSTANT(n); CHECK_CONSTANT((n) + 1); CHECK_CONSTANT((n) + 2); \
	CHECK_CONSTANT((n) + 3); CHECK_CONSTANT((n) + 4); CHECK_CONSTANT((n) + 5); \
	CHECK_CONSTANT((n) + 6); CHECK_CONSTANT((n) + 7); \
} while (0)

static void constant_sizes_to_39(struct kunit *test)
{
	for (size_t at = 0; at < 4; at++) {
		CHECK_8_CONSTANTS(0);
		CHECK_8_CONSTANTS(8);
		CHECK_8_CONSTANTS(16);
		CHECK_8_CONSTANTS(24);
		CHECK_8_CONSTANTS(32);
	}
}

static void constant_sizes_to_79(struct kunit *test)
{
	for (size_t at = 0; at < 4; at++) {
		CHECK_8_CONSTANTS(40);
		CHECK_8_CONSTANTS(48);
		CHECK_8_CONSTANTS(56);
		CHECK_8_CONSTANTS(64);
		CHECK_8_CONSTANTS(72);
	}
}

static void constant_size_variable_byte(struct kunit *test)
{
	for (int c = -3; c < 300; c += 50) {
		int byte = c;

		OPTIMIZER_HIDE_VAR(byte);
		refill();
		model_set(want + 1, c, 23);
		memset(got + 1, byte, 23);
		EXPECT_SAME(test, "byte %d", c);
		refill();
		model_set(want + 1, c, 101);
		memset(got + 1, byte, 101);
		EXPECT_SAME(test, "byte %d", c);
	}
}

static void memmove_every_overlap(struct kunit *test)
{
	for (size_t to = 0; to < 20; to++) {
		for (size_t from = 0; from < 20; from++) {
			for (size_t n = 0; n <= 20; n++) {
				refill();
				model_copy(want + to, want + from, n);
				KUNIT_EXPECT_PTR_EQ(test, memmove(got + to, got + from, n),
						    (void *)(got + to));
				EXPECT_SAME(test, "to %zu from %zu, %zu bytes", to, from, n);
			}
		}
	}
}

static void memset_by_elements(struct kunit *test)
{
	for (size_t n = 0; n <= 12; n++) {
		refill();
		for (size_t i = 0; i < n; i++)
			model_copy(want + 8 + 2 * i, (const u8 *)"\x34\x12", 2);
		KUNIT_EXPECT_PTR_EQ(test, memset16((u16 *)(got + 8), 0x1234, n),
				    (void *)(got + 8));
		EXPECT_SAME(test, "memset16 of %zu", n);
		refill();
		for (size_t i = 0; i < n; i++)
			model_copy(want + 8 + 4 * i, (const u8 *)"\x78\x56\x34\x12", 4);
		KUNIT_EXPECT_PTR_EQ(test, memset32((u32 *)(got + 8), 0x12345678, n),
				    (void *)(got + 8));
		EXPECT_SAME(test, "memset32 of %zu", n);
		refill();
		for (size_t i = 0; i < n; i++)
			model_copy(want + 8 + 8 * i,
				   (const u8 *)"\xef\xcd\xab\x89\x67\x45\x23\x01", 8);
		memset64((u64 *)(got + 8), 0x0123456789abcdefULL, n);
		EXPECT_SAME(test, "memset64 of %zu", n);
	}
}

/* A difference at each place, in both directions; what stands behind the end must not count. */
static void memcmp_finds_the_first_difference(struct kunit *test)
{
	for (size_t n = 0; n <= 20; n++) {
		for (size_t at = 0; at < 24; at++) {
			refill();
			got[1 + at] = 0x01;
			want[1 + at] = 0xfe;
			got[2 + at] = 0xff;
			want[2 + at] = 0x00;
			if (at < n) {
				KUNIT_EXPECT_LT(test, memcmp(got + 1, want + 1, n), 0);
				KUNIT_EXPECT_GT(test, memcmp(want + 1, got + 1, n), 0);
			} else {
				KUNIT_EXPECT_EQ(test, memcmp(got + 1, want + 1, n), 0);
			}
		}
	}
}

static void byte_searches(struct kunit *test)
{
	for (size_t n = 0; n <= 20; n++) {
		for (size_t at = 0; at < 24; at++) {
			u8 *block = got + 1;
			void *found = at < n ? block + at : NULL;

			refill();
			model_set(block, 0xaa, 30);
			block[at] = 0x55;
			KUNIT_EXPECT_PTR_EQ(test, memchr_inv(block, 0xaa, n), found);
			KUNIT_EXPECT_PTR_EQ(test, memchr_inv(block, -0x56, n), found);
			KUNIT_EXPECT_PTR_EQ(test, memchr(block, 0x155, n), found);
			KUNIT_EXPECT_PTR_EQ(test, memscan(block, 0x55, n),
					    (void *)(block + min(at, n)));
		}
	}
}

static void lengths(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strlen(""), (size_t)0);
	KUNIT_EXPECT_EQ(test, strlen("quarry"), (size_t)6);
	KUNIT_EXPECT_EQ(test, strlen("qua\0rry"), (size_t)3);
	for (size_t count = 0; count < 10; count++)
		KUNIT_EXPECT_EQ(test, strnlen("quarry", count), min(count, (size_t)6));
	KUNIT_EXPECT_EQ(test, strnlen("quarry", (size_t)-1), (size_t)6);
}

/* Every size of the destination: what is written, and that nothing else is. */
static void bounded_copies(struct kunit *test)
{
	static const char text[] = "memory";

	for (size_t size = 0; size <= 12; size++) {
		size_t kept = size > 6 ? 6 : size ? size - 1 : 0;

		refill();
		model_copy(want + 4, (const u8 *)text, kept);
		if (size)
			want[4 + kept] = 0;
		KUNIT_EXPECT_EQ(test, strscpy((char *)got + 4, text, size),
				size > 6 ? 6 : (ssize_t)-E2BIG);
		EXPECT_SAME(test, "strscpy, %zu bytes of room", size);

		refill();
		model_copy(want + 4, (const u8 *)text, kept);
		if (size)
			want[4 + kept] = 0;
		KUNIT_EXPECT_EQ(test, strlcpy((char *)got + 4, text, size), (size_t)6);
		EXPECT_SAME(test, "strlcpy, %zu bytes of room", size);

		refill();
		model_set(want + 4, 0, size);
		model_copy(want + 4, (const u8 *)text, min(size, (size_t)6));
		KUNIT_EXPECT_PTR_EQ(test, strncpy((char *)got + 4, text, size), (char *)got + 4);
		EXPECT_SAME(test, "strncpy, %zu bytes of room", size);
	}
}

static void padded_copy(struct kunit *test)
{
	refill();
	model_set(want, 0, 10);
	model_copy(want, (const u8 *)"memory", 6);
	KUNIT_EXPECT_EQ(test, strscpy_pad((char *)got, "memory", 10), (ssize_t)6);
	EXPECT_SAME(test, "strscpy_pad");
	KUNIT_EXPECT_EQ(test, strscpy_pad((char *)got, "memory", 3), (ssize_t)-E2BIG);
	KUNIT_EXPECT_STREQ(test, (char *)got, "me");
}

static void appending(struct kunit *test)
{
	char text[16] = "";

	KUNIT_EXPECT_PTR_EQ(test, strcpy(text, "slab"), (char *)text);
	KUNIT_EXPECT_PTR_EQ(test, strcat(text, " of"), (char *)text);
	KUNIT_EXPECT_STREQ(test, text, "slab of");
	KUNIT_EXPECT_PTR_EQ(test, strncat(text, " stone", 3), (char *)text);
	KUNIT_EXPECT_STREQ(test, text, "slab of st");
	KUNIT_EXPECT_PTR_EQ(test, strncat(text, "!", 30), (char *)text);
	KUNIT_EXPECT_STREQ(test, text, "slab of st!");

	KUNIT_EXPECT_EQ(test, strlcat(text, "123456", sizeof(text)), (size_t)17);
	KUNIT_EXPECT_STREQ(test, text, "slab of st!1234");
	KUNIT_EXPECT_EQ(test, strlcat(text, "x", 4), (size_t)5);
	KUNIT_EXPECT_STREQ(test, text, "slab of st!1234");
}

static void comparing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strcmp("", ""), 0);
	KUNIT_EXPECT_EQ(test, strcmp("page", "page"), 0);
	KUNIT_EXPECT_EQ(test, strcmp("page", "pages"), -1);
	KUNIT_EXPECT_EQ(test, strcmp("pages", "page"), 1);
	KUNIT_EXPECT_EQ(test, strcmp("\xff", "\x01"), 1);	/* bytes are unsigned */
	KUNIT_EXPECT_EQ(test, strncmp("page", "pagoda", 3), 0);
	KUNIT_EXPECT_EQ(test, strncmp("page", "pagoda", 4), -1);
	KUNIT_EXPECT_EQ(test, strncmp("x", "y", 0), 0);
	KUNIT_EXPECT_EQ(test, strncmp("ab\0c", "ab\0d", 4), 0);
	KUNIT_EXPECT_EQ(test, strcasecmp("GFP_Kernel", "gfp_kERNEL"), 0);
	KUNIT_EXPECT_LT(test, strcasecmp("A", "b"), 0);
	KUNIT_EXPECT_GT(test, strcasecmp("B", "a"), 0);
	KUNIT_EXPECT_EQ(test, strncasecmp("PAGE", "pagoda", 3), 0);
	KUNIT_EXPECT_LT(test, strncasecmp("PAGE", "pagoda", 4), 0);
	KUNIT_EXPECT_TRUE(test, sysfs_streq("on\n", "on"));
	KUNIT_EXPECT_TRUE(test, sysfs_streq("on", "on\n"));
	KUNIT_EXPECT_FALSE(test, sysfs_streq("on\nx", "on"));
	KUNIT_EXPECT_FALSE(test, sysfs_streq("on", "onx"));
}

static void finding_characters(struct kunit *test)
{
	const char *s = "banana";

	KUNIT_EXPECT_PTR_EQ(test, strchr(s, 'n'), (char *)s + 2);
	KUNIT_EXPECT_PTR_EQ(test, strchr(s, '\0'), (char *)s + 6);
	KUNIT_EXPECT_NULL(test, strchr(s, 'x'));
	KUNIT_EXPECT_PTR_EQ(test, strchrnul(s, 'n'), (char *)s + 2);
	KUNIT_EXPECT_PTR_EQ(test, strchrnul(s, 'x'), (char *)s + 6);
	KUNIT_EXPECT_PTR_EQ(test, strnchrnul(s, 4, 'x'), (char *)s + 4);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(s, 'n'), (char *)s + 4);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(s, '\0'), (char *)s + 6);
	KUNIT_EXPECT_NULL(test, strrchr(s, 'x'));
	KUNIT_EXPECT_NULL(test, strnchr(s, 2, 'n'));
	KUNIT_EXPECT_PTR_EQ(test, strnchr(s, 3, 'n'), (char *)s + 2);
	KUNIT_EXPECT_NULL(test, strnchr(s, 100, 'x'));
	KUNIT_EXPECT_PTR_EQ(test, strpbrk(s, "xn"), (char *)s + 2);
	KUNIT_EXPECT_NULL(test, strpbrk(s, "xyz"));
	KUNIT_EXPECT_NULL(test, strpbrk(s, ""));
	KUNIT_EXPECT_EQ(test, strspn(s, "ab"), (size_t)2);
	KUNIT_EXPECT_EQ(test, strspn(s, "abn"), (size_t)6);
	KUNIT_EXPECT_EQ(test, strcspn(s, "n"), (size_t)2);
	KUNIT_EXPECT_EQ(test, strcspn(s, ""), (size_t)6);
}

static void finding_strings(struct kunit *test)
{
	const char *s = "aaab aab";

	KUNIT_EXPECT_PTR_EQ(test, strstr(s, ""), (char *)s);
	KUNIT_EXPECT_PTR_EQ(test, strstr(s, "aab"), (char *)s + 1);
	KUNIT_EXPECT_PTR_EQ(test, strstr(s, "b a"), (char *)s + 3);
	KUNIT_EXPECT_PTR_EQ(test, strstr(s, s), (char *)s);
	KUNIT_EXPECT_NULL(test, strstr(s, "aaab aabx"));
	KUNIT_EXPECT_NULL(test, strstr("", "a"));
	KUNIT_EXPECT_NULL(test, strnstr(s, "aab", 3));
	KUNIT_EXPECT_PTR_EQ(test, strnstr(s, "aab", 4), (char *)s + 1);
	KUNIT_EXPECT_NULL(test, strnstr(s, "xyz", 100));
}

/* Haystacks of two letters, 2^8 of them, and all needles up to 3: against the plain search. */
static void strstr_against_the_plain_search(struct kunit *test)
{
	for (unsigned int bits = 0; bits < 256; bits++) {
		char hay[9] = { 0 }, needle[4];
		size_t len, at;

		for (int i = 0; i < 8; i++)
			hay[i] = bits & (1 << i) ? 'a' : 'b';
		for (unsigned int n = 0; n < 8; n++) {
			len = n % 3 + 1;
			for (int i = 0; i < 3; i++)
				needle[i] = i < len ? (n & (1 << i) ? 'a' : 'b') : '\0';
			needle[3] = '\0';
			for (at = 0; at + len <= 8; at++)
				if (!memcmp(hay + at, needle, len))
					break;
			KUNIT_EXPECT_PTR_EQ(test, strstr(hay, needle),
					    at + len <= 8 ? hay + at : NULL);
		}
	}
}

static void cutting_up(struct kunit *test)
{
	char line[] = "a,b;;c", blank[] = " \t two words \n", spaces[] = "   ";
	char *rest = line;

	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "a");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "b");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "c");
	KUNIT_EXPECT_NULL(test, rest);
	KUNIT_EXPECT_NULL(test, strsep(&rest, ",;"));

	KUNIT_EXPECT_STREQ(test, skip_spaces(" \t\n x "), "x ");
	KUNIT_EXPECT_STREQ(test, strim(blank), "two words");
	KUNIT_EXPECT_STREQ(test, strim(spaces), "");
}

static void odds_and_ends(struct kunit *test)
{
	static const char *const zones[] = { "DMA", "Normal", "HighMem", NULL };
	char path[] = "a/b/c";

	KUNIT_EXPECT_EQ(test, match_string(zones, 3, "HighMem"), 2);
	KUNIT_EXPECT_EQ(test, match_string(zones, 2, "HighMem"), -EINVAL);
	KUNIT_EXPECT_EQ(test, match_string(zones, (size_t)-1, "Movable"), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, strreplace(path, '/', '!'), path + 5);
	KUNIT_EXPECT_STREQ(test, path, "a!b!c");
	KUNIT_EXPECT_STREQ(test, kbasename("mm/slab.c"), "slab.c");
	KUNIT_EXPECT_STREQ(test, kbasename("slab.c"), "slab.c");
	KUNIT_EXPECT_STREQ(test, kbasename("mm/"), "");
	KUNIT_EXPECT_TRUE(test, strstarts("kmalloc-64", "kmalloc-"));
	KUNIT_EXPECT_FALSE(test, strstarts("km", "kmalloc-"));
	KUNIT_EXPECT_EQ(test, str_has_prefix("kmalloc-64", "kmalloc-"), (size_t)8);
	KUNIT_EXPECT_EQ(test, str_has_prefix("slab", "kmalloc-"), (size_t)0);
}

static struct kunit_case string_cases[] = {
	KUNIT_CASE(memset_every_size_and_alignment),
	KUNIT_CASE(memcpy_every_size_and_alignment),
	KUNIT_CASE(constant_sizes_to_39),
	KUNIT_CASE(constant_sizes_to_79),
	KUNIT_CASE(constant_size_variable_byte),
	KUNIT_CASE(memmove_every_overlap),
	KUNIT_CASE(memset_by_elements),
	KUNIT_CASE(memcmp_finds_the_first_difference),
	KUNIT_CASE(byte_searches),
	KUNIT_CASE(lengths),
	KUNIT_CASE(bounded_copies),
	KUNIT_CASE(padded_copy),
	KUNIT_CASE(appending),
	KUNIT_CASE(comparing),
	KUNIT_CASE(finding_characters),
	KUNIT_CASE(finding_strings),
	KUNIT_CASE(strstr_against_the_plain_search),
	KUNIT_CASE(cutting_up),
	KUNIT_CASE(odds_and_ends),
	{}
};

static struct kunit_suite string_suite = {
	.name = "lib_string",
	.test_cases = string_cases,
};
kunit_test_suite(string_suite);
