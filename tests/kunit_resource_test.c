// SPDX-License-Identifier: MIT
/* KUnit run by KUnit: resources, try and catch, and expected reports. */
#include <kunit/report.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/bug.h>
#include "kunit_capture.h"

/* ---- resources ---- */

static char freed[32];	/* the names' first letters, in the order in which they were freed */

static void note_free(struct kunit_resource *res)
{
	const char *name = res->data;
	size_t len = strlen(freed);

	freed[len] = name[0];
	freed[len + 1] = '\0';
}

static bool has_data(struct kunit *test, struct kunit_resource *res, void *match_data)
{
	return res->data == match_data;
}

static int keep(struct kunit_resource *res, void *context)
{
	res->data = context;
	return 0;
}

static int refuse(struct kunit_resource *res, void *context)
{
	return -ENOMEM;
}

static void *hold(struct kunit *test, const char *name)
{
	return kunit_alloc_resource(test, keep, note_free, 0, (void *)name);
}

/* A resource that takes another while it is made: that one comes first. */
static int keep_and_hold(struct kunit_resource *res, void *context)
{
	struct kunit *test = context;

	hold(test, "inner");
	res->data = "outer";
	return 0;
}

static void resources_are_freed_backwards(struct kunit *test)
{
	struct kunit fake;

	kunit_init_test(&fake, "fake", NULL);
	KUNIT_EXPECT_STREQ(test, hold(&fake, "a"), "a");
	kunit_alloc_resource(&fake, keep_and_hold, note_free, 0, &fake);
	hold(&fake, "b");
	KUNIT_EXPECT_STREQ(test, freed, "");
	kunit_cleanup(&fake);
	KUNIT_EXPECT_STREQ(test, freed, "boia");
	KUNIT_EXPECT_TRUE(test, list_empty(&fake.resources));
}

static void holds_and_asserts(struct kunit *test)
{
	hold(test, "first");
	hold(test, "second");
	KUNIT_ASSERT_TRUE(test, false);
}

static void case_that_asserts_frees_its_resources(struct kunit *test)
{
	capture_case(holds_and_asserts);
	KUNIT_EXPECT_STREQ(test, freed, "sf");
}

static void crash_on_free(struct kunit_resource *res)
{
	BUG();
}

static void holds_a_crash(struct kunit *test)
{
	hold(test, "first");
	kunit_alloc_resource(test, keep, crash_on_free, 0, NULL);
	hold(test, "second");
}

static void fault_while_freeing_spares_the_others(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, strstr(capture_case(holds_a_crash), "    not ok 1 it\n"));
	KUNIT_EXPECT_STREQ(test, freed, "sf");
}

static void references_keep_a_resource(struct kunit *test)
{
	struct kunit_resource *res;

	res = kunit_alloc_and_get_resource(test, keep, note_free, 0, "x");
	KUNIT_ASSERT_NOT_NULL(test, res);
	kunit_remove_resource(test, res);
	kunit_remove_resource(test, res);
	KUNIT_EXPECT_NULL(test, kunit_find_resource(test, has_data, "x"));
	KUNIT_EXPECT_STREQ(test, freed, "");
	kunit_put_resource(res);
	KUNIT_EXPECT_STREQ(test, freed, "x");
}

static void the_latest_match_is_found(struct kunit *test)
{
	static char data[] = "same";
	struct kunit_resource one, two, *found;

	KUNIT_EXPECT_EQ(test, kunit_add_resource(test, NULL, NULL, &one, data), 0);
	KUNIT_EXPECT_EQ(test, kunit_add_resource(test, NULL, note_free, &two, data), 0);
	found = kunit_find_resource(test, has_data, data);
	KUNIT_EXPECT_PTR_EQ(test, found, &two);
	kunit_put_resource(found);
	KUNIT_EXPECT_EQ(test, kunit_destroy_resource(test, has_data, data), 0);
	KUNIT_EXPECT_STREQ(test, freed, "s");
	kunit_remove_resource(test, &one);
	KUNIT_EXPECT_EQ(test, kunit_destroy_resource(test, has_data, data),
			-ENOENT);
}

static int add_named(struct kunit *test, struct kunit_resource *res, const char *name)
{
	return kunit_add_named_resource(test, NULL, NULL, res, name, NULL);
}

static void names_are_unique_in_a_test(struct kunit *test)
{
	static struct kunit_resource res, other;

	KUNIT_EXPECT_EQ(test, add_named(test, &res, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_named(test, &res, "a"), 0);
	KUNIT_EXPECT_EQ(test, add_named(test, &other, "a"), -EEXIST);
	KUNIT_EXPECT_EQ(test, add_named(test, &other, "b"), 0);
	KUNIT_ASSERT_PTR_EQ(test, kunit_find_named_resource(test, "a"), &res);
	kunit_put_resource(&res);
	KUNIT_EXPECT_EQ(test, kunit_destroy_named_resource(test, "a"), 0);
	KUNIT_EXPECT_NULL(test, kunit_find_named_resource(test, "a"));
	KUNIT_EXPECT_EQ(test, kunit_destroy_named_resource(test, "a"), -ENOENT);
}

static void init_that_fails_adds_nothing(struct kunit *test)
{
	struct kunit_resource res;
	int i;

	for (i = 0; i < 1000; i++)	/* more than there is storage for */
		KUNIT_EXPECT_NULL(test, kunit_alloc_resource(test, refuse, note_free, 0, "x"));
	KUNIT_EXPECT_NOT_NULL(test, kunit_alloc_resource(test, keep, NULL, 0, "y"));
	KUNIT_EXPECT_EQ(test, kunit_destroy_resource(test, has_data, "y"), 0);
	KUNIT_EXPECT_EQ(test, kunit_add_resource(test, refuse, note_free, &res, "x"), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, list_empty(&test->resources));
	KUNIT_EXPECT_STREQ(test, freed, "");
}

/* More than the pool has: the rest comes from kmalloc(), and all of it comes back. */
static void storage_goes_on_and_comes_back(struct kunit *test)
{
	struct kunit fake;

	kunit_init_test(&fake, "fake", NULL);
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int n = 0; n < 300; n++)
			KUNIT_ASSERT_NOT_NULL(test, kunit_alloc_resource(&fake, keep, NULL, 0, &fake));
		KUNIT_EXPECT_NULL(test, kunit_alloc_resource(&fake, refuse, NULL, 0, NULL));
		kunit_cleanup(&fake);
		KUNIT_EXPECT_TRUE(test, list_empty(&fake.resources));
	}
}

/* ---- memory ---- */

static void memory_goes_with_the_test(struct kunit *test)
{
	struct kunit fake;
	char *zeros, *array;

	kunit_init_test(&fake, "fake", NULL);
	zeros = kunit_kzalloc(&fake, 100, GFP_KERNEL);
	array = kunit_kcalloc(&fake, 10, 10, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, zeros);
	KUNIT_ASSERT_NOT_NULL(test, array);
	KUNIT_EXPECT_NULL(test, memchr_inv(zeros, 0, 100));
	KUNIT_EXPECT_NULL(test, memchr_inv(array, 0, 100));
	KUNIT_EXPECT_NULL(test, kunit_kmalloc_array(&fake, SIZE_MAX / 2, 3, GFP_KERNEL));
	kunit_kfree(&fake, zeros);
	kunit_kfree(&fake, NULL);
	KUNIT_EXPECT_EQ(test, fake.status, KUNIT_SUCCESS);
	capture_begin();
	kunit_kfree(&fake, zeros);
	capture_end();
	KUNIT_EXPECT_EQ(test, fake.status, KUNIT_FAILURE);
	KUNIT_EXPECT_FALSE(test, list_empty(&fake.resources));
	kunit_cleanup(&fake);
	KUNIT_EXPECT_TRUE(test, list_empty(&fake.resources));
}

/* ---- try and catch ---- */

static struct kunit_try_catch attempt;
static int caught;

static void try_nothing(void *context) { }
static void try_throw(void *context) { kunit_try_catch_throw(&attempt); }
static void try_fault(void *context) { BUG(); }

static void try_throw_over_another(void *context)
{
	struct recovery inner;

	recovery_push(&inner);
	kunit_try_catch_throw(&attempt);
}

static void catch_it(void *context) { caught++; }

static int result_of(struct kunit *test, kunit_try_catch_func_t try)
{
	attempt = (struct kunit_try_catch) { .test = test, .try = try, .catch = catch_it };
	caught = 0;
	capture_begin();
	kunit_try_catch_run(&attempt, NULL);
	capture_end();
	return kunit_try_catch_get_result(&attempt);
}

static void try_tells_how_it_ended(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, result_of(test, try_nothing), 0);
	KUNIT_EXPECT_EQ(test, caught, 0);
	KUNIT_EXPECT_EQ(test, result_of(test, try_throw), 0);
	KUNIT_EXPECT_EQ(test, caught, 1);
	KUNIT_EXPECT_EQ(test, result_of(test, try_fault), -EINTR);
	KUNIT_EXPECT_EQ(test, caught, 1);
	KUNIT_EXPECT_NULL(test, attempt.recovery);
}

static void try_leaves_no_recovery_behind(struct kunit *test)
{
	struct recovery marker;

	recovery_push(&marker);
	result_of(test, try_nothing);
	result_of(test, try_throw_over_another);
	result_of(test, try_fault);
	KUNIT_EXPECT_PTR_EQ(test, recovery_take(), &marker);
}

/* ---- expected reports ---- */

static void report_is_recognised(struct kunit *test)
{
	capture_begin();
	KUNIT_EXPECT_REPORT(test, "*stolen: ? pages", pr_err("BUG: stolen: %d pages\n", 3));
	KUNIT_EXPECT_REPORT(test, "two", pr_info("one\ntwo\nthree\n"));
	KUNIT_EXPECT_REPORT(test, "late*", ({ pr_warn("late but seen\n"); BUG(); }));
	capture_end();
}

static void waits_in_vain(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "BUG: *", pr_info("all is well\n"));
}

static void faults_in_silence(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "sorry", BUG());
	kunit_info(test, "still here\n");
}

static void missing_report_is_a_failure(struct kunit *test)
{
	const char *captured = capture_case(waits_in_vain);

	KUNIT_EXPECT_TRUE(test, strstr(captured, "    Expected pr_info(\"all is well\\n\") to be "
						 "reported as \"BUG: *\", but it was not\n"));
	KUNIT_EXPECT_TRUE(test, strstr(captured, "\nnot ok 1 one\n"));
	captured = capture_case(faults_in_silence);
	KUNIT_EXPECT_TRUE(test, strstr(captured, "    # it: still here\n    not ok 1 it\n"));
}

static void asserts_under_watch(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*", KUNIT_ASSERT_TRUE(test, false));
	kunit_info(test, "not reached\n");
}

/* The next line would be shown to a watch that lies in a frame long gone. */
static void assertion_under_watch_ends_both(struct kunit *test)
{
	const char *captured = capture_case(asserts_under_watch);

	KUNIT_EXPECT_FALSE(test, strstr(captured, "not reached"));
	KUNIT_EXPECT_TRUE(test, strstr(captured, "\nnot ok 1 one\n"));
	kunit_info(test, "nobody is watching\n");
}

static int forget(struct kunit *test)
{
	freed[0] = '\0';
	return 0;
}

static struct kunit_case kunit_resource_cases[] = {
	KUNIT_CASE(resources_are_freed_backwards),
	KUNIT_CASE(case_that_asserts_frees_its_resources),
	KUNIT_CASE(fault_while_freeing_spares_the_others),
	KUNIT_CASE(references_keep_a_resource),
	KUNIT_CASE(the_latest_match_is_found),
	KUNIT_CASE(names_are_unique_in_a_test),
	KUNIT_CASE(init_that_fails_adds_nothing),
	KUNIT_CASE(storage_goes_on_and_comes_back),
	KUNIT_CASE(memory_goes_with_the_test),
	KUNIT_CASE(try_tells_how_it_ended),
	KUNIT_CASE(try_leaves_no_recovery_behind),
	KUNIT_CASE(report_is_recognised),
	KUNIT_CASE(missing_report_is_a_failure),
	KUNIT_CASE(assertion_under_watch_ends_both),
	{}
};

static struct kunit_suite kunit_resource_suite = {
	.name = "kunit-resource",
	.init = forget,
	.test_cases = kunit_resource_cases,
};
kunit_test_suite(kunit_resource_suite);
