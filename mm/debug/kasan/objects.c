// SPDX-License-Identifier: MIT
/*
 * KASAN and objects in slabs.
 *
 *	object		may be touched while it is somebody's: of kmalloc(), as much as was asked for
 *	red zone	behind each object, as Linux measures it: nobody's. At its end stand the
 *			last two tracks (struct kasan_tracks)
 *	freed		stays nobody's for a while, in the quarantine (quarantine.c), so that who goes
 *			on using it does not hit the next owner
 *
 * Where slub_debug= keeps notes of its own beside the objects, these are the red zones; and there is
 * no quarantine for them, since it checks objects when they come back.
 *
 * The caches that others stand on are not watched: the core takes from them past all hooks.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <quarry/memory_layout.h>

#include "../../internal.h"
#include "../slub.h"
#include "kasan.h"

#define STACK_DEPTH	24
#define HOOK_FRAMES	2	/* of a backtrace: the hook, and slab_watched_*() */

static bool kasan_wants(const struct kmem_cache *cache)
{
	return !(cache->flags & (SLAB_NO_MAGAZINES | SLAB_TYPESAFE_BY_RCU));
}

/* ---- what a slot looks like ---- */

/* The larger the object, the further people miss it. */
static unsigned int red_zone_size(unsigned int object_size)
{
	return clamp((unsigned int)rounddown_pow_of_two(object_size) / 4, 16U, 256U);
}

static void kasan_lay_out(struct kmem_cache *cache)
{
	if (!kasan_wants(cache) || (cache->flags & SLUB_METADATA_FLAGS) ||
	    cache->object_size > KMALLOC_MAX_CACHE_SIZE)
		return;
	cache->size = ALIGN(cache->size + red_zone_size(cache->object_size), cache->align);
	cache->flags |= SLAB_KASAN;
}

/* From the object's last byte on, the slot is a red zone. */
static void poison_behind(const struct kmem_cache *cache, void *object, size_t size)
{
	size_t used = ALIGN(size, KASAN_GRANULE_SIZE);

	kasan_poison(object + used, cache->size - cache->object_offset - used, KASAN_SLAB_REDZONE);
}

/* The last one's slot reaches to the slab's end. */
static void kasan_born(struct kmem_cache *cache, void *object)
{
	struct slab *slab = virt_to_page(object)->slab;
	void *slot = object - cache->object_offset;
	unsigned long bytes = PAGE_SIZE << cache->gfporder;
	size_t size = cache->size;

	if (slab_index(cache, slab, object) == cache->num - 1 && !((void *)slab > slot))
		size = ALIGN((unsigned long)slot + 1, bytes) - (unsigned long)slot;
	kasan_poison(slot, size, KASAN_SLAB_REDZONE);
	if (cache->flags & SLAB_KASAN)
		*kasan_tracks_of(cache, object) = (struct kasan_tracks){ 0 };
}

/* A destructor may want to see it; and then its pages are somebody else's. */
static void kasan_buried(struct kmem_cache *cache, void *object)
{
	kasan_unpoison(object - cache->object_offset, cache->size);
}

/* ---- taken, given back ---- */

static __always_inline struct kasan_track save_track(void)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int n = stack_trace_save(entries, STACK_DEPTH, HOOK_FRAMES);

	return (struct kasan_track){ .stack = stack_depot_save(entries, n, 0), .pid = current->pid };
}

static bool kasan_alloc(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	kasan_unpoison(object, cache->object_size);
	poison_behind(cache, object, cache->object_size);
	if (cache->flags & SLAB_KASAN)
		*kasan_tracks_of(cache, object) = (struct kasan_tracks){ .allocated = save_track() };
	return true;
}

static void kasan_resize(struct kmem_cache *cache, void *object, size_t size)
{
	kasan_unpoison(object, size);
	poison_behind(cache, object, size);
}

/* It is in the quarantine: to the slab, it is still its owner's. */
static __cold void report_double(struct kmem_cache *cache, void *object)
{
	unsigned long caller[1] = { 0 };

	stack_trace_save(caller, 1, HOOK_FRAMES + 1);
	kasan_enable_current();			/* hooks are called with it off */
	kasan_report_double_free(object, caller[0]);
	kasan_disable_current();
	report_double_free(cache, object);
}

static bool kasan_free(struct kmem_cache *cache, void *object)
{
	if (kasan_shadow_byte(object) == KASAN_SLAB_FREE) {
		report_double(cache, object);
		return false;
	}
	kasan_poison(object, cache->object_size, KASAN_SLAB_FREE);
	if (!(cache->flags & SLAB_KASAN))
		return true;
	kasan_tracks_of(cache, object)->freed = save_track();
	return !kasan_quarantine_put(cache, object);
}

/* ---- in a report ---- */

static void show_track(const char *what, struct kasan_track track)
{
	if (!track.stack)
		return;
	pr_err("%s by task %u:\n", what, track.pid);
	stack_depot_print(track.stack);
	pr_err("\n");
}

static void describe_place_in(const struct kmem_cache *cache, unsigned long object,
			      unsigned long addr)
{
	unsigned int size = cache->object_size;
	const char *where = "inside";
	unsigned long by = addr - object;

	if (addr < object) {
		where = "to the left";
		by = object - addr;
	} else if (by >= size) {
		where = "to the right";
		by -= size;
	}
	pr_err("The buggy address belongs to the object at %08lx\n", object);
	pr_err(" which belongs to the cache %s of size %u\n", cache->name, size);
	pr_err("The buggy address is located %lu bytes %s of\n", by, where);
	pr_err(" %u-byte region [%08lx, %08lx)\n\n", size, object, object + size);
}

/* The object in whose slot it lies, or nearest to it. */
static void describe_object(const struct page *page, const void *addr)
{
	const struct kmem_cache *cache = page->slab_cache;
	unsigned int index = addr < page->slab->objects ? 0 :
			     min(slab_index(cache, page->slab, addr), cache->num - 1);
	void *object = slab_object(cache, page->slab, index);

	if (cache->flags & SLAB_KASAN) {
		show_track("Allocated", kasan_tracks_of(cache, object)->allocated);
		show_track("Freed", kasan_tracks_of(cache, object)->freed);
	}
	describe_place_in(cache, (unsigned long)object, (unsigned long)addr);
}

static void describe_memory(const void *addr)
{
	const struct page *page = slab_page(addr);
	char words[256];

	if (page)
		describe_object(page, addr);
	if (virt_addr_valid(addr)) {
		pr_err("The buggy address belongs to the physical page:\n");
		dump_page(virt_to_page(addr), "kasan: bad access detected");
	} else {
		pr_err("The buggy address is %s\n",
		       describe_address((unsigned long)addr, words, sizeof(words)));
	}
	pr_err("\n");
}

/* ---- attached ---- */

static bool kasan_objects_setup(void)
{
	kasan_poison_free_pages();
	kasan_describe_memory = describe_memory;
	return true;
}

static struct slab_observer kasan_objects = {
	.name = "kasan",
	.setup = kasan_objects_setup,
	.lay_out = kasan_lay_out,
	.wants = kasan_wants,
	.born = kasan_born,
	.buried = kasan_buried,
	.alloc = kasan_alloc,
	.free = kasan_free,
	.resize = kasan_resize,
};
SLAB_OBSERVER(kasan_objects);
