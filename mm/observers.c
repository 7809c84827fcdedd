// SPDX-License-Identifier: MIT
/*
 * Who watches the allocators: see hooks.h.
 *
 * The fast paths do not ask whether anybody watches. Each of them makes one comparison anyway: is
 * there plenty in the zone, is this page in the map? While somebody watches, the bounds are
 * set so that the answer is no, and every request takes the slow path, which asks.
 *
 * Lists change under observers_lock, one observer at a time, by one store; who walks one sees it with
 * the observer or without him. Behind the last whom he sees, a walker may go on to one who detaches just
 * then, so detaching waits until all walks that were under way have ended (hooks.c). It does not
 * wait where it must not: in the boot, where there is one CPU and nobody is inside.
 */
#include <asm/barrier.h>
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "internal.h"
#include "slab.h"
#include "vmalloc.h"

static DEFINE_MUTEX(observers_lock);

/* ---- lists, with observers_lock ---- */

/* The link that leads to @observer; or the last, which leads nowhere. */
#define find_link(list, observer) \
({ \
	typeof(list) *__link = &(list); \
	\
	while (*__link && *__link != (observer)) \
		__link = &(*__link)->next; \
	__link; \
})

/* At the end, unless it is there. */
#define append(list, observer) \
do { \
	typeof(list) *__where = find_link(list, observer); \
	\
	if (!*__where) { \
		(observer)->next = NULL; \
		smp_store_release(__where, observer); \
	} \
} while (0)

/* Its own link stays, for those who stand on it. Whether it was there. */
#define take_out(list, observer) \
({ \
	typeof(list) *__where = find_link(list, observer); \
	bool __found = *__where != NULL; \
	\
	if (__found) \
		WRITE_ONCE(*__where, (observer)->next); \
	__found; \
})

/* No CPU is inside any hook that it entered before. */
static void all_have_left(void)
{
	if (preemptible())
		synchronize_rcu();
}

/* ---- who watches pages ---- */

static void set_fast_paths(void)
{
	page_free_limit = page_watchers ? 0 : max_mapnr;
	build_zonelists();
}

bool page_observer_attached(const struct page_observer *observer)
{
	return *find_link(page_watchers, observer) != NULL;
}

void page_observer_attach(struct page_observer *observer)
{
	mutex_lock(&observers_lock);
	append(page_watchers, observer);
	set_fast_paths();
	mutex_unlock(&observers_lock);
}

void page_observer_detach(struct page_observer *observer)
{
	bool found;

	mutex_lock(&observers_lock);
	found = take_out(page_watchers, observer);
	set_fast_paths();
	if (found)
		all_have_left();
	mutex_unlock(&observers_lock);
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

/* The first who wants to know of ends is told directly, as long as there is no second. */
static void set_vmalloc_hooks(void)
{
	void (*tell_free)(const struct vm_struct *, const void *) = NULL;
	bool watched = false;
	unsigned long flags;

	for (const struct vmalloc_observer *o = vmalloc_watchers; o; o = o->next) {
		watched |= o->alloc != NULL;
		if (o->free)
			tell_free = tell_free ? vmalloc_watched_free : o->free;
	}
	WRITE_ONCE(vmalloc_watched, watched);
	spin_lock_irqsave(&vmap_lock, flags);
	vmalloc_tell_free = tell_free;
	spin_unlock_irqrestore(&vmap_lock, flags);
}

void vmalloc_observer_detach(struct vmalloc_observer *observer)
{
	bool found;

	mutex_lock(&observers_lock);
	found = take_out(vmalloc_watchers, observer);
	set_vmalloc_hooks();
	if (found)
		all_have_left();
	mutex_unlock(&observers_lock);
}

void vmalloc_observer_attach(struct vmalloc_observer *observer)
{
	mutex_lock(&observers_lock);
	append(vmalloc_watchers, observer);
	set_vmalloc_hooks();
	mutex_unlock(&observers_lock);
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

	mutex_lock(&slab_mutex);
	for_each_cache(cache)
		cache->watched = slab_watched_wants(cache);
	magazines_update_all();
	mutex_unlock(&slab_mutex);
}

void slab_observer_detach(struct slab_observer *observer)
{
	bool found;

	mutex_lock(&observers_lock);
	found = take_out(slab_watchers, observer);
	set_caches();
	if (found)
		all_have_left();
	mutex_unlock(&observers_lock);
}

void slab_observer_attach(struct slab_observer *observer)
{
	mutex_lock(&observers_lock);
	append(slab_watchers, observer);
	set_caches();
	mutex_unlock(&observers_lock);
}

void __init slab_observers_setup(void)
{
	struct slab_observer *const *o;

	for_each_registered(slab_observers, o)
		if ((*o)->setup && (*o)->setup())
			slab_observer_attach(*o);
}
