// SPDX-License-Identifier: MIT
/*
 * Suites that must come out red. They are linked into build/quarry-red.elf only, and test not the
 * kernel but those who judge it: tools/test/red runs each and insists that it is found out, for
 * the right reason. Every suite has a good case before the bad one, so that something has already
 * been said when the bad one comes.
 */
#include <asm/processor.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/irqflags.h>
#include <linux/panic.h>
#include <linux/sched.h>
#include <quarry/exit.h>

static void good(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1 + 1, 2);
}

static void fails(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1 + 1, 3);
}

static void faults(struct kunit *test)
{
	unsigned long nowhere = 16;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*(int *)nowhere, 1);
}

static void is_skipped(struct kunit *test)
{
	kunit_skip(test, "nobody expects this");
}

static void panics(struct kunit *test)
{
	panic("red: in the middle of the tests");
}

/* What was held back when the machine stopped is what explains why it did. */
static void panics_on_watch(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "red: *", ({
		pr_warn("red: held back\n");
		panic("red: while a report is expected");
	}));
}

static void waits_in_vain(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "BUG: *", pr_warn("red: held back\n"));
}

static noinline void hangs(struct kunit *test)
{
	for (;;)
		cpu_relax();
}

static void sleeps_for_ever(struct kunit *test)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	barrier();			/* a call, not a jump: we want to be on the trace */
}

static void locks_up(struct kunit *test)
{
	local_irq_disable();
	hangs(test);
	barrier();
}

/* An interrupt table without gates: no exception can be delivered, not even the double fault. */
static void triple_faults(struct kunit *test)
{
	static const struct {
		u16 limit;
		u32 base;
	} __packed nothing;

	__asm__ __volatile__("lidt %0; int3" : : "m"(nothing));
}

static void resets(struct kunit *test)
{
	machine_restart();
}

/* As an exit() in the wrong place would: all is well, it says, and most was never run. */
static void leaves(struct kunit *test)
{
	machine_exit(EXIT_OK);
}

#define RED_SUITE(bad) \
	static struct kunit_case red_##bad##_cases[] = { \
		KUNIT_CASE(good), KUNIT_CASE(bad), KUNIT_CASE_NAMED(good, "also_good"), {} \
	}; \
	static struct kunit_suite red_##bad = { \
		.name = "red_" #bad, .test_cases = red_##bad##_cases \
	}; \
	kunit_test_suite(red_##bad)

#define KUNIT_CASE_NAMED(function, its_name) { .run_case = function, .name = its_name }

RED_SUITE(fails);
RED_SUITE(faults);
RED_SUITE(is_skipped);
RED_SUITE(panics);
RED_SUITE(panics_on_watch);
RED_SUITE(waits_in_vain);
RED_SUITE(hangs);
RED_SUITE(sleeps_for_ever);
RED_SUITE(locks_up);
RED_SUITE(triple_faults);
RED_SUITE(resets);
RED_SUITE(leaves);
