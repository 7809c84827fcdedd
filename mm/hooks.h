/* SPDX-License-Identifier: MIT */
/*
 * Where checkers attach. The allocators know none of them: they ask whether anybody watches. The
 * fast paths need not even ask (observers.c).
 *
 * A checker in mm/debug/ fills in a struct page_observer and registers it; setup() then decides
 * at boot, from the command line, whether it watches from the first page on. It may also attach
 * and detach later. Observers are asked in the order in which they attached.
 *
 *	static struct page_observer poison = { .name = "page_poison", .setup = …, .free = … };
 *	PAGE_OBSERVER(poison);
 */
#ifndef _MM_HOOKS_H
#define _MM_HOOKS_H

#include <linux/gfp.h>
#include <quarry/registry.h>

/*
 * All members but name may be NULL. Except setup, they are called in any context, with preemption off,
 * and must not allocate.
 */
struct page_observer {
	const char *name;

	/*
	 * Once, at boot, when zones and max_pfn are known and memblock_alloc() still works: true
	 * to attach.
	 */
	bool (*setup)(void);

	/* Veto: false makes this allocation fail as if memory were short (no second try). */
	bool (*may_alloc)(gfp_t gfp, unsigned int order);

	/*
	 * A block has been chosen for @gfp. False: it is damaged (and that has been reported). It
	 * goes out of service, and the allocator looks for another one.
	 */
	bool (*alloc)(struct page *page, unsigned int order, gfp_t gfp);

	/* A block is about to be free. False: it must not be; it goes out of service. */
	bool (*free)(struct page *page, unsigned int order);

	/*
	 * The buddy core, under the zone's lock: a block of @order + 1 has become two of @order, the
	 * upper of which (@upper) is now free; two of @order have become one, which starts at @page.
	 */
	void (*split)(struct zone *zone, struct page *upper, unsigned int order);
	void (*merge)(struct zone *zone, struct page *page, unsigned int order);

	/* Add what is known about @page to a report in the log. */
	void (*report)(const struct page *page);

	struct page_observer *next;	/* the hooks' own */
};

REGISTRY(page_observers, struct page_observer);
#define PAGE_OBSERVER(observer) REGISTER(page_observers, observer)

/* NULL: nobody watches. */
extern struct page_observer *page_watchers;

/* Frames below it are freed without asking anybody: max_mapnr, or 0 while somebody watches. */
extern unsigned long page_free_limit;

/*
 * Attaching twice, or detaching what is not attached, does nothing. When the latter returns, no CPU is
 * inside the observer any more. Process context; may sleep. The same for all kinds of observers.
 */
void page_observer_attach(struct page_observer *observer);
void page_observer_detach(struct page_observer *observer);
bool page_observer_attached(const struct page_observer *observer);

/* mm_init(): ask every registered observer's setup(). */
void page_observers_setup(void);

/* What the allocator calls when page_watchers is not NULL. */
bool page_watched_may_alloc(gfp_t gfp, unsigned int order) __cold;
bool page_watched_alloc(struct page *page, unsigned int order, gfp_t gfp) __cold;
bool page_watched_free(struct page *page, unsigned int order) __cold;
void page_watched_split(struct zone *zone, struct page *upper, unsigned int order) __cold;
void page_watched_merge(struct zone *zone, struct page *page, unsigned int order) __cold;
void page_watched_report(const struct page *page) __cold;

/* The same for areas of the vmalloc range. Members may be NULL; they must neither sleep nor allocate. */
struct vm_struct;

struct vmalloc_observer {
	const char *name;
	/* An area has been mapped, and its owner is about to get it. With preemption off. */
	void (*alloc)(const struct vm_struct *area);
	/* An area is about to be unmapped, for @caller. Any context, with vmap_lock held. */
	void (*free)(const struct vm_struct *area, const void *caller);
	/*
	 * Say in words what was at @addr before it was freed, and return true; false: nothing is
	 * remembered. Any context, also the middle of a fault.
	 */
	bool (*recall)(unsigned long addr, char *buf, size_t size);

	struct vmalloc_observer *next;	/* the hooks' own */
};

REGISTRY(vmalloc_observers, struct vmalloc_observer);
#define VMALLOC_OBSERVER(observer) REGISTER(vmalloc_observers, observer)

extern struct vmalloc_observer *vmalloc_watchers;

/* Does anybody want to know of new areas? */
extern bool vmalloc_watched;

/*
 * Whom to tell of the end of an area: NULL nobody, or the one who wants to know, or a function that
 * tells them all. Read, called and written with vmap_lock held.
 */
extern void (*vmalloc_tell_free)(const struct vm_struct *area, const void *caller);

/* vmalloc_init(), before the first area: every registered observer is attached. */
void vmalloc_observers_setup(void);

void vmalloc_observer_attach(struct vmalloc_observer *observer);
void vmalloc_observer_detach(struct vmalloc_observer *observer);
void vmalloc_watched_alloc(const struct vm_struct *area);
void vmalloc_watched_free(const struct vm_struct *area, const void *caller);

/*
 * The same for objects in slabs. A cache that somebody watches has no magazines: each of its
 * objects comes from its slab and goes back there, past everybody who watches it. Members may be
 * NULL. Except setup, lay_out and wants, they are called in any context, and all but check without
 * locks, and must not allocate.
 */
struct kmem_cache;
struct slab;

struct slab_observer {
	const char *name;

	/* Once, at boot, before the first cache: true to attach. memblock is history by then. */
	bool (*setup)(void);

	/*
	 * A cache is being created: its flags may be changed, and what is in front of (object_offset)
	 * and behind (size, inuse) its objects made larger. align must hold for object and slot.
	 */
	void (*lay_out)(struct kmem_cache *cache);

	/* Watch @cache? Asked when it is created, and when anybody attaches or detaches. NULL: each. */
	bool (*wants)(const struct kmem_cache *cache);

	/* Veto: false makes this allocation fail as if memory were short. */
	bool (*may_alloc)(struct kmem_cache *cache, gfp_t gfp);

	/* An object came into being with its slab, constructed if there is a constructor. */
	void (*born)(struct kmem_cache *cache, void *object);
	/* Its slab is about to be returned. */
	void (*buried)(struct kmem_cache *cache, void *object);

	/*
	 * @object is about to be @gfp's owner's. False: it is damaged (and that has been reported). It
	 * is set aside, and another one looked for.
	 */
	bool (*alloc)(struct kmem_cache *cache, void *object, gfp_t gfp);

	/*
	 * @object is about to be free. False: it must not be, and has been reported and set aside
	 * (slab_set_aside()); or not yet: the observer calls slab_free() later.
	 */
	bool (*free)(struct kmem_cache *cache, void *object);

	/*
	 * What @slab's description says is about to be relied on (NULL: what all the slabs' do). It
	 * may be mended; that is reported. With cache->lock held.
	 */
	void (*check)(struct kmem_cache *cache, struct slab *slab);

	/*
	 * Its owner uses only @size bytes of it, as far as we know: for kmalloc(). krealloc() and
	 * ksize() change that.
	 */
	void (*resize)(struct kmem_cache *cache, void *object, size_t size);

	/* Add what is known about @object to a report in the log. */
	void (*report)(struct kmem_cache *cache, void *object);

	struct slab_observer *next;	/* the hooks' own */
};

REGISTRY(slab_observers, struct slab_observer);
#define SLAB_OBSERVER(observer) REGISTER(slab_observers, observer)

extern struct slab_observer *slab_watchers;

void slab_observer_attach(struct slab_observer *observer);
void slab_observer_detach(struct slab_observer *observer);

/* kmem_cache_init(): ask every registered observer's setup(). */
void slab_observers_setup(void);

/* What the allocator calls, of a cache that is watched (lay_out, wants: of each). */
void slab_watched_lay_out(struct kmem_cache *cache) __cold;
bool slab_watched_wants(const struct kmem_cache *cache) __cold;
bool slab_watched_may_alloc(struct kmem_cache *cache, gfp_t gfp) __cold;
void slab_watched_born(struct kmem_cache *cache, void *object) __cold;
void slab_watched_buried(struct kmem_cache *cache, void *object) __cold;
bool slab_watched_alloc(struct kmem_cache *cache, void *object, gfp_t gfp) __cold;
bool slab_watched_free(struct kmem_cache *cache, void *object) __cold;
void slab_watched_check(struct kmem_cache *cache, struct slab *slab) __cold;
void slab_watched_resize(struct kmem_cache *cache, void *object, size_t size) __cold;
void slab_watched_report(struct kmem_cache *cache, void *object) __cold;

/*
 * Which of a slab's @num places to look at first when an object is taken; NULL: at the first one.
 * (slab_freelist_random)
 */
extern unsigned int (*slab_first_choice)(unsigned int num);

/*
 * Who charges memory to groups (memcontrol.c), while there are any. NULL: nobody does, and nothing is
 * charged. The allocators stand below that chapter: so it tells them what to call.
 */
struct obj_cgroup;

struct memory_charger {
	/* A block that nobody has yet. False: its group has no room. */
	bool (*charge_page)(struct page *page, unsigned int order, gfp_t gfp);
	/* A block with PG_memcg_kmem is about to be free. */
	void (*uncharge_page)(struct page *page, unsigned int order);
	/*
	 * Before an object of @cache is allocated, in a way that comes past here (memcg_slab.c): *@objcg
	 * has been charged for it (NULL: nobody). False: there is no room.
	 */
	bool (*pre_alloc)(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup **objcg);
	/* Afterwards: @object (NULL: there was none) is @objcg's. */
	void (*post_alloc)(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup *objcg,
			   void *object);
	/* @object, which lies in a slab of @cache, is about to be free. */
	void (*free_object)(struct kmem_cache *cache, const void *object);
};

extern const struct memory_charger *memory_charger;

/*
 * A request that climbs the ladder (page_slow.c) has stood on a rung. NULL: nobody watches. Called in any
 * context but NMI, without a lock; must not allocate.
 */
struct alloc_step {
	const char *rung;		/* "enter", "kswapd", …, "fail" */
	gfp_t gfp;
	unsigned int order;
	unsigned int alloc_flags;	/* ALLOC_* */
	const struct page *page;	/* what it brought, or NULL */
};
extern void (*alloc_step_watcher)(const struct alloc_step *step);

/*
 * Parts of the report on the state of memory (show_mem(), a failed allocation): each registers a
 * function that prints its part into the log.
 */
struct memory_report {
	void (*show)(void);
};

REGISTRY(memory_reports, const struct memory_report);
#define MEMORY_REPORT(_show) \
	static const struct memory_report memory_report_##_show = { .show = _show }; \
	REGISTER(memory_reports, memory_report_##_show)

#endif /* _MM_HOOKS_H */
