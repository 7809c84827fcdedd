// SPDX-License-Identifier: MIT
/*
 * Caches: how they come, shrink and go.
 *
 * 1. The idea
 * A cache is itself an object, of the cache of caches, which is therefore there from the beginning:
 * kmem_cache_boot. All others are on one list, in the order in which they came.
 *
 * 2. What a cache keeps and nobody uses
 *	magazines	those of the CPUs, and the depot's (slab_cpu.c)
 *	free slabs	at most max_free_slabs; more go back at once (slab.c)
 * kmem_cache_shrink() gives back both. When memory is short, the page allocator asks for them of all
 * caches (PAGE_HOARD), except those with SLAB_NO_REAP. Caches that others stand on, of magazines
 * and of descriptions, came first, and are therefore asked last.
 *
 * 3. The end of a cache
 * kmem_cache_destroy() takes it off the list only when all objects have come back. Otherwise it
 * names those that have not, with whoever allocated them if a checker knows, and nothing has
 * happened: a caller that finds them may free them and try again.
 *
 * 4. Locking, contexts
 * slab_mutex and slab_lock guard the list (slab.h). Creating, shrinking and destroying is for process
 * context. A cache is its creator's: he sees to it that nobody uses it any more when he destroys it.
 * What is shrunk because memory is short stays because slab_mutex is taken; and that cannot be
 * for ever, nor by ourselves, since who has it does not allocate.
 */
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/panic.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <quarry/boot_level.h>

#include "internal.h"
#include "slab.h"

DEFINE_MUTEX(slab_mutex);
DEFINE_SPINLOCK(slab_lock);

/* The cache of caches, and that of slabs' descriptions. */
static struct kmem_cache kmem_cache_boot;
static struct kmem_cache *description_cache;
static bool available;

bool slab_is_available(void)
{
	return available;
}

/* ---- what is asked for ---- */

#define FLAGS_FOR_EVERYBODY \
	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_TRACE | \
	 SLAB_KMALLOC | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | \
	 SLAB_RECLAIM_ACCOUNT | SLAB_PANIC | SLAB_TYPESAFE_BY_RCU | SLAB_MEM_SPREAD | \
	 SLAB_NOLEAKTRACE | SLAB_FAILSLAB | SLAB_ACCOUNT | SLAB_KASAN | SLAB_NO_USER_FLAGS | \
	 SLAB_NO_REAP | SLAB_NO_MAGAZINES)

/* One call of kmem_cache_create(), in whichever form. */
struct cache_request {
	const char *name;
	size_t size, align;
	slab_flags_t flags;
	unsigned int useroffset, usersize;
	void (*ctor)(void *);
	void (*ctor26)(void *, struct kmem_cache *, unsigned long);
	void (*dtor26)(void *, struct kmem_cache *, unsigned long);
};

/* Why there can be no such cache; NULL: there can. */
static const char *wrong_with(const struct cache_request *request)
{
	if (!request->name || !*request->name)
		return "it has no name";
	if (!request->size || request->size > KMALLOC_MAX_SIZE)
		return "no object can have that size";
	if (request->align & (request->align - 1) || request->align > KMALLOC_MAX_SIZE)
		return "the alignment is no power of two, or too large";
	if (request->flags & ~FLAGS_FOR_EVERYBODY)
		return "there is no such flag";
	if (request->dtor26 && !request->ctor26)
		return "a destructor needs a constructor";
	if (in_interrupt())
		return "this is an interrupt";
	return NULL;
}

struct kmem_cache *find_cache(const char *name)
{
	struct kmem_cache *cache, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&slab_lock, flags);
	for_each_cache(cache) {
		if (cache->name[0] != name[0] || strcmp(cache->name, name))
			continue;
		found = cache;
		break;
	}
	spin_unlock_irqrestore(&slab_lock, flags);
	return found;
}

/* Names that make reports and /proc/slabinfo hard to read. */
static void remark_on_name(const char *name)
{
	WARN(strchr(name, ' '), "kmem_cache_create: \"%s\": a name should have no spaces\n", name);
	WARN(find_cache(name), "kmem_cache_create: there is a cache \"%s\" already\n", name);
}

/* The bytes that may be copied to users must lie in the object. */
static void check_whitelist(struct cache_request *request)
{
	if (!WARN_ON(!request->usersize && request->useroffset) &&
	    !WARN_ON(request->usersize > request->size ||
		     request->useroffset > request->size - request->usersize))
		return;
	request->useroffset = 0;
	request->usersize = 0;
}

/* A cache line, or, for objects that are smaller, as much of it as leaves none of them divided. */
static unsigned int hwcache_align(unsigned int size)
{
	unsigned int align = cache_line_size();

	while (size <= align / 2)
		align /= 2;
	return align;
}

/* ---- creating ---- */

/* Size, alignment, flags for pages. The cache is all zeros but for its name. */
static void work_out(struct kmem_cache *cache, const struct cache_request *request)
{
	cache->flags = request->flags;
	cache->object_size = request->size;
	cache->useroffset = request->useroffset;
	cache->usersize = request->usersize;
	cache->ctor = request->ctor;
	cache->ctor26 = request->ctor26;
	cache->dtor26 = request->dtor26;
	cache->zero_size = request->ctor || request->ctor26 ? 0 : request->size;
	cache->align = max_t(unsigned int, request->align, ARCH_SLAB_MINALIGN);
	if (request->flags & SLAB_HWCACHE_ALIGN)
		cache->align = max(cache->align, hwcache_align(request->size));
	if (request->flags & SLAB_CACHE_DMA)
		cache->allocflags |= GFP_DMA;
	if (request->flags & SLAB_RECLAIM_ACCOUNT)
		cache->allocflags |= __GFP_RECLAIMABLE;
	cache->is_for_ever = !available;
	cache->inuse = request->size;
	cache->size = request->size;
	slab_watched_lay_out(cache);
	cache->size = ALIGN(cache->size, cache->align);
}

/* A handful of slabs, and not more than 32 KiB, if that is not less than one. Or all. */
static unsigned long free_slabs_to_keep(const struct kmem_cache *cache)
{
	if (cache->flags & SLAB_NO_REAP)
		return ULONG_MAX;
	return max(8UL >> cache->gfporder, 1UL);
}

/* False: objects of that size and alignment fit nowhere. */
static bool set_up(struct kmem_cache *cache, const struct cache_request *request)
{
	work_out(cache, request);
	cache->slab_cache = description_cache;
	if (!slab_lay_out(cache))
		return false;
	if (cache->gfporder)
		cache->allocflags |= __GFP_COMP;
	spin_lock_init(&cache->lock);
	INIT_LIST_HEAD(&cache->full);
	INIT_LIST_HEAD(&cache->partial);
	INIT_LIST_HEAD(&cache->free);
	cache->max_free_slabs = free_slabs_to_keep(cache);
	cache->watched = slab_watched_wants(cache);
	magazines_init(cache);
	return true;
}

static void enlist(struct kmem_cache *cache)
{
	unsigned long flags;

	spin_lock_irqsave(&slab_lock, flags);
	list_add_tail(&cache->list, &slab_caches);
	spin_unlock_irqrestore(&slab_lock, flags);
}

/* Names are kept in kmalloc() memory; those of the first caches are literals. */
static const char *copy_name(const char *name)
{
	size_t size = strlen(name) + 1;
	char *copy = available ? kmalloc(size, GFP_KERNEL) : (char *)name;

	return copy && available ? memcpy(copy, name, size) : copy;
}

static void free_cache(struct kmem_cache *cache)
{
	if (!cache->is_for_ever)
		kfree(cache->name);
	kmem_cache_free(&kmem_cache_boot, cache);
}

/* Who attaches to watch caches finds it on the list, or has attached before it is set up. */
static bool set_up_and_enlist(struct kmem_cache *cache, const struct cache_request *request)
{
	bool done;

	mutex_lock(&slab_mutex);
	done = set_up(cache, request);
	if (done)
		enlist(cache);
	mutex_unlock(&slab_mutex);
	return done;
}

/* NULL: no memory, or no way. */
static struct kmem_cache *new_cache(const struct cache_request *request)
{
	struct kmem_cache *cache = kmem_cache_zalloc(&kmem_cache_boot, GFP_KERNEL);

	if (!cache)
		return NULL;
	cache->name = copy_name(request->name);
	if (cache->name && set_up_and_enlist(cache, request))
		return cache;
	free_cache(cache);
	return NULL;
}

static __cold void report_no_cache(const struct cache_request *request, const char *why)
{
	const char *name = request->name ?: "(null)";

	if (request->flags & SLAB_PANIC)
		panic("kmem_cache_create: no cache \"%s\": %s", name, why);
	pr_warn("kmem_cache_create: no cache \"%s\" (size %zu, align %zu, flags %#x): %s\n", name,
		request->size, request->align, request->flags, why);
	dump_stack();
}

static struct kmem_cache *create(struct cache_request *request)
{
	struct kmem_cache *cache;
	const char *why;

	if (!boot_level_needed(BOOT_PAGES, "kmem_cache_create"))
		return NULL;
	why = wrong_with(request);
	if (why) {
		report_no_cache(request, why);
		return NULL;
	}
	might_sleep();
	remark_on_name(request->name);
	check_whitelist(request);
	cache = new_cache(request);
	if (!cache)
		report_no_cache(request, "no memory");
	return cache;
}

struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
					      unsigned int align, slab_flags_t flags,
					      unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *))
{
	struct cache_request request = {
		.name = name, .size = size, .align = align, .flags = flags,
		.useroffset = useroffset, .usersize = usersize, .ctor = ctor,
	};

	return create(&request);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 0, ctor);
}

struct kmem_cache *kmem_cache_create26(const char *name, size_t size, size_t align,
				       unsigned long flags,
				       void (*ctor)(void *, struct kmem_cache *, unsigned long),
				       void (*dtor)(void *, struct kmem_cache *, unsigned long))
{
	struct cache_request request = {
		.name = name, .size = size, .align = align, .flags = flags,
		.ctor26 = ctor, .dtor26 = dtor,
	};

	return create(&request);
}

unsigned int kmem_cache_size(struct kmem_cache *cachep)
{
	return cachep->object_size;
}

const char *kmem_cache_name(struct kmem_cache *cachep)
{
	return cachep->name;
}

/* ---- shrinking ---- */

static unsigned long shrink(struct kmem_cache *cache)
{
	kasan_cache_shrink(cache);
	magazines_drain(cache);
	return slab_reap(cache, 0);
}

int kmem_cache_shrink(struct kmem_cache *cachep)
{
	might_sleep();
	shrink(cachep);
	return cachep->nr_slabs != 0;
}

void magazines_enable(bool on)
{
	mutex_lock(&slab_mutex);
	magazines_allow(on);
	magazines_update_all();
	mutex_unlock(&slab_mutex);
}

/* ---- destroying ---- */

static bool is_cache(const struct kmem_cache *cache)
{
	const struct kmem_cache *c;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&slab_lock, flags);
	for_each_cache(c)
		found |= c == cache;
	spin_unlock_irqrestore(&slab_lock, flags);
	return found;
}

static void delist(struct kmem_cache *cache)
{
	unsigned long flags;

	spin_lock_irqsave(&slab_lock, flags);
	list_del(&cache->list);
	spin_unlock_irqrestore(&slab_lock, flags);
}

/* Off the list. False: there are objects out, which is reported, and the cache stays as it was. */
static bool retire(struct kmem_cache *cache)
{
	bool unused;

	mutex_lock(&slab_mutex);
	cache->has_magazines = false;
	shrink(cache);
	unused = !slab_objects_out(cache);
	if (unused) {
		delist(cache);
	} else {
		report_objects_left(cache);
		magazines_update(cache);
	}
	mutex_unlock(&slab_mutex);
	return unused;
}

int kmem_cache_destroy(struct kmem_cache *cachep)
{
	if (!cachep)
		return 0;
	might_sleep();
	if (WARN(!is_cache(cachep), "kmem_cache_destroy: %px is no cache\n", cachep) ||
	    WARN(cachep->is_for_ever, "kmem_cache_destroy: \"%s\" is needed\n", cachep->name) ||
	    !retire(cachep))
		return 1;
	slab_destroy_all(cachep);
	if (cachep->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();		/* the last slabs need their cache */
	free_cache(cachep);
	return 0;
}

/* ---- counting ---- */

void get_slabinfo(struct kmem_cache *cache, struct slabinfo *info)
{
	unsigned long flags, free, out;

	spin_lock_irqsave(&cache->lock, flags);
	info->num_slabs = cache->nr_slabs;
	info->num_objs = cache->nr_slabs * cache->num;
	info->active_slabs = cache->nr_slabs - cache->nr_free_slabs;
	free = cache->nr_free_objects;
	info->in_magazines = magazines_count(cache);
	spin_unlock_irqrestore(&cache->lock, flags);
	out = info->num_objs - free;
	info->in_magazines = min(info->in_magazines, out);	/* CPUs may have moved some meanwhile */
	info->active_objs = out - info->in_magazines;
}

/* ---- the first two caches ---- */

void __init cache_of_caches_init(void)
{
	const struct cache_request request = {
		.name = "kmem_cache", .size = sizeof(struct kmem_cache),
		.align = __alignof__(struct kmem_cache),
		.flags = SLAB_PANIC | SLAB_NO_MAGAZINES | SLAB_NO_USER_FLAGS,
	};

	kmem_cache_boot.name = request.name;
	if (!set_up(&kmem_cache_boot, &request))
		panic("no cache of caches");
	enlist(&kmem_cache_boot);
	description_cache = kmem_cache_create("slab", slab_description_size(SLAB_OUTSIDE_OBJECTS),
					      0, SLAB_PANIC | SLAB_OWN_CACHE, NULL);
}

void __init slab_is_complete(void)
{
	available = true;
}
