// SPDX-License-Identifier: MIT
/* fail_page_alloc: through its files, on the real allocator. */
#include <linux/errno.h>
#include <linux/string.h>
#include <quarry/proc.h>

#include "page_checkers.h"

#define DIRECTORY "fail_page_alloc/"

static void set(struct kunit *test, const char *file, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), DIRECTORY "%s", file);
	KUNIT_EXPECT_EQ_MSG(test, proc_store(path, value), 0, "%s > %s", value, path);
}

static void set_all(struct kunit *test, const char *probability, const char *min_order,
		    const char *ignore)
{
	set(test, "interval", "1");
	set(test, "space", "0");
	set(test, "times", "-1");
	set(test, "verbose", "0");
	set(test, "seed", "1");
	set(test, "min-order", min_order);
	set(test, "ignore-gfp-wait", ignore);
	set(test, "ignore-gfp-highmem", ignore);
	set(test, "probability", probability);
}

/* Does such an allocation fail? */
static bool fails(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	if (page)
		__free_pages(page, order);
	return !page;
}

static void fail_all(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL, 0));
	set_all(test, "100", "0", "N");
	KUNIT_EXPECT_TRUE(test, fails(GFP_KERNEL, 0));
	KUNIT_EXPECT_TRUE(test, fails(GFP_ATOMIC, 2));
	KUNIT_EXPECT_TRUE(test, fails(GFP_HIGHUSER, 0));
	KUNIT_EXPECT_EQ(test, __get_free_page(GFP_KERNEL | __GFP_NOWARN), 0);
	set(test, "probability", "0");
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL, 0));
}

/* Linux's defaults: only what may fail in earnest. */
static void fail_by_default(struct kunit *test)
{
	set_all(test, "100", "1", "Y");
	KUNIT_EXPECT_FALSE(test, fails(GFP_ATOMIC, 0));
	KUNIT_EXPECT_TRUE(test, fails(GFP_ATOMIC, 1));
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL, 1));
	KUNIT_EXPECT_FALSE(test, fails(GFP_NOWAIT | __GFP_HIGHMEM, 1));
	set(test, "ignore-gfp-wait", "N");
	KUNIT_EXPECT_TRUE(test, fails(GFP_KERNEL, 1));
	set(test, "ignore-gfp-highmem", "N");
	KUNIT_EXPECT_TRUE(test, fails(GFP_NOWAIT | __GFP_HIGHMEM, 1));
}

static void fail_never_what_must_not(struct kunit *test)
{
	set_all(test, "100", "0", "N");
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL | __GFP_NOFAIL, 0));
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL | __GFP_NOFAIL, 1));
}

static void fail_counts(struct kunit *test)
{
	set_all(test, "100", "0", "N");
	set(test, "times", "2");
	KUNIT_EXPECT_TRUE(test, fails(GFP_KERNEL, 0));
	KUNIT_EXPECT_TRUE(test, fails(GFP_KERNEL, 0));
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL, 0));

	set(test, "times", "-1");
	set(test, "space", "9");		/* pages: 8 are granted, the ninth is not */
	KUNIT_EXPECT_FALSE(test, fails(GFP_KERNEL, 3));
	KUNIT_EXPECT_TRUE(test, fails(GFP_KERNEL, 0));
}

static void fail_report(struct kunit *test)
{
	set_all(test, "100", "0", "N");
	set(test, "verbose", "2");
	KUNIT_EXPECT_REPORT(test, "FAULT_INJECTION: forcing a failure.",
		KUNIT_EXPECT_REPORT(test,
			"name fail_page_alloc, interval 1, probability 100, space 0, times -1",
			KUNIT_EXPECT_REPORT(test, " fail_report+*", alloc_page(GFP_KERNEL))));
}

/* The same seed again: the same ones fail. */
static void fail_repeats(struct kunit *test)
{
	u32 failed[2] = { 0, 0 };

	set_all(test, "30", "0", "N");
	for (int round = 0; round < 2; round++) {
		set(test, "seed", "12345");
		for (int i = 0; i < 32; i++)
			failed[round] |= (u32)fails(GFP_KERNEL, 0) << i;
	}
	KUNIT_EXPECT_EQ(test, failed[0], failed[1]);
	KUNIT_EXPECT_NE(test, failed[0], 0);
	KUNIT_EXPECT_NE(test, failed[0], ~0U);
}

/* ---- the files ---- */

struct text {
	struct seq_file m;
	char buf[32];
};

static void append(struct seq_file *m, const char *s, size_t count)
{
	struct text *text = container_of(m, struct text, m);

	strncat(text->buf, s, min(count, sizeof(text->buf) - strlen(text->buf) - 1));
}

static void expect_shows(struct kunit *test, const char *file, const char *value)
{
	struct text text = { .m.sink = append };
	char path[64];

	snprintf(path, sizeof(path), DIRECTORY "%s", file);
	KUNIT_EXPECT_EQ(test, proc_show(path, &text.m), 0);
	KUNIT_EXPECT_STREQ_MSG(test, text.buf, value, "%s", path);
}

static void fail_files_show_what_is_set(struct kunit *test)
{
	set_all(test, "30", "2", "N");
	set(test, "interval", "7");
	set(test, "space", "0");
	expect_shows(test, "probability", "30\n");
	expect_shows(test, "interval", "7\n");
	expect_shows(test, "times", "-1\n");
	expect_shows(test, "space", "0\n");
	expect_shows(test, "verbose", "0\n");
	expect_shows(test, "seed", "1\n");
	expect_shows(test, "min-order", "2\n");
	expect_shows(test, "ignore-gfp-wait", "N\n");
	set(test, "ignore-gfp-highmem", "Y");
	expect_shows(test, "ignore-gfp-highmem", "Y\n");
}

static void fail_files_refuse_nonsense(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, proc_store(DIRECTORY "probability", "often"), -EINVAL);
	KUNIT_EXPECT_EQ(test, proc_store(DIRECTORY "times", ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, proc_store(DIRECTORY "times", "99999999999"), -ERANGE);
	KUNIT_EXPECT_EQ(test, proc_store(DIRECTORY "ignore-gfp-wait", "maybe"), -EINVAL);
	expect_shows(test, "times", "-1\n");
}

static void fail_watches_while_it_can_fail(struct kunit *test)
{
	struct page_observer *observer = find_page_observer("fail_page_alloc");

	KUNIT_EXPECT_FALSE(test, page_observer_attached(observer));
	set_all(test, "1", "9", "Y");
	KUNIT_EXPECT_TRUE(test, page_observer_attached(observer));
	set(test, "probability", "0");
	KUNIT_EXPECT_FALSE(test, page_observer_attached(observer));
}

static int fail_page_alloc_init(struct kunit *test)
{
	page_balance_begin();
	set_all(test, "0", "1", "Y");
	return 0;
}

static void fail_page_alloc_exit(struct kunit *test)
{
	set_all(test, "0", "1", "Y");
	set(test, "times", "1");
	set(test, "verbose", "2");
	expect_page_balance(test, 0);
}

static struct kunit_case fail_page_alloc_cases[] = {
	KUNIT_CASE(fail_all),
	KUNIT_CASE(fail_by_default),
	KUNIT_CASE(fail_never_what_must_not),	/* ledger: G8 */
	KUNIT_CASE(fail_counts),
	KUNIT_CASE(fail_report),
	KUNIT_CASE(fail_repeats),
	KUNIT_CASE(fail_files_show_what_is_set),
	KUNIT_CASE(fail_files_refuse_nonsense),
	KUNIT_CASE(fail_watches_while_it_can_fail),
	{}
};

static struct kunit_suite fail_page_alloc_suite = {
	.name = "fail_page_alloc",
	.init = fail_page_alloc_init,
	.exit = fail_page_alloc_exit,
	.test_cases = fail_page_alloc_cases,
};
kunit_test_suite(fail_page_alloc_suite);
