// SPDX-License-Identifier: MIT
/*
 * The first caches, in the order in which they become possible:
 *	kmem_cache	of caches: all others are its objects
 *	slab		of descriptions of slabs: from now on a slab may have its own outside
 *	magazine-…	of magazines (slab_depot.c): from now on a cache may have some
 *	kmalloc-…	the classes (kmalloc.c): from now on names can be copied
 * These are for ever. Nobody else runs yet.
 */
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>

#include "slab_cpu.h"

static void __init create_magazine_caches(void)
{
	static const char *const names[MAGAZINE_TYPES] = {
		"magazine-4", "magazine-12", "magazine-28", "magazine-60", "magazine-124",
	};

	for (unsigned int type = 0; type < MAGAZINE_TYPES; type++)
		magazine_caches[type] =
			kmem_cache_create(names[type],
					  sizeof(struct magazine) +
						  magazine_rounds[type] * sizeof(void *), 0,
					  SLAB_PANIC | SLAB_OWN_CACHE, NULL);
}

/* ---- kmalloc's classes ---- */

static const struct kmalloc_class {
	u8 class;
	u16 size;
	const char *names[NR_KMALLOC_TYPES];
} classes[] = {
#define CLASS(_class, _size, unit) { _class, _size, { \
	[KMALLOC_NORMAL] = "kmalloc-" unit, [KMALLOC_RECLAIM] = "kmalloc-rcl-" unit, \
	[KMALLOC_CGROUP] = "kmalloc-cg-" unit, [KMALLOC_DMA] = "dma-kmalloc-" unit } }
	CLASS(3, 8, "8"), CLASS(4, 16, "16"), CLASS(5, 32, "32"), CLASS(6, 64, "64"),
	CLASS(1, 96, "96"), CLASS(7, 128, "128"), CLASS(2, 192, "192"), CLASS(8, 256, "256"),
	CLASS(9, 512, "512"), CLASS(10, 1024, "1k"), CLASS(11, 2048, "2k"),
	CLASS(12, 4096, "4k"), CLASS(13, 8192, "8k"),
#undef CLASS
};

static const slab_flags_t type_flags[NR_KMALLOC_TYPES] = {
	[KMALLOC_RECLAIM] = SLAB_RECLAIM_ACCOUNT,
	[KMALLOC_CGROUP] = SLAB_ACCOUNT,
	[KMALLOC_DMA] = SLAB_CACHE_DMA,
};

static void __init create_class(const struct kmalloc_class *c, enum kmalloc_cache_type type)
{
	kmalloc_caches[type][c->class] =
		kmem_cache_create_usercopy(c->names[type], c->size, 1U << __ffs(c->size),
					   SLAB_PANIC | SLAB_KMALLOC | type_flags[type], 0,
					   c->size, NULL);
}

static void __init create_kmalloc_caches(void)
{
	for (unsigned int type = 0; type < NR_KMALLOC_TYPES; type++)
		for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++)
			create_class(&classes[i], type);
}

void __init kmem_cache_init(void)
{
	slab_cpu_init();
	slab_observers_setup();
	cache_of_caches_init();
	create_magazine_caches();
	create_kmalloc_caches();
	slab_is_complete();
	slab_shrinker_init();
}
