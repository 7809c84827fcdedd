// SPDX-License-Identifier: MIT
/*
 * slub_debug=: what its words mean, and what the checks make of a slot. The words are given to the
 * parser as if they stood on the command line; afterwards it is told what really stands there.
 */
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/poison.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/params.h>

#include "slab_sandbox.h"

#define F	SLAB_CONSISTENCY_CHECKS
#define Z	SLAB_RED_ZONE
#define P	SLAB_POISON
#define U	SLAB_STORE_USER
#define T	SLAB_TRACE
#define A	SLAB_FAILSLAB

/* ---- words ---- */

static void say(const char *words)
{
	static char line[COMMAND_LINE_SIZE];	/* the parser keeps it */

	strscpy(line, words, sizeof(line));
	parse_params(line);
}

/* The last one counts. */
static void say_what_boot_said(void)
{
	char words[COMMAND_LINE_SIZE], *line = words, *word;
	const char *said = "slub_debug=-";

	strscpy(words, boot_info.command_line, sizeof(words));
	while ((word = strsep(&line, " ")))
		if (!strncmp(word, "slub_debug", strlen("slub_debug")))
			said = word;
	say(said);
}

static slab_flags_t flags_of(struct kunit *test, const char *name, slab_flags_t flags,
			     unsigned int size)
{
	struct kmem_cache *cache = kmem_cache_create(name, size, 0, flags, NULL);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	flags = cache->flags & (F | Z | P | U | T | A);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	return flags;
}

static void expect_flags(struct kunit *test, const char *words, const char *name,
			 slab_flags_t flags)
{
	say(words);
	KUNIT_EXPECT_EQ_MSG(test, flags_of(test, name, 0, 40), flags, "%s: %s", words, name);
}

static void letters(struct kunit *test)
{
	expect_flags(test, "slub_debug", "some", F | Z | P | U);
	expect_flags(test, "slub_debug=", "some", F | Z | P | U);
	expect_flags(test, "slub_debug=-", "some", 0);
	expect_flags(test, "slub_debug=F", "some", F);
	expect_flags(test, "slub_debug=zp", "some", Z | P);
	expect_flags(test, "slub_debug=UTA", "some", U | T | A);
	expect_flags(test, "slub_debug=FZ-P", "some", P);
	KUNIT_EXPECT_REPORT(test, "slub_debug option 'X' unknown. skipped",
			    expect_flags(test, "slub_debug=FXZ", "some", F | Z));
}

static void names(struct kunit *test)
{
	expect_flags(test, "slub_debug=FZ,some", "some", F | Z);
	expect_flags(test, "slub_debug=FZ,some", "something", 0);
	expect_flags(test, "slub_debug=FZ,some", "som", 0);
	expect_flags(test, "slub_debug=FZ,some*", "something", F | Z);
	expect_flags(test, "slub_debug=FZ,*", "something", F | Z);
	expect_flags(test, "slub_debug=FZ,one,some,two", "some", F | Z);
	expect_flags(test, "slub_debug=FZ,one,some,two", "two", F | Z);
	expect_flags(test, "slub_debug=FZ,one,some,two", "three", 0);
	expect_flags(test, "slub_debug=,some", "some", F | Z | P | U);
	expect_flags(test, "slub_debug=-,some", "some", 0);
}

static void groups(struct kunit *test)
{
	static const char words[] = "slub_debug=FZ;P,some,other*;U,others";

	expect_flags(test, words, "some", P);
	expect_flags(test, words, "others", P);
	expect_flags(test, words, "someone", F | Z);
	expect_flags(test, "slub_debug=P,some;", "some", P);
	expect_flags(test, "slub_debug=P,some;", "other", 0);
	expect_flags(test, "slub_debug=P,some;U,other", "other", U);
	expect_flags(test, "slub_debug=P,some;FZ", "other", F | Z);
	expect_flags(test, "slub_debug=;;", "some", F | Z | P | U);
}

static void exempt(struct kunit *test)
{
	say("slub_debug=FZPU");
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", SLAB_NO_USER_FLAGS, 40), 0);
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", SLAB_NO_USER_FLAGS | P, 40), P);
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", SLAB_NOLEAKTRACE, 40), F | Z | P);
	say("slub_debug=P,some");
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", T, 40), P | T);
}

/* 'O': notes, but not where they would take a larger block. */
static void orders_kept(struct kunit *test)
{
	say("slub_debug=FZPUO");
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", 0, 40), F | Z | P | U);
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", 0, PAGE_SIZE), F);
	say("slub_debug=FZPU");
	KUNIT_EXPECT_EQ(test, flags_of(test, "some", 0, PAGE_SIZE), F | Z | P | U);
}

/* ---- slots ---- */

static struct kmem_cache *create(struct kunit *test, unsigned int size, unsigned int align,
				 slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *cache;

	cache = kmem_cache_create("some", size, align, flags | SLAB_NO_USER_FLAGS, ctor);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	return cache;
}

/* Any object's address and all of its bytes are the owner's, whatever stands beside it. */
static void expect_usable(struct kunit *test, unsigned int size, unsigned int align)
{
	struct kmem_cache *cache = create(test, size, align, F | Z | P | U, NULL);
	unsigned int count = min(cache->num, 3U);
	void *objects[3];

	take_objects(test, cache, count, objects);
	for (unsigned int i = 0; i < count; i++) {
		KUNIT_EXPECT_EQ_MSG(test, (unsigned long)objects[i] & (cache->align - 1), 0,
				    "size %u", size);
		memset(objects[i], 0x11 * (i + 1), size);
	}
	for (unsigned int i = 0; i < count; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(objects[i], 0x11 * (i + 1), size));
	give_objects(cache, count, objects);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 0);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void alignment_is_kept(struct kunit *test)
{
	for (unsigned int size = 8; size <= KMALLOC_MAX_CACHE_SIZE; size *= 2)
		expect_usable(test, size, size);
	expect_usable(test, 96, 32);
	expect_usable(test, 192, 64);
	expect_usable(test, 1, 0);
	expect_usable(test, 7, 0);
	expect_usable(test, 57, 0);
	expect_usable(test, 57, 64);
	expect_usable(test, 2 * PAGE_SIZE + 1, 0);
}

/* What "inuse" cannot express goes without; the checks that need no room stay. */
static void huge_objects_have_no_notes(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 64 << 10, 0, F | Z | P | U, NULL);

	KUNIT_EXPECT_EQ(test, cache->flags & (F | Z | P | U), F);
	KUNIT_EXPECT_EQ(test, cache->size, 64 << 10);
	KUNIT_EXPECT_EQ(test, cache->object_offset, 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void construct(void *object)
{
	memset(object, 0xc0, 40);
}

/* What must keep its contents is not poisoned; red zones it has. */
static void constructed_stays_so(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, F | Z | P | U, construct);
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0xc0, 40));
	KUNIT_EXPECT_EQ(test, object[-1], SLUB_RED_ACTIVE);
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0xc0, 40));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void read_under_rcu_stays_so(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, F | Z | P | SLAB_TYPESAFE_BY_RCU, NULL);
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0x21, 40);
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x21, 40));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void zones_and_poison(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 60, 0, Z | P, NULL);
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object - 8, SLUB_RED_ACTIVE, 8));
	KUNIT_EXPECT_NULL(test, memchr_inv(object + 60, SLUB_RED_ACTIVE, 4));
	memset(object, 0, 60);
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object - 8, SLUB_RED_INACTIVE, 8));
	KUNIT_EXPECT_NULL(test, memchr_inv(object, POISON_FREE, 59));
	KUNIT_EXPECT_EQ(test, object[59], POISON_END);
	KUNIT_EXPECT_NULL(test, memchr_inv(object + 60, SLUB_RED_INACTIVE, 4));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* Without room for itself between two objects, the red zone takes a word. */
static void zone_where_none_would_fit(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 64, 0, Z, NULL);

	KUNIT_EXPECT_GT(test, cache->inuse, cache->object_offset + cache->object_size);
	KUNIT_EXPECT_GE(test, cache->size, cache->inuse);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* Before the poison covers what it shows. */
static void trace(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 16, 0, T | P, NULL);
	void *volatile object = NULL;

	KUNIT_EXPECT_REPORT(test, "TRACE some alloc 0x* inuse=1",
		KUNIT_EXPECT_REPORT(test, " trace+*",
				    object = kmem_cache_alloc(cache, GFP_KERNEL)));
	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 'q', 16);
	KUNIT_EXPECT_REPORT(test, "TRACE some free 0x* inuse=1",
		KUNIT_EXPECT_REPORT(test, "Object   *: 71 71 * qqqqqqqqqqqqqqqq",
				    kmem_cache_free(cache, object)));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* Checks see each object: there is nothing between them and the slabs. */
static void checked_caches_have_no_magazines(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 40, 0, F, NULL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_EXPECT_TRUE(test, cache->watched);
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static int slub_debug_init(struct kunit *test)
{
	kasan_disable_current();	/* what is nobody's is looked at on purpose */
	return slab_sandbox_enter(test);
}

static void slub_debug_exit(struct kunit *test)
{
	kasan_enable_current();
	say_what_boot_said();
	slab_sandbox_leave(test);
}

static struct kunit_case slub_debug_cases[] = {
	KUNIT_CASE(letters),			/* ledger: S12 */
	KUNIT_CASE(names),			/* ledger: S12 */
	KUNIT_CASE(groups),			/* ledger: S12 */
	KUNIT_CASE(exempt),			/* ledger: S12 */
	KUNIT_CASE(orders_kept),		/* ledger: S12 */
	KUNIT_CASE(alignment_is_kept),		/* ledger: K4 */
	KUNIT_CASE(huge_objects_have_no_notes),
	KUNIT_CASE(constructed_stays_so),	/* ledger: S5 S6 */
	KUNIT_CASE(read_under_rcu_stays_so),	/* ledger: S5 */
	KUNIT_CASE(zones_and_poison),		/* ledger: S5 */
	KUNIT_CASE(zone_where_none_would_fit),	/* ledger: S5 */
	KUNIT_CASE(trace),			/* ledger: S12 */
	KUNIT_CASE(checked_caches_have_no_magazines), /* ledger: S5 */
	{}
};

static struct kunit_suite slub_debug_suite = {
	.name = "slub_debug",
	.init = slub_debug_init,
	.exit = slub_debug_exit,
	.test_cases = slub_debug_cases,
};
kunit_test_suite(slub_debug_suite);
