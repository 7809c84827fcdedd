// SPDX-License-Identifier: MIT
/* slab_freelist_random: in which order the objects of a slab come. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/params.h>

#include "slab_sandbox.h"

#define COUNT	64

static unsigned int (*choice_before)(unsigned int num);
static void *objects[COUNT];

static void say(const char *words)
{
	char line[40];

	strscpy(line, words, sizeof(line));
	parse_params(line);
}

/* How often the next object lies behind the one before. All of one slab, each once. */
static unsigned int ascents(struct kunit *test, struct kmem_cache *cache)
{
	unsigned int ups = 0;
	u64 seen = 0;

	KUNIT_ASSERT_GE(test, cache->num, COUNT);
	take_objects(test, cache, COUNT, objects);
	for (unsigned int i = 0; i < COUNT; i++) {
		unsigned int index = slab_index(cache, slab_of(objects[0]), objects[i]);

		KUNIT_ASSERT_LT(test, index, cache->num);
		if (index < COUNT) {
			KUNIT_EXPECT_FALSE(test, seen >> index & 1);
			seen |= 1ULL << index;
		}
		ups += i && objects[i] > objects[i - 1];
	}
	give_objects(cache, COUNT, objects);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	return ups;
}

static void in_order_without(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 32, 0, 0, NULL);

	magazines_enable(false);
	KUNIT_EXPECT_EQ(test, ascents(test, cache), COUNT - 1);
}

/* By chance all of 64 come in order once in 10^89 times. */
static void shuffled_with(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 32, 0, 0, NULL);
	unsigned int ups;

	magazines_enable(false);
	say("slab_freelist_random=1");
	KUNIT_EXPECT_NOT_NULL(test, slab_first_choice);
	ups = ascents(test, cache);
	KUNIT_EXPECT_LT(test, ups, COUNT - 1);
	KUNIT_EXPECT_GT(test, ups, 0);
	say("slab_freelist_random=0");
	KUNIT_EXPECT_NULL(test, slab_first_choice);
	KUNIT_EXPECT_EQ(test, ascents(test, cache), COUNT - 1);
}

/* With magazines in between, too; and every place is somebody's once. */
static void shuffled_through_magazines(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 32, 0, 0, NULL);

	say("slab_freelist_random");
	KUNIT_EXPECT_LT(test, ascents(test, cache), COUNT - 1);
}

static int slab_random_init(struct kunit *test)
{
	choice_before = slab_first_choice;
	return slab_sandbox_enter(test);
}

static void slab_random_exit(struct kunit *test)
{
	slab_sandbox_leave(test);
	slab_first_choice = choice_before;
}

static struct kunit_case slab_random_cases[] = {
	KUNIT_CASE(in_order_without),
	KUNIT_CASE(shuffled_with),
	KUNIT_CASE(shuffled_through_magazines),
	{}
};

static struct kunit_suite slab_random_suite = {
	.name = "slab_random",
	.init = slab_random_init,
	.exit = slab_random_exit,
	.test_cases = slab_random_cases,
};
kunit_test_suite(slab_random_suite);
