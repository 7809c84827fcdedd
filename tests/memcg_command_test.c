// SPDX-License-Identifier: MIT
/* The monitor's `memcg`: what it does and what it prints. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "memcg_sandbox.h"
#include "monitor_ear.h"

/* ledger: G13 */
static void memcg_command_makes_a_tree(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("memcg new test-web 64K"), 0);
	KUNIT_EXPECT_EQ(test, ask("memcg new test-web/db"), 0);
	KUNIT_EXPECT_EQ(test, ask("memcg"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("/  "), 1);
	KUNIT_EXPECT_EQ(test, count_lines("  test-web                              0        65536"), 1);
	KUNIT_EXPECT_EQ(test, count_lines("    db                                  0          max"), 1);
	KUNIT_EXPECT_EQ(test, ask("memcg max test-web/db 10000"), 0);
	KUNIT_EXPECT_EQ(test, ask("memcg test-web/db"), 0);
	KUNIT_EXPECT_EQ(test, count_lines("memory.max:8192"), 1);
	KUNIT_EXPECT_EQ(test, ask("memcg rm test-web"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ask("memcg rm test-web/db"), 0);
	KUNIT_EXPECT_EQ(test, ask("memcg rm test-web"), 0);
	KUNIT_EXPECT_EQ(test, ask("memcg test-web"), -ENOENT);
}

static void free_handle(const char *command)
{
	char line[32];

	snprintf(line, sizeof(line), "%s #%lu", command, number_after("#"));
	ask(line);
}

/* ledger: G13 */
static void memcg_command_allocates(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, ask("memcg new test-web 64K"), 0);
	KUNIT_ASSERT_EQ(test, ask("memcg alloc test-web 10000"), 0);
	KUNIT_EXPECT_EQ(test, ask("memcg exec test-web alloc pages 5 kernel|account|noretry"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, ask("memcg test-web"), 0);
	KUNIT_EXPECT_EQ(test, number_after("memory.current:"), 16384);
	KUNIT_EXPECT_EQ(test, number_after("memory.max:"), 65536);
	KUNIT_EXPECT_EQ(test, number_after("memory.peak:"), 16384);
	KUNIT_EXPECT_EQ(test, number_after("memory.events:max "), 1);
	KUNIT_EXPECT_EQ(test, number_after("memory.events:oom "), 0);
	KUNIT_EXPECT_EQ(test, number_after("memory.stat:kernel "), 16384);
	ask("handles");
	free_handle("free");
	ask("memcg alloc test-web 100");
	ask("memcg test-web");
	KUNIT_EXPECT_EQ(test, number_after("memory.stat:slab_unreclaimable "),
			find_cache("kmalloc-cg-128")->size + sizeof(void *));
	KUNIT_EXPECT_EQ(test, ask("memcg rm test-web"), 0);
	KUNIT_EXPECT_EQ(test, number_after(""), 4096);	/* still in use */
	ask("handles");
	free_handle("free");
}

/* ledger: G13 */
static void memcg_command_wrong_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ask("memcg new"), -ENOENT);	/* a group of that name */
	KUNIT_EXPECT_EQ(test, ask("memcg new test-a test-b"), -ERANGE);
	KUNIT_EXPECT_EQ(test, ask("memcg new test-a/test-b"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("memcg new test-a/"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask("memcg new test-a 4K 4K"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("memcg max / 4K 4K"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("memcg rm /"), -EBUSY);
	KUNIT_EXPECT_EQ(test, ask("memcg exec /"), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask("memcg eat /"), -EINVAL);
}

static struct kunit_case memcg_command_cases[] = {
	KUNIT_CASE(memcg_command_makes_a_tree),
	KUNIT_CASE(memcg_command_allocates),
	KUNIT_CASE(memcg_command_wrong_words),
	{}
};

static struct kunit_suite memcg_command_suite = {
	.name = "memcg_command",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.exit = memcg_sandbox_end,
	.test_cases = memcg_command_cases,
};

kunit_test_suite(memcg_command_suite);
