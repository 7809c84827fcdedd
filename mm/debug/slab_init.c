// SPDX-License-Identifier: MIT
/*
 * init_on_alloc=1, init_on_free=1, for objects (page_init.c: for pages): zero when they are
 * allocated, so that nobody finds what the last owner left; zero when they are freed, so that it
 * is gone at once. Not where an object keeps its contents while it is free: caches with a
 * constructor, and those read under RCU. Where the contents are checked (slub_debug=P), the poison
 * takes precedence.
 */
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "../slab.h"
#include "checkers.h"
#include "slub.h"

static bool init_wants(const struct kmem_cache *cache)
{
	return !cache->ctor && !cache->ctor26 &&
	       !(cache->flags & (SLAB_TYPESAFE_BY_RCU | SLAB_POISON));
}

/* With __GFP_ZERO the allocator will clear it anyway. */
static bool clear_allocated(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	if (init_wants(cache) && !(gfp & __GFP_ZERO))
		memset(object, 0, cache->object_size);
	return true;
}

static bool clear_freed(struct kmem_cache *cache, void *object)
{
	if (init_wants(cache))
		memset(object, 0, cache->object_size);
	return true;
}

/* ---- at boot ---- */

static bool __init on_alloc_setup(void)
{
	if ((init_on_alloc_wanted() || init_on_free_wanted()) && slub_debug_poisons_all())
		pr_info("mem auto-init: SLAB_POISON will take precedence over "
			"init_on_alloc/init_on_free\n");
	return init_on_alloc_wanted();
}

static bool __init on_free_setup(void)
{
	return init_on_free_wanted();
}

static struct slab_observer init_on_alloc = {
	.name = "init_on_alloc",
	.setup = on_alloc_setup,
	.wants = init_wants,
	.alloc = clear_allocated,
};
SLAB_OBSERVER(init_on_alloc);

static struct slab_observer init_on_free = {
	.name = "init_on_free",
	.setup = on_free_setup,
	.wants = init_wants,
	.free = clear_freed,
};
SLAB_OBSERVER(init_on_free);
