// SPDX-License-Identifier: MIT
/*
 * Torture: every allocator at once, from eight threads per CPU and from a timer on each. What is held
 * carries its tag, and goes from hand to hand over a market, so that it is freed on other CPUs and in
 * other contexts than it was allocated in. Meanwhile CPUs' lists and magazines are drained and switched
 * off and on, caches come and go, and validators look at all of it. In the end nothing is missing, and
 * nothing was changed by anybody else. Once more with failures injected.
 *
 * About half a second each; a minute in a soak. What depends on the seed is what each thread asks
 * for, not who comes first.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <quarry/test_seed.h>

#include "../mm/internal.h"
#include "../mm/percpu.h"
#include "../mm/slab.h"
#include "../mm/vmalloc.h"
#include "books.h"
#include "inject_failures.h"

#define PER_CPU		8
#define HELD		8	/* things each thread holds */
#define MARKET		16
#define POOL_MIN	4
#define OBJECT_SIZE	200

enum kind { NOTHING, PAGES, KMALLOC, OBJECT, POOL, AREA, COPIES, NR_KINDS };

/* Something that an allocator has given out, with a tag at both ends of its memory. */
struct thing {
	enum kind kind;
	unsigned int size;		/* bytes; of PAGES, the order */
	void *ptr;
	u32 tag;
};

struct torturer {
	struct rnd_state rnd;
	struct task_struct *task;
	struct thing held[HELD];
	unsigned long steps;
};

/* A timer's function: the same in an interrupt, and what it holds. */
struct interrupter {
	struct timer_list timer;
	struct rnd_state rnd;
	struct thing held;
	unsigned long calls;
};

static struct kmem_cache *cache;
static mempool_t pool;
static unsigned long end;		/* jiffies */
static unsigned int broken;		/* tags that were not what they should be */
static unsigned int refused, given;
static struct completion all_done;
static atomic_t nr_left;
static struct thing market[MARKET];
static DEFINE_SPINLOCK(market_lock);

/* ---- things ---- */

static u32 *first_word(const struct thing *thing)
{
	if (thing->kind == PAGES)
		return page_address(thing->ptr);
	return thing->kind == COPIES ? per_cpu_ptr(thing->ptr, 0) : thing->ptr;
}

static u32 *last_word(const struct thing *thing)
{
	size_t bytes = thing->kind == PAGES ? PAGE_SIZE << thing->size : thing->size;

	return (void *)first_word(thing) + bytes - sizeof(u32);
}

static void mark(struct thing *thing, u32 tag)
{
	thing->tag = tag;
	*first_word(thing) = tag;
	*last_word(thing) = thing->size > sizeof(u32) || thing->kind == PAGES ? ~tag : tag;
}

static void check(const struct thing *thing)
{
	u32 last = thing->size > sizeof(u32) || thing->kind == PAGES ? ~thing->tag : thing->tag;

	if (thing->kind != NOTHING && (*first_word(thing) != thing->tag || *last_word(thing) != last))
		broken++;
}

/* Whose elements wait for each other must not hold any: only who gives it back at once may wait. */
static void *ask(enum kind kind, unsigned int *size, gfp_t gfp, struct rnd_state *rnd)
{
	switch (kind) {
	case PAGES:
		*size = prandom_u32_max_state(rnd, 8) ? 0 : prandom_u32_max_state(rnd, 4);
		return alloc_pages(gfp, *size);
	case KMALLOC:
		*size = 4 << prandom_u32_max_state(rnd, prandom_u32_max_state(rnd, 8) ? 9 : 13);
		return kmalloc(*size, gfp);
	case OBJECT:
		*size = OBJECT_SIZE;
		return kmem_cache_alloc(cache, gfp);
	case POOL:
		*size = OBJECT_SIZE;
		return mempool_alloc(&pool, GFP_NOWAIT | __GFP_NOWARN);
	case AREA:
		*size = PAGE_SIZE * (1 + prandom_u32_max_state(rnd, 3));
		return gfpflags_allow_blocking(gfp) ? __vmalloc(*size, gfp) : NULL;
	case COPIES:
		*size = 4 << prandom_u32_max_state(rnd, 5);
		return __alloc_percpu_gfp(*size, 4, gfp);
	default:
		return NULL;
	}
}

static void take(struct thing *thing, gfp_t gfp, struct rnd_state *rnd)
{
	enum kind kind = 1 + prandom_u32_max_state(rnd, NR_KINDS - 1);
	void *ptr = ask(kind, &thing->size, gfp | __GFP_NOWARN, rnd);

	thing->kind = ptr ? kind : NOTHING;
	thing->ptr = ptr;
	if (ptr) {
		mark(thing, prandom_u32_state(rnd));
		given++;
	} else {
		refused++;
	}
}

static void give_back(struct thing *thing)
{
	check(thing);
	switch (thing->kind) {
	case PAGES:
		__free_pages(thing->ptr, thing->size);
		break;
	case KMALLOC:
		kfree(thing->ptr);
		break;
	case OBJECT:
		kmem_cache_free(cache, thing->ptr);
		break;
	case POOL:
		mempool_free(thing->ptr, &pool);
		break;
	case AREA:
		if (in_interrupt())
			vfree_atomic(thing->ptr);
		else
			vfree(thing->ptr);
		break;
	case COPIES:
		free_percpu(thing->ptr);
		break;
	default:
		break;
	}
	thing->kind = NOTHING;
}

/* Mine for what lies there. */
static void trade(struct thing *mine, struct rnd_state *rnd)
{
	struct thing *stall = &market[prandom_u32_max_state(rnd, MARKET)];
	unsigned long flags;

	spin_lock_irqsave(&market_lock, flags);
	swap(*mine, *stall);
	spin_unlock_irqrestore(&market_lock, flags);
	check(mine);
}

/* ---- mappings of high memory: from one step to the next nobody keeps them ---- */

static void use_mappings(struct rnd_state *rnd)
{
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);
	u32 tag = prandom_u32_state(rnd), *local, *global;

	if (!page)
		return;
	local = kmap_local_page(page);
	*local = tag;
	yield();			/* the same address may be another thread's meanwhile */
	global = kmap(page);
	if (*local != tag || *global != tag)
		broken++;
	kunmap(page);
	kunmap_local(local);
	__free_page(page);
}

/* ---- what few do ---- */

static void make_and_break_cache(struct rnd_state *rnd)
{
	struct kmem_cache *mine = kmem_cache_create("torture-own", 16 + prandom_u32_max_state(rnd, 500),
						    0, SLAB_NO_USER_FLAGS, NULL);
	void *object = mine ? kmem_cache_alloc(mine, GFP_KERNEL | __GFP_NOWARN) : NULL;

	if (object)
		kmem_cache_free(mine, object);
	kmem_cache_destroy(mine);
}

static void disturb(struct rnd_state *rnd)
{
	switch (prandom_u32_max_state(rnd, 6)) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		kmem_cache_shrink(cache);
		break;
	case 2:
		vm_unmap_aliases();
		break;
	case 3:
		mempool_free(mempool_alloc(&pool, GFP_KERNEL), &pool);
		break;
	default:
		use_mappings(rnd);
	}
}

/* ---- who does it ---- */

static void step(struct torturer *t)
{
	struct thing *thing = &t->held[prandom_u32_max_state(&t->rnd, HELD)];
	gfp_t gfp = prandom_u32_max_state(&t->rnd, 4) ? GFP_KERNEL : GFP_ATOMIC;

	t->steps++;
	if (thing->kind == NOTHING)
		take(thing, gfp, &t->rnd);
	else if (prandom_u32_max_state(&t->rnd, 3))
		give_back(thing);
	else
		trade(thing, &t->rnd);
	if (!prandom_u32_max_state(&t->rnd, 64))
		disturb(&t->rnd);
	if (!prandom_u32_max_state(&t->rnd, 16))
		yield();
}

static int torture(void *data)
{
	struct torturer *t = data;

	while (time_before(jiffies, end))
		step(t);
	for (unsigned int i = 0; i < HELD; i++)
		give_back(&t->held[i]);
	if (atomic_dec_and_test(&nr_left))
		complete(&all_done);
	return 0;
}

static void interrupt(struct timer_list *timer)
{
	struct interrupter *in = from_timer(in, timer, timer);

	for (int i = 0; i < 4; i++) {
		give_back(&in->held);
		take(&in->held, GFP_ATOMIC, &in->rnd);
		trade(&in->held, &in->rnd);
	}
	in->calls++;
	if (time_before(jiffies, end))
		mod_timer(timer, jiffies + 1);
}

/* What this thread does meanwhile: everything that concerns all CPUs at once. */
static unsigned int supervise(struct rnd_state *rnd, bool failures)
{
	bool lists = pcp_enabled(), magazines = magazines_enabled();
	unsigned int found = 0;

	while (time_before(jiffies, end)) {
		pcp_enable(prandom_u32_max_state(rnd, 4) ? lists : !lists);
		magazines_enable(prandom_u32_max_state(rnd, 4) ? magazines : !magazines);
		if (!failures)		/* which would be reported */
			make_and_break_cache(rnd);
		found += !zones_validate() + !caches_validate();
		schedule_timeout_uninterruptible(2);
	}
	pcp_enable(lists);
	magazines_enable(magazines);
	return found;
}

/* ---- the whole ---- */

/* A few less where there is little memory. */
static unsigned int threads_here(void)
{
	return clamp(nr_free_pages() / 64, 2UL, (unsigned long)PER_CPU * num_online_cpus());
}

static struct torturer *start_threads(struct kunit *test, unsigned int count)
{
	struct torturer *torturers = kcalloc(count, sizeof(*torturers), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, torturers);
	for (unsigned int i = 0; i < count; i++) {
		struct torturer *t = &torturers[i];

		prandom_seed_state(&t->rnd, kunit_seed() + i);
		t->task = kthread_create(torture, t, "torture/%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(t->task));
		if (i % 2)
			kthread_bind(t->task, i / 2 % num_online_cpus());
		get_task_struct(t->task);
	}
	for (unsigned int i = 0; i < count; i++)
		wake_up_process(torturers[i].task);
	return torturers;
}

static void end_threads(struct kunit *test, struct torturer *torturers, unsigned int count)
{
	unsigned long steps = 0;

	wait_for_completion(&all_done);
	for (unsigned int i = 0; i < count; i++) {
		steps += torturers[i].steps;
		kthread_stop(torturers[i].task);
		put_task_struct(torturers[i].task);
	}
	KUNIT_EXPECT_GT(test, steps, count);
	kfree(torturers);
}

static void start_timers(struct kunit *test, struct interrupter *timers)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		prandom_seed_state(&timers[cpu].rnd, kunit_seed() - 1 - cpu);
		timer_setup(&timers[cpu].timer, interrupt, TIMER_PINNED);
		timers[cpu].timer.expires = jiffies + 1;
		add_timer_on(&timers[cpu].timer, cpu);
	}
}

static void end_timers(struct kunit *test, struct interrupter *timers)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		del_timer_sync(&timers[cpu].timer);
		give_back(&timers[cpu].held);
		KUNIT_EXPECT_GT(test, timers[cpu].calls, 0);
	}
	kfree(timers);
}

/* A tenth of all requests fails, when all are there to be tortured. */
static void run(struct kunit *test, bool failures)
{
	unsigned int count = threads_here();
	struct interrupter *timers = kcalloc(nr_cpu_ids, sizeof(*timers), GFP_KERNEL);
	struct torturer *torturers;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, timers);
	prandom_seed_state(&rnd, kunit_seed());
	init_completion(&all_done);
	atomic_set(&nr_left, count);
	given = refused = broken = 0;
	end = jiffies + (kunit_rounds(1) > 1 ? 60 * HZ : HZ / 2);
	start_timers(test, timers);
	torturers = start_threads(test, count);
	if (failures)
		inject_failures(10);
	KUNIT_EXPECT_EQ(test, supervise(&rnd, failures), 0);
	if (failures)
		inject_failures(0);
	end_threads(test, torturers, count);
	end_timers(test, timers);
	for (unsigned int i = 0; i < MARKET; i++)
		give_back(&market[i]);
	KUNIT_EXPECT_EQ(test, broken, 0);
	KUNIT_EXPECT_GT(test, given, 100);
	kunit_info(test, "%u threads, %u CPUs: %u given out, %u refused", count, num_online_cpus(),
		   given, refused);
}

static void torture_all(struct kunit *test, bool failures)
{
	struct books before = books_now();

	cache = kmem_cache_create("torture", OBJECT_SIZE, 0, SLAB_NO_USER_FLAGS, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_EQ(test, mempool_init_slab_pool(&pool, POOL_MIN, cache), 0);
	run(test, failures);
	KUNIT_EXPECT_EQ(test, atomic_read(&pool.nr_out), 0);
	mempool_exit(&pool);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache) - magazines_count(cache), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	expect_same_books(test, &before);
}

/* ledger: G1 G2 S1 P1 V1 M2 H1 H2 C3 */
static void torture_everything(struct kunit *test)
{
	torture_all(test, false);
}

static void torture_with_failures(struct kunit *test)
{
	torture_all(test, true);
}

static struct kunit_case torture_cases[] = {
	KUNIT_CASE(torture_everything),
	KUNIT_CASE(torture_with_failures),
	{}
};

static struct kunit_suite torture_suite = {
	.name = "torture",
	.test_cases = torture_cases,
};
kunit_test_suite(torture_suite);
