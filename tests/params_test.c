// SPDX-License-Identifier: MIT
/* Words of the command line find whoever registered them; a word that nobody knows is named. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/params.h>

static unsigned int early_calls, setup_calls, flag_calls;
static char early_value[64], setup_value[64];

/* An early_param: called with and without a value; refuses what begins with an x. */
static int early_setup(char *value)
{
	early_calls++;
	strscpy(early_value, value ?: "(none)", sizeof(early_value));
	return value && value[0] == 'x' ? -1 : 0;
}
early_param("params_test_early", early_setup);

/* A __setup with "=": only called with a value; returns 1 for "handled". */
static int value_setup(char *value)
{
	setup_calls++;
	strscpy(setup_value, value, sizeof(setup_value));
	return value[0] != 'x';
}
__setup("params_test_setup=", value_setup);

static int flag_setup(char *value)
{
	flag_calls++;
	return 1;
}
__setup("params_test_flag", flag_setup);

static void parse(const char *text)
{
	static char line[256];

	strscpy(line, text, sizeof(line));
	parse_params(line);
}

static int params_init(struct kunit *test)
{
	early_calls = setup_calls = flag_calls = 0;
	early_value[0] = setup_value[0] = '\0';
	return 0;
}

static void params_values(struct kunit *test)
{
	parse("  params_test_early=12  params_test_setup=a,b params_test_flag  ");
	KUNIT_EXPECT_EQ(test, early_calls, 1);
	KUNIT_EXPECT_STREQ(test, early_value, "12");
	KUNIT_EXPECT_EQ(test, setup_calls, 1);
	KUNIT_EXPECT_STREQ(test, setup_value, "a,b");
	KUNIT_EXPECT_EQ(test, flag_calls, 1);
}

static void params_without_a_value(struct kunit *test)
{
	parse("params_test_early");
	KUNIT_EXPECT_STREQ(test, early_value, "(none)");
	KUNIT_EXPECT_REPORT(test, "Unknown kernel command line parameter \"params_test_setup\"*",
			    parse("params_test_setup"));
	KUNIT_EXPECT_EQ(test, setup_calls, 0);
}

static void params_quotes(struct kunit *test)
{
	parse("params_test_early=\"two words\" params_test_setup=\"\"");
	KUNIT_EXPECT_STREQ(test, early_value, "two words");
	KUNIT_EXPECT_EQ(test, setup_calls, 1);
	KUNIT_EXPECT_STREQ(test, setup_value, "");
}

/* The last of several counts, as each is handed on in its turn. */
static void params_repeated(struct kunit *test)
{
	parse("params_test_early=1 params_test_early=2");
	KUNIT_EXPECT_EQ(test, early_calls, 2);
	KUNIT_EXPECT_STREQ(test, early_value, "2");
}

static void params_malformed(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "Malformed kernel command line parameter \"params_test_early=x1\"*",
			    parse("params_test_early=x1"));
	KUNIT_EXPECT_REPORT(test, "Malformed kernel command line parameter \"params_test_setup=x\"*",
			    parse("params_test_setup=x"));
}

static void params_unknown(struct kunit *test)
{
	static const char *const words[] = {
		"params_test", "params_test_earl", "params_test_early2", "params_test_setupp=1",
		"params_test_setup", "=", "params_test_early-=2",
	};
	volatile unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		KUNIT_EXPECT_REPORT(test, "Unknown kernel command line parameter*", parse(words[i]));
	KUNIT_EXPECT_EQ(test, early_calls + setup_calls + flag_calls, 0);
}

static void params_nothing(struct kunit *test)
{
	parse("");
	parse("     ");
	KUNIT_EXPECT_EQ(test, early_calls + setup_calls + flag_calls, 0);
}

static struct kunit_case params_cases[] = {
	KUNIT_CASE(params_values),
	KUNIT_CASE(params_without_a_value),
	KUNIT_CASE(params_quotes),
	KUNIT_CASE(params_repeated),
	KUNIT_CASE(params_malformed),
	KUNIT_CASE(params_unknown),
	KUNIT_CASE(params_nothing),
	{}
};

static struct kunit_suite params_suite = {
	.name = "params",
	.init = params_init,
	.test_cases = params_cases,
};
kunit_test_suite(params_suite);
