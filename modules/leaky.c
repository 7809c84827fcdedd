// SPDX-License-Identifier: MIT
/*
 * How not to write a module: nothing of what its init function allocates is freed. rmmod tells. It
 * does not tell of the objects that "busy" asks for, which are freed at once.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("forgets what it has allocated: see what rmmod says");

/* For whoever wants to free it all the same, such as a test. */
struct leaky_things {
	void *objects[3];
	void *pages;
	void *area;
	struct kmem_cache *cache;
	void *of_cache;
};

static unsigned long note_at;
module_param(note_at, ulong, 0);
MODULE_PARM_DESC(note_at, "address of a struct leaky_things to note it in");

static unsigned int busy;
module_param(busy, uint, 0);
MODULE_PARM_DESC(busy, "so many objects are allocated before, and freed");

struct busy_object {
	struct busy_object *next;
};

/* Freed in the order in which they were allocated. */
static void allocate_and_free(unsigned int count)
{
	struct busy_object *first = NULL, **end = &first, *object;

	while (count-- && (object = kzalloc(sizeof(*object), GFP_KERNEL))) {
		*end = object;
		end = &object->next;
	}
	while ((object = first)) {
		first = object->next;
		kfree(object);
	}
}

/* From one place in the code, though a compiler might make three of it. */
static void leak_objects(struct leaky_things *things)
{
	int count = ARRAY_SIZE(things->objects);

	OPTIMIZER_HIDE_VAR(count);
	for (int i = 0; i < count; i++)
		things->objects[i] = kmalloc(100, GFP_KERNEL);
}

static void leak_pages(struct leaky_things *things)
{
	things->pages = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL);
}

static void leak_area(struct leaky_things *things)
{
	things->area = vmalloc(3 * PAGE_SIZE);
}

static void leak_cache(struct leaky_things *things)
{
	things->cache = kmem_cache_create("leaky", 200, 0, 0, NULL);
	if (things->cache)
		things->of_cache = kmem_cache_alloc(things->cache, GFP_KERNEL);
}

static int __init leaky_init(void)
{
	struct leaky_things lost, *things = note_at ? (void *)note_at : &lost;

	allocate_and_free(busy);
	leak_objects(things);
	leak_pages(things);
	leak_area(things);
	leak_cache(things);
	return 0;
}

static void __exit leaky_exit(void)
{
}

module_init(leaky_init);
module_exit(leaky_exit);
