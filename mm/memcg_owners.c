// SPDX-License-Identifier: MIT
/*
 * Who owes for which page, and for which object.
 *
 * 1. The idea
 * What is charged must be taken back from the same account when it is freed, by whoever frees it, and
 * whatever he works for himself. So each page and each object that is charged has its account
 * (struct obj_cgroup) written down. Linux has a word in struct page for that, memcg_data; here, where
 * that is 16 bytes for each page of RAM, charged or not, the words are in a table beside it, of
 * which only the parts are there that have something in them.
 *
 * 2. Structure
 *	leaves[]	one for each 4 MiB of RAM: its entries, or none
 *	entry[]		a word for each page: whose it is, or, of a slab's first page, its vector
 *	vector		a pointer for each object of the slab: whose it is
 *	leaf: used = entries that are not 0; there are entries at all if and only if used > 0
 *	vector: used = pointers that are not NULL, > 0
 *	PG_memcg_kmem is set in a slab's first page if it has a vector; and in the first page of a block
 *	if all pages of the block have an entry. (__memcg_kmem_charge_page() sets that.)
 * All pages of a block have an entry, so that the block can be divided without asking anybody for
 * memory: split_page() cannot fail. The largest block is as large as a leaf, and lies in one.
 *
 * 3. As it was found
 * A leaf goes when nothing is in it any more, and is then all zeros, as it was made: its cache has a
 * constructor for that, so that taking it anew costs no clearing.
 *
 * 4. Locking, contexts
 * owners_lock, interrupts off: everything here. Memory is allocated without it, but freed with it: so it
 * stands above the caches' and zones' locks. Any context but NMI.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/panic.h>
#include <linux/string.h>

#include "internal.h"
#include "memcg.h"

#define LEAF_PAGES	MAX_ORDER_NR_PAGES

struct leaf {
	unsigned long *entry;
	unsigned int used;
};

struct owner_vector {
	unsigned int used, num;
	struct obj_cgroup *owner[];
};

/* Set in an entry: it is a vector. */
#define ENTRY_VECTOR	1UL

static struct leaf *leaves;
static struct kmem_cache *leaf_cache;
static DEFINE_SPINLOCK(owners_lock);

/* The table has 8 bytes for each 4 MiB of RAM: made while memblock still works (hooks.h). */
static bool make_table(void)
{
	leaves = memblock_alloc(DIV_ROUND_UP(max_pfn, LEAF_PAGES) * sizeof(*leaves), sizeof(long));
	if (!leaves)
		panic("no memory for memory control groups");
	return false;			/* we do not watch pages */
}

static struct page_observer table_maker = { .name = "memcg_owners", .setup = make_table };
PAGE_OBSERVER(table_maker);

static void clear_leaf(void *entry)
{
	memset(entry, 0, LEAF_PAGES * sizeof(unsigned long));
}

void __init memcg_owners_init(void)
{
	leaf_cache = kmem_cache_create("memcg_owners", LEAF_PAGES * sizeof(unsigned long), 0,
				       SLAB_PANIC, clear_leaf);
}

/* ---- leaves ---- */

static struct leaf *leaf_of(const struct page *page)
{
	return &leaves[page_to_pfn(page) / LEAF_PAGES];
}

static unsigned long *entry_of(const struct page *page)
{
	return &leaf_of(page)->entry[page_to_pfn(page) % LEAF_PAGES];
}

/* Only how to look for memory: that is for the kernel's own use, and nobody's to pay. */
static gfp_t own_gfp(gfp_t gfp)
{
	return (gfp & GFP_RECLAIM_MASK) | __GFP_NOWARN;
}

/* Take the lock, with the entries of @leaf there. False: no memory, and no lock. */
static bool lock_leaf(struct leaf *leaf, gfp_t gfp, unsigned long *flags)
{
	unsigned long *spare = NULL;

	for (;;) {
		spin_lock_irqsave(&owners_lock, *flags);
		if (leaf->entry)
			break;
		if (spare) {
			leaf->entry = spare;
			return true;
		}
		spin_unlock_irqrestore(&owners_lock, *flags);
		spare = kmem_cache_alloc(leaf_cache, own_gfp(gfp));
		if (!spare)
			return false;
	}
	kmem_cache_free(leaf_cache, spare);
	return true;
}

static void unlock_leaf(struct leaf *leaf, unsigned long flags)
{
	if (leaf->entry && !leaf->used) {
		kmem_cache_free(leaf_cache, leaf->entry);
		leaf->entry = NULL;
	}
	spin_unlock_irqrestore(&owners_lock, flags);
}

/* ---- pages ---- */

bool owners_set_pages(struct page *page, unsigned int nr, struct obj_cgroup *objcg, gfp_t gfp)
{
	struct leaf *leaf = leaf_of(page);
	unsigned long flags, *entry;

	if (!lock_leaf(leaf, gfp, &flags))
		return false;
	entry = entry_of(page);
	for (unsigned int i = 0; i < nr; i++)
		entry[i] = (unsigned long)objcg;
	leaf->used += nr;
	unlock_leaf(leaf, flags);
	return true;
}

struct obj_cgroup *owners_clear_pages(struct page *page, unsigned int nr)
{
	struct leaf *leaf = leaf_of(page);
	unsigned long flags, *entry;
	struct obj_cgroup *objcg;

	spin_lock_irqsave(&owners_lock, flags);
	entry = entry_of(page);
	objcg = (struct obj_cgroup *)*entry;
	for (unsigned int i = 0; i < nr; i++) {
		WARN_ON_ONCE(entry[i] != (unsigned long)objcg);
		entry[i] = 0;
	}
	leaf->used -= nr;
	unlock_leaf(leaf, flags);
	return objcg;
}

/* ---- objects ---- */

static struct owner_vector *new_vector(unsigned int num, gfp_t gfp)
{
	struct owner_vector *vector;

	vector = kzalloc(struct_size(vector, owner, num), own_gfp(gfp));
	if (vector)
		vector->num = num;
	return vector;
}

static struct owner_vector *vector_of(const struct page *page)
{
	return (struct owner_vector *)(*entry_of(page) & ~ENTRY_VECTOR);
}

/* @spare becomes the vector of the slab at @page, if that has none. Returns its vector, if it has one. */
static struct owner_vector *hang_up(struct page *page, struct owner_vector *spare)
{
	struct owner_vector *vector = vector_of(page);

	if (vector) {
		kfree(spare);
		return vector;
	}
	if (spare) {
		*entry_of(page) = (unsigned long)spare | ENTRY_VECTOR;
		leaf_of(page)->used++;
		SetPageMemcgKmem(page);
	}
	return spare;
}

/* Take the lock, with the vector of the slab at @page there. NULL: no memory, and no lock. */
static struct owner_vector *lock_vector(struct page *page, unsigned int num, gfp_t gfp,
					unsigned long *flags)
{
	struct owner_vector *vector;

	for (;;) {
		struct owner_vector *spare = NULL;

		if (!PageMemcgKmem(page)) {
			spare = new_vector(num, gfp);
			if (!spare)
				return NULL;
		}
		if (!lock_leaf(leaf_of(page), gfp, flags)) {
			kfree(spare);
			return NULL;
		}
		vector = hang_up(page, spare);
		if (vector)
			return vector;
		unlock_leaf(leaf_of(page), *flags);	/* it has just gone: once more, with a spare */
	}
}

bool owners_set_object(struct page *page, unsigned int num, unsigned int index,
		       struct obj_cgroup *objcg, gfp_t gfp)
{
	struct owner_vector *vector;
	unsigned long flags;

	vector = lock_vector(page, num, gfp, &flags);
	if (!vector)
		return false;
	WARN_ON_ONCE(vector->owner[index]);
	vector->owner[index] = objcg;
	vector->used++;
	unlock_leaf(leaf_of(page), flags);
	return true;
}

/* The last object that was somebody's: the slab has no vector any more. */
static void take_down(struct page *page, struct owner_vector *vector)
{
	ClearPageMemcgKmem(page);
	*entry_of(page) = 0;
	leaf_of(page)->used--;
	kfree(vector);
}

struct obj_cgroup *owners_clear_object(struct page *page, unsigned int index)
{
	struct obj_cgroup *objcg = NULL;
	struct owner_vector *vector;
	unsigned long flags;

	spin_lock_irqsave(&owners_lock, flags);
	if (PageMemcgKmem(page)) {
		vector = vector_of(page);
		objcg = vector->owner[index];
		vector->owner[index] = NULL;
		vector->used -= objcg != NULL;
		if (!vector->used)
			take_down(page, vector);
	}
	unlock_leaf(leaf_of(page), flags);
	return objcg;
}

/* ---- looking at all of them ---- */

static void walk_vector(struct page *page, const struct owner_vector *vector,
			void (*visit)(struct page *page, int index, struct obj_cgroup *objcg,
				      void *arg),
			void *arg)
{
	for (unsigned int i = 0; i < vector->num; i++)
		if (vector->owner[i])
			visit(page, i, vector->owner[i], arg);
}

void owners_walk(void (*visit)(struct page *page, int index, struct obj_cgroup *objcg, void *arg),
		 void *arg)
{
	unsigned long flags, pfn;

	spin_lock_irqsave(&owners_lock, flags);
	for (pfn = 0; pfn < max_mapnr; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (!leaf_of(page)->entry) {
			pfn |= LEAF_PAGES - 1;
			continue;
		}
		if (*entry_of(page) & ENTRY_VECTOR)
			walk_vector(page, vector_of(page), visit, arg);
		else if (*entry_of(page))
			visit(page, -1, (struct obj_cgroup *)*entry_of(page), arg);
	}
	spin_unlock_irqrestore(&owners_lock, flags);
}
