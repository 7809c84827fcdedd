// SPDX-License-Identifier: MIT
/*
 * Memory pools.
 *
 * 1. The idea
 * Writing a page to disk, to free its memory, takes memory: for the request, for a buffer. Where
 * there is none left, the one who would make some must not wait for it. So he keeps a few elements
 * back in good times. With one of them he can finish one piece of work, whose end gives the
 * element back for the next: slowly, but for ever. (LDD3 chapter 8, "Memory Pools".) All that
 * is held back is lost to everybody else, so pools are for work that must not fail, and small.
 *
 * 2. Taking and giving back
 *	mempool_alloc()		1. the allocator, without waiting		nearly always
 *				2. the reserve
 *				3. the allocator, and it may wait	} only callers who may wait,
 *				4. the reserve again; wait; from 3 on	} and until there is one
 *	mempool_free()		the reserve, if it is not full; otherwise the allocator
 * The reserve comes before waiting, because memory may be short for long; and it is filled before
 * anything goes back to the allocator, where others could take it.
 *
 * 3. Invariants, under pool->lock
 *	0 <= curr_nr <= min_nr, min_nr >= 1
 *	elements[0 … curr_nr - 1] are the pool's, all different; nobody else uses them
 *	nr_out = elements handed out and not given back (atomic, without the lock)
 * With an empty reserve all of the first min_nr owners can go on; who comes next waits for one of
 * them. It works if every owner gives his element back without taking another from the same pool.
 *
 * 4. Waiting
 * Who waits sleeps in the pool's queue. He enters it before he looks into the reserve for the last time,
 * and who gives back looks at the queue after he has given; so one of the two sees the other. All are
 * woken: one may find something at the allocator and leave what has come back to the next. They also
 * wake up by themselves now and then, since the allocator may have got memory from elsewhere.
 *
 * 5. Locking, contexts
 * Taking and giving back: any context but NMI. The lock is held, with interrupts off, while an
 * element goes in or out, never while the allocator is called. Whether the reserve is full is first
 * asked without the lock: the answer may be old, but one who sees it full after others have
 * emptied it gives to the allocator, where whoever waits looks first; and the others give back, too.
 * Who says that he may sleep where nobody may is reported, and gets NULL in the end.
 *
 * 6. What is not checked
 * That the element given back is one of this pool's, unless the allocator finds out; that nobody
 * uses what lies in the reserve.
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <quarry/boot_level.h>

#include "slab_cpu.h"

/* ---- the pool's allocator ---- */

static void *ask_allocator(const mempool_t *pool, gfp_t gfp)
{
	return pool->alloc(gfp, pool->pool_data);
}

/* Most pools are over caches, and need no call through a pointer. */
static __always_inline void give_to_allocator(const mempool_t *pool, void *element)
{
	if (likely(pool->free == mempool_free_slab))
		kmem_cache_free(pool->pool_data, element);
	else
		pool->free(element, pool->pool_data);
}

/* ---- the reserve ---- */

/* NULL: it has not more than @keep elements. */
static void *take_reserve(mempool_t *pool, int keep)
{
	void *element = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr > keep)
		element = pool->elements[--pool->curr_nr];
	spin_unlock_irqrestore(&pool->lock, flags);
	return element;
}

static bool is_in_reserve(const mempool_t *pool, const void *element)
{
	for (int i = 0; i < pool->curr_nr; i++)
		if (pool->elements[i] == element)
			return true;
	return false;
}

enum given { GIVEN, FULL, THERE_ALREADY };

static enum given give_reserve(mempool_t *pool, void *element)
{
	enum given result = FULL;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (is_in_reserve(pool, element)) {
		result = THERE_ALREADY;
	} else if (pool->curr_nr < pool->min_nr) {
		pool->elements[pool->curr_nr++] = element;
		result = GIVEN;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	if (result == GIVEN && wq_has_sleeper(&pool->wait))
		wake_up(&pool->wait);
	return result;
}

/* Until it is full. False: the allocator has no more; or none but one that is there already. */
static bool fill(mempool_t *pool, gfp_t gfp)
{
	while (READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr)) {
		void *element = ask_allocator(pool, gfp);
		enum given result;

		if (!element)
			return false;
		result = give_reserve(pool, element);
		if (WARN(result == THERE_ALREADY, "mempool %ps: gives one out twice\n", pool->alloc))
			return false;
		if (result == FULL)
			give_to_allocator(pool, element);
	}
	return true;
}

/* Until there are no more than @keep. */
static void empty(mempool_t *pool, int keep)
{
	for (void *element; (element = take_reserve(pool, keep));)
		give_to_allocator(pool, element);
}

/* ---- elements ---- */

/* How the allocator is asked while there is something else: without waiting, without complaint. */
#define WITHOUT_WAITING	(__GFP_DIRECT_RECLAIM | __GFP_IO)
#define MODESTLY	(__GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN)

/* As far as one gets without waiting. */
static void *take_from_anywhere(mempool_t *pool, gfp_t gfp)
{
	void *element = ask_allocator(pool, gfp | MODESTLY);

	return element ? element : take_reserve(pool, 0);
}

#define NAP	(5 * HZ)	/* after so long, the allocator is asked again */

/* The reserve's next element, or, after a sleep, perhaps NULL. */
static void *take_or_sleep(mempool_t *pool)
{
	void *element;
	DEFINE_WAIT(wait);

	prepare_to_wait(&pool->wait, &wait, TASK_UNINTERRUPTIBLE);
	element = take_reserve(pool, 0);
	if (!element)
		schedule_timeout(NAP);
	finish_wait(&pool->wait, &wait);
	return element;
}

/* Does @gfp say so, and is it true? (In atomic context might_alloc() has told about the difference.) */
static bool may_wait(gfp_t gfp)
{
	if (!gfpflags_allow_blocking(gfp) || in_atomic())
		return false;
	return !WARN(irqs_disabled() || boot_level < BOOT_THREADS,
		     "mempool: nobody can return an element while we wait for one\n");
}

static noinline void *alloc_slow(mempool_t *pool, gfp_t gfp)
{
	void *element;

	might_alloc(gfp);
	WARN_ON_ONCE(gfp & __GFP_ZERO);
	element = take_from_anywhere(pool, gfp & ~WITHOUT_WAITING);
	while (!element && may_wait(gfp)) {
		element = ask_allocator(pool, gfp | MODESTLY);
		if (!element)
			element = take_or_sleep(pool);
	}
	if (element)
		atomic_inc(&pool->nr_out);
	return element;
}

/* Most pools are over caches: where one has an object at hand, there is nothing else to ask. */
void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)
{
	void *element;

	if (unlikely(pool->alloc != mempool_alloc_slab || (gfp_mask & __GFP_ZERO)))
		return alloc_slow(pool, gfp_mask);
	element = cache_alloc_quick(pool->pool_data);
	if (unlikely(!element))
		return alloc_slow(pool, gfp_mask);
	atomic_inc(&pool->nr_out);
	return element;
}

/* The reserve is not full, or has not been a moment ago. */
static noinline void free_slow(void *element, mempool_t *pool)
{
	enum given result = give_reserve(pool, element);

	if (WARN(result == THERE_ALREADY, "mempool_free: %px lies in the reserve already\n", element))
		return;
	atomic_dec(&pool->nr_out);
	if (result == FULL)
		give_to_allocator(pool, element);
}

void mempool_free(void *element, mempool_t *pool)
{
	if (unlikely(!element))
		return;
	if (unlikely(READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr))) {
		free_slow(element, pool);
		return;
	}
	atomic_dec(&pool->nr_out);
	give_to_allocator(pool, element);
}

/* ---- pools ---- */

int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn,
		      mempool_free_t *free_fn, void *pool_data, gfp_t gfp_mask, int node_id)
{
	if (WARN(min_nr < 0, "mempool_init: %d elements\n", min_nr))
		return -EINVAL;
	*pool = (mempool_t) {
		.min_nr = max(min_nr, 1), .pool_data = pool_data, .alloc = alloc_fn, .free = free_fn,
	};
	spin_lock_init(&pool->lock);
	init_waitqueue_head(&pool->wait);
	pool->elements = kmalloc_array(pool->min_nr, sizeof(void *), gfp_mask);
	if (pool->elements && fill(pool, gfp_mask))
		return 0;
	mempool_exit(pool);
	return -ENOMEM;
}

int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
		 void *pool_data)
{
	return mempool_init_node(pool, min_nr, alloc_fn, free_fn, pool_data, GFP_KERNEL,
				 NUMA_NO_NODE);
}

mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			       void *pool_data, gfp_t gfp_mask, int nid)
{
	mempool_t *pool = kmalloc(sizeof(*pool), gfp_mask);

	if (pool && mempool_init_node(pool, min_nr, alloc_fn, free_fn, pool_data, gfp_mask, nid)) {
		kfree(pool);
		return NULL;
	}
	return pool;
}

mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			  void *pool_data)
{
	return mempool_create_node(min_nr, alloc_fn, free_fn, pool_data, GFP_KERNEL, NUMA_NO_NODE);
}

static void report_missing(const mempool_t *pool)
{
	bool of_cache = pool->alloc == mempool_alloc_slab;

	WARN(true, "mempool %ps%s%s: %d elements have not come back\n", pool->alloc,
	     of_cache ? " of cache " : "", of_cache ? kmem_cache_name(pool->pool_data) : "",
	     atomic_read(&pool->nr_out));
}

void mempool_exit(mempool_t *pool)
{
	if (atomic_read(&pool->nr_out) > 0)
		report_missing(pool);
	atomic_set(&pool->nr_out, 0);
	if (pool->elements)		/* else nobody may ever have initialised its lock */
		empty(pool, 0);
	kfree(pool->elements);
	pool->elements = NULL;
}

void mempool_destroy(mempool_t *pool)
{
	if (likely(pool)) {
		mempool_exit(pool);
		kfree(pool);
	}
}

/* ---- other sizes ---- */

/* Room for @nr elements, more than there were. False: no memory. */
static bool grow(mempool_t *pool, int nr)
{
	void **larger = kmalloc_array(nr, sizeof(void *), GFP_KERNEL), **smaller;
	unsigned long flags;

	if (!larger)
		return false;
	spin_lock_irqsave(&pool->lock, flags);
	smaller = pool->elements;
	memcpy(larger, smaller, pool->curr_nr * sizeof(void *));
	pool->elements = larger;
	pool->min_nr = nr;
	spin_unlock_irqrestore(&pool->lock, flags);
	kfree(smaller);
	return true;
}

static void shrink(mempool_t *pool, int nr)
{
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	pool->min_nr = nr;
	spin_unlock_irqrestore(&pool->lock, flags);
	empty(pool, nr);
}

int mempool_resize(mempool_t *pool, int new_min_nr)
{
	might_sleep();
	if (WARN(new_min_nr < 1, "mempool_resize: %d elements\n", new_min_nr))
		return -EINVAL;
	if (new_min_nr <= pool->min_nr)
		shrink(pool, new_min_nr);
	else if (!grow(pool, new_min_nr))
		return -ENOMEM;
	fill(pool, GFP_KERNEL);
	return 0;
}
