// SPDX-License-Identifier: MIT
/* Expected reports are kept from the consoles, and shown after all when something goes wrong. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/console.h>
#include <linux/glob.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/log_tap.h>

#include "heard_console.h"

#define RINGFUL		2000	/* lines that leave none of the earlier ones in the log */

static struct console con = { .name = "hold", .write = heard_write };
static int saved_loglevel;
static bool saved_show;

static int hold_init(struct kunit *test)
{
	saved_loglevel = console_loglevel;
	saved_show = kunit_show_reports;
	kunit_show_reports = false;
	console_loglevel = 0;				/* it need not hear what is past */
	register_console(&con);
	console_loglevel = saved_loglevel;
	heard_len = 0;
	heard[0] = '\0';
	return 0;
}

static void hold_exit(struct kunit *test)
{
	unregister_console(&con);
	console_loglevel = saved_loglevel;
	kunit_show_reports = saved_show;
}

static bool is_heard(const char *text)
{
	return strstr(heard, text) != NULL;
}

static void shows_only_what_went_wrong(struct kunit *test)
{
	console_hold();
	pr_crit("hold test: a\n");
	pr_crit("hold test: b\n");
	printk(KERN_DEBUG "hold test: nothing for a console\n");
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	console_tell();
	KUNIT_EXPECT_TRUE(test, glob_match("[[]*] hold test: a\n[[]*] hold test: b\n", heard));
	heard_len = 0;
	console_tell();					/* once is enough */
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	pr_crit("hold test: c\n");
	KUNIT_EXPECT_TRUE(test, is_heard("] hold test: c\n"));
	console_release();

	heard_len = 0;
	console_hold();
	pr_crit("hold test: d\n");
	console_release();
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	pr_crit("hold test: e\n");
	KUNIT_EXPECT_TRUE(test, glob_match("[[]*] hold test: e\n", heard));
}

static void holds_nest(struct kunit *test)
{
	console_hold();
	pr_crit("hold test: outer\n");
	console_hold();
	console_release();
	pr_crit("hold test: outer again\n");
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	console_hold();
	pr_crit("hold test: inner\n");
	console_tell();
	console_release();
	pr_crit("hold test: after\n");
	console_release();
	KUNIT_EXPECT_TRUE(test, glob_match("*outer\n*outer again\n*inner\n*after\n", heard));
}

static void says_what_is_lost(struct kunit *test)
{
	console_hold();
	pr_crit("hold test: early\n");
	for (int i = 0; i < RINGFUL; i++)
		printk(KERN_DEBUG "hold test: filling the ring, line %d\n", i);
	pr_crit("hold test: late\n");
	console_tell();
	console_release();
	KUNIT_EXPECT_FALSE(test, is_heard("early"));
	KUNIT_EXPECT_TRUE(test, glob_match("(the first * are gone)\n[[]*] hold test: late\n", heard));
}

static void shows_a_line_without_its_end(struct kunit *test)
{
	console_hold();
	pr_crit("hold test: half a");
	console_tell();
	KUNIT_EXPECT_TRUE(test, is_heard("] hold test: half a\n"));
	console_release();
}

static void expected_report_is_not_shown(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*wanted", pr_crit("hold test: wanted\n"));
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	kunit_show_reports = true;			/* the word `reports` */
	KUNIT_EXPECT_REPORT(test, "*wanted", pr_crit("hold test: wanted\n"));
	KUNIT_EXPECT_TRUE(test, is_heard("] hold test: wanted\n"));
}

static void waits_for_another(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*wanted", pr_crit("hold test: another\n"));
}

static void fails_meanwhile(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*wanted", ({
		pr_crit("hold test: wanted\n");
		KUNIT_EXPECT_EQ(test, 1, 2);
	}));
}

static void asserts_meanwhile(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*wanted", ({
		pr_crit("hold test: wanted\n");
		KUNIT_ASSERT_EQ(test, 1, 2);
	}));
}

/* Is @text shown when @run_case runs, as a suite's one case? Its results are not: too low a level. */
static bool run_shows(void (*run_case)(struct kunit *test), const char *text)
{
	struct kunit_case cases[] = { { .run_case = run_case, .name = "it" }, {} };
	static struct kunit_suite suite = { .name = "one" };

	suite.test_cases = cases;
	heard_len = 0;
	console_loglevel = LOGLEVEL_ERR;
	kunit_run_tests(&suite);
	console_loglevel = saved_loglevel;
	return is_heard(text);
}

static void failed_expectation_shows_what_led_to_it(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, run_shows(waits_for_another, "] hold test: another\n"));
	KUNIT_EXPECT_TRUE(test, run_shows(fails_meanwhile, "] hold test: wanted\n"));
	KUNIT_EXPECT_TRUE(test, run_shows(asserts_meanwhile, "] hold test: wanted\n"));
	pr_crit("hold test: nothing is held back\n");
	KUNIT_EXPECT_TRUE(test, is_heard("nothing is held back"));
}

static struct kunit_case report_hold_cases[] = {
	KUNIT_CASE(shows_only_what_went_wrong),
	KUNIT_CASE(holds_nest),
	KUNIT_CASE(says_what_is_lost),
	KUNIT_CASE(shows_a_line_without_its_end),
	KUNIT_CASE(expected_report_is_not_shown),
	KUNIT_CASE(failed_expectation_shows_what_led_to_it),
	{}
};

static struct kunit_suite report_hold_suite = {
	.name = "report_hold",
	.init = hold_init,
	.exit = hold_exit,
	.test_cases = report_hold_cases,
};
kunit_test_suite(report_hold_suite);
