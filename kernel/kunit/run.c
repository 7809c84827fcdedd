// SPDX-License-Identifier: MIT
/*
 * Running a suite.
 *
 * 1. The idea
 * Test code may do anything, so each piece of it (init, the case, exit, the freeing of its
 * resources, a parameter's generator) runs on its own in a try (<kunit/try-catch.h>): where one
 * ends early, the next still runs. Each run is a process of its own: if memory runs out, it may be
 * killed, and what comes next is not. The order is always init, case, exit, resources, and then
 * whoever wants to look afterwards (<kunit/afterwards.h>); only the case depends on what came before.
 *
 * 2. Vocabulary
 * A *run* is one call of a case: a parameterised case has a run for each parameter, any other has
 * one. A *selected* case is one that the glob matches; only these are in the plan.
 *
 * 3. How it stands
 * A run's result is its test->status. A case is failed when any of its runs is, skipped when all
 * are, else passed; a suite relates to its cases in the same way. Cases that were not selected
 * count as skipped, which changes no verdict.
 *
 * 4. What is printed
 * KTAP version 1 as Linux 6.2 and later print it: suites are indented by one step, the runs of a
 * parameterised case by two and without a plan, since nobody knows how many there will be. The
 * counts of a level are printed where it has more than one entry.
 */
#include <kunit/afterwards.h>
#include <kunit/settle.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/sched/mm.h>
#include "internal.h"
#include "try-catch-impl.h"

#define ONE_STEP	KUNIT_SUBTEST_INDENT
#define TWO_STEPS	KUNIT_SUBSUBTEST_INDENT

unsigned long kunit_tries;

struct counts {
	unsigned long passed, failed, skipped, total;
};

/* What a try needs to know. */
struct run {
	struct kunit test;
	struct kunit_suite *suite;
	struct kunit_case *test_case;
	bool ready;		/* init is through, the case may run */
	const void *param;	/* the generator's last */
	char desc[KUNIT_PARAM_DESC_SIZE];
};

/* ---- counting ---- */

static void count(struct counts *counts, enum kunit_status status)
{
	counts->total++;
	if (status == KUNIT_SUCCESS)
		counts->passed++;
	else if (status == KUNIT_SKIPPED)
		counts->skipped++;
	else
		counts->failed++;
}

static void add_counts(struct counts *sum, const struct counts *part)
{
	sum->passed += part->passed;
	sum->failed += part->failed;
	sum->skipped += part->skipped;
	sum->total += part->total;
}

static enum kunit_status verdict(const struct counts *counts)
{
	if (counts->failed)
		return KUNIT_FAILURE;
	return counts->passed ? KUNIT_SUCCESS : KUNIT_SKIPPED;
}

static void print_counts(char *log, const char *indent, const char *what,
			 const struct counts *counts)
{
	if (counts->total > 1)
		kunit_log_line(log, KERN_INFO "%s# %s: pass:%lu fail:%lu skip:%lu total:%lu\n",
			       indent, what, counts->passed, counts->failed, counts->skipped,
			       counts->total);
}

static void print_result(char *log, const char *indent, enum kunit_status status,
			 unsigned int number, const char *name, const char *reason)
{
	bool skipped = status == KUNIT_SKIPPED;

	kunit_log_line(log, KERN_INFO "%s%s %u %s%s%s\n", indent,
		       kunit_status_to_ok_not_ok(status), number, name,
		       skipped ? " # SKIP " : "", skipped ? reason : "");
}

static void print_header(char *log, const char *indent, const char *name)
{
	kunit_log_line(log, KERN_INFO "%sKTAP version 1\n", indent);
	kunit_log_line(log, KERN_INFO "%s# Subtest: %s\n", indent, name);
}

/* ---- one run ---- */

static void try_init(void *context)
{
	struct run *run = context;
	int err = run->suite->init ? run->suite->init(&run->test) : 0;

	if (err) {
		kunit_err(&run->test, "failed to initialize: %d\n", err);
		kunit_set_failure(&run->test);
		return;
	}
	run->ready = true;
}

static void try_case(void *context)
{
	struct run *run = context;

	run->test_case->run_case(&run->test);
}

static void try_exit(void *context)
{
	struct run *run = context;

	if (run->suite->exit)
		run->suite->exit(&run->test);
}

static void try_cleanup(void *context)
{
	struct run *run = context;

	kunit_cleanup(&run->test);
}

static void try_afterwards(void *context)
{
	const struct kunit_afterwards *const *a;
	struct run *run = context;

	for_each_registered(kunit_afterwards, a)
		(*a)->look(&run->test);
}

static void try_generate(void *context)
{
	struct run *run = context;

	run->desc[0] = '\0';
	run->param = run->test_case->generate_params(run->param, run->desc);
}

/* A failed assertion has said so itself; what is left to note is a fault. */
static void left_early(void *context)
{
	struct run *run = context;

	if (kunit_try_catch_get_result(&run->test.try_catch))
		kunit_set_failure(&run->test);
}

/* Returns false when @part faulted. */
static bool try(struct run *run, kunit_try_catch_func_t part)
{
	struct kunit *before = kunit_set_current_test(&run->test);

	kunit_tries++;
	kunit_try_catch_init(&run->test.try_catch, &run->test, part, left_early);
	kunit_try_catch_run(&run->test.try_catch, run);
	kunit_set_current_test(before);
	return kunit_try_catch_get_result(&run->test.try_catch) == 0;
}

static void run_once(struct run *run, const void *param, int param_index)
{
	kunit_init_test(&run->test, run->test_case->name, run->test_case->log);
	run->test.param_value = param;
	run->test.param_index = param_index;
	run->ready = false;

	if (kunit_settle)
		kunit_settle();
	if (begin_new_process && begin_new_process())
		kunit_err(&run->test, "no memory for a new process: this one may have been killed\n");
	try(run, try_init);
	if (run->ready)
		try(run, try_case);
	try(run, try_exit);
	do	/* again, without the resource whose free function ended it early */
		try(run, try_cleanup);
	while (!list_empty(&run->test.resources));
	try(run, try_afterwards);
}

/* ---- one case ---- */

/* The parameter after the last one, or NULL; a generator that faults fails the case. */
static const void *next_param(struct run *run, struct counts *counts)
{
	if (try(run, try_generate))
		return run->param;
	count(counts, KUNIT_FAILURE);
	return NULL;
}

static void run_params(struct run *run, struct counts *counts)
{
	struct kunit *test = &run->test;
	const void *param;
	int index;

	kunit_init_test(test, run->test_case->name, run->test_case->log);
	print_header(test->log, TWO_STEPS, test->name);
	for (index = 0; (param = next_param(run, counts)); index++) {
		run_once(run, param, index);
		if (!run->desc[0])
			snprintf(run->desc, sizeof(run->desc), "param-%d", index);
		print_result(test->log, TWO_STEPS, test->status, index + 1, run->desc,
			     test->status_comment);
		count(counts, test->status);
	}
}

static void run_plain(struct run *run, struct counts *counts)
{
	run_once(run, NULL, 0);
	count(counts, run->test.status);
}

static void run_case(struct kunit_suite *suite, struct kunit_case *test_case, unsigned int number,
		     struct counts *totals)
{
	struct run run = { .suite = suite, .test_case = test_case };
	struct counts counts = {};

	if (test_case->generate_params)
		run_params(&run, &counts);
	else
		run_plain(&run, &counts);
	test_case->status = verdict(&counts);
	print_counts(test_case->log, ONE_STEP, test_case->name, &counts);
	print_result(test_case->log, ONE_STEP, test_case->status, number, test_case->name,
		     run.test.status_comment);
	add_counts(totals, &counts);
}

/* ---- a suite ---- */

static bool selected(const struct kunit_case *test_case, const char *case_glob)
{
	return glob_match(case_glob, test_case->name);
}

size_t kunit_count_cases(struct kunit_suite *suite, const char *case_glob)
{
	struct kunit_case *test_case;
	size_t n = 0;

	kunit_suite_for_each_test_case(suite, test_case)
		n += selected(test_case, case_glob);
	return n;
}

size_t kunit_suite_num_test_cases(struct kunit_suite *suite)
{
	return kunit_count_cases(suite, "*");
}

enum kunit_status kunit_suite_has_succeeded(struct kunit_suite *suite)
{
	struct kunit_case *test_case;
	struct counts counts = {};

	if (suite->suite_init_err)
		return KUNIT_FAILURE;
	kunit_suite_for_each_test_case(suite, test_case)
		count(&counts, test_case->status);
	return verdict(&counts);
}

static void try_suite_init(void *context)
{
	struct kunit_suite *suite = context;

	suite->suite_init_err = suite->suite_init(suite);
}

static void try_suite_exit(void *context)
{
	struct kunit_suite *suite = context;

	suite->suite_exit(suite);
}

/* No test is running here that could catch: a fault is all that can end this early. */
static bool suite_try(struct kunit_suite *suite, kunit_try_catch_func_t part)
{
	struct kunit_try_catch try_catch = { .try = part, .context = suite };

	kunit_tries++;
	if (kunit_try(&try_catch) == 0)
		return true;
	suite->suite_init_err = -EINTR;
	return false;
}

static bool prepare_suite(struct kunit_suite *suite)
{
	struct kunit_case *test_case;

	kunit_suite_for_each_test_case(suite, test_case)
		test_case->status = KUNIT_SKIPPED;
	suite->suite_init_err = 0;
	suite->status_comment[0] = '\0';
	if (suite->suite_init)
		suite_try(suite, try_suite_init);
	if (suite->suite_init_err)
		kunit_err(suite, ONE_STEP "# failed to initialize (%d)\n", suite->suite_init_err);
	return !suite->suite_init_err;
}

static void run_cases(struct kunit_suite *suite, const char *case_glob)
{
	struct kunit_case *test_case;
	struct counts cases = {}, totals = {};
	unsigned int number = 0;

	print_header(suite->log, ONE_STEP, suite->name);
	kunit_log(KERN_INFO, suite, ONE_STEP "1..%zu\n", kunit_count_cases(suite, case_glob));
	kunit_suite_for_each_test_case(suite, test_case) {
		if (!selected(test_case, case_glob))
			continue;
		run_case(suite, test_case, ++number, &totals);
		count(&cases, test_case->status);
	}
	if (suite->suite_exit && !suite_try(suite, try_suite_exit))
		kunit_err(suite, "suite_exit faulted\n");
	print_counts(suite->log, "", suite->name, &cases);
	print_counts(suite->log, "", "Totals", &totals);
}

enum kunit_status kunit_run_suite(struct kunit_suite *suite, const char *case_glob,
				  unsigned int number)
{
	enum kunit_status status;

	if (prepare_suite(suite))
		run_cases(suite, case_glob);
	status = kunit_suite_has_succeeded(suite);
	print_result(suite->log, "", status, number, suite->name, suite->status_comment);
	return status;
}

int kunit_run_tests(struct kunit_suite *suite)
{
	kunit_run_suite(suite, "*", 1);
	return 0;
}
