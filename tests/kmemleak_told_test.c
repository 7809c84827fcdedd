// SPDX-License-Identifier: MIT
/* The leak finder: what others tell it, and what it tells people. */
#include <kunit/report.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <quarry/proc.h>

#include "lost_objects.h"
#include "monitor_ear.h"
#include "text_lines.h"

/* ---- being told ---- */

static void *variable;

static noinline void tell_all(void (*tell)(const void *ptr))
{
	for (unsigned int i = 0; i < NR_LOST; i++)
		tell(nth(i));
}

static void not_a_leak(struct kunit *test)
{
	lose_small(test);
	tell_all(kmemleak_not_leak);
	EXPECT_NONE_LOST(test);
}

static noinline void not_first(void (*tell)(const void *ptr))
{
	tell(nth(0));
}

/* Grey ones are looked into, black ones are not. */
static void ignored(struct kunit *test)
{
	lose_chain(test);
	not_first(kmemleak_not_leak);
	EXPECT_NONE_LOST(test);
	free_all(kfree);
	EXPECT_NONE_LOST(test);

	lose_chain(test);
	not_first(kmemleak_ignore);
	KUNIT_EXPECT_GE(test, lost(test), NR_LOST - 2);
	KUNIT_EXPECT_LT(test, lost(test), NR_LOST);
}

static void not_scanned(struct kunit *test)
{
	lose_chain(test);
	not_first(kmemleak_no_scan);
	lead_by(&variable, 0, 0);
	KUNIT_EXPECT_EQ(test, lost(test), NR_LOST - 1);
	KUNIT_EXPECT_FALSE(test, was_found(0));
	variable = NULL;
}

static noinline void scan_first_at(unsigned long offset)
{
	kmemleak_scan_area(nth(0) + offset, sizeof(void *), GFP_KERNEL);
}

static void scanned_in_part(struct kunit *test)
{
	lose_chain(test);
	lead_by(&variable, 0, 0);
	scan_first_at(64);
	KUNIT_EXPECT_GE(test, lost(test), NR_LOST - 2);
	scan_first_at(8);
	EXPECT_NONE_LOST(test);
	variable = NULL;
}

static noinline void *hidden_page(struct kunit *test, int min_count)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NE(test, page, 0);
	kmemleak_alloc((void *)page, PAGE_SIZE, min_count, GFP_KERNEL);
	return (void *)page;
}

static noinline void free_told_page(const void *page)
{
	kmemleak_free(page);
	free_page((unsigned long)page);
}

static noinline void lose_pages(struct kunit *test, int min_count)
{
	hide_all(test, hidden_page(test, min_count));
}

static void told_of_pages(struct kunit *test)
{
	static const struct {
		int min_count;
		unsigned int lost;
	} cases[] = { { 1, NR_LOST - 1 }, { 0, 0 }, { -1, 0 } };

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		lose_pages(test, cases[i].min_count);
		if (cases[i].lost)
			EXPECT_LOST(test);
		else
			EXPECT_NONE_LOST(test);
		free_all(free_told_page);
		EXPECT_NONE_LOST(test);
	}
}

/* What is in a grey page counts. */
static void told_pages_lead(struct kunit *test)
{
	void **page = hidden_page(test, 0);

	lose_small(test);
	EXPECT_LOST(test);
	make_chain();
	lead_by(page, 0, 0);
	EXPECT_NONE_LOST(test);
	free_told_page(page);
	EXPECT_LOST(test);
}

static void told_nonsense(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "kmemleak: Freeing unknown object at 0x*", kmemleak_free(hidden));
	KUNIT_EXPECT_REPORT(test, "kmemleak: Trying to color as Grey an unknown object at 0x*",
			    kmemleak_not_leak(hidden));
	KUNIT_EXPECT_REPORT(test, "kmemleak: Trying to color as Black an unknown object at 0x*",
			    kmemleak_ignore(hidden));
	KUNIT_EXPECT_REPORT(test, "kmemleak: Not scanning unknown object at 0x*",
			    kmemleak_no_scan(hidden));
	kmemleak_not_leak(NULL);
	kmemleak_ignore(ZERO_SIZE_PTR);
	kmemleak_free(NULL);
	EXPECT_NONE_LOST(test);
}

/* More than it has room for: the first ones hold, and it says so once. */
static void told_too_much(struct kunit *test)
{
	unsigned long page = __get_free_page(GFP_KERNEL);
	unsigned int nr = 0;

	KUNIT_ASSERT_NE(test, page, 0);
	KUNIT_EXPECT_REPORT(test, "kmemleak: no room for more than * notes; *",
		for (; nr < 65; nr++)
			kmemleak_alloc((void *)page + nr * 8, 8, 0, GFP_KERNEL));
	KUNIT_EXPECT_REPORT(test, "kmemleak: Freeing unknown object at 0x*",
		while (nr)
			kmemleak_free((void *)page + --nr * 8));
	free_page(page);
}

/* ---- /proc/kmemleak and leaks ---- */

static noinline void write_to_first(const char *text)
{
	strcpy(nth(0), text);
}

static void shown_as_linux_does(struct kunit *test)
{
	const char *at;

	lose_small(test);
	write_to_first("one for the road");
	KUNIT_EXPECT_EQ(test, proc_store("kmemleak", "clear"), 0);
	EXPECT_LOST(test);
	read_proc(test, "kmemleak");
	at = strstr(whole_text(), expected("unreferenced object 0x%08lx (size 128):\n", ~hidden[0]));
	KUNIT_ASSERT_NOT_NULL(test, at);
	KUNIT_EXPECT_NOT_NULL(test, strstr(at, "  hex dump (first 32 bytes):\n    6f 6e 65 20 66 6f 72 "
		"20 74 68 65 20 72 6f 61 64  one for the road\n    00 "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(at, "  backtrace:\n"));
}

static void cleared(struct kunit *test)
{
	lose_small(test);
	EXPECT_LOST(test);
	KUNIT_EXPECT_EQ(test, proc_store("kmemleak", "clear"), 0);
	KUNIT_EXPECT_EQ(test, count_found(), 0);
	KUNIT_EXPECT_LE(test, lost(test), 1);
	EXPECT_NONE_LOST(test);
}

static void commands(struct kunit *test)
{
	lose_small(test);
	wipe_stack();
	KUNIT_EXPECT_REPORT(test, "kmemleak: * unreferenced objects, * bytes (see /proc/kmemleak)",
			    KUNIT_EXPECT_EQ(test, proc_store("kmemleak", "scan"), 0));
	KUNIT_EXPECT_GE(test, count_found(), NR_LOST / 2);
	KUNIT_EXPECT_REPORT(test, "kmemleak: Object 0x* (size 128):",
		KUNIT_EXPECT_EQ(test, proc_store("kmemleak", expected("dump=%#lx", ~hidden[0])), 0));
	KUNIT_EXPECT_REPORT(test, "kmemleak: Unknown object at 0x*",
		KUNIT_EXPECT_EQ(test, proc_store("kmemleak", "dump=0x1000"), -EINVAL));
	KUNIT_EXPECT_EQ(test, proc_store("kmemleak", "dump=x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, proc_store("kmemleak", "nonsense"), -EINVAL);
}

static void at_the_prompt(struct kunit *test)
{
	lose_small(test);
	wipe_stack();
	KUNIT_EXPECT_EQ(test, ask("leaks"), 0);
	KUNIT_EXPECT_GE(test, count_lines("unreferenced object 0x"), NR_LOST / 2);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, " unreferenced objects, "));
	KUNIT_EXPECT_EQ(test, ask("leaks now"), -EINVAL);
}

/* ---- who and when: with kmemleak=on, which is here for a while ---- */

#define TRACES_ORDER	3		/* one half for traces, the other for backtraces */

static unsigned long traces;		/* 0: kmemleak=on is on the command line */
static struct stack_depot outside;

static int setup_traces(struct kunit *test)
{
	unsigned long half = PAGE_SIZE << (TRACES_ORDER - 1);

	if (kmemleak_traces())
		return lost_objects_init(test);
	traces = __get_free_pages(GFP_KERNEL | __GFP_ZERO, TRACES_ORDER);
	KUNIT_ASSERT_NE(test, traces, 0);
	outside = stack_depot;
	stack_depot_use((void *)traces, half);
	kmemleak_use((void *)traces + half, half);
	return lost_objects_init(test);
}

static void leave_traces(struct kunit *test)
{
	lost_objects_exit(test);
	if (!traces)
		return;
	kmemleak_use(NULL, 0);
	stack_depot = outside;
	free_pages(traces, TRACES_ORDER);
	traces = 0;
}

static void shows_who(struct kunit *test)
{
	const char *at, *end;

	lose_small(test);
	EXPECT_LOST(test);
	read_proc(test, "kmemleak");
	at = strstr(whole_text(), expected("unreferenced object 0x%08lx (size 128):\n", ~hidden[1]));
	KUNIT_ASSERT_NOT_NULL(test, at);
	end = strstr(at + 1, "unreferenced object") ?: at + strlen(at);
	at = strstr(at, "  comm \"");
	KUNIT_ASSERT_NOT_NULL(test, at);
	KUNIT_EXPECT_TRUE(test, at < end);
	KUNIT_EXPECT_NOT_NULL(test, strstr(at, "s)\n  hex dump (first 32 bytes):\n"));
	at = strstr(at, "] lose_small+0x");
	KUNIT_EXPECT_TRUE(test, at && at < end);
}

static noinline void expect_noted(struct kunit *test, const void *object)
{
	const char *dump = expected("dump=%#lx", (unsigned long)object);

	if (object)
		KUNIT_EXPECT_REPORT(test, " table_of_traces+*",
				    KUNIT_EXPECT_EQ(test, proc_store("kmemleak", dump), 0));
}

/* Many objects have been noted, and some of them freed: the others can still be found. */
static void table_of_traces(struct kunit *test)
{
	static void *objects[700];	/* the table has 1024 places, without kmemleak=on */
	int loglevel = console_loglevel;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmalloc(24, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(objects); i += 3) {
		kfree(objects[i]);
		objects[i] = NULL;
	}
	console_loglevel = LOGLEVEL_WARNING;
	for (i = 1; i < ARRAY_SIZE(objects); i += 4)
		expect_noted(test, objects[i]);
	console_loglevel = loglevel;
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		kfree(objects[i]);
	memset(objects, 0, sizeof(objects));
}

/* As soon as it is freed, what was said about it is forgotten: its successor is another object. */
static void forgets_at_once(struct kunit *test)
{
	lose_small(test);
	tell_all(kmemleak_not_leak);
	free_all(kfree);
	lose_small(test);
	EXPECT_LOST(test);
}

static struct kunit_case kmemleak_told_cases[] = {
	KUNIT_CASE(not_a_leak),
	KUNIT_CASE(ignored),
	KUNIT_CASE(not_scanned),
	KUNIT_CASE(scanned_in_part),
	KUNIT_CASE(told_of_pages),
	KUNIT_CASE(told_pages_lead),
	KUNIT_CASE(told_nonsense),
	KUNIT_CASE(told_too_much),
	KUNIT_CASE(shown_as_linux_does),
	KUNIT_CASE(cleared),
	KUNIT_CASE(commands),
	KUNIT_CASE(at_the_prompt),
	{}
};

static struct kunit_suite kmemleak_told_suite = {
	.name = "kmemleak_told",
	.suite_init = ears_init,
	.suite_exit = ears_exit,
	.init = lost_objects_init,
	.exit = lost_objects_exit,
	.test_cases = kmemleak_told_cases,
};
kunit_test_suite(kmemleak_told_suite);

static struct kunit_case kmemleak_traces_cases[] = {
	KUNIT_CASE(shows_who),
	KUNIT_CASE(table_of_traces),
	KUNIT_CASE(forgets_at_once),
	{}
};

static struct kunit_suite kmemleak_traces_suite = {
	.name = "kmemleak_traces",
	.init = setup_traces,
	.exit = leave_traces,
	.test_cases = kmemleak_traces_cases,
};
kunit_test_suite(kmemleak_traces_suite);
