// SPDX-License-Identifier: MIT
/*
 * A lookaside cache and a memory pool as LDD3 prints them (chapter 8), in the forms of Linux 2.6:
 * kmem_cache_create() with six arguments, and a constructor and a destructor with three.
 *
 * A connection needs a header at a moment at which there may be no memory. Its lock is
 * initialised when its slab is made, not when it is allocated, and stays so through all its owners.
 */
#include <linux/init.h>
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <compat/linux26.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("a lookaside cache with constructor and destructor, and a pool on it");

#define POOL_MINIMUM	8

struct header {
	spinlock_t lock;
	unsigned int uses;		/* by all its owners, one after the other */
	char payload[48];
};

static kmem_cache_t *cache;
static mempool_t *pool;
static unsigned int nr_constructed, nr_destroyed;

/* One function for both: the flags say which it is. */
static void construct(void *object, kmem_cache_t *cachep, unsigned long flags)
{
	struct header *header = object;

	if (!(flags & SLAB_CTOR_CONSTRUCTOR)) {
		nr_destroyed++;
		return;
	}
	spin_lock_init(&header->lock);
	header->uses = 0;
	nr_constructed++;
}

static void use_one(void)
{
	struct header *header = mempool_alloc(pool, GFP_KERNEL);

	spin_lock(&header->lock);	/* never NULL with GFP_KERNEL */
	header->uses++;
	spin_unlock(&header->lock);
	mempool_free(header, pool);
}

static int __init lookaside_init(void)
{
	cache = kmem_cache_create("lookaside_header", sizeof(struct header), 0, SLAB_HWCACHE_ALIGN,
				  construct, construct);
	if (!cache)
		return -ENOMEM;
	pool = mempool_create(POOL_MINIMUM, mempool_alloc_slab, mempool_free_slab, cache);
	if (!pool) {
		kmem_cache_destroy(cache);
		return -ENOMEM;
	}
	for (int i = 0; i < 100; i++)
		use_one();
	pr_info("lookaside: 100 uses, %u objects constructed\n", nr_constructed);
	return 0;
}

static void __exit lookaside_exit(void)
{
	int error;

	mempool_resize(pool, 2 * POOL_MINIMUM, GFP_KERNEL);
	mempool_destroy(pool);
	error = kmem_cache_destroy(cache);
	pr_info("lookaside: destroyed %s: %u constructed, %u destructed\n",
		error ? "not at all" : "completely", nr_constructed, nr_destroyed);
}

module_init(lookaside_init);
module_exit(lookaside_exit);
