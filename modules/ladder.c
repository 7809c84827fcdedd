// SPDX-License-Identifier: MIT
/*
 * Linux's "Memory Allocation Guide", sentence by sentence: how hard each set of flags tries, and
 * which allocator is for what. insmod climbs the ladder once and gives everything back.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("the GFP flags from the one that tries least to the one that never gives up");

static unsigned int bytes = 1000;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "what to ask for on each rung");

static const struct rung {
	gfp_t gfp;
	const char *what;
} ladder[] = {
	{ GFP_KERNEL & ~__GFP_RECLAIM, "frees nothing, wakes nobody" },
	{ GFP_KERNEL & ~__GFP_DIRECT_RECLAIM, "wakes kswapd, does not wait" },
	{ GFP_NOWAIT, "the same, in any context" },
	{ GFP_ATOMIC, "the same, and may use part of the reserve" },
	{ GFP_KERNEL, "reclaims; small ones practically do not fail" },
	{ GFP_KERNEL | __GFP_NORETRY, "one round of reclaim, then fails" },
	{ GFP_KERNEL | __GFP_RETRY_MAYFAIL, "tries on, then fails, kills nobody" },
	{ GFP_KERNEL | __GFP_NOFAIL, "does not fail" },
	{ GFP_KERNEL_ACCOUNT, "charged, for what users trigger" },
	{ GFP_USER, "for users, at addresses the kernel reaches" },
	{ GFP_NOIO, "no disk may be written to meanwhile" },
	{ GFP_NOFS, "no file system may be called meanwhile" },
	{ GFP_DMA, "below 16 MiB" },
};

static bool climb(void)
{
	bool all = true;

	for (unsigned int i = 0; i < ARRAY_SIZE(ladder); i++) {
		void *p = kmalloc(bytes, ladder[i].gfp | __GFP_NOWARN);

		pr_info("ladder: %s %pGg: %s\n", p ? "had" : "no memory for", &ladder[i].gfp,
			ladder[i].what);
		all &= p != NULL;
		kfree(p);
	}
	return all;
}

struct message {
	unsigned int length;
	u32 words[];
};

/* "Selecting memory allocator": kzalloc(), arrays, sizes that cannot overflow, resizing. */
static bool small_ones(void)
{
	void *zeros = kzalloc(bytes, GFP_KERNEL);
	u32 *table = kmalloc_array(16, sizeof(*table), GFP_KERNEL);
	struct message *message = kmalloc(struct_size(message, words, 10), GFP_KERNEL);
	u32 *larger = table ? krealloc_array(table, 64, sizeof(*table), GFP_KERNEL) : NULL;
	size_t too_many = SIZE_MAX / 2;
	bool all;

	OPTIMIZER_HIDE_VAR(too_many);	/* or the compiler sees it coming */
	all = zeros && message && larger &&
	      !kmalloc_array(too_many, 4, GFP_KERNEL | __GFP_NOWARN);

	kfree(larger ?: table);
	kfree(message);
	kfree(zeros);
	return all;
}

/* Large ones: not contiguous, or contiguous if that is easy. And many equal ones. */
static bool others(void)
{
	struct kmem_cache *cache = KMEM_CACHE(message, 0);
	void *area = vzalloc(4 * PAGE_SIZE), *either = kvmalloc(4 * PAGE_SIZE, GFP_KERNEL);
	void *object = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;
	bool all = area && either && object;

	kvfree(either);
	kvfree(area);			/* kvfree() frees all three kinds */
	kfree(object);			/* kfree() knows the cache by itself */
	kmem_cache_destroy(cache);
	return all;
}

static int __init ladder_init(void)
{
	bool all = climb();

	all &= small_ones();
	all &= others();
	return all ? 0 : -ENOMEM;
}

static void __exit ladder_exit(void)
{
}

module_init(ladder_init);
module_exit(ladder_exit);
