// SPDX-License-Identifier: MIT
/* `test [GLOB]` at the prompt. */
#include <kunit/executor.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <quarry/monitor.h>

static int cmd_test(int argc, char **argv)
{
	if (argc > 2)
		return -EINVAL;
	return kunit_run_visibly(argc > 1 ? argv[1] : "*") ? -EIO : 0;
}

static const char *complete_suite(int arg, unsigned int n)
{
	struct kunit_suite_set all = kunit_registered_suites();
	struct kunit_suite *suite;

	if (arg != 1)
		return NULL;
	suite = kunit_next_suite(all, NULL);
	while (suite && n--)
		suite = kunit_next_suite(all, suite);
	return suite ? suite->name : NULL;
}

MONITOR_COMMAND_COMPLETE(test, "[SUITE[.CASE]]", "run the test suites that match", cmd_test,
			 complete_suite);
