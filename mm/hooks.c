// SPDX-License-Identifier: MIT
/*
 * Asking each of those who watch the allocators: see hooks.h. (Apart from observers.c, because
 * buddy.c calls this, and observers.c calls what stands on buddy.c.)
 *
 * The lists are walked without a lock, with preemption off; so they are read-side critical sections
 * of RCU. Who detaches waits until all that were under way have ended (observers.c).
 */
#include <asm/barrier.h>
#include <linux/kasan.h>
#include <linux/preempt.h>

#include "hooks.h"

struct page_observer *page_watchers;
const struct memory_charger *memory_charger;
struct vmalloc_observer *vmalloc_watchers;
bool vmalloc_watched;
void (*vmalloc_tell_free)(const struct vm_struct *area, const void *caller);
unsigned long page_free_limit;

/* Between the two, nobody who is on a list goes away, and who watches may look at memory that is nobody's. */
static __always_inline void ask_begin(void)
{
	preempt_disable();
	kasan_disable_current();
}

static __always_inline bool ask_end(bool verdict)
{
	kasan_enable_current();
	preempt_enable();
	return verdict;
}

/* Those of a list who have @member. */
#define for_each_asked(o, list, member) \
	for ((o) = READ_ONCE(list); (o); (o) = READ_ONCE((o)->next)) if (!(o)->member) {} else

#define for_each_watcher(o, member) for_each_asked(o, page_watchers, member)

bool page_watched_may_alloc(gfp_t gfp, unsigned int order)
{
	const struct page_observer *o;

	ask_begin();
	for_each_watcher(o, may_alloc)
		if (!o->may_alloc(gfp, order))
			return ask_end(false);
	return ask_end(true);
}

/* The first who finds the block damaged ends it: the others would say so again. */
bool page_watched_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	const struct page_observer *o;

	ask_begin();
	for_each_watcher(o, alloc)
		if (!o->alloc(page, order, gfp))
			return ask_end(false);
	return ask_end(true);
}

bool page_watched_free(struct page *page, unsigned int order)
{
	const struct page_observer *o;

	ask_begin();
	for_each_watcher(o, free)
		if (!o->free(page, order))
			return ask_end(false);
	return ask_end(true);
}

void page_watched_split(struct zone *zone, struct page *upper, unsigned int order)
{
	const struct page_observer *o;

	ask_begin();
	for_each_watcher(o, split)
		o->split(zone, upper, order);
	ask_end(true);
}

void page_watched_merge(struct zone *zone, struct page *page, unsigned int order)
{
	const struct page_observer *o;

	ask_begin();
	for_each_watcher(o, merge)
		o->merge(zone, page, order);
	ask_end(true);
}

void page_watched_report(const struct page *page)
{
	const struct page_observer *o;

	ask_begin();
	for_each_watcher(o, report)
		o->report(page);
	ask_end(true);
}

void vmalloc_watched_alloc(const struct vm_struct *area)
{
	const struct vmalloc_observer *o;

	ask_begin();
	for_each_asked(o, vmalloc_watchers, alloc)
		o->alloc(area);
	ask_end(true);
}

void vmalloc_watched_free(const struct vm_struct *area, const void *caller)
{
	const struct vmalloc_observer *o;

	for_each_asked(o, vmalloc_watchers, free)
		o->free(area, caller);
}

/* ---- objects ---- */

struct slab_observer *slab_watchers;

#define for_each_slab_watcher(o, member) for_each_asked(o, slab_watchers, member)

void slab_watched_lay_out(struct kmem_cache *cache)
{
	const struct slab_observer *o;

	ask_begin();
	for_each_slab_watcher(o, lay_out)
		o->lay_out(cache);
	ask_end(true);
}

static bool wants(const struct slab_observer *o, const struct kmem_cache *cache)
{
	return !o->wants || o->wants(cache);
}

bool slab_watched_wants(const struct kmem_cache *cache)
{
	const struct slab_observer *o;

	ask_begin();
	for (o = READ_ONCE(slab_watchers); o; o = READ_ONCE(o->next))
		if (wants(o, cache))
			return ask_end(true);
	return ask_end(false);
}

bool slab_watched_may_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	const struct slab_observer *o;

	ask_begin();
	for_each_slab_watcher(o, may_alloc)
		if (wants(o, cache) && !o->may_alloc(cache, gfp))
			return ask_end(false);
	return ask_end(true);
}

/* The first who finds the object damaged, or keeps it, ends it. */
bool slab_watched_alloc(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	const struct slab_observer *o;

	ask_begin();
	for_each_slab_watcher(o, alloc)
		if (wants(o, cache) && !o->alloc(cache, object, gfp))
			return ask_end(false);
	return ask_end(true);
}

bool slab_watched_free(struct kmem_cache *cache, void *object)
{
	const struct slab_observer *o;

	ask_begin();
	for_each_slab_watcher(o, free)
		if (wants(o, cache) && !o->free(cache, object))
			return ask_end(false);
	return ask_end(true);
}

#define TELL(what, ...) \
	do { \
		const struct slab_observer *o; \
		\
		ask_begin(); \
		for_each_slab_watcher(o, what) \
			if (wants(o, cache)) \
				o->what(cache, ##__VA_ARGS__); \
		ask_end(true); \
	} while (0)

void slab_watched_born(struct kmem_cache *cache, void *object)
{
	TELL(born, object);
}

void slab_watched_buried(struct kmem_cache *cache, void *object)
{
	TELL(buried, object);
}

void slab_watched_check(struct kmem_cache *cache, struct slab *slab)
{
	TELL(check, slab);
}

void slab_watched_resize(struct kmem_cache *cache, void *object, size_t size)
{
	TELL(resize, object, size);
}

void slab_watched_report(struct kmem_cache *cache, void *object)
{
	TELL(report, object);
}
