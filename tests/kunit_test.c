// SPDX-License-Identifier: MIT
/*
 * KUnit run by KUnit: suites that nobody registered are run inside a case, and what they print is
 * compared to the letter. Parameters and globs, the texts of failed checks, and resources have
 * files of their own beside this one.
 */
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/bug.h>
#include "kunit_capture.h"

/* ---- pieces to build suites from ---- */

static char events[32];		/* a letter for each thing that happened */
static int place;		/* the line of the check that fails */

static void note(char event)
{
	size_t len = strlen(events);

	if (len < sizeof(events) - 1) {
		events[len] = event;
		events[len + 1] = '\0';
	}
}

static int note_suite_init(struct kunit_suite *suite) { note('I'); return 0; }
static void note_suite_exit(struct kunit_suite *suite) { note('E'); }
static int note_init(struct kunit *test) { note('i'); return 0; }
static void note_exit(struct kunit *test) { note('e'); }
static void note_case(struct kunit *test) { note('c'); }

static void passes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1 + 1, 2);
}

static void fails(struct kunit *test)
{
	place = __LINE__; KUNIT_EXPECT_EQ(test, 1 + 1, 3);
	note('+');
}

static noinline void assert_deep_inside(struct kunit *test)
{
	place = __LINE__; KUNIT_ASSERT_TRUE(test, 1 > 2);
	note('+');
}

static void asserts(struct kunit *test)
{
	assert_deep_inside(test);
	note('+');
}

static void skips(struct kunit *test)
{
	kunit_skip(test, "no %s here", "floppy");
	note('+');
}

static void crashes(struct kunit *test)
{
	BUG();
}

static int cannot_init(struct kunit *test) { note('i'); return -EIO; }
static int crashes_in_init(struct kunit *test) { BUG(); return 0; }
static void crashes_in_exit(struct kunit *test) { note('e'); BUG(); }
static int cannot_init_suite(struct kunit_suite *suite) { return -EIO; }
static int crashes_in_suite_init(struct kunit_suite *suite) { BUG(); return 0; }

static int skips_in_init(struct kunit *test)
{
	note('i');
	kunit_skip(test, "not today");
	return 0;
}

/* ---- results ---- */

static void mixed_suite_prints_each_result(struct kunit *test)
{
	struct kunit_case cases[] = {
		KUNIT_CASE(passes), KUNIT_CASE(fails), KUNIT_CASE(skips), {}
	};
	struct kunit_suite suite = { .name = "mixed", .test_cases = cases };

	EXPECT_CAPTURED(test, capture_suite(&suite),
			"    KTAP version 1\n"
			"    # Subtest: mixed\n"
			"    1..3\n"
			"    ok 1 passes\n"
			"    # fails: EXPECTATION FAILED at %s:%d\n"
			"    Expected 1 + 1 == 3, but\n"
			"        1 + 1 == 2 (0x2)\n"
			"    not ok 2 fails\n"
			"    ok 3 skips # SKIP no floppy here\n"
			"# mixed: pass:1 fail:1 skip:1 total:3\n"
			"# Totals: pass:1 fail:1 skip:1 total:3\n"
			"not ok 1 mixed\n", __FILE__, place);
	KUNIT_EXPECT_EQ(test, kunit_suite_num_test_cases(&suite), 3);
	KUNIT_EXPECT_EQ(test, kunit_suite_has_succeeded(&suite), KUNIT_FAILURE);
}

static void single_case_has_no_counts(struct kunit *test)
{
	EXPECT_CAPTURED(test, capture_case(passes),
			"    KTAP version 1\n"
			"    # Subtest: one\n"
			"    1..1\n"
			"    ok 1 it\n"
			"ok 1 one\n");
}

static void skipped_suite_says_so(struct kunit *test)
{
	EXPECT_CAPTURED(test, capture_case(skips),
			"    KTAP version 1\n"
			"    # Subtest: one\n"
			"    1..1\n"
			"    ok 1 it # SKIP no floppy here\n"
			"ok 1 one # SKIP \n");
}

static void fails_and_skips(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, false);
	kunit_skip(test, "too late");
}

static void skips_and_fails(struct kunit *test)
{
	kunit_mark_skipped(test, "too early");
	KUNIT_EXPECT_TRUE(test, false);
}

static void skip_does_not_hide_a_failure(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, strstr(capture_case(fails_and_skips), "\nnot ok 1 one\n"));
	KUNIT_EXPECT_TRUE(test, strstr(capture_case(skips_and_fails), "\nnot ok 1 one\n"));
}

/* ---- order ---- */

static void everything_runs_in_order(struct kunit *test)
{
	struct kunit_case cases[] = { KUNIT_CASE(note_case), KUNIT_CASE(note_case), {} };
	struct kunit_suite suite = {
		.name = "order", .test_cases = cases,
		.suite_init = note_suite_init, .suite_exit = note_suite_exit,
		.init = note_init, .exit = note_exit,
	};

	capture_suite(&suite);
	KUNIT_EXPECT_STREQ(test, events, "IiceiceE");
}

/* A suite "one" of one case between an init and note_exit. */
static const char *run_between(int (*init)(struct kunit *), void (*run_case)(struct kunit *),
			       void (*exit)(struct kunit *))
{
	struct kunit_case cases[] = { { .run_case = run_case, .name = "it" }, {} };
	struct kunit_suite suite = {
		.name = "one", .test_cases = cases, .init = init, .exit = exit,
	};

	return capture_suite(&suite);
}

static void assertion_ends_its_case_only(struct kunit *test)
{
	EXPECT_CAPTURED(test, run_between(note_init, asserts, note_exit),
			"    KTAP version 1\n"
			"    # Subtest: one\n"
			"    1..1\n"
			"    # it: ASSERTION FAILED at %s:%d\n"
			"    Expected 1 > 2 to be true, but is false\n"
			"    not ok 1 it\n"
			"not ok 1 one\n", __FILE__, place);
	KUNIT_EXPECT_STREQ(test, events, "ie");
}

static void expectation_lets_its_case_go_on(struct kunit *test)
{
	run_between(note_init, fails, note_exit);
	KUNIT_EXPECT_STREQ(test, events, "i+e");
}

static void init_that_fails_fails_the_case(struct kunit *test)
{
	EXPECT_CAPTURED(test, run_between(cannot_init, note_case, note_exit),
			"    KTAP version 1\n"
			"    # Subtest: one\n"
			"    1..1\n"
			"    # it: failed to initialize: -5\n"
			"    not ok 1 it\n"
			"not ok 1 one\n");
	KUNIT_EXPECT_STREQ(test, events, "ie");
}

static void init_may_skip(struct kunit *test)
{
	const char *captured = run_between(skips_in_init, note_case, note_exit);

	KUNIT_EXPECT_TRUE(test, strstr(captured, "    ok 1 it # SKIP not today\n"));
	KUNIT_EXPECT_STREQ(test, events, "ie");
}

static void suite_init_that_fails_fails_the_suite(struct kunit *test)
{
	struct kunit_case cases[] = { KUNIT_CASE(note_case), {} };
	struct kunit_suite suite = {
		.name = "one", .test_cases = cases,
		.suite_init = cannot_init_suite, .suite_exit = note_suite_exit,
	};

	EXPECT_CAPTURED(test, capture_suite(&suite),
			"    # one:     # failed to initialize (-5)\n"
			"not ok 1 one\n");
	KUNIT_EXPECT_STREQ(test, events, "");
}

/* ---- faults ---- */

/* What comes behind the report, which is the trap code's. */
static void expect_fault(struct kunit *test, const char *captured, const char *happened)
{
	KUNIT_EXPECT_TRUE_MSG(test, strstr(captured, "    # it: try faulted"), "%s", captured);
	KUNIT_EXPECT_TRUE_MSG(test, strstr(captured, "    not ok 1 it\nnot ok 1 one\n"), "%s",
			      captured);
	KUNIT_EXPECT_STREQ(test, events, happened);
}

static void fault_in_case_fails_it(struct kunit *test)
{
	expect_fault(test, run_between(note_init, crashes, note_exit), "ie");
}

static void fault_in_init_keeps_the_case_from_running(struct kunit *test)
{
	expect_fault(test, run_between(crashes_in_init, note_case, note_exit), "e");
}

static void fault_in_exit_fails_the_case(struct kunit *test)
{
	expect_fault(test, run_between(note_init, note_case, crashes_in_exit), "ice");
}

static void fault_in_suite_init_fails_the_suite(struct kunit *test)
{
	struct kunit_case cases[] = { KUNIT_CASE(note_case), {} };
	struct kunit_suite suite = {
		.name = "one", .test_cases = cases, .suite_init = crashes_in_suite_init,
	};

	KUNIT_EXPECT_TRUE(test, strstr(capture_suite(&suite), "\nnot ok 1 one\n"));
	KUNIT_EXPECT_STREQ(test, events, "");
}

static int seen_line;

static void crashes_after_a_check(struct kunit *test)
{
	seen_line = __LINE__; KUNIT_EXPECT_TRUE(test, true);
	BUG();
}

static void fault_names_the_last_check(struct kunit *test)
{
	const char *captured = capture_case(crashes_after_a_check);

	KUNIT_EXPECT_TRUE(test, strstr(captured, expected("try faulted: last line seen %s:%d\n",
							  __FILE__, seen_line)));
}

#ifndef QUARRY_HOST_BUILD
static void reads_null(struct kunit *test)
{
	const volatile int *null = NULL;

	OPTIMIZER_HIDE_VAR(null);
	*null;
}

static void meets_an_invalid_opcode(struct kunit *test)
{
	__builtin_trap();
}

static void hardware_faults_are_survived(struct kunit *test)
{
	expect_fault(test, capture_case(reads_null), "");
	expect_fault(test, capture_case(meets_an_invalid_opcode), "");
}
#endif

/* ---- the current test, and logs ---- */

static void fails_from_afar(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, kunit_get_current_test(), test);
	place = __LINE__; kunit_fail_current_test("bad %s", "luck");
}

static void code_can_fail_its_test(struct kunit *test)
{
	const char *captured = capture_case(fails_from_afar);

	KUNIT_EXPECT_TRUE(test, strstr(captured, expected("    # it: %s:%d: bad luck\n"
							  "    not ok 1 it\n", __FILE__, place)));
	KUNIT_EXPECT_PTR_EQ(test, kunit_get_current_test(), test);
}

static void logs_get_a_copy(struct kunit *test)
{
	static char log[KUNIT_LOG_SIZE];
	struct kunit fake;
	int i;

	kunit_init_test(&fake, "fake", log);
	capture_begin();
	kunit_info(&fake, "one");
	kunit_warn(&fake, "two\n");
	EXPECT_CAPTURED(test, capture_end(), "    # fake: one\n    # fake: two\n");
	KUNIT_EXPECT_STREQ(test, log, "    # fake: one\n    # fake: two\n");
	for (i = 0; i < KUNIT_LOG_SIZE; i++)
		kunit_log_append(log, "filled");
	KUNIT_EXPECT_EQ(test, strlen(log), KUNIT_LOG_SIZE - 1);
}

static int kunit_self_init(struct kunit *test)
{
	events[0] = '\0';
	return 0;
}

static struct kunit_case kunit_self_cases[] = {
	KUNIT_CASE(mixed_suite_prints_each_result),
	KUNIT_CASE(single_case_has_no_counts),
	KUNIT_CASE(skipped_suite_says_so),
	KUNIT_CASE(skip_does_not_hide_a_failure),
	KUNIT_CASE(everything_runs_in_order),
	KUNIT_CASE(assertion_ends_its_case_only),
	KUNIT_CASE(expectation_lets_its_case_go_on),
	KUNIT_CASE(init_that_fails_fails_the_case),
	KUNIT_CASE(init_may_skip),
	KUNIT_CASE(suite_init_that_fails_fails_the_suite),
	KUNIT_CASE(fault_in_case_fails_it),
	KUNIT_CASE(fault_in_init_keeps_the_case_from_running),
	KUNIT_CASE(fault_in_exit_fails_the_case),
	KUNIT_CASE(fault_in_suite_init_fails_the_suite),
	KUNIT_CASE(fault_names_the_last_check),
#ifndef QUARRY_HOST_BUILD
	KUNIT_CASE(hardware_faults_are_survived),
#endif
	KUNIT_CASE(code_can_fail_its_test),
	KUNIT_CASE(logs_get_a_copy),
	{}
};

static struct kunit_suite kunit_self_suite = {
	.name = "kunit",
	.init = kunit_self_init,
	.test_cases = kunit_self_cases,
};
kunit_test_suite(kunit_self_suite);
