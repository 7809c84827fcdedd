// SPDX-License-Identifier: MIT
/* The magazines over a cache's slabs: what is quick, what is exchanged when, and who keeps out. */
#include <linux/minmax.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "slab_sandbox.h"

#define OBJECTS_MAX	512

static void *objects[OBJECTS_MAX];

static struct kmem_cache_cpu *cpu_of(struct kmem_cache *cache)
{
	return &cache->cpu[smp_processor_id()];
}

static unsigned int loaded_rounds(struct kmem_cache *cache)
{
	const struct kmem_cache_cpu *cpu = cpu_of(cache);

	return cpu->loaded ? cpu->top - &cpu->loaded->floor : 0;
}

/*
 * The first object freed makes the CPU want a magazine; the next one it has not got fills it. After
 * this, one full magazine is loaded, and nothing else is. Returns how many rounds it has.
 */
static unsigned int warm_up(struct kunit *test, struct kmem_cache *cache)
{
	unsigned int rounds;

	take_objects(test, cache, 1, objects);
	give_objects(cache, 1, objects);
	KUNIT_ASSERT_NOT_NULL(test, cpu_of(cache)->loaded);
	rounds = cpu_of(cache)->loaded->rounds;
	KUNIT_ASSERT_LE(test, 8 * rounds, OBJECTS_MAX);
	take_objects(test, cache, 2, objects);
	kmem_cache_free(cache, objects[1]);
	cpu_layer_enter();
	kmem_cache_free(cache, objects[0]);
	cpu_layer_leave();
	return rounds;
}

static void expect_all_home(struct kunit *test, struct kmem_cache *cache)
{
	magazines_drain(cache);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, cache->nr_slabs * cache->num);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
}

/* ---- quick ---- */

/* An empty magazine is filled from the slabs; after that, nobody asks them. */
static void magazine_is_filled_at_once(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);
	unsigned long in_slabs = cache->nr_free_objects;

	KUNIT_EXPECT_EQ(test, in_slabs, cache->num - rounds);
	KUNIT_EXPECT_EQ(test, loaded_rounds(cache), rounds);
	for (unsigned int i = 0; i < rounds; i++) {
		take_objects(test, cache, 1, objects + i);
		KUNIT_EXPECT_EQ(test, loaded_rounds(cache), rounds - 1 - i);
		KUNIT_EXPECT_EQ(test, cache->nr_free_objects, in_slabs);
	}
	give_objects(cache, rounds, objects);
	KUNIT_EXPECT_EQ(test, loaded_rounds(cache), rounds);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, in_slabs);
	expect_all_home(test, cache);
}

/* What was freed last is still in the CPU's cache: it is the next to go. */
static void magazine_is_a_stack(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 200, 0, 0, NULL);

	take_objects(test, cache, 3, objects);
	give_objects(cache, 3, objects);
	for (int i = 2; i >= 0; i--)
		KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(cache, GFP_ATOMIC), objects[i]);
	give_objects(cache, 3, objects);
	expect_all_home(test, cache);
}

/* ledger: S3. Zeros, from a magazine too: the object's bytes and no others; none with a constructor. */
static void magazine_zeroes_on_request(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 72, 0, 0, NULL);
	void *again;

	take_objects(test, cache, 2, objects);
	memset(objects[0], 0xa5, 72);
	memset(objects[1], 0x5a, 72);
	kmem_cache_free(cache, objects[0]);
	again = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_ZERO);
	KUNIT_EXPECT_PTR_EQ(test, again, objects[0]);
	KUNIT_EXPECT_NULL(test, memchr_inv(again, 0, 72));
	KUNIT_EXPECT_NULL(test, memchr_inv(objects[1], 0x5a, 72));
	kmem_cache_free(cache, again);
	preempt_disable();
	again = kmem_cache_zalloc(cache, GFP_ATOMIC);
	preempt_enable();
	KUNIT_EXPECT_PTR_EQ(test, again, objects[0]);
	give_objects(cache, 2, objects);
}

static void construct(void *object)
{
	*(u32 *)object = 0xc0ffee;
}

/* ledger: S6. Constructed once; what is in magazines keeps its state. */
static void magazine_keeps_constructed_state(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 72, 0, 0, construct);

	take_objects(test, cache, 40, objects);
	for (int i = 0; i < 40; i++) {
		KUNIT_EXPECT_EQ(test, *(u32 *)objects[i], 0xc0ffee);
		((u32 *)objects[i])[1] = 0x1234;
	}
	give_objects(cache, 40, objects);
	objects[0] = kmem_cache_zalloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, ((u32 *)objects[0])[0], 0xc0ffee);
	KUNIT_EXPECT_EQ(test, ((u32 *)objects[0])[1], 0x1234);
	kmem_cache_free(cache, objects[0]);
}

/* ---- exchanges ---- */

/* At the edge of a magazine, a pair does not go to the depot each time: previous sees to that. */
static void magazines_do_not_thrash(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);
	struct kmem_cache_cpu *cpu = cpu_of(cache);
	unsigned long slow;

	take_objects(test, cache, 3 * rounds, objects);
	give_objects(cache, 2 * rounds, objects);
	for (unsigned int i = 0; i < rounds + 1; i++) {		/* wherever the edge is */
		slow = cpu->nr_alloc + cpu->nr_free;
		for (int j = 0; j < 10; j++)
			kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
		for (int j = 0; j < 10; j++) {
			kmem_cache_free(cache, objects[2 * rounds]);
			objects[2 * rounds] = kmem_cache_alloc(cache, GFP_KERNEL);
		}
		KUNIT_EXPECT_LE(test, cpu->nr_alloc + cpu->nr_free, slow + 4);
		take_objects(test, cache, 1, objects + i);
	}
	give_objects(cache, rounds + 1, objects);
	give_objects(cache, rounds, objects + 2 * rounds);
	expect_all_home(test, cache);
}

/* More than two magazines: the full ones wait in the depot, and come back from there. */
static void magazines_wait_in_the_depot(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);
	unsigned long in_slabs;

	cache->depot.limit = 8;
	take_objects(test, cache, 5 * rounds, objects);
	give_objects(cache, 5 * rounds, objects);
	KUNIT_EXPECT_EQ(test, magazines_count(cache) + cache->nr_free_objects,
			cache->nr_slabs * cache->num);
	KUNIT_EXPECT_GE(test, magazines_count(cache), 5 * rounds);
	KUNIT_EXPECT_GE(test, cache->depot.nr_full, 3);
	in_slabs = cache->nr_free_objects;
	take_objects(test, cache, 5 * rounds, objects);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, in_slabs);
	KUNIT_EXPECT_EQ(test, cache->depot.nr_full, 0);
	KUNIT_EXPECT_GE(test, cache->depot.nr_empty, 2);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	give_objects(cache, 5 * rounds, objects);
	expect_all_home(test, cache);
}

/* The depot takes so many, and the slabs have the rest. */
static void depot_is_limited(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);

	KUNIT_EXPECT_GE(test, cache->depot.limit, 1);
	cache->depot.limit = 2;
	take_objects(test, cache, 8 * rounds, objects);
	give_objects(cache, 8 * rounds, objects);
	KUNIT_EXPECT_EQ(test, cache->depot.nr_full, 2);
	KUNIT_EXPECT_LE(test, magazines_count(cache), 4 * rounds);
	KUNIT_EXPECT_GE(test, cache->nr_free_objects, 4 * rounds);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	expect_all_home(test, cache);
}

static unsigned int nr_small, nr_large;

static bool count_sizes(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			void *small)
{
	const struct magazine *magazine = container_of(rounds, struct magazine, round[0]);

	if (magazine->rounds > *(unsigned int *)small)
		nr_large++;
	else
		nr_small++;
	return true;
}

/* Larger magazines are wanted: smaller ones go when they come back empty, but for the last two. */
static void magazines_grow(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);

	cache->depot.limit = 4;
	take_objects(test, cache, 4 * rounds, objects);
	give_objects(cache, 4 * rounds, objects);
	cache->depot.type++;
	for (int i = 0; i < 2; i++) {
		take_objects(test, cache, 8 * rounds, objects);
		KUNIT_EXPECT_TRUE(test, cache_validate(cache));
		give_objects(cache, 8 * rounds, objects);
		KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	}
	nr_small = nr_large = 0;
	magazines_walk(cache, count_sizes, &rounds);
	KUNIT_EXPECT_LE(test, nr_small, 2);
	KUNIT_EXPECT_GE(test, nr_large, 2);
	expect_all_home(test, cache);
}

/* No page for a magazine is no reason to refuse an object that is there, or to lose one. */
static void magazines_are_not_to_be_had(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 4000, 0, 0, NULL);
	unsigned int slabs = 6, i, num = cache->num;
	unsigned int own = slabs * num;

	cache->max_free_slabs = slabs;
	take_objects(test, cache, own, objects);
	give_objects(cache, own, objects);
	magazines_enable(false);
	magazines_enable(true);
	slab_settle();
	magazines_enable(false);
	take_objects(test, cache, own, objects);
	give_objects(cache, own, objects);
	magazines_enable(true);
	no_pages_begin();
	for (i = 0; i < own; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_NOWAIT | __GFP_NOWARN);
		KUNIT_EXPECT_NOT_NULL(test, objects[i]);
	}
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_NOWAIT | __GFP_NOWARN));
	give_objects(cache, own, objects);
	no_pages_end();
	KUNIT_EXPECT_EQ(test, magazines_count(cache) + cache->nr_free_objects, own);
	expect_all_home(test, cache);
}

/* ---- who keeps out ---- */

/* An interrupt that finds the mark goes to the slabs; the magazine it found stays as it was. */
static void interrupt_inside_the_mark(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);
	unsigned long in_slabs = cache->nr_free_objects;
	void *mine;

	take_objects(test, cache, 1, objects);
	cpu_layer_enter();
	preempt_count_add(HARDIRQ_OFFSET);
	mine = kmem_cache_alloc(cache, GFP_ATOMIC | __GFP_ZERO);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, in_slabs - 1);
	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_ATOMIC, 3, objects + 1), 3);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, in_slabs - 4);
	kmem_cache_free_bulk(cache, 3, objects + 1);
	kmem_cache_free(cache, mine);
	kmem_cache_free(cache, objects[0]);
	preempt_count_sub(HARDIRQ_OFFSET);
	cpu_layer_leave();
	KUNIT_EXPECT_EQ(test, loaded_rounds(cache), rounds - 1);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, in_slabs + 1);
	expect_all_home(test, cache);
}

/* One that does not find it uses the magazine like anybody else. */
static void interrupt_outside_the_mark(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);

	preempt_count_add(HARDIRQ_OFFSET);
	objects[0] = kmem_cache_alloc(cache, GFP_ATOMIC);
	KUNIT_EXPECT_EQ(test, loaded_rounds(cache), rounds - 1);
	kmem_cache_free(cache, objects[0]);
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_EQ(test, loaded_rounds(cache), rounds);
}

/* ---- on, off, and who watches ---- */

static void expect_no_magazines(struct kunit *test, struct kmem_cache *cache)
{
	unsigned long in_slabs = cache->nr_free_objects;

	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	take_objects(test, cache, 2, objects);
	KUNIT_EXPECT_PTR_EQ(test, cpu_of(cache)->loaded, NULL);
	kmem_cache_free(cache, objects[0]);
	KUNIT_EXPECT_EQ(test, magazines_count(cache), 0);
	kmem_cache_free(cache, objects[1]);
	KUNIT_EXPECT_GE(test, cache->nr_free_objects, in_slabs);
	KUNIT_EXPECT_EQ(test, cache->nr_free_objects, cache->nr_slabs * cache->num);
	KUNIT_EXPECT_EQ(test, cache->depot.nr_empty + cache->depot.nr_full, 0);
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
}

static void magazines_off_and_on(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);

	warm_up(test, cache);
	KUNIT_EXPECT_TRUE(test, magazines_enabled());
	magazines_enable(false);
	KUNIT_EXPECT_FALSE(test, magazines_enabled());
	expect_no_magazines(test, cache);
	magazines_enable(true);
	warm_up(test, cache);
	KUNIT_EXPECT_GT(test, magazines_count(cache), 0);
	expect_no_magazines(test, plain_cache(test, 64, 0, SLAB_NO_MAGAZINES, NULL));
}

static const struct kmem_cache *wanted;
static unsigned int nr_seen;

static bool wants(const struct kmem_cache *cache)
{
	return cache == wanted;
}

static bool see(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	nr_seen++;
	return true;
}

static bool see_free(struct kmem_cache *cache, void *object)
{
	nr_seen++;
	return true;
}

static struct slab_observer watcher = {
	.name = "slab_cpu_test", .wants = wants, .alloc = see, .free = see_free,
};

/* A cache that is watched has none: each object passes those who watch. */
static void magazines_not_while_watched(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);

	warm_up(test, cache);
	magazines_drain(cache);
	kmem_cache_shrink(cache);
	wanted = cache;
	nr_seen = 0;
	slab_observer_attach(&watcher);
	slab_observer_attach(&watcher);
	KUNIT_EXPECT_TRUE(test, cache->watched);
	expect_no_magazines(test, cache);
	KUNIT_EXPECT_EQ(test, nr_seen, 4);
	slab_observer_detach(&watcher);
	slab_observer_detach(&watcher);
	kfree(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, nr_seen, 4);
}

/* ---- looking ---- */

static unsigned int nr_visited;

static bool count_them(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
		       void *arg)
{
	for (unsigned int i = 0; i < nr; i++)
		if (slab_page(rounds[i])->slab_cache != cache)
			return false;
	nr_visited += nr;
	return true;
}

/* Every free object is in a slab's bitmap or in a magazine, and can be found there. */
static void magazines_can_be_walked(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache);
	struct slabinfo info;

	take_objects(test, cache, 4 * rounds + 1, objects);
	give_objects(cache, 4 * rounds, objects);
	nr_visited = 0;
	KUNIT_EXPECT_TRUE(test, magazines_walk(cache, count_them, NULL));
	KUNIT_EXPECT_EQ(test, nr_visited, magazines_count(cache));
	KUNIT_EXPECT_GE(test, nr_visited, 2 * rounds);
	KUNIT_EXPECT_FALSE(test, slab_object_in_magazine(cache, objects[4 * rounds]));
	KUNIT_EXPECT_TRUE(test, slab_object_in_magazine(cache, objects[4 * rounds - 1]));
	get_slabinfo(cache, &info);
	KUNIT_EXPECT_EQ(test, info.in_magazines, nr_visited);
	KUNIT_EXPECT_EQ(test, info.active_objs, 1);
	KUNIT_EXPECT_EQ(test, info.num_objs, cache->nr_slabs * cache->num);
	KUNIT_EXPECT_EQ(test, info.num_slabs, cache->nr_slabs);
	kmem_cache_free(cache, objects[4 * rounds]);
}

/* ---- mistakes ---- */

/* The one freed last, freed again: at once, at every fill of the magazine. */
static void double_free_of_the_last(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);
	unsigned int rounds = warm_up(test, cache), i;

	take_objects(test, cache, 2 * rounds + 2, objects);
	for (i = 0; i < 2 * rounds + 2; i++) {
		unsigned long count;

		kmem_cache_free(cache, objects[i]);
		count = magazines_count(cache);
		KUNIT_EXPECT_REPORT(test, "BUG plain*: Object already free",
				    kmem_cache_free(cache, objects[i]));
		KUNIT_EXPECT_EQ(test, magazines_count(cache), count);
	}
	expect_all_home(test, cache);
}

/* Another one: when it leaves for its slab, which does not take it twice. */
static void double_free_of_another(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 64, 0, 0, NULL);

	take_objects(test, cache, 2, objects);
	give_objects(cache, 2, objects);
	kmem_cache_free(cache, objects[0]);
	KUNIT_EXPECT_REPORT(test, "BUG plain*: Object already free", magazines_drain(cache));
	expect_all_home(test, cache);
}

static struct kunit_case slab_cpu_cases[] = {
	KUNIT_CASE(magazine_is_filled_at_once),
	KUNIT_CASE(magazine_is_a_stack),
	KUNIT_CASE(magazine_zeroes_on_request),
	KUNIT_CASE(magazine_keeps_constructed_state),
	KUNIT_CASE(magazines_do_not_thrash),
	KUNIT_CASE(magazines_wait_in_the_depot),
	KUNIT_CASE(depot_is_limited),
	KUNIT_CASE(magazines_grow),
	KUNIT_CASE(magazines_are_not_to_be_had),
	KUNIT_CASE(interrupt_inside_the_mark),
	KUNIT_CASE(interrupt_outside_the_mark),
	KUNIT_CASE(magazines_off_and_on),
	KUNIT_CASE(magazines_not_while_watched),
	KUNIT_CASE(magazines_can_be_walked),
	KUNIT_CASE(double_free_of_the_last),
	KUNIT_CASE(double_free_of_another),
	{}
};

static struct kunit_suite slab_cpu_suite = {
	.name = "slab_cpu",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = slab_cpu_cases,
};
kunit_test_suite(slab_cpu_suite);
