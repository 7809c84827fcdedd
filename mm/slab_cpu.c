// SPDX-License-Identifier: MIT
/*
 * Magazines: objects at each CPU's hand, a layer above the slabs.
 *
 * 1. The idea
 * What was freed last is wanted next, on the same CPU, whose cache still holds it. So each CPU has
 * for each cache a magazine, a small stack of free objects: allocating pops, freeing pushes,
 * without a lock. Full and empty magazines are exchanged, whole, with the cache's depot, and only
 * when the depot (slab_depot.c) has none either, with the slabs. (Bonwick and Adams, "Magazines and
 * Vmem", 2001, section 3.)
 *
 * 2. Structure
 *	CPU 0:	loaded [o o o . .]   previous [o o o o o]
 *	CPU 1:	loaded [. . . . .]   previous [o o o o o]
 *	depot:	full  [o o o o o] → [o o o o o]     empty  [. . . . .]
 * "previous" is always full or empty, nearly: when the loaded magazine runs out, or over, exchanging
 * the two helps at once, and the next exchange is a whole magazine away. Without it, one object
 * allocated and freed at the edge would go to the depot each time.
 *
 * 3. The quick way (slab_cpu.h)
 * The CPU keeps the loaded magazine's top and end. A CPU with no magazine, or a cache that is to
 * have none, has both point to a NULL, "no_round": an empty magazine, and a full one, so that
 * neither way is quick and nothing else needs to be asked.
 *
 * A CPU gets its first magazine when it first frees an object of the cache: where objects are only
 * allocated, or once in a while, one at a time comes from the slabs, and there is nothing to keep.
 *
 * 4. Whose hand is in it
 * As in page_pcp.c: the magazines are private to their CPU, so only what may run on it between two
 * instructions must be kept out. Preemption is off; an interrupt that finds the mark
 * CPU_LAYER_OFFSET in preempt_count, which is set by the same instruction, goes to the slabs. While
 * the depot or the slabs are asked, the mark is off: whoever goes there takes the magazine along
 * that he wants exchanged, and afterwards looks anew which CPU he is on, and what is loaded there.
 *
 * 5. What is checked
 * That the object freed is not the one on top of the loaded magazine: that was freed a moment ago.
 * Another one that is free already is noticed when it leaves for its slab.
 *
 * 6. Contexts
 * Any but NMI.
 */
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <quarry/boot_level.h>

#include "internal.h"
#include "slab_cpu.h"

void *no_round;			/* NULL: see 3 */
DEFINE_PER_CPU(unsigned long, this_cpu_offset);

void __init slab_cpu_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(this_cpu_offset, cpu) = cpu * sizeof(struct kmem_cache_cpu);
}

/* ---- what a CPU has: all of this inside the mark ---- */

static void swap_with_previous(struct kmem_cache_cpu *cpu)
{
	struct magazine *loaded = unload_magazine(cpu);

	load_magazine(cpu, cpu->previous);
	cpu->previous = loaded;
}

bool turn_to_objects(struct kmem_cache_cpu *cpu)
{
	if (!cpu->previous || magazine_is_empty(cpu->previous))
		return false;
	swap_with_previous(cpu);
	return true;
}

bool turn_to_room(struct kmem_cache_cpu *cpu)
{
	if (!cpu->previous || !magazine_is_empty(cpu->previous))
		return false;
	swap_with_previous(cpu);
	return true;
}

/* Find a place for @magazine on this CPU, wherever that is by now. Returns what found none. */
static struct magazine *install(struct kmem_cache *cache, struct magazine *magazine)
{
	struct kmem_cache_cpu *cpu;

	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	if (cache->has_magazines && !cpu->loaded) {
		load_magazine(cpu, magazine);
		magazine = NULL;
	} else if (cache->has_magazines && !cpu->previous) {
		cpu->previous = magazine;
		magazine = NULL;
	}
	cpu_layer_leave();
	return magazine;
}

static void install_or_store(struct kmem_cache *cache, struct magazine *magazine)
{
	magazine = install(cache, magazine);
	if (magazine)
		depot_store(cache, magazine);
}

/* ---- taking ---- */

/* From the slabs, past those who watch. */
static void *alloc_from_slabs(struct kmem_cache *cache, gfp_t gfp)
{
	void *object;

	if (unlikely(!cache->num)) {
		boot_level_needed(BOOT_SLAB, cache->name);
		return NULL;
	}
	if (cache->watched && !slab_watched_may_alloc(cache, gfp))
		return NULL;
	while (slab_alloc(cache, gfp, 1, &object)) {
		if (!cache->watched || slab_watched_alloc(cache, object, gfp))
			return object;
		slab_set_aside(cache, object);
	}
	return NULL;
}

/* The same, charged to the thread's group. */
static noinline void *alloc_charged(const struct memory_charger *charger, struct kmem_cache *cache,
				    gfp_t gfp)
{
	struct obj_cgroup *objcg;
	void *object;

	if (!charger->pre_alloc(cache, gfp, &objcg))
		return NULL;
	object = alloc_from_slabs(cache, gfp);
	if (objcg)
		charger->post_alloc(cache, gfp, objcg, object);
	return object;
}

static void *alloc_past_magazines(struct kmem_cache *cache, gfp_t gfp)
{
	const struct memory_charger *charger = READ_ONCE(memory_charger);

	return unlikely(charger) ? alloc_charged(charger, cache, gfp) : alloc_from_slabs(cache, gfp);
}

/* Pop after an exchange of loaded and previous; otherwise NULL, and *@empty is what was loaded. */
static void *pop_previous(struct kmem_cache *cache, struct magazine **empty)
{
	struct kmem_cache_cpu *cpu;
	void *object = NULL;

	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	cpu->nr_alloc++;
	if (*cpu->top || turn_to_objects(cpu))
		object = *cpu->top--;
	else
		*empty = unload_magazine(cpu);
	cpu_layer_leave();
	return object;
}

/* As many rounds as the slabs will give. False: none. */
static bool fill(struct kmem_cache *cache, struct magazine *magazine, gfp_t gfp)
{
	unsigned int count = slab_alloc(cache, gfp, magazine->rounds, magazine->round);

	magazine->top = &magazine->floor + count;
	return count;
}

/*
 * @empty: what this CPU had loaded. Where it had nothing (NULL), and the depot has nothing either,
 * nobody has freed an object for a while: then a single one will do.
 */
static void *alloc_by_exchange(struct kmem_cache *cache, gfp_t gfp, struct magazine *empty)
{
	struct magazine *full = depot_swap_for_full(cache, empty);
	void *object;

	if (!full && !empty)
		return alloc_from_slabs(cache, gfp);
	if (!full && !fill(cache, empty, gfp)) {
		install_or_store(cache, empty);
		return NULL;
	}
	if (!full)
		full = empty;
	object = *full->top--;
	install_or_store(cache, full);
	return object;
}

static noinline void *alloc_unzeroed(struct kmem_cache *cache, gfp_t gfp)
{
	struct magazine *empty = NULL;
	void *object;

	if (!cache->has_magazines || in_cpu_layer())
		return alloc_past_magazines(cache, gfp);
	object = pop_previous(cache, &empty);
	return object ? object : alloc_by_exchange(cache, gfp, empty);
}

/*
 * Also for those in a critical section, for whom the quick way was not tried: an interrupt, perhaps,
 * that came while this CPU was inside.
 */
void *cache_alloc_slow(struct kmem_cache *cache, gfp_t gfp)
{
	void *object = NULL;

	might_alloc(gfp);
	if (!preempt_count_is_zero() && !in_cpu_layer())
		object = magazine_pop(cache);
	if (!object)
		object = alloc_unzeroed(cache, gfp);
	if (object && (gfp & __GFP_ZERO))
		memset(object, 0, cache->zero_size);
	return object;
}

/* ---- giving back ---- */

static void free_to_slabs(struct kmem_cache *cache, void *object)
{
	const struct memory_charger *charger = READ_ONCE(memory_charger);

	if (cache->watched && !slab_check_object(cache, object))
		return;
	if (unlikely(charger))
		charger->free_object(cache, object);
	if (cache->watched && !slab_watched_free(cache, object))
		return;
	slab_free(cache, 1, &object);
}

enum push_result {
	PUSHED,
	FREE_ALREADY,
	NO_ROOM,
};

/* Push after an exchange of loaded and previous. No room: *@full is one that was full; or NULL. */
static enum push_result push_previous(struct kmem_cache *cache, void *object,
				      struct magazine **full)
{
	enum push_result result = NO_ROOM;
	struct kmem_cache_cpu *cpu;

	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	cpu->nr_free++;
	if (*cpu->top == object) {
		result = FREE_ALREADY;
	} else if (cpu->top != cpu->end || turn_to_room(cpu)) {
		*++cpu->top = object;
		result = PUSHED;
	} else {
		*full = cpu->previous;
		cpu->previous = unload_magazine(cpu);
	}
	cpu_layer_leave();
	return result;
}

/* A magazine with room for this CPU. */
static void free_by_exchange(struct kmem_cache *cache, void *object, struct magazine *full)
{
	struct magazine *empty = depot_swap_for_empty(cache, full);

	if (!empty)
		empty = new_magazine(cache, GFP_NOWAIT);
	if (!empty) {
		free_to_slabs(cache, object);
		return;
	}
	*++empty->top = object;
	install_or_store(cache, empty);
}

void cache_free_slow(void *object)
{
	struct kmem_cache *cache = virt_to_page(object)->slab_cache;
	struct magazine *full = NULL;

	if (!cache->has_magazines || in_cpu_layer()) {
		free_to_slabs(cache, object);
		return;
	}
	switch (push_previous(cache, object, &full)) {
	case PUSHED:
		break;
	case FREE_ALREADY:
		report_double_free(cache, object);
		break;
	case NO_ROOM:
		free_by_exchange(cache, object, full);
	}
}

/* ---- the interface: one object ---- */

void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t gfp)
{
	void *object = cache_alloc_quick(cachep);

	if (unlikely(!object))
		return cache_alloc_slow(cachep, gfp);
	if (unlikely(gfp & __GFP_ZERO))
		return memset(object, 0, cachep->zero_size);
	return object;
}

void kmem_cache_free(struct kmem_cache *cachep, void *objp)
{
	const struct page *page = object_page(objp);

	if (unlikely(!page) || unlikely(page->slab_cache != cachep)) {
		if (objp)
			report_wrong_free(cachep, objp);
		return;
	}
	cache_free(cachep, objp);
}
