// SPDX-License-Identifier: MIT
/*
 * Asking each of those who watch the allocators: see hooks.h. (Apart from observers.c, because
 * buddy.c calls this, and observers.c calls what stands on buddy.c.)
 */
#include "hooks.h"

struct page_observer *page_watchers;
struct vmalloc_observer *vmalloc_watchers;
void (*vmalloc_tell_alloc)(const struct vm_struct *area);
void (*vmalloc_tell_free)(const struct vm_struct *area, const void *caller);
unsigned long page_free_limit;

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

	for_each_watcher(o, alloc)
		if (!o->alloc(page, order, gfp))
			return false;
	return true;
}

bool page_watched_free(struct page *page, unsigned int order)
{
	const struct page_observer *o;

	for_each_watcher(o, free)
		if (!o->free(page, order))
			return false;
	return true;
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
