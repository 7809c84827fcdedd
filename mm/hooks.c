// SPDX-License-Identifier: MIT
/*
 * Asking each of those who watch the allocators: see hooks.h. (Apart from observers.c, because
 * buddy.c calls this, and observers.c calls what stands on buddy.c.)
 */
#include <linux/kasan.h>

#include "hooks.h"

struct page_observer *page_watchers;
struct vmalloc_observer *vmalloc_watchers;
void (*vmalloc_tell_alloc)(const struct vm_struct *area);
void (*vmalloc_tell_free)(const struct vm_struct *area, const void *caller);
unsigned long page_free_limit;

/* Who watches may look at memory that is nobody's: from kasan_disable_current() to here. */
static __always_inline bool kasan_done(bool verdict)
{
	kasan_enable_current();
	return verdict;
}

#define for_each_watcher(o, member) \
	for ((o) = page_watchers; (o); (o) = (o)->next) if (!(o)->member) {} else

bool page_watched_may_alloc(gfp_t gfp, unsigned int order)
{
	const struct page_observer *o;

	for_each_watcher(o, may_alloc)
		if (!o->may_alloc(gfp, order))
			return false;
	return true;
}

/* The first who finds the block damaged ends it: the others would say so again. */
bool page_watched_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	const struct page_observer *o;

	kasan_disable_current();
	for_each_watcher(o, alloc)
		if (!o->alloc(page, order, gfp))
			return kasan_done(false);
	return kasan_done(true);
}

bool page_watched_free(struct page *page, unsigned int order)
{
	const struct page_observer *o;

	kasan_disable_current();
	for_each_watcher(o, free)
		if (!o->free(page, order))
			return kasan_done(false);
	return kasan_done(true);
}

void page_watched_split(struct zone *zone, struct page *upper, unsigned int order)
{
	const struct page_observer *o;

	for_each_watcher(o, split)
		o->split(zone, upper, order);
}

void page_watched_merge(struct zone *zone, struct page *page, unsigned int order)
{
	const struct page_observer *o;

	for_each_watcher(o, merge)
		o->merge(zone, page, order);
}

void page_watched_report(const struct page *page)
{
	const struct page_observer *o;

	for_each_watcher(o, report)
		o->report(page);
}

void vmalloc_watched_alloc(const struct vm_struct *area)
{
	const struct vmalloc_observer *o;

	for (o = vmalloc_watchers; o; o = o->next)
		if (o->alloc)
			o->alloc(area);
}

void vmalloc_watched_free(const struct vm_struct *area, const void *caller)
{
	const struct vmalloc_observer *o;

	for (o = vmalloc_watchers; o; o = o->next)
		if (o->free)
			o->free(area, caller);
}

/* ---- objects ---- */

struct slab_observer *slab_watchers;

#define for_each_slab_watcher(o, member) \
	for ((o) = slab_watchers; (o); (o) = (o)->next) if (!(o)->member) {} else

void slab_watched_lay_out(struct kmem_cache *cache)
{
	const struct slab_observer *o;

	for_each_slab_watcher(o, lay_out)
		o->lay_out(cache);
}

static bool wants(const struct slab_observer *o, const struct kmem_cache *cache)
{
	return !o->wants || o->wants(cache);
}

bool slab_watched_wants(const struct kmem_cache *cache)
{
	const struct slab_observer *o;

	for (o = slab_watchers; o; o = o->next)
		if (wants(o, cache))
			return true;
	return false;
}

bool slab_watched_may_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	const struct slab_observer *o;

	for_each_slab_watcher(o, may_alloc)
		if (wants(o, cache) && !o->may_alloc(cache, gfp))
			return false;
	return true;
}

/* The first who finds the object damaged, or keeps it, ends it. */
bool slab_watched_alloc(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	const struct slab_observer *o;

	kasan_disable_current();
	for_each_slab_watcher(o, alloc)
		if (wants(o, cache) && !o->alloc(cache, object, gfp))
			return kasan_done(false);
	return kasan_done(true);
}

bool slab_watched_free(struct kmem_cache *cache, void *object)
{
	const struct slab_observer *o;

	kasan_disable_current();
	for_each_slab_watcher(o, free)
		if (wants(o, cache) && !o->free(cache, object))
			return kasan_done(false);
	return kasan_done(true);
}

#define TELL(what, ...) \
	do { \
		const struct slab_observer *o; \
		\
		kasan_disable_current(); \
		for_each_slab_watcher(o, what) \
			if (wants(o, cache)) \
				o->what(cache, ##__VA_ARGS__); \
		kasan_enable_current(); \
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
