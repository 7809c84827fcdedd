// SPDX-License-Identifier: MIT
/*
 * Objects by the array: kmem_cache_alloc_bulk() and kmem_cache_free_bulk().
 *
 * The mark (slab_cpu.c, section 4) is set once for as many objects as the loaded magazine and the
 * previous one have, or take; where they end, a single object goes the slow way, which exchanges
 * magazines, and then it goes on. Contexts as for single objects.
 */
#include <linux/kernel.h>

#include "slab_cpu.h"

/* As many as this CPU has at hand. */
static unsigned int pop_many(struct kmem_cache *cache, unsigned int nr, void **objects)
{
	struct kmem_cache_cpu *cpu;
	unsigned int count = 0;
	void **top, *object;

	if (in_cpu_layer())
		return 0;
	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	do {
		for (top = cpu->top; count < nr && (object = *top); top--)
			objects[count++] = object;
		cpu->top = top;
	} while (count < nr && turn_to_objects(cpu));
	cpu_layer_leave();
	return count;
}

int kmem_cache_alloc_bulk(struct kmem_cache *cachep, gfp_t gfp, size_t nr, void **p)
{
	size_t got = 0;

	might_alloc(gfp);
	while (got < nr) {
		got += pop_many(cachep, nr - got, p + got);
		if (got == nr)
			break;
		p[got] = cache_alloc_slow(cachep, gfp & ~__GFP_ZERO);
		if (!p[got]) {
			slab_cpu_free_bulk(cachep, got, p);
			return 0;
		}
		got++;
	}
	if (gfp & __GFP_ZERO)
		for (size_t i = 0; i < nr; i++)
			memset(p[i], 0, cachep->zero_size);
	return nr;
}

/* As many from the front as are objects of @cache and find room in the loaded magazine. */
static unsigned int push_loaded(struct kmem_cache *cache, struct kmem_cache_cpu *cpu,
				unsigned int nr, void **objects)
{
	void **top = cpu->top, **end = cpu->end;
	unsigned int count;

	for (count = 0; count < nr && top != end; count++) {
		const struct page *page = object_page(objects[count]);

		if (unlikely(!page) || unlikely(page->slab_cache != cache) ||
		    unlikely(*top == objects[count]))
			break;
		*++top = objects[count];
	}
	cpu->top = top;
	return count;
}

/* The same; if the previous one is empty, it helps. */
static unsigned int push_many(struct kmem_cache *cache, unsigned int nr, void **objects)
{
	struct kmem_cache_cpu *cpu;
	unsigned int count;

	if (in_cpu_layer())
		return 0;
	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	count = push_loaded(cache, cpu, nr, objects);
	if (count < nr && cpu->top == cpu->end && turn_to_room(cpu))
		count += push_loaded(cache, cpu, nr - count, objects + count);
	cpu_layer_leave();
	return count;
}

void slab_cpu_free_bulk(struct kmem_cache *cache, size_t nr, void **p)
{
	for (size_t done = 0; done < nr;) {
		done += push_many(cache, nr - done, p + done);
		if (done < nr)
			kmem_cache_free(cache, p[done++]);
	}
}
