// SPDX-License-Identifier: MIT
/*
 * Which suites run, and in which order. There is no allocator to sort with or to copy suites
 * into; so the next suite is looked for each time, and the part of the glob that is about cases
 * goes along to where they run.
 */
#include <kunit/executor.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <quarry/exit.h>
#include <quarry/test_seed.h>
#include "internal.h"

#define GLOB_MAX	128
#define SOAK_FACTOR	200

/* "suite.case", taken apart. */
struct filter {
	char suite_glob[GLOB_MAX];
	const char *case_glob;	/* NULL: all, even none */
};

static char requested_glob[GLOB_MAX];
static bool requested;
static u64 seed = 20240229;
static bool soak;

/* ---- the command line ---- */

static int __init test_setup(char *value)
{
	strscpy(requested_glob, value ? value : "*", sizeof(requested_glob));
	requested = true;
	return 0;
}
early_param("test", test_setup);

static int __init seed_setup(char *value)
{
	return value ? kstrtou64(value, 0, &seed) : -EINVAL;
}
early_param("seed", seed_setup);

static int __init soak_setup(char *value)
{
	soak = true;
	return 0;
}
early_param("soak", soak_setup);

unsigned int kunit_rounds(unsigned int rounds)
{
	return soak ? rounds * SOAK_FACTOR : rounds;
}

bool kunit_requested(void)
{
	return requested;
}

u64 kunit_seed(void)
{
	return seed;
}

/* ---- choosing ---- */

struct kunit_suite_set kunit_registered_suites(void)
{
	return (struct kunit_suite_set) {
		.start = __start_registry_kunit_suites,
		.end = __stop_registry_kunit_suites,
	};
}

struct kunit_suite *kunit_next_suite(struct kunit_suite_set set, const struct kunit_suite *prev)
{
	struct kunit_suite *const *s, *next = NULL;

	for (s = set.start; s < set.end; s++) {
		if (prev && strcmp((*s)->name, prev->name) <= 0)
			continue;
		if (!next || strcmp((*s)->name, next->name) < 0)
			next = *s;
	}
	return next;
}

static bool parse_glob(struct filter *filter, const char *glob)
{
	char *dot;

	if (strscpy(filter->suite_glob, glob, sizeof(filter->suite_glob)) < 0)
		return false;
	filter->case_glob = NULL;
	dot = strchr(filter->suite_glob, '.');
	if (dot) {
		*dot = '\0';
		filter->case_glob = dot + 1;
	}
	return true;
}

static bool matches(const struct filter *filter, struct kunit_suite *suite)
{
	if (!glob_match(filter->suite_glob, suite->name))
		return false;
	return !filter->case_glob || kunit_count_cases(suite, filter->case_glob);
}

/* The next one that matches. */
static struct kunit_suite *next_match(struct kunit_suite_set set, const struct filter *filter,
				      const struct kunit_suite *suite)
{
	struct kunit_suite *next = kunit_next_suite(set, suite);

	while (next && !matches(filter, next))
		next = kunit_next_suite(set, next);
	return next;
}

static unsigned int count_matches(struct kunit_suite_set set, const struct filter *filter)
{
	struct kunit_suite *suite = NULL;
	unsigned int n = 0;

	while ((suite = next_match(set, filter, suite)))
		n++;
	return n;
}

/* One of two suites of the same name would never run. */
static bool names_are_unique(struct kunit_suite_set set)
{
	struct kunit_suite *const *a, *const *b;
	bool unique = true;

	for (a = set.start; a < set.end; a++) {
		for (b = a + 1; b < set.end; b++) {
			if (strcmp((*a)->name, (*b)->name) != 0)
				continue;
			pr_err("kunit: there are two suites named '%s'\n", (*a)->name);
			unique = false;
		}
	}
	return unique;
}

/* ---- running ---- */

static int run_matches(struct kunit_suite_set set, const struct filter *filter)
{
	const char *case_glob = filter->case_glob ? filter->case_glob : "*";
	struct kunit_suite *suite = NULL;
	unsigned int number = 0;
	int failed = 0;

	pr_info("KTAP version 1\n");
	pr_info("1..%u\n", count_matches(set, filter));
	pr_info("# seed: %llu\n", seed);
	while ((suite = next_match(set, filter, suite)))
		failed += kunit_run_suite(suite, case_glob, ++number) == KUNIT_FAILURE;
	return failed;
}

int kunit_run_set(struct kunit_suite_set set, const char *glob)
{
	struct filter filter;

	if (!names_are_unique(set))
		return -EEXIST;
	if (!parse_glob(&filter, glob) || !count_matches(set, &filter)) {
		pr_err("kunit: no test matches '%s'\n", glob);
		return -ENOENT;
	}
	return run_matches(set, &filter);
}

int kunit_run(const char *glob)
{
	return kunit_run_set(kunit_registered_suites(), glob);
}

int kunit_run_visibly(const char *glob)
{
	int level = console_loglevel, result;

	if (console_loglevel <= LOGLEVEL_INFO)
		console_loglevel = LOGLEVEL_INFO + 1;
	result = kunit_run_in_thread ? kunit_run_in_thread(glob) : kunit_run(glob);
	console_loglevel = level;
	return result;
}

void __noreturn kunit_run_requested(void)
{
	machine_exit(kunit_run_visibly(requested_glob) == 0 ? EXIT_OK : EXIT_TEST_FAILED);
}
