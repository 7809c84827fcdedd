// SPDX-License-Identifier: MIT
/* failslab: through its files, on real caches. */
#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <quarry/proc.h>

#include "slab_sandbox.h"

#define DIRECTORY "failslab/"

static struct kmem_cache *cache;	/* 40 bytes */

static void set(struct kunit *test, const char *file, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), DIRECTORY "%s", file);
	KUNIT_EXPECT_EQ_MSG(test, proc_store(path, value), 0, "%s > %s", value, path);
}

static void set_all(struct kunit *test, const char *probability, const char *ignore_wait)
{
	set(test, "interval", "1");
	set(test, "space", "0");
	set(test, "times", "-1");
	set(test, "verbose", "0");
	set(test, "seed", "1");
	set(test, "ignore-gfp-wait", ignore_wait);
	set(test, "cache-filter", "N");
	set(test, "probability", probability);
}

static bool fails(struct kmem_cache *from, gfp_t gfp)
{
	void *object = kmem_cache_alloc(from, gfp);

	kmem_cache_free(from, object);
	return !object;
}

static bool kmalloc_fails(size_t size, gfp_t gfp)
{
	void *object = kmalloc(size, gfp);

	kfree(object);
	return !object;
}

static void failslab_all(struct kunit *test)
{
	void *objects[4];

	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));
	set_all(test, "100", "N");
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_ATOMIC));
	KUNIT_EXPECT_TRUE(test, kmalloc_fails(100, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, kmalloc_fails(8192, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, kmalloc_fails(8193, GFP_KERNEL));	/* no object */
	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 4, objects), 0);
	set(test, "probability", "0");
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));
}

/* Linux's default: only those that cannot wait. */
static void failslab_by_default(struct kunit *test)
{
	set_all(test, "100", "Y");
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_NOIO));
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_ATOMIC));
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_NOWAIT));
}

static void failslab_never_what_must_not(struct kunit *test)
{
	struct kmem_cache *other;

	set_all(test, "100", "N");
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL | __GFP_NOFAIL));
	set_all(test, "0", "N");
	set(test, "cache-filter", "Y");
	set(test, "probability", "100");
	other = kmem_cache_create("test-failslab-2", 40, 0, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(other), 0);
}

static void failslab_of_one_cache(struct kunit *test)
{
	struct kmem_cache *marked;

	marked = kmem_cache_create("test-failslab-2", 40, 0, SLAB_FAILSLAB, NULL);
	KUNIT_ASSERT_NOT_NULL(test, marked);
	set_all(test, "100", "N");
	set(test, "cache-filter", "Y");
	KUNIT_EXPECT_TRUE(test, fails(marked, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));
	set_all(test, "0", "N");
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(marked), 0);
}

static void failslab_counts(struct kunit *test)
{
	set_all(test, "100", "N");
	set(test, "times", "2");
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));

	set(test, "times", "-1");
	set(test, "space", "81");	/* bytes: two objects are granted, the third is not */
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, fails(cache, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, fails(cache, GFP_KERNEL));
}

static void failslab_report(struct kunit *test)
{
	set_all(test, "100", "N");
	set(test, "verbose", "2");
	KUNIT_EXPECT_REPORT(test, "name failslab, interval 1, probability 100, space 0, times -1",
		KUNIT_EXPECT_REPORT(test, " failslab_report+*",
				    kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL))));
}

/* The same seed again: the same ones fail. */
static void failslab_repeats(struct kunit *test)
{
	u32 failed[2] = { 0, 0 };

	set_all(test, "30", "N");
	for (int round = 0; round < 2; round++) {
		set(test, "seed", "12345");
		for (int i = 0; i < 32; i++)
			failed[round] |= (u32)fails(cache, GFP_KERNEL) << i;
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

static void failslab_files_show_what_is_set(struct kunit *test)
{
	set_all(test, "30", "N");
	set(test, "cache-filter", "Y");
	expect_shows(test, "probability", "30\n");
	expect_shows(test, "times", "-1\n");
	expect_shows(test, "seed", "1\n");
	expect_shows(test, "ignore-gfp-wait", "N\n");
	expect_shows(test, "cache-filter", "Y\n");
	KUNIT_EXPECT_EQ(test, proc_store(DIRECTORY "probability", "often"), -EINVAL);
	expect_shows(test, "probability", "30\n");
}

static bool is_watching(void)
{
	const struct slab_observer *o = slab_watchers;

	while (o && strcmp(o->name, "failslab"))
		o = o->next;
	return o;
}

/* Magazines would hide allocations from it, and cost nothing when it is gone. */
static void failslab_watches_while_it_can_fail(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_watching());
	set_all(test, "1", "Y");
	KUNIT_EXPECT_TRUE(test, is_watching());
	KUNIT_EXPECT_TRUE(test, cache->watched);
	set(test, "probability", "0");
	KUNIT_EXPECT_FALSE(test, is_watching());
	KUNIT_EXPECT_EQ(test, cache->watched, slab_watched_wants(cache));
}

static int failslab_init(struct kunit *test)
{
	slab_sandbox_enter(test);
	cache = kmem_cache_create("test-failslab", 40, 0, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	set_all(test, "0", "Y");
	return 0;
}

static void failslab_exit(struct kunit *test)
{
	set_all(test, "0", "Y");
	set(test, "times", "1");
	set(test, "verbose", "2");
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	slab_sandbox_leave(test);
}

static struct kunit_case failslab_cases[] = {
	KUNIT_CASE(failslab_all),		/* ledger: S3 K2 */
	KUNIT_CASE(failslab_by_default),
	KUNIT_CASE(failslab_never_what_must_not), /* ledger: G8 */
	KUNIT_CASE(failslab_of_one_cache),
	KUNIT_CASE(failslab_counts),
	KUNIT_CASE(failslab_report),
	KUNIT_CASE(failslab_repeats),
	KUNIT_CASE(failslab_files_show_what_is_set),
	KUNIT_CASE(failslab_watches_while_it_can_fail),
	{}
};

static struct kunit_suite failslab_suite = {
	.name = "failslab",
	.init = failslab_init,
	.exit = failslab_exit,
	.test_cases = failslab_cases,
};
kunit_test_suite(failslab_suite);
