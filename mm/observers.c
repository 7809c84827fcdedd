// SPDX-License-Identifier: MIT
/*
 * Who watches the page allocator: see hooks.h. The list changes at boot, and in tests and monitor
 * commands, which run one at a time.
 *
 * The fast paths do not ask whether anybody watches. Each of them makes one comparison anyway: is
 * there plenty in the zone, is this page in the map? While somebody watches, the bounds are
 * set so that the answer is no, and every request takes the slow path, which asks.
 */
#include <linux/init.h>
#include <linux/printk.h>

#include "internal.h"
#include "slab.h"

static void set_fast_paths(void)
{
	page_free_limit = page_watchers ? 0 : max_mapnr;
	build_zonelists();
}

bool page_observer_attached(const struct page_observer *observer)
{
	const struct page_observer *o;

	for (o = page_watchers; o; o = o->next)
		if (o == observer)
			return true;
	return false;
}

void page_observer_attach(struct page_observer *observer)
{
	struct page_observer **link = &page_watchers;

	if (page_observer_attached(observer))
		return;
	while (*link)
		link = &(*link)->next;
	observer->next = NULL;
	*link = observer;
	set_fast_paths();
}

void page_observer_detach(struct page_observer *observer)
{
	struct page_observer **link = &page_watchers;

	while (*link && *link != observer)
		link = &(*link)->next;
	if (*link)
		*link = observer->next;
	set_fast_paths();
}

void __init page_observers_setup(void)
{
	struct page_observer *const *o;

	for_each_registered(page_observers, o) {
		if (!(*o)->setup || !(*o)->setup())
			continue;
		page_observer_attach(*o);
		pr_info("%s: watching all pages\n", (*o)->name);
	}
	set_fast_paths();
}

/* ---- who watches the vmalloc range ---- */

/* The first who wants to know is told directly, as long as there is no second. */
static void set_vmalloc_hooks(void)
{
	vmalloc_tell_alloc = NULL;
	vmalloc_tell_free = NULL;
	for (const struct vmalloc_observer *o = vmalloc_watchers; o; o = o->next) {
		if (o->alloc)
			vmalloc_tell_alloc = vmalloc_tell_alloc ? vmalloc_watched_alloc : o->alloc;
		if (o->free)
			vmalloc_tell_free = vmalloc_tell_free ? vmalloc_watched_free : o->free;
	}
}

void vmalloc_observer_detach(struct vmalloc_observer *observer)
{
	struct vmalloc_observer **link = &vmalloc_watchers;

	while (*link && *link != observer)
		link = &(*link)->next;
	if (*link)
		*link = observer->next;
	set_vmalloc_hooks();
}

void vmalloc_observer_attach(struct vmalloc_observer *observer)
{
	struct vmalloc_observer **link = &vmalloc_watchers;

	vmalloc_observer_detach(observer);
	while (*link)
		link = &(*link)->next;
	observer->next = NULL;
	*link = observer;
	set_vmalloc_hooks();
}

void __init vmalloc_observers_setup(void)
{
	struct vmalloc_observer *const *o;

	for_each_registered(vmalloc_observers, o)
		vmalloc_observer_attach(*o);
}

/* ---- who watches objects ---- */

/* Who watches a cache, sees each of its objects: no magazines. */
static void set_caches(void)
{
	struct kmem_cache *cache;

	for_each_cache(cache) {
		cache->watched = slab_watched_wants(cache);
		magazines_update(cache);
	}
}

void slab_observer_detach(struct slab_observer *observer)
{
	struct slab_observer **link = &slab_watchers;

	while (*link && *link != observer)
		link = &(*link)->next;
	if (*link)
		*link = observer->next;
	set_caches();
}

void slab_observer_attach(struct slab_observer *observer)
{
	struct slab_observer **link = &slab_watchers;

	while (*link && *link != observer)
		link = &(*link)->next;
	if (!*link) {
		observer->next = NULL;
		*link = observer;
	}
	set_caches();
}

void __init slab_observers_setup(void)
{
	struct slab_observer *const *o;

	for_each_registered(slab_observers, o)
		if ((*o)->setup && (*o)->setup())
			slab_observer_attach(*o);
}
