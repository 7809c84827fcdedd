// SPDX-License-Identifier: MIT
/* Words, numbers and patterns: the command line's grammar, kstrto*, hexadecimal and globs. */
#include <kunit/test.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>

/* All words of @line, written as <name> or <name|value>. */
static const char *words_of(const char *line)
{
	static char text[200];
	char copy[100], *rest = copy, *param, *val;
	int len = 0;

	strscpy(copy, line, sizeof(copy));
	text[0] = '\0';
	while (*rest) {
		rest = next_arg(rest, &param, &val);
		if (val)
			len += scnprintf(text + len, sizeof(text) - len, "<%s|%s>", param, val);
		else
			len += scnprintf(text + len, sizeof(text) - len, "<%s>", param);
	}
	return text;
}

static void splitting_words(struct kunit *test)
{
	static const struct { const char *line, *words; } known[] = {
		{ "", "" },
		{ "quiet", "<quiet>" },
		{ "mem=64M quiet", "<mem|64M><quiet>" },
		{ "a  b\tc\nd ", "<a><b><c><d>" },
		{ "a= b==c", "<a|><b|=c>" },
		{ "=a", "<=a>" },			/* in front, "=" is no separator */
		{ "=a=b", "<=a|b>" },
		{ "a=\"b c\" d", "<a|b c><d>" },
		{ "\"a=b c\" d", "<a|b c><d>" },
		{ "\"a b\" c", "<a b><c>" },
		{ "a=b\"c d\"e f", "<a|b\"c d\"e><f>" },
		{ "a=\"b c", "<a|b c>" },
		{ "\"a", "<a>" },
		{ "\"\" b", "<><b>" },
		{ "a=\"\" b", "<a|><b>" },
		{ "a=\"", "<a|>" },
		{ "\"", "<>" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_STREQ_MSG(test, words_of(known[i].line), known[i].words,
				       "line '%s'", known[i].line);
}

/* Random lines of blanks, quotes and signs: nothing outside is touched, and it always ends. */
static void splitting_anything(struct kunit *test)
{
	static const char letters[] = "a=\" b";
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 15);
	for (int round = 0; round < 2000; round++) {
		char line[24], *rest = line + 2, *param, *val;
		size_t len = prandom_u32_max_state(&rnd, 16);
		int steps = 0;

		memset(line, 0x7e, sizeof(line));
		for (size_t i = 0; i < len; i++)
			line[2 + i] = letters[prandom_u32_max_state(&rnd, 5)];
		line[2 + len] = '\0';
		while (*rest) {
			char *before = rest;

			rest = next_arg(rest, &param, &val);
			KUNIT_ASSERT_TRUE(test, rest > before && rest <= line + 2 + len);
			KUNIT_ASSERT_TRUE(test, param >= before && param <= rest);
			KUNIT_ASSERT_TRUE(test, !val || (val > param && val <= rest));
			KUNIT_ASSERT_LT(test, steps++, 16);
		}
		KUNIT_EXPECT_NULL(test, memchr_inv(line, 0x7e, 2));
		KUNIT_EXPECT_NULL(test, memchr_inv(line + 3 + len, 0x7e, 21 - len));
	}
}

static void sizes(struct kunit *test)
{
	static const struct { const char *text; unsigned long long value; int used; } known[] = {
		{ "0", 0, 1 }, { "123", 123, 3 }, { "64M", 64ULL << 20, 3 },
		{ "1k", 1024, 2 }, { "1K", 1024, 2 }, { "3g", 3ULL << 30, 2 },
		{ "60G", 60ULL << 30, 3 }, { "2T", 2ULL << 40, 2 }, { "1p", 1ULL << 50, 2 },
		{ "1E", 1ULL << 60, 2 }, { "0x10M", 16ULL << 20, 5 }, { "010k", 8192, 4 },
		{ "4M@1M", 4ULL << 20, 2 }, { "12x", 12, 2 }, { "1KK", 1024, 2 },
		{ "", 0, 0 }, { "x", 0, 0 },
	};
	char *end;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		KUNIT_EXPECT_EQ_MSG(test, memparse(known[i].text, &end), known[i].value,
				    "'%s'", known[i].text);
		KUNIT_EXPECT_EQ_MSG(test, (int)(end - known[i].text), known[i].used,
				    "'%s'", known[i].text);
	}
	KUNIT_EXPECT_EQ(test, memparse("8k", NULL), 8192ULL);
}

static void one_option(struct kunit *test)
{
	static const struct { const char *text; int kind, value, used; } known[] = {
		{ "", 0, 77, 0 }, { "7", 1, 7, 1 }, { "7,", 2, 7, 2 }, { "-7", 1, -7, 2 },
		{ "7-9", 3, 7, 1 }, { "0x1f,3", 2, 31, 5 }, { "7x", 1, 7, 1 },
		{ ",7", 0, 0, 0 }, { "x", 0, 0, 0 }, { "-", 0, 0, 1 }, { "--7", 0, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		char *str = (char *)known[i].text;
		int value = 77;

		KUNIT_EXPECT_EQ_MSG(test, get_option(&str, &value), known[i].kind, "'%s'",
				    known[i].text);
		KUNIT_EXPECT_EQ_MSG(test, (int)(str - known[i].text), known[i].used, "'%s'",
				    known[i].text);
		KUNIT_EXPECT_EQ_MSG(test, value, known[i].value, "'%s'", known[i].text);
	}
}

static void lists_of_options(struct kunit *test)
{
	static const struct { const char *text; int ints[8]; int used; } known[] = {
		{ "", { 0 }, 0 },
		{ "5", { 1, 5 }, 1 },
		{ "1,2,3", { 3, 1, 2, 3 }, 5 },
		{ "1-3,7", { 4, 1, 2, 3, 7 }, 5 },
		{ "4-4", { 1, 4 }, 3 },
		{ "1,2 x", { 2, 1, 2 }, 3 },
		{ "1,2,x", { 2, 1, 2 }, 4 },
		{ "-3--1", { 3, -3, -2, -1 }, 5 },
	};
	int ints[8];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		char *end;

		memset(ints, 0, sizeof(ints));
		end = get_options(known[i].text, ARRAY_SIZE(ints), ints);
		KUNIT_EXPECT_EQ_MSG(test, (int)(end - known[i].text), known[i].used, "'%s'",
				    known[i].text);
		for (int j = 0; j <= known[i].ints[0]; j++)
			KUNIT_EXPECT_EQ_MSG(test, ints[j], known[i].ints[j], "'%s', number %d",
					    known[i].text, j);
		get_options(known[i].text, 0, ints);
		KUNIT_EXPECT_EQ_MSG(test, ints[0], known[i].ints[0], "counting '%s'",
				    known[i].text);
	}
}

/* More numbers than there is room for: the rest of the array is not touched. */
static void lists_that_are_too_long(struct kunit *test)
{
	int ints[5] = { 0, 0, 0, 0, 99 };

	KUNIT_EXPECT_STREQ(test, (const char *)get_options("1,2,3,4,5", 4, ints), "4,5");
	KUNIT_EXPECT_EQ(test, ints[0], 3);
	KUNIT_EXPECT_EQ(test, ints[3], 3);
	get_options("10-50", 4, ints);
	KUNIT_EXPECT_EQ(test, ints[0], 3);
	KUNIT_EXPECT_EQ(test, ints[3], 12);
	KUNIT_EXPECT_EQ(test, ints[4], 99);
}

static void words_in_a_list(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, parse_option_str("a,bc,d", "a"));
	KUNIT_EXPECT_TRUE(test, parse_option_str("a,bc,d", "bc"));
	KUNIT_EXPECT_TRUE(test, parse_option_str("a,bc,d", "d"));
	KUNIT_EXPECT_FALSE(test, parse_option_str("a,bc,d", "b"));
	KUNIT_EXPECT_FALSE(test, parse_option_str("a,bc,d", "c"));
	KUNIT_EXPECT_FALSE(test, parse_option_str("a,bc,d", "bcd"));
	KUNIT_EXPECT_FALSE(test, parse_option_str("", "a"));
}

static void whole_numbers(struct kunit *test)
{
	static const struct { const char *text; unsigned int base; int err; u64 value; } known[] = {
		{ "0", 0, 0, 0 }, { "42", 0, 0, 42 }, { "042", 0, 0, 34 }, { "0x2a", 0, 0, 42 },
		{ "0X2A", 0, 0, 42 }, { "42\n", 10, 0, 42 }, { "+42", 10, 0, 42 },
		{ "ff", 16, 0, 255 }, { "0xff", 16, 0, 255 }, { "777", 8, 0, 511 },
		{ "101", 2, 0, 5 }, { "18446744073709551615", 10, 0, ~0ULL },
		{ "0xffffffffffffffff", 0, 0, ~0ULL },
		{ "18446744073709551616", 10, -ERANGE, 0 },
		{ "99999999999999999999999", 10, -ERANGE, 0 },
		{ "0x10000000000000000", 0, -ERANGE, 0 },
		{ "", 0, -EINVAL, 0 }, { "\n", 0, -EINVAL, 0 }, { "-1", 0, -EINVAL, 0 },
		{ " 1", 0, -EINVAL, 0 }, { "1 ", 0, -EINVAL, 0 }, { "1\n\n", 0, -EINVAL, 0 },
		{ "0x", 0, -EINVAL, 0 }, { "0xg", 0, -EINVAL, 0 }, { "08", 0, -EINVAL, 0 },
		{ "12a", 10, -EINVAL, 0 }, { "2", 2, -EINVAL, 0 }, { "++1", 0, -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		u64 value = 77;

		KUNIT_EXPECT_EQ_MSG(test, kstrtoull(known[i].text, known[i].base, &value),
				    known[i].err, "'%s'", known[i].text);
		KUNIT_EXPECT_EQ_MSG(test, value, known[i].err ? 77 : known[i].value, "'%s'",
				    known[i].text);
	}
}

#define CHECK_LIMITS(function, type, format, lowest, highest) \
do { \
	type value = 0; \
	s64 low = (s64)(lowest), high = (s64)(highest); \
	snprintf(text, sizeof(text), "%lld", high); \
	KUNIT_EXPECT_EQ(test, function(text, 0, &value), 0); \
	KUNIT_EXPECT_EQ(test, (s64)value, high); \
	snprintf(text, sizeof(text), "%lld", high + 1); \
	KUNIT_EXPECT_EQ(test, function(text, 0, &value), -ERANGE); \
	snprintf(text, sizeof(text), "%lld", low - 1); \
	KUNIT_EXPECT_EQ(test, function(text, 0, &value), low ? -ERANGE : -EINVAL); \
	KUNIT_EXPECT_EQ(test, (s64)value, high); \
	snprintf(text, sizeof(text), "%lld", low); \
	KUNIT_EXPECT_EQ(test, function(text, 0, &value), 0); \
	KUNIT_EXPECT_EQ(test, (s64)value, low); \
} while (0)

static void limits_of_the_types(struct kunit *test)
{
	char text[32];
	s64 wide;

	CHECK_LIMITS(kstrtoul, unsigned long, "%lu", 0, ULONG_MAX);
	CHECK_LIMITS(kstrtol, long, "%ld", LONG_MIN, LONG_MAX);
	CHECK_LIMITS(kstrtouint, unsigned int, "%u", 0, UINT_MAX);
	CHECK_LIMITS(kstrtoint, int, "%d", INT_MIN, INT_MAX);
	CHECK_LIMITS(kstrtou16, u16, "%u", 0, U16_MAX);
	CHECK_LIMITS(kstrtos16, s16, "%d", S16_MIN, S16_MAX);
	CHECK_LIMITS(kstrtou8, u8, "%u", 0, U8_MAX);
	CHECK_LIMITS(kstrtos8, s8, "%d", S8_MIN, S8_MAX);
	KUNIT_EXPECT_EQ(test, kstrtoll("9223372036854775807", 0, &wide), 0);
	KUNIT_EXPECT_EQ(test, wide, S64_MAX);
	KUNIT_EXPECT_EQ(test, kstrtoll("9223372036854775808", 0, &wide), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoll("-9223372036854775808", 0, &wide), 0);
	KUNIT_EXPECT_EQ(test, wide, S64_MIN);
	KUNIT_EXPECT_EQ(test, kstrtoll("-9223372036854775809", 0, &wide), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoll("-", 0, &wide), -EINVAL);
	KUNIT_EXPECT_EQ(test, kstrtoll("-+1", 0, &wide), -EINVAL);
}

static void truth(struct kunit *test)
{
	static const char *const yes[] = { "y", "Y", "1", "on", "ON", "oN", "yes", "1\n" };
	static const char *const no[] = { "n", "N", "0", "off", "OFF", "of", "no", "0\n" };
	static const char *const neither[] = { "", "o", "ox", "2", "true", " 1", "\n" };
	bool value;

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		value = false;
		KUNIT_EXPECT_EQ_MSG(test, kstrtobool(yes[i], &value), 0, "'%s'", yes[i]);
		KUNIT_EXPECT_TRUE(test, value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		value = true;
		KUNIT_EXPECT_EQ_MSG(test, kstrtobool(no[i], &value), 0, "'%s'", no[i]);
		KUNIT_EXPECT_FALSE(test, value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(neither); i++)
		KUNIT_EXPECT_EQ_MSG(test, kstrtobool(neither[i], &value), -EINVAL, "'%s'",
				    neither[i]);
	KUNIT_EXPECT_EQ(test, kstrtobool(NULL, &value), -EINVAL);
}

static void numbers_in_front(struct kunit *test)
{
	const char *text = "12ab";
	char *end;

	KUNIT_EXPECT_EQ(test, simple_strtoul(text, &end, 10), 12UL);
	KUNIT_EXPECT_PTR_EQ(test, end, (char *)text + 2);
	KUNIT_EXPECT_EQ(test, simple_strtoul(text, &end, 16), 0x12abUL);
	KUNIT_EXPECT_PTR_EQ(test, end, (char *)text + 4);
	KUNIT_EXPECT_EQ(test, simple_strtol("-12ab", NULL, 10), -12L);
	KUNIT_EXPECT_EQ(test, simple_strtoll("-0x10", NULL, 0), -16LL);
	KUNIT_EXPECT_EQ(test, simple_strtoull("0xffffffffffffffff", NULL, 0), ~0ULL);
	KUNIT_EXPECT_EQ(test, simple_strtoul("x", &end, 0), 0UL);
	KUNIT_EXPECT_EQ(test, *end, 'x');
	KUNIT_EXPECT_EQ(test, simple_strtoul("0x", &end, 0), 0UL);
	KUNIT_EXPECT_EQ(test, *end, 'x');
}

static void hexadecimal(struct kunit *test)
{
	static const u8 bytes[] = { 0x00, 0x1f, 0xa9, 0xff };
	u8 back[4] = { 0 };
	char text[9] = { 0 };

	for (int c = 0; c < 256; c++) {
		int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
			    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		KUNIT_EXPECT_EQ_MSG(test, hex_to_bin(c), value, "character %d", c);
	}
	KUNIT_EXPECT_PTR_EQ(test, bin2hex(text, bytes, 4), text + 8);
	KUNIT_EXPECT_STREQ(test, (const char *)text, "001fa9ff");
	KUNIT_EXPECT_EQ(test, hex2bin(back, "001FA9ff", 4), 0);
	KUNIT_EXPECT_MEMEQ(test, back, bytes, 4);
	KUNIT_EXPECT_EQ(test, hex2bin(back, "00g0", 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, hex2bin(back, "0", 1), -EINVAL);
}

static void globs(struct kunit *test)
{
	static const struct { const char *pattern, *text; bool match; } known[] = {
		{ "", "", true }, { "", "a", false }, { "a", "", false }, { "a", "a", true },
		{ "a", "b", false }, { "a", "ab", false }, { "?", "", false }, { "?", "a", true },
		{ "*", "", true }, { "*", "abc", true }, { "**", "", true }, { "a*", "a", true },
		{ "*a", "ba", true }, { "*a", "ab", false }, { "a*c", "abbc", true },
		{ "a*c", "abbcd", false }, { "*ab*ab*", "abxab", true },
		{ "*ab*ab*", "aab", false }, { "*aab", "aaab", true }, { "a?c*", "abc", true },
		{ "lib_*", "lib_string", true }, { "*.*", "a.b", true }, { "*", "/.x", true },
		{ "[a-c]", "b", true }, { "[a-c]", "d", false }, { "[!a-c]", "d", true },
		{ "[!a-c]", "a", false }, { "[abc]x", "cx", true }, { "[]]", "]", true },
		{ "[]-]", "-", true }, { "[!]]", "a", true }, { "[!]]", "]", false },
		{ "[a-]", "-", true }, { "[a", "[a", true }, { "[a", "a", false },
		{ "[", "[", true }, { "x[", "x[", true }, { "[a-", "[a-", true },
		{ "*[0-9]", "ab7", true }, { "*[0-9]", "ab", false },
		{ "\\*", "*", true }, { "\\*", "a", false }, { "\\[a]", "[a]", true },
		{ "a\\b", "ab", true }, { "[\\]", "\\", true }, { "[\xe0-\xff]", "\xf0", true },
		{ "*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_EQ_MSG(test, glob_match(known[i].pattern, known[i].text),
				    known[i].match, "pattern '%s', text '%s'",
				    known[i].pattern, known[i].text);
}

/* By the definition, with recursion, for patterns of "a", "b", "?" and "*". */
static bool model_match(const char *pattern, const char *text)
{
	if (!*pattern)
		return !*text;
	if (*pattern == '*')
		return model_match(pattern + 1, text) || (*text && model_match(pattern, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) &&
	       model_match(pattern + 1, text + 1);
}

static void globs_against_the_definition(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 16);
	for (int round = 0; round < 3000; round++) {
		char pattern[8] = { 0 }, text[9] = { 0 };

		for (u32 i = 0, n = prandom_u32_max_state(&rnd, 8); i < n; i++)
			pattern[i] = "ab?*"[prandom_u32_max_state(&rnd, 4)];
		for (u32 i = 0, n = prandom_u32_max_state(&rnd, 9); i < n; i++)
			text[i] = "ab"[prandom_u32_max_state(&rnd, 2)];
		KUNIT_EXPECT_EQ_MSG(test, glob_match(pattern, text), model_match(pattern, text),
				    "pattern '%s', text '%s'", pattern, text);
	}
}

static struct kunit_case cmdline_cases[] = {
	KUNIT_CASE(splitting_words),
	KUNIT_CASE(splitting_anything),
	KUNIT_CASE(sizes),
	KUNIT_CASE(one_option),
	KUNIT_CASE(lists_of_options),
	KUNIT_CASE(lists_that_are_too_long),
	KUNIT_CASE(words_in_a_list),
	KUNIT_CASE(whole_numbers),
	KUNIT_CASE(limits_of_the_types),
	KUNIT_CASE(truth),
	KUNIT_CASE(numbers_in_front),
	KUNIT_CASE(hexadecimal),
	KUNIT_CASE(globs),
	KUNIT_CASE(globs_against_the_definition),
	{}
};

static struct kunit_suite cmdline_suite = {
	.name = "lib_cmdline",
	.test_cases = cmdline_cases,
};
kunit_test_suite(cmdline_suite);
