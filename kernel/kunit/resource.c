// SPDX-License-Identifier: MIT
/*
 * Resources of a test. Their order on the list is the order in which they were completed: an init
 * function that itself adds a resource comes after it, and is freed before it.
 *
 * Storage is a fixed pool first, since KUnit tests allocators and should not stand on one. A test
 * that wants more than that has it from kmalloc().
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#define POOL_SIZE	128

static struct kunit_resource pool[POOL_SIZE];

static bool in_pool(const struct kunit_resource *res)
{
	return res >= pool && res < pool + POOL_SIZE;
}

/* Storage of ours: "pooled". */
static struct kunit_resource *storage_take(gfp_t gfp)
{
	struct kunit_resource *res;

	for (res = pool; res < pool + POOL_SIZE; res++) {
		if (res->pooled)
			continue;
		*res = (struct kunit_resource) { .pooled = true };
		return res;
	}
	res = slab_is_available() ? kzalloc(sizeof(*res), gfp ?: GFP_KERNEL) : NULL;
	if (res)
		res->pooled = true;
	return res;
}

static void storage_give_back(struct kunit_resource *res)
{
	if (in_pool(res))
		res->pooled = false;
	else
		kfree(res);
}

static int add(struct kunit *test, kunit_resource_init_t init, kunit_resource_free_t free,
	       struct kunit_resource *res, void *data)
{
	int err = 0;

	res->free = free;
	res->refcount = 1;
	INIT_LIST_HEAD(&res->node);
	if (init)
		err = init(res, data);
	else
		res->data = data;
	if (!err)
		list_add_tail(&res->node, &test->resources);
	return err;
}

int kunit_add_resource(struct kunit *test, kunit_resource_init_t init, kunit_resource_free_t free,
		       struct kunit_resource *res, void *data)
{
	res->name = NULL;
	res->pooled = false;
	return add(test, init, free, res, data);
}

static bool name_is_taken(struct kunit *test, const char *name)
{
	struct kunit_resource *res = kunit_find_named_resource(test, name);

	if (res)
		kunit_put_resource(res);
	return res;
}

int kunit_add_named_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free, struct kunit_resource *res,
			     const char *name, void *data)
{
	if (!name)
		return -EINVAL;
	if (name_is_taken(test, name))
		return -EEXIST;
	res->name = name;
	res->pooled = false;
	return add(test, init, free, res, data);
}

struct kunit_resource *kunit_alloc_and_get_resource(struct kunit *test, kunit_resource_init_t init,
						    kunit_resource_free_t free, gfp_t internal_gfp,
						    void *context)
{
	struct kunit_resource *res = storage_take(internal_gfp);

	if (!res)
		return NULL;
	if (add(test, init, free, res, context)) {
		storage_give_back(res);
		return NULL;
	}
	kunit_get_resource(res);
	return res;
}

void *kunit_alloc_resource(struct kunit *test, kunit_resource_init_t init,
			   kunit_resource_free_t free, gfp_t internal_gfp, void *context)
{
	struct kunit_resource *res;
	void *data;

	res = kunit_alloc_and_get_resource(test, init, free, internal_gfp, context);
	if (!res)
		return NULL;
	data = res->data;
	kunit_put_resource(res);
	return data;
}

/* The free function may take the storage with it, unless that is ours. */
void kunit_put_resource(struct kunit_resource *res)
{
	bool pooled = res->pooled;

	if (--res->refcount)
		return;
	if (res->free)
		res->free(res);
	if (pooled)
		storage_give_back(res);
}

struct kunit_resource *kunit_find_resource(struct kunit *test, kunit_resource_match_t match,
					   void *match_data)
{
	struct kunit_resource *res;

	list_for_each_entry_reverse(res, &test->resources, node) {
		if (match(test, res, match_data)) {
			kunit_get_resource(res);
			return res;
		}
	}
	return NULL;
}

void kunit_remove_resource(struct kunit *test, struct kunit_resource *res)
{
	if (list_empty(&res->node))
		return;
	list_del_init(&res->node);
	kunit_put_resource(res);
}

int kunit_destroy_resource(struct kunit *test, kunit_resource_match_t match, void *match_data)
{
	struct kunit_resource *res = kunit_find_resource(test, match, match_data);

	if (!res)
		return -ENOENT;
	kunit_remove_resource(test, res);	/* the list's hold on it; ours is the last one */
	kunit_put_resource(res);		/* NOLINT(clang-analyzer-unix.Malloc) */
	return 0;
}

/* A resource leaves the list before it is freed: after a fault in its free function, call again. */
void kunit_cleanup(struct kunit *test)
{
	while (!list_empty(&test->resources))
		kunit_remove_resource(test, list_last_entry(&test->resources,
							    struct kunit_resource, node));
}

/* ---- memory that goes with the test ---- */

struct array_wanted {
	size_t n, size;
	gfp_t gfp;
};

static int alloc_array(struct kunit_resource *res, void *context)
{
	const struct array_wanted *array = context;

	res->data = kmalloc_array(array->n, array->size, array->gfp);
	return res->data ? 0 : -ENOMEM;
}

static void free_array(struct kunit_resource *res)
{
	kfree(res->data);
}

void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	struct array_wanted array = { .n = n, .size = size, .gfp = gfp };

	return kunit_alloc_resource(test, alloc_array, free_array, gfp & ~__GFP_ZERO, &array);
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc(test, size, gfp | __GFP_ZERO);
}

void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	return kunit_kmalloc_array(test, n, size, gfp | __GFP_ZERO);
}

static bool is_array(struct kunit *test, struct kunit_resource *res, void *match_data)
{
	return res->free == free_array && res->data == match_data;
}

void kunit_kfree(struct kunit *test, const void *ptr)
{
	if (ptr && kunit_destroy_resource(test, is_array, (void *)ptr))
		KUNIT_FAIL(test, "kunit_kfree: %px is not the test's, or not any more", ptr);
}
