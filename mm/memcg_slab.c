// SPDX-License-Identifier: MIT
/*
 * Charging objects.
 *
 * 1. The idea
 * Objects of one slab may be owed by different groups, so it is not the slab's pages that are charged
 * but each object, with its size and the pointer that says whose it is (memcg_owners.c).
 *
 * 2. Which
 *	caches with SLAB_ACCOUNT	every object; kmalloc-cg-…, which __GFP_ACCOUNT asks for, are such
 *	kmalloc-rcl-…, dma-kmalloc-…	objects asked for with __GFP_ACCOUNT
 * Of all other caches none. (Linux charges any object that is asked for with __GFP_ACCOUNT. Here the
 * caches' quick way does not look at flags, and so does not see it.)
 *
 * 3. The quick way
 * does not know of groups: while there are any, such a cache has no magazines (slab_magazines.c), and
 * each of its objects comes past here. When the last group has gone, and nobody owes any more, it has
 * them again. What was allocated before the first group came is nobody's, and stays that.
 *
 * 4. Locking, contexts
 * As for allocating and freeing; no lock of its own.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "memcg.h"

size_t obj_full_size(const struct kmem_cache *cache)
{
	return cache->size + sizeof(struct obj_cgroup *);
}

static atomic_t *object_bytes(struct obj_cgroup *objcg, const struct kmem_cache *cache)
{
	return &objcg->object_bytes[!!(cache->flags & SLAB_RECLAIM_ACCOUNT)];
}

static bool is_to_be_charged(const struct kmem_cache *cache, gfp_t gfp)
{
	return (cache->flags & SLAB_ACCOUNT) ||
	       ((gfp & __GFP_ACCOUNT) && cache_may_be_charged(cache));
}

bool memcg_slab_pre_alloc(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup **objcg)
{
	*objcg = is_to_be_charged(cache, gfp) ? get_obj_cgroup_from_current() : NULL;
	if (!*objcg || !obj_cgroup_charge(*objcg, gfp, obj_full_size(cache)))
		return true;
	obj_cgroup_put(*objcg);
	return false;
}

static struct page *first_page(const struct kmem_cache *cache, const struct slab *slab)
{
	return virt_to_page(ALIGN_DOWN((unsigned long)slab->objects, PAGE_SIZE << cache->gfporder));
}

/* Whom it belongs to is written down. False: there is no memory for that. */
static bool set_owner(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup *objcg,
		      const void *object)
{
	const struct slab *slab = virt_to_page(object)->slab;
	unsigned int index = slab_index(cache, slab, object - cache->object_offset);

	return owners_set_object(first_page(cache, slab), cache->num, index, objcg, gfp);
}

/* Without memory to write it down, the object is nobody's, as in Linux: its owner has it all the same. */
void memcg_slab_post_alloc(struct kmem_cache *cache, gfp_t gfp, struct obj_cgroup *objcg,
			   void *object)
{
	if (object && set_owner(cache, gfp, objcg, object)) {
		atomic_add(obj_full_size(cache), object_bytes(objcg, cache));
		return;
	}
	obj_cgroup_uncharge(objcg, obj_full_size(cache));
	obj_cgroup_put(objcg);
}

/* What is no object, or free already, has no owner, and is reported by those who come next. */
void memcg_slab_free(struct kmem_cache *cache, const void *object)
{
	const struct slab *slab = virt_to_page(object)->slab;
	struct page *page = first_page(cache, slab);
	struct obj_cgroup *objcg;
	unsigned int index;

	if (!PageMemcgKmem(page))
		return;
	index = slab_index(cache, slab, object - cache->object_offset);
	if (index >= cache->num || slab_object(cache, slab, index) != object)
		return;
	objcg = owners_clear_object(page, index);
	if (!objcg)
		return;
	atomic_sub(obj_full_size(cache), object_bytes(objcg, cache));
	obj_cgroup_uncharge(objcg, obj_full_size(cache));
	obj_cgroup_put(objcg);
}
