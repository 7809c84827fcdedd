/* SPDX-License-Identifier: MIT */
/*
 * What a test has taken and must give back. A resource belongs to a test: when the test's case
 * has ended, however it ended, the resources left are freed, the latest first.
 *
 *	static int open_it(struct kunit_resource *res, void *context)
 *	{
 *		res->data = thing_open(context);
 *		return res->data ? 0 : -ENODEV;
 *	}
 *	static void close_it(struct kunit_resource *res) { thing_close(res->data); }
 *
 *	thing = kunit_alloc_resource(test, open_it, close_it, GFP_KERNEL, "name");
 *
 * Resources are counted references: one is the test's list, one for each pointer that a get or
 * find function handed out. The free function runs when the last goes.
 *
 * The interface is that of Linux 6.1. Call it from the test's own context.
 */
#ifndef _KUNIT_RESOURCE_H
#define _KUNIT_RESOURCE_H

#include <linux/list.h>
#include <linux/string.h>
#include <linux/types.h>

struct kunit;
struct kunit_resource;

/* Fill in @res->data from the context that was passed. 0, or a negative errno. */
typedef int (*kunit_resource_init_t)(struct kunit_resource *res, void *context);
typedef void (*kunit_resource_free_t)(struct kunit_resource *res);

/* Is @res the one looked for? */
typedef bool (*kunit_resource_match_t)(struct kunit *test, struct kunit_resource *res,
				       void *match_data);

struct kunit_resource {
	void *data;			/* the user's */
	const char *name;		/* or NULL */
	kunit_resource_free_t free;	/* or NULL */

	/* Private. */
	unsigned int refcount;
	struct list_head node;		/* in test->resources; empty once removed */
	bool pooled;			/* ours to take back, not the caller's storage */
};

static inline void kunit_get_resource(struct kunit_resource *res)
{
	res->refcount++;
}

/* Drop a reference; the last one frees the resource. */
void kunit_put_resource(struct kunit_resource *res);

/*
 * Add a resource whose storage, @res, is the caller's and outlives the test. @init (may be NULL:
 * then @data itself becomes res->data) fills it in. 0, or what @init returned, in which case
 * nothing was added and @free will not be called.
 */
int kunit_add_resource(struct kunit *test, kunit_resource_init_t init, kunit_resource_free_t free,
		       struct kunit_resource *res, void *data);

/* The same with a name. -EINVAL: no name; -EEXIST: the test has a resource of that name. */
int kunit_add_named_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free, struct kunit_resource *res,
			     const char *name, void *data);

/*
 * Add a resource in storage of KUnit's. NULL when there is none left or @init failed. The caller
 * has a reference of its own and must kunit_put_resource() it. @internal_gfp: how KUnit may
 * allocate, for a test's 129th resource and those that follow; the first have a fixed pool.
 */
struct kunit_resource *kunit_alloc_and_get_resource(struct kunit *test, kunit_resource_init_t init,
						    kunit_resource_free_t free, gfp_t internal_gfp,
						    void *context);

/* The same without the reference: returns res->data, which @init has set, or NULL. */
void *kunit_alloc_resource(struct kunit *test, kunit_resource_init_t init,
			   kunit_resource_free_t free, gfp_t internal_gfp, void *context);

/* The latest resource that matches, with a reference for the caller, or NULL. */
struct kunit_resource *kunit_find_resource(struct kunit *test, kunit_resource_match_t match,
					   void *match_data);

/* Take @res off its test's list and drop the list's reference. Twice does no harm. */
void kunit_remove_resource(struct kunit *test, struct kunit_resource *res);

/* Remove the latest resource that matches. 0, or -ENOENT. */
int kunit_destroy_resource(struct kunit *test, kunit_resource_match_t match, void *match_data);

/* Match by name. */
static inline bool kunit_resource_name_match(struct kunit *test, struct kunit_resource *res,
					     void *match_name)
{
	return res->name && strcmp(res->name, match_name) == 0;
}

static inline struct kunit_resource *kunit_find_named_resource(struct kunit *test,
							       const char *name)
{
	return kunit_find_resource(test, kunit_resource_name_match, (void *)name);
}

static inline int kunit_destroy_named_resource(struct kunit *test, const char *name)
{
	return kunit_destroy_resource(test, kunit_resource_name_match, (void *)name);
}

#endif /* _KUNIT_RESOURCE_H */
