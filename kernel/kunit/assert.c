// SPDX-License-Identifier: MIT
/*
 * What a failed check says: what was expected, in the test's own words, and then what each of
 * them was, unless the word already is the value.
 *
 *	    # adds_up: EXPECTATION FAILED at tests/example_test.c:12
 *	    Expected 1 + 1 == 3, but
 *	        1 + 1 == 2 (0x2)
 */
#include <kunit/assert.h>
#include <kunit/test.h>
#include <linux/kernel.h>

#define BYTES_PER_LINE	16

/* A line of a check's report. */
#define say(test, fmt, ...)	kunit_log(KERN_ERR, test, fmt "\n", ##__VA_ARGS__)

#define EXPECTED		KUNIT_SUBTEST_INDENT "Expected "
#define DETAIL			KUNIT_SUBSUBTEST_INDENT

static void say_place(struct kunit *test, const struct kunit_check *check)
{
	kunit_err(test, "%s FAILED at %s:%d\n",
		  check->type == KUNIT_ASSERTION ? "ASSERTION" : "EXPECTATION",
		  check->loc.file, check->loc.line);
}

static void show_nothing(struct kunit *test, const struct kunit_check *check,
			 const void *operands)
{
}

static void show_condition(struct kunit *test, const struct kunit_check *check,
			   const void *operands)
{
	say(test, EXPECTED "%s to be %s, but is %s", check->left, check->right,
	    strcmp(check->right, "true") == 0 ? "false" : "true");
}

static void show_not_err(struct kunit *test, const struct kunit_check *check,
			 const void *operands)
{
	const void *ptr = *(const void *const *)operands;

	if (ptr)
		say(test, EXPECTED "%s is not error, but is: %ld", check->left, PTR_ERR(ptr));
	else
		say(test, EXPECTED "%s is not null, but is", check->left);
}

static void show_report(struct kunit *test, const struct kunit_check *check, const void *operands)
{
	say(test, EXPECTED "%s to be reported as \"%s\", but it was not", check->left,
	    *(const char *const *)operands);
}

static void say_relation(struct kunit *test, const struct kunit_check *check)
{
	say(test, EXPECTED "%s %s %s, but", check->left, check->op, check->right);
}

static void say_number(struct kunit *test, const char *text, s64 value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", value);
	if (strcmp(text, digits) != 0)
		say(test, DETAIL "%s == %lld (0x%llx)", text, value, value);
}

/* Operand @i as a 64-bit integer. */
static s64 number(const struct kunit_check *check, const void *operands, int i)
{
	if (check->wide)
		return ((const s64 *)operands)[i];
	if (i ? check->right_unsigned : check->left_unsigned)
		return ((const unsigned long *)operands)[i];
	return ((const long *)operands)[i];
}

static void show_numbers(struct kunit *test, const struct kunit_check *check, const void *operands)
{
	say_relation(test, check);
	say_number(test, check->left, number(check, operands, 0));
	say_number(test, check->right, number(check, operands, 1));
}

static void show_pointers(struct kunit *test, const struct kunit_check *check,
			  const void *operands)
{
	const void *const *pointers = operands;

	say_relation(test, check);
	say(test, DETAIL "%s == %px", check->left, pointers[0]);
	say(test, DETAIL "%s == %px", check->right, pointers[1]);
}

/* Is @text the string @value between quotation marks? */
static bool is_literal(const char *text, const char *value)
{
	size_t len = strlen(value);

	return strlen(text) == len + 2 && text[0] == '"' && text[len + 1] == '"' &&
	       memcmp(text + 1, value, len) == 0;
}

static void say_string(struct kunit *test, const char *text, const char *value)
{
	if (!value)
		say(test, DETAIL "%s == NULL", text);
	else if (!is_literal(text, value))
		say(test, DETAIL "%s == \"%s\"", text, value);
}

static void show_strings(struct kunit *test, const struct kunit_check *check, const void *operands)
{
	const char *const *strings = operands;

	say_relation(test, check);
	say_string(test, check->left, strings[0]);
	say_string(test, check->right, strings[1]);
}

/* One line of bytes; those in angle brackets are not the other block's. */
static void say_some_bytes(struct kunit *test, const u8 *bytes, const u8 *other, size_t count)
{
	char line[BYTES_PER_LINE * 4 + 1];
	size_t i;

	for (i = 0; i < count; i++)
		snprintf(line + 4 * i, 5, bytes[i] == other[i] ? " %02x " : "<%02x>", bytes[i]);
	say(test, DETAIL "%s", line);
}

static void say_bytes(struct kunit *test, const char *text, const u8 *bytes, const u8 *other,
		      size_t size)
{
	size_t at;

	say(test, DETAIL "%s ==", text);
	for (at = 0; at < size; at += BYTES_PER_LINE)
		say_some_bytes(test, bytes + at, other + at,
			       min_t(size_t, size - at, BYTES_PER_LINE));
}

static void show_bytes(struct kunit *test, const struct kunit_check *check, const void *operands)
{
	const struct kunit_blocks *blocks = operands;
	const u8 *left = blocks->left, *right = blocks->right;

	if (!left || !right) {
		say(test, EXPECTED "%s is not null, but is", left ? check->right : check->left);
		return;
	}
	say_relation(test, check);
	say_bytes(test, check->left, left, right, blocks->size);
	say_bytes(test, check->right, right, left, blocks->size);
}

static void (*const show[])(struct kunit *test, const struct kunit_check *check,
			    const void *operands) = {
	[KUNIT_CHECK_NOTHING] = show_nothing,
	[KUNIT_CHECK_CONDITION] = show_condition,
	[KUNIT_CHECK_NOT_ERR] = show_not_err,
	[KUNIT_CHECK_NUMBERS] = show_numbers,
	[KUNIT_CHECK_POINTERS] = show_pointers,
	[KUNIT_CHECK_STRINGS] = show_strings,
	[KUNIT_CHECK_BYTES] = show_bytes,
	[KUNIT_CHECK_REPORT] = show_report,
};

/* An empty line sets it off from the values. Its newline is its own, or the log's next line. */
static void say_message(struct kunit *test, const struct kunit_check *check,
			struct va_format *message)
{
	if (!message->fmt)
		return;
	if (check->kind != KUNIT_CHECK_NOTHING)
		say(test, "");
	kunit_log(KERN_ERR, test, "%pV", message);
}

void kunit_check_failed_msg(struct kunit *test, const struct kunit_check *check,
			    const void *operands, const char *fmt, ...)
{
	struct va_format message = { .fmt = fmt };
	va_list args;

	kunit_set_failure(test);
	say_place(test, check);
	show[check->kind](test, check, operands);
	va_start(args, fmt);
	message.va = &args;
	say_message(test, check, &message);
	va_end(args);
	if (check->type == KUNIT_ASSERTION)
		kunit_try_catch_throw(&test->try_catch);
}

void kunit_check_failed(struct kunit *test, const struct kunit_check *check, const void *operands)
{
	kunit_check_failed_msg(test, check, operands, NULL);
}
