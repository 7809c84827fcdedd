// SPDX-License-Identifier: MIT
/*
 * Memory pools: which element comes from where, what is kept back, and what is said when a pool
 * ends too early. Most cases have an allocator of their own, whose mood they decide.
 */
#include <kunit/report.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/preempt.h>

#include "live_objects.h"

/* ---- an allocator that says what it was asked, and has no more than it should ---- */

#define PLACES	32

static struct stock {
	int places[PLACES];		/* elements are the addresses of these */
	bool out[PLACES];
	unsigned int nr_out;
	unsigned int limit;		/* no more than so many at a time */
	unsigned int asked, freed;
	gfp_t gfp;			/* of the last request */
	unsigned int for_the_patient;	/* it finds one more, when so often asked by who may wait */
} stock;

static void *stock_alloc(gfp_t gfp, void *pool_data)
{
	struct stock *s = pool_data;

	s->asked++;
	s->gfp = gfp;
	if ((gfp & __GFP_DIRECT_RECLAIM) && s->for_the_patient && !--s->for_the_patient)
		s->limit++;
	for (int i = 0; i < PLACES && s->nr_out < s->limit; i++) {
		if (s->out[i])
			continue;
		s->out[i] = true;
		s->nr_out++;
		return &s->places[i];
	}
	return NULL;
}

static void stock_free(void *element, void *pool_data)
{
	struct stock *s = pool_data;
	int i = (int *)element - s->places;

	s->freed++;
	s->out[i] = false;
	s->nr_out--;
}

static mempool_t *stock_pool(struct kunit *test, int min_nr)
{
	mempool_t *pool;

	stock = (struct stock) { .limit = PLACES };
	pool = mempool_create(min_nr, stock_alloc, stock_free, &stock);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_EXPECT_EQ(test, stock.nr_out, min_nr);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, min_nr);
	stock.asked = stock.freed = 0;
	return pool;
}

/* @nr elements, all different and none of them in the reserve. */
static void take(struct kunit *test, mempool_t *pool, unsigned int nr, void **element, gfp_t gfp)
{
	for (unsigned int i = 0; i < nr; i++) {
		element[i] = mempool_alloc(pool, gfp);
		KUNIT_ASSERT_NOT_NULL(test, element[i]);
		for (unsigned int j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, element[i], element[j]);
		for (int j = 0; j < pool->curr_nr; j++)
			KUNIT_EXPECT_PTR_NE(test, element[i], pool->elements[j]);
	}
}

static void give(mempool_t *pool, unsigned int nr, void **element)
{
	while (nr)
		mempool_free(element[--nr], pool);
}

/* The pool ends, and everything is back in stock. */
static void end(struct kunit *test, mempool_t *pool)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 0);
	mempool_destroy(pool);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 0);
}

/* ---- taking and giving back ---- */

/* ledger: M2. While there is memory, the reserve stays as it is. */
static void allocator_first(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 4);
	void *element[8];

	take(test, pool, 8, element, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 12);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 4);
	give(pool, 8, element);
	KUNIT_EXPECT_EQ(test, stock.freed, 8);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 4);
	end(test, pool);
}

/* ledger: M2. Then the reserve, to its last element; and it is filled before anything goes back. */
static void then_the_reserve(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_NOIO };

	for (int i = 0; i < ARRAY_SIZE(gfps); i++) {
		mempool_t *pool = stock_pool(test, 4);
		void *element[6];

		stock.limit = 6;
		take(test, pool, 6, element, gfps[i]);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 6);
		give(pool, 4, element);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, 4);
		KUNIT_EXPECT_EQ(test, stock.freed, 0);
		give(pool, 2, element + 4);
		KUNIT_EXPECT_EQ(test, stock.freed, 2);
		end(test, pool);
	}
}

/* ledger: M2. Who cannot wait gets NULL in the end, and the next one what comes back. */
static void null_only_where_nobody_may_wait(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 2);
	void *element[2];

	stock.limit = 2;
	take(test, pool, 2, element, GFP_ATOMIC);
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_ATOMIC));
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_NOWAIT));
	KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 2);
	mempool_free(element[0], pool);
	KUNIT_EXPECT_PTR_EQ(test, mempool_alloc(pool, GFP_ATOMIC), element[0]);
	give(pool, 2, element);
	end(test, pool);
}

/* ledger: M2. Who may wait asks the allocator in earnest before he waits. */
static void asks_in_earnest_before_waiting(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 1);
	void *element[2];

	stock.limit = 1;
	take(test, pool, 1, element, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, stock.asked, 1);
	stock.for_the_patient = 1;
	take(test, pool, 1, element + 1, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, stock.asked, 3);
	KUNIT_EXPECT_EQ(test, stock.gfp,
			GFP_KERNEL | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN);
	give(pool, 2, element);
	end(test, pool);
}

/* ledger: M2. With interrupts off nobody could bring one back: said, and no waiting for ever. */
static void not_with_interrupts_off(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 1);
	void *element, *volatile none = &stock;

	stock.limit = 1;
	take(test, pool, 1, &element, GFP_KERNEL);
	KUNIT_EXPECT_REPORT(test, "mempool: nobody can return an element while we wait for one",
			    local_irq_disable(); none = mempool_alloc(pool, GFP_KERNEL);
			    local_irq_enable());
	KUNIT_EXPECT_NULL(test, none);
	give(pool, 1, &element);
	end(test, pool);
}

/* ledger: M2. At first it shall neither wait nor complain, nor touch anybody else's reserve. */
static void asks_modestly_at_first(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 1);
	void *element;

	take(test, pool, 1, &element, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, stock.gfp, __GFP_KSWAPD_RECLAIM | __GFP_FS | __GFP_NOMEMALLOC |
			__GFP_NORETRY | __GFP_NOWARN);
	give(pool, 1, &element);
	end(test, pool);
}

/* ledger: M2. In an interrupt waiting is not possible, and asking for it is a mistake. */
static void misuse_is_reported(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 1);
	void *volatile element = NULL, *volatile zeroed = NULL, *volatile none = &stock;

	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "WARNING: *mm/mempool.c*",
			    zeroed = mempool_alloc(pool, GFP_KERNEL | __GFP_ZERO));
	stock.limit = 0;
	preempt_count_add(HARDIRQ_OFFSET);
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at mm/*",
			    element = mempool_alloc(pool, GFP_KERNEL));
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at mm/*",
			    none = mempool_alloc(pool, GFP_KERNEL));
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_NOT_NULL(test, element);
	KUNIT_EXPECT_NULL(test, none);
	mempool_free(element, pool);
	mempool_free(zeroed, pool);
	mempool_free(NULL, pool);
	end(test, pool);
}

/* What lies in the reserve and is given once more would come out of it twice. */
static void given_back_twice(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 2);
	void *element[2];

	stock.limit = 2;
	take(test, pool, 2, element, GFP_ATOMIC);
	mempool_free(element[0], pool);
	KUNIT_EXPECT_REPORT(test, "mempool_free: * lies in the reserve already",
			    mempool_free(element[0], pool));
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 1);
	mempool_free(element[1], pool);
	end(test, pool);
}

/* ---- pools ---- */

/* ledger: M1. Half a pool is no pool, and leaves nothing behind. */
static void no_memory_no_pool(struct kunit *test)
{
	mempool_t *pool;

	stock = (struct stock) { .limit = 3 };
	KUNIT_EXPECT_NULL(test, mempool_create(4, stock_alloc, stock_free, &stock));
	KUNIT_EXPECT_EQ(test, stock.freed, 3);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 0);
	kmalloc_fails(0);
	pool = mempool_create(1, stock_alloc, stock_free, &stock);
	kmalloc_works();
	KUNIT_EXPECT_NULL(test, pool);
}

/* ledger: M1. Of memory of the caller's; NULL and what is no pool yet end without a word. */
static void pool_in_a_structure(struct kunit *test)
{
	mempool_t pool = {}, *nowhere = NULL;
	void *element;

	mempool_exit(&pool);
	mempool_destroy(nowhere);
	stock = (struct stock) { .limit = 3 };
	KUNIT_EXPECT_FALSE(test, mempool_initialized(&pool));
	KUNIT_EXPECT_EQ(test, mempool_init(&pool, 4, stock_alloc, stock_free, &stock), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, mempool_initialized(&pool));
	KUNIT_ASSERT_EQ(test, mempool_init(&pool, 2, stock_alloc, stock_free, &stock), 0);
	KUNIT_EXPECT_TRUE(test, mempool_initialized(&pool));
	take(test, &pool, 1, &element, GFP_KERNEL);
	give(&pool, 1, &element);
	mempool_exit(&pool);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 0);
	mempool_exit(&pool);
}

static void *always_the_same(gfp_t gfp, void *pool_data)
{
	return pool_data;
}

static void keep(void *element, void *pool_data)
{
}

/* ledger: M1. An allocator that has only one element: no pool of two, and it does not take for ever. */
static void elements_that_are_one(struct kunit *test)
{
	static mempool_t *pool;
	static int element;

	pool = mempool_create(1, always_the_same, keep, &element);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	mempool_destroy(pool);
	KUNIT_EXPECT_REPORT(test, "mempool always_the_same: gives * out twice",
			    pool = mempool_create(2, always_the_same, keep, &element));
	KUNIT_EXPECT_NULL(test, pool);
}

/* ledger: M1. None is one: somebody who waits must have something to wait for. */
static void sizes_that_are_none(struct kunit *test)
{
	mempool_t pool = {};
	volatile int error = 0;

	stock = (struct stock) { .limit = 3 };
	KUNIT_EXPECT_EQ(test, mempool_init(&pool, 0, stock_alloc, stock_free, &stock), 0);
	KUNIT_EXPECT_EQ(test, pool.curr_nr, 1);
	KUNIT_EXPECT_REPORT(test, "mempool_resize: 0 elements", error = mempool_resize(&pool, 0));
	KUNIT_EXPECT_EQ(test, error, -EINVAL);
	mempool_exit(&pool);
	KUNIT_EXPECT_REPORT(test, "mempool_init: -1 elements",
			    error = mempool_init(&pool, -1, stock_alloc, stock_free, &stock));
	KUNIT_EXPECT_EQ(test, error, -EINVAL);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 0);
}

/* ledger: M4. How many, and of which pool; the reserve is not lost with them. */
static void ends_too_early(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("pooled", 40, 0, 0, NULL);
	mempool_t *pool = stock_pool(test, 2);
	void *element[3];

	take(test, pool, 3, element, GFP_KERNEL);
	KUNIT_EXPECT_REPORT(test, "mempool stock_alloc: 3 elements have not come back",
			    mempool_destroy(pool));
	KUNIT_EXPECT_EQ(test, stock.nr_out, 3);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	pool = mempool_create_slab_pool(2, cache);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	take(test, pool, 1, element, GFP_KERNEL);
	KUNIT_EXPECT_REPORT(test, "mempool mempool_alloc_slab of cache pooled: 1 elements have not *",
			    mempool_destroy(pool));
	kmem_cache_free(cache, element[0]);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ---- other sizes ---- */

/* ledger: M3 */
static void grows_and_shrinks(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 2);
	void *element[20];

	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 20), 0);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 20);
	stock.limit = 0;
	take(test, pool, 20, element, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 5), 0);
	stock.freed = 0;
	give(pool, 20, element);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 5);
	KUNIT_EXPECT_EQ(test, stock.freed, 15);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 3), 0);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 3);
	end(test, pool);
}

/* ledger: M3. Room without elements fills as they come back; no room, and nothing has changed. */
static void grows_without_memory(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 2);
	void *element[4];
	int error;

	take(test, pool, 2, element, GFP_KERNEL);
	stock.limit = 5;
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 6), 0);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 6);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
	give(pool, 2, element);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 5);
	kmalloc_fails(0);
	error = mempool_resize(pool, 1000);
	kmalloc_works();
	KUNIT_EXPECT_EQ(test, error, -ENOMEM);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 6);
	end(test, pool);
}

/* ledger: M3. While elements are out, the reserve is what is left of the new size. */
static void changes_size_in_use(struct kunit *test)
{
	mempool_t *pool = stock_pool(test, 6);
	void *element[4];

	stock.limit = 0;
	take(test, pool, 4, element, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 3), 0);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 2);
	give(pool, 4, element);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
	KUNIT_EXPECT_EQ(test, stock.nr_out, 3);
	end(test, pool);
}

static struct kunit_case mempool_cases[] = {
	KUNIT_CASE(allocator_first),
	KUNIT_CASE(then_the_reserve),
	KUNIT_CASE(null_only_where_nobody_may_wait),
	KUNIT_CASE(asks_in_earnest_before_waiting),
	KUNIT_CASE(not_with_interrupts_off),
	KUNIT_CASE(asks_modestly_at_first),
	KUNIT_CASE(misuse_is_reported),
	KUNIT_CASE(given_back_twice),
	KUNIT_CASE(no_memory_no_pool),
	KUNIT_CASE(pool_in_a_structure),
	KUNIT_CASE(elements_that_are_one),
	KUNIT_CASE(sizes_that_are_none),
	KUNIT_CASE(ends_too_early),
	KUNIT_CASE(grows_and_shrinks),
	KUNIT_CASE(grows_without_memory),
	KUNIT_CASE(changes_size_in_use),
	{}
};

static struct kunit_suite mempool_suite = {
	.name = "mempool",
	.init = live_objects_enter,
	.exit = live_objects_leave,
	.test_cases = mempool_cases,
};
kunit_test_suite(mempool_suite);
