/* SPDX-License-Identifier: MIT */
/*
 * The quick steps of the CPUs' magazines, which slab_cpu.c explains. They are here because nearly
 * all requests end with them, and kmalloc.c takes them without a call.
 */
#ifndef _MM_SLAB_CPU_H
#define _MM_SLAB_CPU_H

#include <linux/sched/mm.h>
#include <linux/string.h>

#include "slab.h"

/* ---- magazines, and what a CPU has loaded: inside the mark ---- */

/* Always NULL: a magazine of nothing. */
extern void *no_round;

static inline bool magazine_is_empty(const struct magazine *magazine)
{
	return magazine->top == &magazine->floor;
}

static inline unsigned int rounds_in_magazine(const struct magazine *magazine)
{
	return magazine->top - &magazine->floor;
}

static inline void load_magazine(struct kmem_cache_cpu *cpu, struct magazine *magazine)
{
	cpu->loaded = magazine;
	cpu->top = magazine ? magazine->top : &no_round;
	cpu->end = magazine ? &magazine->floor + magazine->rounds : &no_round;
}

/* The loaded magazine, which the CPU has no more; or NULL. */
static inline struct magazine *unload_magazine(struct kmem_cache_cpu *cpu)
{
	struct magazine *magazine = cpu->loaded;

	if (magazine)
		magazine->top = cpu->top;
	load_magazine(cpu, NULL);
	return magazine;
}

/* ---- mm/slab_depot.c ---- */

/* There are so many sizes of magazines, with so many rounds, and a cache for each. */
#define MAGAZINE_TYPES	5
extern const unsigned char magazine_rounds[MAGAZINE_TYPES];
extern struct kmem_cache *magazine_caches[MAGAZINE_TYPES];

/* A new cache's depot. */
void depot_init(struct kmem_cache *cache);
/* An empty magazine, as large as @cache's are now. NULL: no memory; objects do without. */
struct magazine *new_magazine(struct kmem_cache *cache, gfp_t gfp);
/* What is in it goes to the slabs, and it is no more. NULL is nothing. */
void put_away_magazine(struct kmem_cache *cache, struct magazine *magazine);
/* A full magazine, or NULL. If there is one, @empty (or NULL) stays here for it. */
struct magazine *depot_swap_for_full(struct kmem_cache *cache, struct magazine *empty);
/*
 * An empty magazine; NULL: there is none. @full (or NULL) stays here; if there are enough, it is
 * emptied, and is the one.
 */
struct magazine *depot_swap_for_empty(struct kmem_cache *cache, struct magazine *full);
/* A magazine that no CPU needs now. */
void depot_store(struct kmem_cache *cache, struct magazine *magazine);
/* Everything in it goes to the slabs. */
void depot_drain(struct kmem_cache *cache);

/* ---- mm/slab_cpu.c ---- */

/* Inside the mark: if the previous magazine has objects, or room, load that one. */
bool turn_to_objects(struct kmem_cache_cpu *cpu);
bool turn_to_room(struct kmem_cache_cpu *cpu);

/* When the quick way did not do. cache_free_slow() finds out itself whose @object is. */
void *cache_alloc_slow(struct kmem_cache *cache, gfp_t gfp);
void cache_free_slow(void *object);

/*
 * smp_processor_id() * sizeof(struct kmem_cache_cpu), at hand: this CPU's magazines are one addition
 * away from any cache.
 */
DECLARE_PER_CPU(unsigned long, this_cpu_offset);

/* The caller stays on this CPU. */
static __always_inline struct kmem_cache_cpu *this_cpu_magazines(struct kmem_cache *cache)
{
	void *at_offset = (void *)cache + arch_percpu_read(this_cpu_offset);

	/* Hidden: in one register, not a sum that is made anew at each use. */
	OPTIMIZER_HIDE_VAR(at_offset);
	return ((struct kmem_cache *)at_offset)->cpu;
}

/*
 * An object off the top of the loaded magazine; NULL: that is not so quick. It is taken off before it
 * is looked at, and put back if it was none: so all of this fits into one register.
 */
static __always_inline void *magazine_pop(struct kmem_cache *cache)
{
	struct kmem_cache_cpu *cpu;
	void *object;

	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	cpu->top--;
	barrier();
	object = cpu->top[1];
	if (unlikely(!object)) {
		OPTIMIZER_HIDE_VAR(cache);	/* or it is kept in a register, just for this */
		this_cpu_magazines(cache)->top++;
	}
	cpu_layer_leave();
	return object;
}

/* @object onto the loaded magazine. False: it is full, or @object lies there on top already. */
static __always_inline bool magazine_push(struct kmem_cache *cache, void *object)
{
	struct kmem_cache_cpu *cpu;
	void **top;

	cpu_layer_enter();
	cpu = this_cpu_magazines(cache);
	top = cpu->top;
	if (unlikely(*top == object) || unlikely(top == cpu->end)) {
		cpu_layer_leave();
		return false;
	}
	top[1] = object;
	barrier();
	cpu->top++;
	cpu_layer_leave();
	return true;
}

/* The quick way in: NULL when there is none, or when this CPU may be in the middle of it. */
static __always_inline void *cache_alloc_quick(struct kmem_cache *cache)
{
	return unlikely(!preempt_count_is_zero()) ? NULL : magazine_pop(cache);
}

/* Back to @cache, whose it is. */
static __always_inline void cache_free(struct kmem_cache *cache, void *object)
{
	if (unlikely(in_cpu_layer()) || unlikely(!magazine_push(cache, object)))
		cache_free_slow(object);
}

#endif /* _MM_SLAB_CPU_H */
