// SPDX-License-Identifier: MIT
/* KUnit run by KUnit: parameterised cases, and choosing what runs. */
#include <kunit/test.h>
#include <linux/bug.h>
#include <quarry/test_seed.h>
#include "kunit_capture.h"

static int runs;	/* of counted() */

static void counted(struct kunit *test) { runs++; }
static void passes(struct kunit *test) { KUNIT_SUCCEED(test); }
static void fails(struct kunit *test) { KUNIT_FAIL(test, "as it should"); }

/* ---- parameters ---- */

static const struct weight {
	int grams;
} weights[] = { { 1 }, { 20 }, { 300 } };

static void describe_weight(const struct weight *w, char *desc)
{
	if (w->grams != 20)
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%d g", w->grams);
}

KUNIT_ARRAY_PARAM(weights, weights, describe_weight);
KUNIT_ARRAY_PARAM(plain, weights, NULL);

static void weighs(struct kunit *test)
{
	const struct weight *w = test->param_value;

	KUNIT_EXPECT_NULL(test, test->priv);
	test->priv = test;
	KUNIT_EXPECT_PTR_EQ(test, w, weights + test->param_index);
	if (w->grams == 20)
		kunit_skip(test, "no such weight");
	if (w->grams == 300)
		KUNIT_FAIL(test, "too heavy");
}

static void each_parameter_has_its_line(struct kunit *test)
{
	struct kunit_case cases[] = { KUNIT_CASE_PARAM(weighs, weights_gen_params), {} };
	struct kunit_suite suite = { .name = "scales", .test_cases = cases };
	const char *captured = capture_suite(&suite);

	KUNIT_EXPECT_TRUE_MSG(test, strstr(captured, "\ntoo heavy\n"), "%s", captured);
	KUNIT_EXPECT_TRUE(test, strstarts(captured,
					  "    KTAP version 1\n"
					  "    # Subtest: scales\n"
					  "    1..1\n"
					  "        KTAP version 1\n"
					  "        # Subtest: weighs\n"
					  "        ok 1 1 g\n"
					  "        ok 2 param-1 # SKIP no such weight\n"
					  "    # weighs: EXPECTATION FAILED at "));
	KUNIT_EXPECT_STREQ(test, strstr(captured, "        not ok"),
			   "        not ok 3 300 g\n"
			   "    # weighs: pass:1 fail:1 skip:1 total:3\n"
			   "    not ok 1 weighs\n"
			   "# Totals: pass:1 fail:1 skip:1 total:3\n"
			   "not ok 1 scales\n");
}

static const void *generates_nothing(const void *prev, char *desc) { return NULL; }
static const void *crashes_generating(const void *prev, char *desc) { BUG(); return NULL; }

static const char *capture_generator(const void *(*generate)(const void *, char *))
{
	struct kunit_case cases[] = {
		{ .run_case = counted, .name = "it", .generate_params = generate }, {}
	};
	struct kunit_suite suite = { .name = "one", .test_cases = cases };

	return capture_suite(&suite);
}

static void generators_may_be_odd(struct kunit *test)
{
	runs = 0;
	KUNIT_EXPECT_TRUE(test, strstr(capture_generator(plain_gen_params),
				       "        ok 3 param-2\n"));
	KUNIT_EXPECT_EQ(test, runs, 3);
	KUNIT_EXPECT_TRUE(test, strstr(capture_generator(generates_nothing),
				       "    ok 1 it # SKIP \n"));
	KUNIT_EXPECT_TRUE(test, strstr(capture_generator(crashes_generating),
				       "    not ok 1 it\n"));
	KUNIT_EXPECT_EQ(test, runs, 3);
}

/* ---- choosing ---- */

static struct kunit_case early_cases[] = { KUNIT_CASE(passes), KUNIT_CASE(fails), {} };
static struct kunit_case late_cases[] = { KUNIT_CASE(passes), {} };
static struct kunit_suite early = { .name = "day-early", .test_cases = early_cases };
static struct kunit_suite late = { .name = "day-late", .test_cases = late_cases };
static struct kunit_suite twin = { .name = "day-late", .test_cases = late_cases };

static struct kunit_suite *const unsorted[] = { &late, &early };
static struct kunit_suite *const with_twins[] = { &late, &early, &twin };

static int run_glob(struct kunit_suite *const *suites, size_t n, const char *glob,
		    const char **captured)
{
	struct kunit_suite_set set = { .start = suites, .end = suites + n };
	int result;

	capture_begin();
	result = kunit_run_set(set, glob);
	*captured = capture_end();
	return result;
}

static void suites_run_in_order_of_names(struct kunit *test)
{
	const char *captured;

	KUNIT_EXPECT_EQ(test, run_glob(unsorted, 2, "day*", &captured), 1);
	KUNIT_EXPECT_TRUE(test, strstarts(captured, expected("KTAP version 1\n"
							     "1..2\n"
							     "# seed: %llu\n"
							     "    KTAP version 1\n"
							     "    # Subtest: day-early\n",
							     kunit_seed())));
	KUNIT_EXPECT_STREQ(test, strstr(captured, "\nnot ok 1 day-early\n"),
			   "\nnot ok 1 day-early\n"
			   "    KTAP version 1\n"
			   "    # Subtest: day-late\n"
			   "    1..1\n"
			   "    ok 1 passes\n"
			   "ok 2 day-late\n");
}

static void glob_selects_cases(struct kunit *test)
{
	const char *captured;

	KUNIT_EXPECT_EQ(test, run_glob(unsorted, 2, "*.pass*", &captured), 0);
	KUNIT_EXPECT_EQ(test, run_glob(unsorted, 2, "day-?????.fails", &captured), 1);
	KUNIT_EXPECT_FALSE(test, strstr(captured, "passes"));
	KUNIT_EXPECT_TRUE(test, strstr(captured, "\n1..1\n"));
	KUNIT_EXPECT_TRUE(test, strstr(captured, "\n    not ok 1 fails\n"
						 "not ok 1 day-early\n"));
}

static void nothing_to_run_is_no_success(struct kunit *test)
{
	const char *captured;

	KUNIT_EXPECT_EQ(test, run_glob(unsorted, 2, "night", &captured), -ENOENT);
	KUNIT_EXPECT_STREQ(test, captured, "kunit: no test matches 'night'\n");
	KUNIT_EXPECT_EQ(test, run_glob(unsorted, 2, "day*.noon", &captured), -ENOENT);
	KUNIT_EXPECT_EQ(test, run_glob(with_twins, 3, "day-early", &captured), -EEXIST);
	KUNIT_EXPECT_STREQ(test, captured, "kunit: there are two suites named 'day-late'\n");
}

static struct kunit_case kunit_select_cases[] = {
	KUNIT_CASE(each_parameter_has_its_line),
	KUNIT_CASE(generators_may_be_odd),
	KUNIT_CASE(suites_run_in_order_of_names),
	KUNIT_CASE(glob_selects_cases),
	KUNIT_CASE(nothing_to_run_is_no_success),
	{}
};

static struct kunit_suite kunit_select_suite = {
	.name = "kunit-select",
	.test_cases = kunit_select_cases,
};
kunit_test_suite(kunit_select_suite);
