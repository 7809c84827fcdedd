// SPDX-License-Identifier: MIT
/*
 * All magazines of a cache: counting, draining, on and off.
 *
 * 1. The idea
 * Objects in magazines (slab_cpu.c, slab_depot.c) are free, but no slab knows it. Who wants whole
 * slabs back, or nothing between himself and the slabs, drains the magazines first: each CPU
 * empties its own, and then there is the depot.
 *
 * 2. When a cache has none
 *	nomagazines		on the command line: no cache has
 *	SLAB_NO_MAGAZINES	those that magazines themselves stand on
 *	watched			checkers see each object on its way (hooks.h)
 *	more than 32 KiB	an object is more work to use than to find, and a dozen of them in
 *				magazines would be memory that GFP_ATOMIC does not find
 *
 * 3. Contexts
 * Process context; who counts or walks while other CPUs go on, gets a rough picture.
 */
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/kernel.h>

#include "internal.h"
#include "slab_cpu.h"

static bool switched_off;

static int __init parse_nomagazines(char *value)
{
	switched_off = true;
	return value ? -1 : 0;
}
early_param("nomagazines", parse_nomagazines);

/* ---- counting and showing ---- */

bool magazines_walk(struct kmem_cache *cache,
		    bool (*visit)(struct kmem_cache *cache, int cpu, void *const *rounds,
				  unsigned int nr, void *arg),
		    void *arg)
{
	struct magazine *magazine;
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		struct kmem_cache_cpu *c = &cache->cpu[cpu];

		magazine = c->loaded;
		if (magazine &&
		    !visit(cache, cpu, magazine->round, c->top - &magazine->floor, arg))
			return false;
		magazine = c->previous;
		if (magazine &&
		    !visit(cache, cpu, magazine->round, rounds_in_magazine(magazine), arg))
			return false;
	}
	for (magazine = cache->depot.full; magazine; magazine = magazine->next)
		if (!visit(cache, -1, magazine->round, rounds_in_magazine(magazine), arg))
			return false;
	return true;
}

static bool add_rounds(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
		       void *arg)
{
	*(unsigned long *)arg += nr;
	return true;
}

unsigned long magazines_count(struct kmem_cache *cache)
{
	unsigned long count = 0;

	magazines_walk(cache, add_rounds, &count);
	return count;
}

static bool is_not_there(struct kmem_cache *cache, int cpu, void *const *rounds, unsigned int nr,
			 void *object)
{
	for (unsigned int i = 0; i < nr; i++)
		if (rounds[i] == object)
			return false;
	return true;
}

bool slab_object_in_magazine(struct kmem_cache *cache, const void *object)
{
	return !magazines_walk(cache, is_not_there, (void *)object);
}

/* ---- draining, on and off ---- */

/* On the CPU whose magazines are asked for, interrupts off, outside the mark. */
static void drain_request(void *info)
{
	struct kmem_cache *cache = info;
	struct kmem_cache_cpu *cpu = this_cpu_magazines(cache);

	put_away_magazine(cache, unload_magazine(cpu));
	put_away_magazine(cache, cpu->previous);
	cpu->previous = NULL;
}

void magazines_drain(struct kmem_cache *cache)
{
	on_each_cpu(drain_request, cache, 1);
	depot_drain(cache);
}

/* Larger objects have no magazines. */
#define OBJECT_IN_MAGAZINE_MAX	(8 * PAGE_SIZE)

static bool may_have_magazines(const struct kmem_cache *cache)
{
	return !switched_off && !cache->watched && !(cache->flags & SLAB_NO_MAGAZINES) &&
	       cache->size <= OBJECT_IN_MAGAZINE_MAX;
}

void magazines_update(struct kmem_cache *cache)
{
	cache->has_magazines = may_have_magazines(cache);
	if (!cache->has_magazines)
		magazines_drain(cache);
}

bool magazines_enabled(void)
{
	return !switched_off;
}

void magazines_allow(bool on)
{
	switched_off = !on;
}

void magazines_init(struct kmem_cache *cache)
{
	depot_init(cache);
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		load_magazine(&cache->cpu[cpu], NULL);
	cache->has_magazines = may_have_magazines(cache);
}
