// SPDX-License-Identifier: MIT
/*
 * Memory pools where there is no memory: what they are for. Threads each take an element, as for a
 * write to disk, hand it over to a "disk", which gives it back from its interrupt, and go on with the
 * next. There are fewer elements than writers, and nothing else: every page of every zone is gone.
 */
#include <kunit/settle.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/oom.h>
#include <linux/sched/mm.h>
#include <linux/timer.h>

#include "../mm/vmscan.h"
#include "test_thread.h"
#include "zone_sandbox.h"

#define ELEMENTS	2
#define WRITERS		6
#define ROUNDS		8
#define SIZE		600

static mempool_t *pool;
static struct kmem_cache *cache;

struct writer {
	struct timer_list disk;
	struct completion written, finished;
	unsigned int *element;
	unsigned int number, rounds;
	bool damaged;
};
static struct writer writers[WRITERS];

/* ---- kinds of elements ---- */

static unsigned int *words_of(void *element)
{
	return pool->alloc == mempool_alloc_pages ? page_address(element) : element;
}

static mempool_t *pool_of_pages(void)
{
	return mempool_create_page_pool(ELEMENTS, 0);
}

static mempool_t *pool_of_objects(void)
{
	return mempool_create_slab_pool(ELEMENTS, cache);
}

static mempool_t *pool_of_kmalloc(void)
{
	return mempool_create_kmalloc_pool(ELEMENTS, SIZE);
}

static const struct kind {
	const char *name;
	mempool_t *(*create)(void);
} kinds[] = {
	{ "pages", pool_of_pages }, { "objects", pool_of_objects }, { "kmalloc", pool_of_kmalloc },
};

static void describe(const struct kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, describe);

/* ---- writing ---- */

/* The disk's interrupt. */
static void is_written(struct timer_list *t)
{
	struct writer *w = from_timer(w, t, disk);
	void *element = w->element;

	if (*words_of(element) != w->number)
		w->damaged = true;
	mempool_free(element, pool);
	if (--w->rounds == 0)
		complete(&w->finished);
	else
		complete(&w->written);
}

static void begin_to_write(struct writer *w)
{
	w->element = mempool_alloc(pool, GFP_NOIO);
	if (!w->element) {
		w->damaged = true;
		complete(&w->finished);
		return;
	}
	*words_of(w->element) = w->number;
	mod_timer(&w->disk, jiffies + 1);
}

static int write_all(void *data)
{
	struct writer *w = data;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		wait_for_completion(&w->written);
		begin_to_write(w);
	}
	return 0;
}

static void prepare(struct writer *w, unsigned int number)
{
	*w = (struct writer) { .number = number, .rounds = ROUNDS };
	timer_setup(&w->disk, is_written, 0);
	init_completion(&w->written);
	init_completion(&w->finished);
}

static void expect_all_written(struct kunit *test)
{
	for (struct writer *w = writers; w < writers + WRITERS; w++) {
		KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&w->finished, 30 * HZ), 0);
		KUNIT_EXPECT_EQ(test, w->rounds, 0);
		KUNIT_EXPECT_FALSE(test, w->damaged);
	}
}

/* ledger: M2. All of it is written, an element goes to one at a time, and none is lost. */
static void all_is_written(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct test_thread threads[WRITERS];

	pool = kind->create();
	KUNIT_ASSERT_NOT_NULL(test, pool);
	for (unsigned int i = 0; i < WRITERS; i++)
		prepare(&writers[i], i);
	for (unsigned int i = 0; i < WRITERS; i++)
		test_thread_start(test, &threads[i], write_all, &writers[i]);
	zones_squeeze(0);
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN));
	for (unsigned int i = 0; i < WRITERS; i++)
		complete(&writers[i].written);
	expect_all_written(test);
	for (unsigned int i = 0; i < WRITERS; i++)
		test_thread_join(&threads[i]);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, ELEMENTS);
	KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 0);
}

/*
 * ledger: M2. Who cannot wait gets what the reserve has, and then nothing; the others are not
 * robbed.
 */
static void who_cannot_wait_gets_the_rest(struct kunit *test)
{
	void *elements[ELEMENTS];

	pool = pool_of_pages();
	KUNIT_ASSERT_NOT_NULL(test, pool);
	zones_squeeze(0);
	for (unsigned int i = 0; i < ELEMENTS; i++)
		KUNIT_EXPECT_NOT_NULL(test, elements[i] = mempool_alloc(pool, GFP_ATOMIC));
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_ATOMIC));
	for (unsigned int i = 0; i < ELEMENTS; i++)
		mempool_free(elements[i], pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, ELEMENTS);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), 0);	/* nobody else got any of it */
}

/* ledger: M2. What is kept for those who free memory is not the pool's, though they ask. */
static void reserves_are_left_alone(struct kunit *test)
{
	void *elements[ELEMENTS];
	struct zone *zone;
	unsigned int flags;
	gfp_t unused;

	pool = pool_of_pages();
	KUNIT_ASSERT_NOT_NULL(test, pool);
	zone = zone_with_room(0, &unused);
	zones_leave(zone, min_wmark_pages(zone));
	flags = memalloc_noreclaim_save();
	for (unsigned int i = 0; i < ELEMENTS; i++)
		KUNIT_EXPECT_NOT_NULL(test, elements[i] = mempool_alloc(pool, GFP_NOIO));
	memalloc_noreclaim_restore(flags);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), min_wmark_pages(zone));
	for (unsigned int i = 0; i < ELEMENTS; i++)
		mempool_free(elements[i], pool);
}

/* ---- the suite ---- */

/* Whoever else needs memory meanwhile waits until there is some: nobody is killed for it. */
static int mempool_pressure_enter(struct kunit *test)
{
	WRITE_ONCE(kswapd_of_node.failures, MAX_RECLAIM_RETRIES);
	mutex_lock(&oom_lock);
	pool = NULL;
	cache = kmem_cache_create("written", SIZE, 0, SLAB_NO_USER_FLAGS, NULL);
	zone_sandbox_enter(test);
	return cache ? 0 : -ENOMEM;
}

static void mempool_pressure_leave(struct kunit *test)
{
	zones_release();
	mempool_destroy(pool);
	kunit_settle();
	zone_sandbox_leave(test);
	kmem_cache_destroy(cache);
	mutex_unlock(&oom_lock);
	WRITE_ONCE(kswapd_of_node.failures, 0);
}

static struct kunit_case mempool_pressure_cases[] = {
	KUNIT_CASE_PARAM(all_is_written, kind_gen_params),
	KUNIT_CASE(who_cannot_wait_gets_the_rest),
	KUNIT_CASE(reserves_are_left_alone),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite mempool_pressure_suite = {
	.name = "mempool_pressure",
	.init = mempool_pressure_enter,
	.exit = mempool_pressure_leave,
	.test_cases = mempool_pressure_cases,
};
kunit_test_suite(mempool_pressure_suite);
