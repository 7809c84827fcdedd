/* SPDX-License-Identifier: MIT */
/* What the monitor's commands about memory share among themselves. */
#ifndef _MM_SHOW_H
#define _MM_SHOW_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <quarry/registry.h>

/* ---- gfp_words.c ---- */

/*
 * Flags as people write them, into *@gfp: names (in full, or short: "kernel|zero" is
 * GFP_KERNEL|__GFP_ZERO) and numbers, separated by | + or a comma; ~NAME takes one out again.
 * Returns 0, or -EINVAL after saying for @command which word it does not know.
 */
int parse_gfp(const char *command, const char *text, gfp_t *gfp);
/* The @n-th name there is, for Tab; NULL behind the last. */
const char *nth_gfp_name(unsigned int n);
/* All bits that have a name. */
gfp_t known_gfp_bits(void);

/* ---- handles.c: what a person holds ---- */

struct held_memory {
	const struct memory_kind *kind;		/* NULL: this handle is free */
	gfp_t gfp;
	union {
		struct {
			struct page *page;
			unsigned int order;
		};
		struct {
			void *addr;
			size_t size;
		};
	};
};

/* An allocator that `alloc` can call. Handles are the caller's: it numbers them and keeps them. */
struct memory_kind {
	const char *name;			/* the word behind `alloc` */
	const char *usage;			/* the words behind that one */
	/* Fill in *@held. 0; -EINVAL for wrong words; another error after saying what it is. */
	int (*alloc)(struct held_memory *held, int argc, char **argv);
	void (*free)(const struct held_memory *held);
	/* What it is, in one line without its end. */
	void (*describe)(const struct held_memory *held);
	/* As in struct monitor_command; @arg counts from the first word behind the kind. */
	const char *(*complete)(int arg, unsigned int n);
};

REGISTRY(memory_kinds, const struct memory_kind);
#define MEMORY_KIND(kind) REGISTER(memory_kinds, kind)

extern const struct memory_kind page_kind;

/* "100K" and the like, for `alloc`. Returns 0, or -ERANGE after saying what is wrong. */
int parse_size(const char *word, size_t *size);

/* What "#3" or "3" stands for; NULL after saying for @command that there is no such handle. */
struct held_memory *find_handle(const char *command, const char *word);

/* ---- buddy_watch.c ---- */

/*
 * The next operation is to be watched. @fresh: one that allocates is to split a block of the
 * largest order that is free, even where a smaller one would do.
 */
void buddy_watch_arm(bool fresh);
/* Begin to watch, if that was asked for and nobody has begun: true for who must end it. */
bool buddy_watch_begin(void);
/*
 * Print what has been seen. When the operation failed (@error) and nothing was, it does not count:
 * the next one is watched.
 */
void buddy_watch_end(int error);
/* Do not wait for another operation. */
void buddy_watch_disarm(void);
/* Between begin and end, with @fresh? Then hold_smaller_blocks() before allocating. */
bool buddy_watch_wants_fresh(void);

/* ---- buddy_fresh.c ---- */

/*
 * Take away for a while what would serve a request before a block of the largest order does:
 * free blocks of the same type, smaller than that. A caller that allocates meanwhile finds less
 * memory than there is. Says what it has done.
 */
void hold_smaller_blocks(gfp_t gfp, unsigned int order);
void return_smaller_blocks(void);

/* ---- vmalloc_walk.c ---- */

struct vm_struct;

/*
 * Copy the description of the lowest area that ends above @addr. False: there is none. Whoever
 * prints goes from area to area like this, without keeping the lock while he does:
 *
 *	for (addr = 0; peek_vmap_area(addr, &area); addr = vmap_area_end(&area))
 */
bool peek_vmap_area(unsigned long addr, struct vm_struct *area);
/* Where it ends, guard page included. */
unsigned long vmap_area_end(const struct vm_struct *area);
/* What it is for, in a word: "vmalloc", "vmap", "ioremap", "vm_map_ram", "reserved". */
const char *vmap_area_kind(const struct vm_struct *area);

/* ---- vmalloc_place.c ---- */

/* Is the byte at @p in mapped low memory? For who follows links in the middle of a fault. */
bool can_be_read(const void *p);

/* ---- slab_walk.c: caches and slabs, a copy at a time ---- */

struct kmem_cache;
struct slab;

/* How much of a name is shown. */
#define CACHE_NAME_SHOWN	48

struct cache_view {
	struct kmem_cache *cache;
	char name[CACHE_NAME_SHOWN];
	unsigned long objects, with_owners, in_magazines;	/* with_owners: all that are out */
	unsigned long slabs, slabs_in_use;
	unsigned long in_depot;			/* of those in magazines */
	unsigned int size, num, pages;		/* a slot's bytes; slots, and pages, of a slab */
	unsigned int rounds;			/* of a magazine; 0: there are none */
	unsigned int depot_limit;		/* of full magazines */
};

/*
 * Copy what there is to say about the @n-th cache; the newest is 0. False: there are not so many.
 * As with areas of vmalloc, no lock is kept while its numbers are printed.
 */
bool peek_cache(unsigned int n, struct cache_view *view);
/* The same of one that the caller knows. */
void look_at_cache(struct kmem_cache *cache, struct cache_view *view);
/* The @n-th name, for Tab; NULL behind the last. */
const char *nth_cache_name(unsigned int n);

enum slab_list { SLABS_FULL, SLABS_PARTIAL, SLABS_FREE, NR_SLAB_LISTS };

extern const char *const slab_list_names[NR_SLAB_LISTS];

/* Which list @slab is on, by its counts. */
enum slab_list slab_list_of(const struct kmem_cache *cache, const struct slab *slab);

/* The first of the slab's bytes. */
unsigned long slab_address(const struct kmem_cache *cache, const struct slab *slab);

/* The @n-th slab of a list; NULL: there are not so many. */
const struct slab *nth_slab(struct kmem_cache *cache, enum slab_list list, unsigned int n);

/* Which CPU's magazines have @object: -1, the depot; NOT_IN_MAGAZINE: nobody's. */
#define NOT_IN_MAGAZINE		(-2)
int magazine_cpu(struct kmem_cache *cache, const void *object);

/* ---- slab_place.c: what an address is, where it is a slab's or kmalloc()'s ---- */

enum object_state { OBJECT_USED, OBJECT_FREE, OBJECT_IN_MAGAZINE };

struct object_place {
	struct kmem_cache *cache;
	struct slab *slab;
	unsigned int index;		/* the slot; num: in none */
	void *object;			/* in that slot */
	long offset;			/* of the address from @object; may be negative */
	enum object_state state;
};

/* False: no slab is there. Any address, any context, also the middle of a fault. */
bool find_object(unsigned long addr, struct object_place *place);

/* The first page of kmalloc()'s block of pages that @addr lies in, or NULL. Likewise. */
struct page *find_large_block(unsigned long addr);

#endif /* _MM_SHOW_H */
