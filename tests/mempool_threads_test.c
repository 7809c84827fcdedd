// SPDX-License-Identifier: MIT
/* Memory pools whose reserve is out: who may sleep does so until an element comes back. */
#include <linux/jiffies.h>
#include <linux/mempool.h>

#include "threads.h"

#define SLEEPERS	3
#define ROUNDS		50

/* An allocator that has nothing beyond what the pool was made of. */
static unsigned long stock[2];
static int nr_given, nr_there;

static void *give(gfp_t gfp, void *pool_data)
{
	return nr_given < nr_there ? &stock[nr_given++] : NULL;
}

static void never(void *element, void *pool_data)
{
	nr_given--;
}

static mempool_t *small_pool(struct kunit *test)
{
	mempool_t *pool;

	nr_given = 0;
	nr_there = 1;
	pool = mempool_create(1, give, never, NULL);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	return pool;
}

struct taker {
	mempool_t *pool;
	struct task_struct *task;
	bool near;
	void *element;
};

static int take_one(void *data)
{
	struct taker *t = data;

	WRITE_ONCE(t->near, true);
	WRITE_ONCE(t->element, mempool_alloc(t->pool, GFP_NOIO));
	while (!kthread_should_stop())
		yield();
	mempool_free(t->element, t->pool);
	return 0;
}

static void start_taker(struct kunit *test, struct taker *t)
{
	t->task = start_thread(test, take_one, t, ANY_CPU);
	wait_until_asleep(t->task, &t->near);
	KUNIT_EXPECT_NULL(test, t->element);
}

static void *wait_for_element(const struct taker *t)
{
	while (!READ_ONCE(t->element))
		yield();
	return t->element;
}

/* ledger: M2. It sleeps, and gets what comes back, be it from an interrupt. */
static void sleeps_until_one_comes_back(struct kunit *test)
{
	struct taker t = { .pool = small_pool(test) };
	void *element = mempool_alloc(t.pool, GFP_KERNEL);
	unsigned long begun;

	KUNIT_ASSERT_NOT_NULL(test, element);
	start_taker(test, &t);
	begun = jiffies;
	preempt_count_add(HARDIRQ_OFFSET);
	mempool_free(element, t.pool);
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_PTR_EQ(test, wait_for_element(&t), element);
	KUNIT_EXPECT_LT(test, jiffies - begun, 4 * HZ);		/* it was woken: its nap is longer */
	end_thread(t.task);
	mempool_destroy(t.pool);
}

/* ledger: M2 M3. A reserve that grows is something to go on with. */
static void sleeps_until_the_reserve_grows(struct kunit *test)
{
	struct taker t = { .pool = small_pool(test) };
	void *element = mempool_alloc(t.pool, GFP_KERNEL);

	start_taker(test, &t);
	nr_there = 2;
	KUNIT_EXPECT_EQ(test, mempool_resize(t.pool, 2), 0);
	KUNIT_EXPECT_PTR_EQ(test, wait_for_element(&t), (void *)&stock[1]);
	mempool_free(element, t.pool);
	end_thread(t.task);
	mempool_destroy(t.pool);
}

/* ---- one element for all ---- */

struct user {
	mempool_t *pool;
	bool begun;
};

/* How often somebody else had the element, too, or there was none. */
static int use(void *data)
{
	struct user *u = data;
	int wrong = 0;

	WRITE_ONCE(u->begun, true);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long *owner = mempool_alloc(u->pool, GFP_KERNEL);

		if (!owner) {
			wrong++;
			continue;
		}
		WRITE_ONCE(*owner, (unsigned long)u);
		yield();
		wrong += READ_ONCE(*owner) != (unsigned long)u;
		mempool_free(owner, u->pool);
	}
	return wrong;
}

/* ledger: M2. All of them get on, one at a time: nobody is forgotten in his sleep, and none gets NULL. */
static void one_element_serves_many_threads(struct kunit *test)
{
	struct user u[SLEEPERS];
	struct task_struct *task[SLEEPERS];
	mempool_t *pool = small_pool(test);

	for (int i = 0; i < SLEEPERS; i++) {
		u[i] = (struct user) { .pool = pool };
		task[i] = start_thread(test, use, &u[i], ANY_CPU);
	}
	for (int i = 0; i < SLEEPERS; i++) {
		while (!READ_ONCE(u[i].begun))
			yield();
		KUNIT_EXPECT_EQ(test, end_thread(task[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&pool->nr_out), 0);
	mempool_destroy(pool);
}

static struct kunit_case mempool_threads_cases[] = {
	KUNIT_CASE(sleeps_until_one_comes_back),
	KUNIT_CASE(sleeps_until_the_reserve_grows),
	KUNIT_CASE(one_element_serves_many_threads),
	{}
};

static struct kunit_suite mempool_threads_suite = {
	.name = "mempool_threads",
	.test_cases = mempool_threads_cases,
};
kunit_test_suite(mempool_threads_suite);
