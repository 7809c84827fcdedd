/* SPDX-License-Identifier: MIT */
/*
 * KUnit: the interface of Linux 6.1's unit tests, written anew.
 *
 *	static void adds_up(struct kunit *test)
 *	{
 *		KUNIT_EXPECT_EQ(test, 1 + 1, 2);
 *	}
 *
 *	static struct kunit_case example_cases[] = {
 *		KUNIT_CASE(adds_up),
 *		{}
 *	};
 *
 *	static struct kunit_suite example_suite = {
 *		.name = "example",
 *		.test_cases = example_cases,
 *	};
 *	kunit_test_suite(example_suite);
 *
 * That is a whole test file; nobody else need know of it. `test` on the command line runs all
 * suites and leaves; `test=example.adds*`, or `test example` at the prompt, runs some.
 *
 * A case runs between its suite's init and exit, which are called for each case. It passes unless
 * something failed it: an expectation (the case goes on), an assertion (it ends), or a fault in
 * it, which is reported and survived. exit runs in any case, and then the resources that the case
 * still has are freed (<kunit/resource.h>).
 *
 * Where this differs from Linux 6.1: results are printed in the KTAP form of Linux 6.2 and later;
 * the memory-block checks (6.2) and a few lines of later kernels' reports are there too; a failure
 * is not undone by a later skip; expressions are quoted as written, with their macros unexpanded;
 * a NULL string fails its comparison instead of being read. A case runs on its caller's stack.
 * docs/testing.md tells more.
 */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <kunit/assert.h>
#include <kunit/try-catch.h>

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <quarry/registry.h>

#define KUNIT_PARAM_DESC_SIZE		128	/* bytes for a parameter's description */
#define KUNIT_STATUS_COMMENT_SIZE	256	/* and for why a case was skipped */
#define KUNIT_LOG_SIZE			2048	/* what a log below must have room for */

#define KUNIT_SUBTEST_INDENT		"    "
#define KUNIT_SUBSUBTEST_INDENT		"        "

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

struct kunit;

/*
 * One case of a suite; write it with KUNIT_CASE() or KUNIT_CASE_PARAM(). A generator returns the
 * parameter after @prev (the first one after NULL), or NULL when there is none; it may write a
 * description into @desc (KUNIT_PARAM_DESC_SIZE bytes, terminated).
 */
struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);

	/* Private. */
	enum kunit_status status;
	char *log;
};

/*
 * A suite. suite_init and suite_exit run once around all its cases, init and exit around each
 * case; all are optional. An init that returns nonzero fails what it was to prepare. The array
 * of cases ends with an empty one.
 */
struct kunit_suite {
	const char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;

	/* Private. */
	char status_comment[KUNIT_STATUS_COMMENT_SIZE];
	char *log;
	int suite_init_err;	/* of the last run: 0, or why the suite as a whole failed */
};

/* One run of one case, for one parameter. */
struct kunit {
	void *priv;			/* the test's own: set in init, used by the case */

	/* To be read by tests. */
	const char *name;		/* the case's */
	char *log;			/* KUNIT_LOG_SIZE bytes for a copy of its lines, or NULL */
	const void *param_value;	/* the parameter, in a parameterised case */
	int param_index;		/* its number, from 0 */
	enum kunit_status status;

	/* Private. */
	struct kunit_try_catch try_catch;
	struct list_head resources;	/* struct kunit_resource; the latest last */
	const struct kunit_loc *last_seen;	/* the last check that was reached */
	char status_comment[KUNIT_STATUS_COMMENT_SIZE];
};

REGISTRY(kunit_suites, struct kunit_suite);

#define KUNIT_CASE(test_name) \
	{ .run_case = test_name, .name = #test_name }

#define KUNIT_CASE_PARAM(test_name, gen_params) \
	{ .run_case = test_name, .name = #test_name, .generate_params = gen_params }

/*
 * Defines the generator NAME_gen_params() over the elements of @array. @get_desc, NULL or
 * void (*)(const element *, char *desc), describes one.
 */
#define KUNIT_ARRAY_PARAM(name, array, get_desc) \
static const void *name##_gen_params(const void *prev, char *desc) \
{ \
	void (*__describe)(__typeof__(&(array)[0]), char *) = get_desc; \
	__typeof__(&(array)[0]) __param = (array); \
	\
	if (prev) \
		__param = (__typeof__(__param))prev + 1; \
	if (__param >= (array) + ARRAY_SIZE(array)) \
		return NULL; \
	if (__describe) \
		__describe(__param, desc); \
	return __param; \
}

/* Make suites known: pointers to them, separated by commas. At file level, any number of times. */
#define kunit_test_suites(...) \
	static struct kunit_suite *const __UNIQUE_ID(kunit_suites)[] \
	__used __section("registry_kunit_suites") __aligned(sizeof(void *)) = { __VA_ARGS__ }

#define kunit_test_suite(suite)			kunit_test_suites(&(suite))

/* In Linux these may lie in memory that is given back after boot. */
#define kunit_test_init_section_suites(...)	kunit_test_suites(__VA_ARGS__)
#define kunit_test_init_section_suite(suite)	kunit_test_suites(&(suite))

#define kunit_suite_for_each_test_case(suite, test_case) \
	for (test_case = (suite)->test_cases; test_case->run_case; test_case++)

/* The number of a suite's cases; a parameterised one counts as one. */
size_t kunit_suite_num_test_cases(struct kunit_suite *suite);

/* After its run: failed when any of it did, skipped when all cases were. */
enum kunit_status kunit_suite_has_succeeded(struct kunit_suite *suite);

/* Run one suite and print its results. Returns 0; the verdict is kunit_suite_has_succeeded()'s. */
int kunit_run_tests(struct kunit_suite *suite);

/* Prepare a struct kunit that is not run by KUnit: for tests of KUnit itself. @log may be NULL. */
void kunit_init_test(struct kunit *test, const char *name, char *log);

/* Free all resources of @test, the latest first. KUnit does it after each case. */
void kunit_cleanup(struct kunit *test);

static inline void kunit_set_failure(struct kunit *test)
{
	WRITE_ONCE(test->status, KUNIT_FAILURE);
}

/* "not ok" for a failure, else "ok": KTAP's words. */
static inline const char *kunit_status_to_ok_not_ok(enum kunit_status status)
{
	return status == KUNIT_FAILURE ? "not ok" : "ok";
}

/*
 * Give the case as skipped, with a reason. One that has failed stays failed. kunit_skip() also
 * ends the case; it may be called from init, too.
 */
void kunit_mark_skipped(struct kunit *test, const char *fmt, ...) __printf(2, 3);

#define kunit_skip(test, fmt, ...) \
do { \
	kunit_mark_skipped(test, fmt, ##__VA_ARGS__); \
	kunit_try_catch_throw(&(test)->try_catch); \
} while (0)

/* ---- Log lines: a printk level, a test or a suite, a format with or without a newline. ---- */

/* As printk(), and a copy into the test's own log if it has one. */
#define kunit_log(lvl, test_or_suite, fmt, ...) \
	kunit_log_line((test_or_suite)->log, lvl fmt, ##__VA_ARGS__)

/* The same as a KTAP comment with the test's name in front. */
#define kunit_printk(lvl, test, fmt, ...) \
	kunit_log(lvl, test, KUNIT_SUBTEST_INDENT "# %s: " fmt, (test)->name, ##__VA_ARGS__)

#define kunit_info(test, fmt, ...)	kunit_printk(KERN_INFO, test, fmt, ##__VA_ARGS__)
#define kunit_warn(test, fmt, ...)	kunit_printk(KERN_WARNING, test, fmt, ##__VA_ARGS__)
#define kunit_err(test, fmt, ...)	kunit_printk(KERN_ERR, test, fmt, ##__VA_ARGS__)

/* What kunit_log() calls; @log may be NULL. */
void kunit_log_line(char *log, const char *fmt, ...) __printf(2, 3);

/* Add a line to @log, if not NULL, without printing it; what does not fit is dropped. */
void kunit_log_append(char *log, const char *fmt, ...) __printf(2, 3);

/* ---- Memory that is freed with the test, or before. As kmalloc_array() and its kin. ---- */

void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *ptr);

static inline void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc_array(test, 1, size, gfp);
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp);

/*
 * ---- Checks ----
 * Each evaluates its operands once. The _MSG forms take a format and arguments that are printed
 * (and evaluated) only on failure.
 *
 *	TRUE FALSE		a condition
 *	EQ NE LT LE GT GE	integers, compared in their own types
 *	PTR_EQ PTR_NE		addresses
 *	NULL NOT_NULL
 *	NOT_ERR_OR_NULL		a pointer that is neither NULL nor an ERR_PTR()
 *	STREQ STRNEQ		terminated strings
 *	MEMEQ MEMNEQ		@size bytes
 */
#define KUNIT_SUCCEED(test)	do { } while (0)

#define KUNIT_FAIL(test, fmt, ...) \
	__KUNIT_FAIL(test, KUNIT_EXPECTATION, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_FAILURE(test, fmt, ...) \
	__KUNIT_FAIL(test, KUNIT_ASSERTION, fmt, ##__VA_ARGS__)

/* ---- expectations: the case goes on ---- */

#define KUNIT_EXPECT_TRUE(test, condition) \
	__KUNIT_CONDITION(test, KUNIT_EXPECTATION, condition, #condition, true, NULL)
#define KUNIT_EXPECT_TRUE_MSG(test, condition, fmt, ...) \
	__KUNIT_CONDITION(test, KUNIT_EXPECTATION, condition, #condition, true, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE(test, condition) \
	__KUNIT_CONDITION(test, KUNIT_EXPECTATION, condition, #condition, false, NULL)
#define KUNIT_EXPECT_FALSE_MSG(test, condition, fmt, ...) \
	__KUNIT_CONDITION(test, KUNIT_EXPECTATION, condition, #condition, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_EQ(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, ==, right, #left, #right, NULL)
#define KUNIT_EXPECT_EQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, ==, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NE(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, !=, right, #left, #right, NULL)
#define KUNIT_EXPECT_NE_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, !=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LT(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, <, right, #left, #right, NULL)
#define KUNIT_EXPECT_LT_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, <, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, <=, right, #left, #right, NULL)
#define KUNIT_EXPECT_LE_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, <=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_GT(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, >, right, #left, #right, NULL)
#define KUNIT_EXPECT_GT_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, >, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_GE(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, >=, right, #left, #right, NULL)
#define KUNIT_EXPECT_GE_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_EXPECTATION, left, >=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ(test, left, right) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, left, ==, right, #left, #right, NULL)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, left, ==, right, #left, #right, \
		fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE(test, left, right) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, left, !=, right, #left, #right, NULL)
#define KUNIT_EXPECT_PTR_NE_MSG(test, left, right, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, left, !=, right, #left, #right, \
		fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NULL(test, ptr) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, ptr, ==, NULL, #ptr, "NULL", NULL)
#define KUNIT_EXPECT_NULL_MSG(test, ptr, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, ptr, ==, NULL, #ptr, "NULL", fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL(test, ptr) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, ptr, !=, NULL, #ptr, "NULL", NULL)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, ptr, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_EXPECTATION, ptr, !=, NULL, #ptr, "NULL", fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, ptr) \
	__KUNIT_NOT_ERR(test, KUNIT_EXPECTATION, ptr, #ptr, NULL)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, ptr, fmt, ...) \
	__KUNIT_NOT_ERR(test, KUNIT_EXPECTATION, ptr, #ptr, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_STREQ(test, left, right) \
	__KUNIT_STRINGS(test, KUNIT_EXPECTATION, left, ==, right, #left, #right, NULL)
#define KUNIT_EXPECT_STREQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_STRINGS(test, KUNIT_EXPECTATION, left, ==, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ(test, left, right) \
	__KUNIT_STRINGS(test, KUNIT_EXPECTATION, left, !=, right, #left, #right, NULL)
#define KUNIT_EXPECT_STRNEQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_STRINGS(test, KUNIT_EXPECTATION, left, !=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ(test, left, right, size) \
	__KUNIT_BYTES(test, KUNIT_EXPECTATION, left, ==, right, size, #left, #right, NULL)
#define KUNIT_EXPECT_MEMEQ_MSG(test, left, right, size, fmt, ...) \
	__KUNIT_BYTES(test, KUNIT_EXPECTATION, left, ==, right, size, #left, #right, \
		fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMNEQ(test, left, right, size) \
	__KUNIT_BYTES(test, KUNIT_EXPECTATION, left, !=, right, size, #left, #right, NULL)
#define KUNIT_EXPECT_MEMNEQ_MSG(test, left, right, size, fmt, ...) \
	__KUNIT_BYTES(test, KUNIT_EXPECTATION, left, !=, right, size, #left, #right, \
		fmt, ##__VA_ARGS__)

/* ---- assertions: the case ends ---- */

#define KUNIT_ASSERT_TRUE(test, condition) \
	__KUNIT_CONDITION(test, KUNIT_ASSERTION, condition, #condition, true, NULL)
#define KUNIT_ASSERT_TRUE_MSG(test, condition, fmt, ...) \
	__KUNIT_CONDITION(test, KUNIT_ASSERTION, condition, #condition, true, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_FALSE(test, condition) \
	__KUNIT_CONDITION(test, KUNIT_ASSERTION, condition, #condition, false, NULL)
#define KUNIT_ASSERT_FALSE_MSG(test, condition, fmt, ...) \
	__KUNIT_CONDITION(test, KUNIT_ASSERTION, condition, #condition, false, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_EQ(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, ==, right, #left, #right, NULL)
#define KUNIT_ASSERT_EQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, ==, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NE(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, !=, right, #left, #right, NULL)
#define KUNIT_ASSERT_NE_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, !=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_LT(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, <, right, #left, #right, NULL)
#define KUNIT_ASSERT_LT_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, <, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_LE(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, <=, right, #left, #right, NULL)
#define KUNIT_ASSERT_LE_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, <=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_GT(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, >, right, #left, #right, NULL)
#define KUNIT_ASSERT_GT_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, >, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_GE(test, left, right) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, >=, right, #left, #right, NULL)
#define KUNIT_ASSERT_GE_MSG(test, left, right, fmt, ...) \
	__KUNIT_NUMBERS(test, KUNIT_ASSERTION, left, >=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ(test, left, right) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, left, ==, right, #left, #right, NULL)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, left, ==, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE(test, left, right) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, left, !=, right, #left, #right, NULL)
#define KUNIT_ASSERT_PTR_NE_MSG(test, left, right, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, left, !=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NULL(test, ptr) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, ptr, ==, NULL, #ptr, "NULL", NULL)
#define KUNIT_ASSERT_NULL_MSG(test, ptr, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, ptr, ==, NULL, #ptr, "NULL", fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(test, ptr) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, ptr, !=, NULL, #ptr, "NULL", NULL)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, ptr, fmt, ...) \
	__KUNIT_POINTERS(test, KUNIT_ASSERTION, ptr, !=, NULL, #ptr, "NULL", fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ptr) \
	__KUNIT_NOT_ERR(test, KUNIT_ASSERTION, ptr, #ptr, NULL)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, ptr, fmt, ...) \
	__KUNIT_NOT_ERR(test, KUNIT_ASSERTION, ptr, #ptr, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_STREQ(test, left, right) \
	__KUNIT_STRINGS(test, KUNIT_ASSERTION, left, ==, right, #left, #right, NULL)
#define KUNIT_ASSERT_STREQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_STRINGS(test, KUNIT_ASSERTION, left, ==, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_STRNEQ(test, left, right) \
	__KUNIT_STRINGS(test, KUNIT_ASSERTION, left, !=, right, #left, #right, NULL)
#define KUNIT_ASSERT_STRNEQ_MSG(test, left, right, fmt, ...) \
	__KUNIT_STRINGS(test, KUNIT_ASSERTION, left, !=, right, #left, #right, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_MEMEQ(test, left, right, size) \
	__KUNIT_BYTES(test, KUNIT_ASSERTION, left, ==, right, size, #left, #right, NULL)
#define KUNIT_ASSERT_MEMEQ_MSG(test, left, right, size, fmt, ...) \
	__KUNIT_BYTES(test, KUNIT_ASSERTION, left, ==, right, size, #left, #right, \
		fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_MEMNEQ(test, left, right, size) \
	__KUNIT_BYTES(test, KUNIT_ASSERTION, left, !=, right, size, #left, #right, NULL)
#define KUNIT_ASSERT_MEMNEQ_MSG(test, left, right, size, fmt, ...) \
	__KUNIT_BYTES(test, KUNIT_ASSERTION, left, !=, right, size, #left, #right, \
		fmt, ##__VA_ARGS__)
#include <kunit/executor.h>
#include <kunit/resource.h>

#endif /* _KUNIT_TEST_H */
