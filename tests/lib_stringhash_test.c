// SPDX-License-Identifier: MIT
/* Hashes of names, and strings in arrays that have no room for a terminator. */
#include <kunit/test.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <linux/stringhash.h>

/* However the end of the name is found, and in whatever pieces it is read. */
static void ways_agree(struct kunit *test)
{
	static const char name[] = "Dentry\xe9.c";
	unsigned int len = strlen(name);
	unsigned long piecemeal = init_name_hash(test);
	u64 hashlen = hashlen_string(test, name);

	for (const char *p = name; *p; p++)
		piecemeal = partial_name_hash((unsigned char)*p, piecemeal);
	KUNIT_EXPECT_EQ(test, hashlen_len(hashlen), len);
	KUNIT_EXPECT_EQ(test, hashlen_hash(hashlen), full_name_hash(test, name, len));
	KUNIT_EXPECT_EQ(test, end_name_hash(piecemeal), full_name_hash(test, name, len));
	KUNIT_EXPECT_EQ(test, hashlen_create(hashlen_hash(hashlen), len), hashlen);
	KUNIT_EXPECT_EQ(test, hashlen_len(hashlen_string(test, "")), 0);
}

/* 26 * 26 names of two letters: all different, in 256 lists none is long, and the salt counts. */
static void names_spread(struct kunit *test)
{
	u8 lists[256] = {};
	char name[] = "aa";

	for (name[0] = 'a'; name[0] <= 'z'; name[0]++) {
		for (name[1] = 'a'; name[1] <= 'z'; name[1]++) {
			u32 hash = full_name_hash(NULL, name, 2);
			const char turned[] = { name[1], name[0] };

			if (name[0] != name[1])
				KUNIT_EXPECT_NE(test, hash, full_name_hash(NULL, turned, 2));
			KUNIT_EXPECT_NE(test, hash, full_name_hash(name, name, 2));
			KUNIT_EXPECT_LE(test, ++lists[hash_32(hash, 8)], 10);
		}
	}
}

static void strings_without_end(struct kunit *test)
{
	struct {
		char before[2];
		char field[4] __nonstring;
		char behind[2];
	} record;

	memset(&record, '#', sizeof(record));
	strtomem(record.field, "ab");
	KUNIT_EXPECT_MEMEQ(test, &record, "##ab####", sizeof(record));
	strtomem(record.field, "abcdef");
	KUNIT_EXPECT_MEMEQ(test, &record, "##abcd##", sizeof(record));
	strtomem_pad(record.field, "x", '-');
	KUNIT_EXPECT_MEMEQ(test, &record, "##x---##", sizeof(record));
	strtomem_pad(record.field, "vwxyz", '-');
	KUNIT_EXPECT_MEMEQ(test, &record, "##vwxy##", sizeof(record));
	memcpy_and_pad(record.field, 4, "12345", 3, '+');
	KUNIT_EXPECT_MEMEQ(test, &record, "##123+##", sizeof(record));
	memcpy_and_pad(record.field, 4, "12345", 5, '+');
	KUNIT_EXPECT_MEMEQ(test, &record, "##1234##", sizeof(record));
}

static struct kunit_case lib_stringhash_cases[] = {
	KUNIT_CASE(ways_agree),
	KUNIT_CASE(names_spread),
	KUNIT_CASE(strings_without_end),
	{}
};

static struct kunit_suite lib_stringhash_suite = {
	.name = "lib_stringhash",
	.test_cases = lib_stringhash_cases,
};
kunit_test_suite(lib_stringhash_suite);
