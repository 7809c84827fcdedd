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
 *	may be charged		while there are memory control groups (memcg_slab.c)
 *	more than 32 KiB	an object is more work to use than to find, and a dozen of them in
 *				magazines would be memory that GFP_ATOMIC does not find
 *
 * 3. Switching, while other CPUs go on
 * First has_magazines says no. Whoever puts a magazine anywhere looks at it, inside the mark or under
 * the depot's lock. So when all CPUs have been asked to drain theirs, outside their mark, and the depot
 * has been emptied, there are none left but those in the hands of somebody who is between two of these
 * places: he finds no place for them, and gives them back.
 *
 * 4. Contexts
 * Process context, with slab_mutex taken where has_magazines changes. Counting and walking: any
 * context but NMI. Other CPUs' magazines may change meanwhile, and even be freed: what is read there
 * may be old, but lies in the direct map, and no more is read than a magazine has. The picture is right
 * when all CPUs stand still (<linux/stop_machine.h>).
 */
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <quarry/cpu_layer.h>

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

#define ROUNDS_MAX	124U	/* of the largest */

/* How many rounds, from the floor to @top; whatever has become of them. */
static unsigned int rounds_up_to(const struct magazine *magazine, void **top)
{
	unsigned long count = top - &magazine->floor;

	return count <= min_t(unsigned int, magazine->rounds, ROUNDS_MAX) ? count : 0;
}

/* The lock is somebody's who does not go on before us, perhaps: then the depot is left out. */
static bool walk_depot(struct kmem_cache *cache,
		       bool (*visit)(struct kmem_cache *cache, int cpu, void *const *rounds,
				     unsigned int nr, void *arg),
		       void *arg)
{
	struct magazine *magazine;
	unsigned long flags;
	bool go_on = true;

	if (!spin_trylock_irqsave(&cache->depot.lock, flags))
		return true;
	for (magazine = cache->depot.full; magazine && go_on; magazine = magazine->next)
		go_on = visit(cache, -1, magazine->round,
			      rounds_up_to(magazine, magazine->top), arg);
	spin_unlock_irqrestore(&cache->depot.lock, flags);
	return go_on;
}

bool magazines_walk(struct kmem_cache *cache,
		    bool (*visit)(struct kmem_cache *cache, int cpu, void *const *rounds,
				  unsigned int nr, void *arg),
		    void *arg)
{
	struct magazine *magazine;
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		struct kmem_cache_cpu *c = &cache->cpu[cpu];

		magazine = READ_ONCE(c->loaded);
		if (magazine &&
		    !visit(cache, cpu, magazine->round, rounds_up_to(magazine, c->top), arg))
			return false;
		magazine = READ_ONCE(c->previous);
		if (magazine &&
		    !visit(cache, cpu, magazine->round, rounds_up_to(magazine, magazine->top), arg))
			return false;
	}
	return walk_depot(cache, visit, arg);
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
	on_each_cpu_layer(drain_request, cache);
	depot_drain(cache);
}

typedef bool (*cache_choice_t)(const struct kmem_cache *cache);

/* The same for many caches. The list stays as it is: who asks has slab_mutex. */
static void drain_many_request(void *info)
{
	const cache_choice_t *is_wanted = info;
	struct kmem_cache *cache;

	for_each_cache(cache)
		if ((*is_wanted)(cache))
			drain_request(cache);
}

void magazines_drain_all(bool (*is_wanted)(const struct kmem_cache *cache))
{
	struct kmem_cache *cache;

	on_each_cpu_layer(drain_many_request, &is_wanted);
	for_each_cache(cache)
		if (is_wanted(cache))
			depot_drain(cache);
}

/* Larger objects have no magazines. */
#define OBJECT_IN_MAGAZINE_MAX	(8 * PAGE_SIZE)

static bool may_have_magazines(const struct kmem_cache *cache)
{
	if (memory_charger && cache_may_be_charged(cache))
		return false;
	return !switched_off && !cache->watched && !(cache->flags & SLAB_NO_MAGAZINES) &&
	       cache->size <= OBJECT_IN_MAGAZINE_MAX;
}

void magazines_update(struct kmem_cache *cache)
{
	cache->has_magazines = may_have_magazines(cache);
	if (!cache->has_magazines)
		magazines_drain(cache);
}

static bool must_have_none(const struct kmem_cache *cache)
{
	return !cache->has_magazines;
}

void magazines_update_all(void)
{
	struct kmem_cache *cache;

	for_each_cache(cache)
		cache->has_magazines = may_have_magazines(cache);
	magazines_drain_all(must_have_none);
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
