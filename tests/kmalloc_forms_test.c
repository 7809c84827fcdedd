// SPDX-License-Identifier: MIT
/* Copies in memory of their own, texts, and secrets: mm/kmalloc_forms.c. */
#include <asm/sections.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "live_objects.h"

/* Where the compiler does not see what it is: it would do the copying itself. */
static const char *hidden(const char *s)
{
	OPTIMIZER_HIDE_VAR(s);
	return s;
}

/* ---- copies ---- */

/* ledger: K9. Sizes of all classes and of none, each a copy that is its own. */
static void kmemdup_copies(struct kunit *test)
{
	static u8 from[9000];

	for (int i = 0; i < sizeof(from); i++)
		from[i] = i * 7 + i / 256;
	for (size_t len = 1; len <= sizeof(from); len += len / 3 + 1) {
		u8 *p = kmemdup(from, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_PTR_NE(test, p, from);
		KUNIT_EXPECT_GE(test, ksize(p), len);
		KUNIT_EXPECT_MEMEQ(test, p, from, len);
		kfree(p);
	}
	KUNIT_EXPECT_PTR_EQ(test, kmemdup(from, 0, GFP_KERNEL), ZERO_SIZE_PTR);
}

static void expect_text(struct kunit *test, char *copy, const char *expected)
{
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_EXPECT_STREQ(test, copy, expected);
	KUNIT_EXPECT_GE(test, ksize(copy), strlen(expected) + 1);
	kfree(copy);
}

/* ledger: K9. The 0 is there, also where the class has just that room, and over what lay there. */
static void strings_end(struct kunit *test)
{
	static const char *const texts[] = { "", "a", "sevens.", "eightest", "fifteen letters",
					     "sixteen letters!" };
	void *rubbish = kmalloc(16, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, rubbish);
	memset(rubbish, 0x55, 16);
	kfree(rubbish);
	for (int i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *s = hidden(texts[i]);

		expect_text(test, kstrdup(s, GFP_KERNEL), s);
		expect_text(test, kstrndup(s, 100, GFP_KERNEL), s);
		expect_text(test, kmemdup_nul(s, strlen(s), GFP_KERNEL), s);
	}
}

/* ledger: K9 */
static void strings_are_cut(struct kunit *test)
{
	static const char no_end[4] = { 'a', 'b', 'c', 'd' };

	expect_text(test, kstrndup(hidden("abcdef"), 3, GFP_KERNEL), "abc");
	expect_text(test, kstrndup(hidden("abcdef"), 0, GFP_KERNEL), "");
	expect_text(test, kstrndup(no_end, 4, GFP_KERNEL), "abcd");
	expect_text(test, kstrndup(hidden("ab"), SIZE_MAX, GFP_KERNEL), "ab");
	expect_text(test, kmemdup_nul(no_end, 4, GFP_KERNEL), "abcd");
	expect_text(test, kmemdup_nul(no_end, 0, GFP_KERNEL), "");
}

/* ledger: K9 */
static void nothing_of_nothing(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, kstrdup(NULL, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kstrndup(NULL, 5, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kmemdup_nul(NULL, 5, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kstrdup_const(NULL, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kmemdup_nul("x", SIZE_MAX, GFP_KERNEL));	/* no room for the 0 */
	kfree_const(NULL);
}

/* ledger: K9. What lies in the image for good needs no copy; anything else does. */
static void constants_are_not_copied(struct kunit *test)
{
	static const char constant[] = "for good";
	char on_stack[] = "for now";
	const char *copy;

	copy = kstrdup_const(on_stack, GFP_KERNEL);
	KUNIT_EXPECT_PTR_NE(test, copy, (const char *)on_stack);
	KUNIT_EXPECT_STREQ(test, copy, on_stack);
	kfree_const(copy);
	copy = kstrdup_const(hidden(constant), GFP_KERNEL);
	if (is_kernel_rodata((unsigned long)constant))	/* not where this runs as a program */
		KUNIT_EXPECT_PTR_EQ(test, copy, constant);
	kfree_const(copy);
	KUNIT_EXPECT_STREQ(test, constant, "for good");
}

/* ---- texts ---- */

static __printf(2, 3) const char *format_const(struct kunit *test, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = kvasprintf_const(GFP_KERNEL, fmt, args);
	va_end(args);
	KUNIT_ASSERT_NOT_NULL(test, text);
	return text;
}

/* ledger: K9. Whatever the length, there is room for it, and no more is written. */
static void formats_any_length(struct kunit *test)
{
	static char long_text[1500];
	char *p;

	for (int length = 0; length < sizeof(long_text); length += length / 4 + 1) {
		memset(long_text, 'x', length);
		long_text[length] = '\0';
		p = kasprintf(GFP_KERNEL, "%s", long_text);
		expect_text(test, p, long_text);
	}
	expect_text(test, kasprintf(GFP_KERNEL, "%s-%d", "dev", 12), "dev-12");
	expect_text(test, kasprintf(GFP_KERNEL, "%s", ""), "");
}

/* ledger: K9 */
static void formats_constants_without_a_copy(struct kunit *test)
{
	static const char constant[] = "no format";
	const char *text = format_const(test, "%s", constant);

	KUNIT_EXPECT_STREQ(test, text, constant);
	if (is_kernel_rodata((unsigned long)constant))
		KUNIT_EXPECT_PTR_EQ(test, text, constant);
	kfree_const(text);
	text = format_const(test, constant);
	KUNIT_EXPECT_STREQ(test, text, constant);
	kfree_const(text);
	text = format_const(test, "%s%d", constant, 3);
	KUNIT_EXPECT_STREQ(test, text, "no format3");
	KUNIT_EXPECT_FALSE(test, is_kernel_rodata((unsigned long)text));
	kfree_const(text);
}

/* ---- no memory ---- */

/* ledger: K9 K2 */
static void no_memory_is_null(struct kunit *test)
{
	void *p[6];

	kmalloc_fails(0);
	p[0] = kmemdup("abc", 3, GFP_KERNEL | __GFP_NOWARN);
	p[1] = kmemdup_nul("abc", 3, GFP_KERNEL | __GFP_NOWARN);
	p[2] = kstrdup(hidden("abc"), GFP_KERNEL | __GFP_NOWARN);
	p[3] = kstrndup(hidden("abc"), 2, GFP_KERNEL | __GFP_NOWARN);
	p[4] = kasprintf(GFP_KERNEL | __GFP_NOWARN, "%d", 3);
	p[5] = kmemdup("abc", KMALLOC_MAX_CACHE_SIZE + 1, GFP_KERNEL | __GFP_NOWARN);
	kmalloc_works();
	for (int i = 0; i < ARRAY_SIZE(p); i++)
		KUNIT_EXPECT_NULL_MSG(test, p[i], "number %d", i);
}

/* ---- secrets ---- */

#define SECRET	0xa7

/* How much of a freed object still is what it was. Nobody may look there, but who can will. */
static size_t secrets_left(const u8 *p, size_t size)
{
	size_t left = 0;
	u8 byte;

	for (size_t i = 0; i < size; i++)
		left += !copy_from_kernel_nofault(&byte, p + i, 1) && byte == SECRET;
	return left;
}

static u8 *secret(struct kunit *test, size_t size)
{
	u8 *p = kmalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, SECRET, ksize(p));
	return p;
}

/* ledger: K9. All of the object, not only what was asked for. */
static void secrets_do_not_stay(struct kunit *test)
{
	static const size_t sizes[] = { 1, 33, 96, 100, 1000, 5000, 9000 };

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *p = secret(test, sizes[i]);
		size_t all = ksize(p);

		kfree_sensitive(p);
		KUNIT_EXPECT_EQ(test, secrets_left(p, all), 0);
		p = secret(test, sizes[i]);
		kvfree_sensitive(p, sizes[i]);
		KUNIT_EXPECT_EQ(test, secrets_left(p, sizes[i]), 0);
	}
	kfree_sensitive(NULL);
	kfree_sensitive(ZERO_SIZE_PTR);
	kvfree_sensitive(NULL, 0);
	kvfree_sensitive(ZERO_SIZE_PTR, 0);
	kzfree(NULL);
}

static struct kunit_case kmalloc_forms_cases[] = {
	KUNIT_CASE(kmemdup_copies),
	KUNIT_CASE(strings_end),
	KUNIT_CASE(strings_are_cut),
	KUNIT_CASE(nothing_of_nothing),
	KUNIT_CASE(constants_are_not_copied),
	KUNIT_CASE(formats_any_length),
	KUNIT_CASE(formats_constants_without_a_copy),
	KUNIT_CASE(no_memory_is_null),
	KUNIT_CASE(secrets_do_not_stay),
	{}
};

static struct kunit_suite kmalloc_forms_suite = {
	.name = "kmalloc_forms",
	.init = live_objects_enter,
	.exit = live_objects_leave,
	.test_cases = kmalloc_forms_cases,
};
kunit_test_suite(kmalloc_forms_suite);
