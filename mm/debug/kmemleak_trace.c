// SPDX-License-Identifier: MIT
/*
 * kmemleak=on: who has allocated each object, and when, so that a leak has a name. Without it, the
 * leak finder still finds leaks, and knows of areas who asked for them.
 *
 * The records stand in a hash table, by address; the first place that is not in use is taken, from
 * the one that the hash names. When a record goes, those behind it move up, so that a look-up may
 * end at the first empty place:
 *
 *	between the place that an address's hash names, and its record, no place is empty
 *
 * The table is a 64th of RAM and never more than seven eighths full: what finds no room has no
 * record, and is counted. Caches with SLAB_NOLEAKTRACE are left alone; all others are watched, and
 * so have no magazines. Blocks of pages that are compound may be kmalloc()'s, and are recorded, too.
 */
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/memblock.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sizes.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "../internal.h"
#include "kmemleak.h"

#define STACK_DEPTH	16
#define HOOK_FRAMES	2	/* of a backtrace: the hook below, and who tells the hooks */
#define NSEC_PER_MSEC	1000000

static struct kmemleak_trace *traces;
static u32 nr_places;			/* a power of 2; 0: no records */
static u32 nr_traces;
static unsigned long nr_lost;
static DEFINE_SPINLOCK(traces_lock);

static bool wanted;

static int __init parse_kmemleak(char *value)
{
	if (!value || (strcmp(value, "on") && strcmp(value, "off")))
		return -1;
	wanted = !strcmp(value, "on");
	return 0;
}
early_param("kmemleak", parse_kmemleak);

/* ---- the table ---- */

static u32 next_place(u32 place)
{
	return (place + 1) & (nr_places - 1);
}

static u32 home_of(unsigned long addr)
{
	return hash_32(addr, ilog2(nr_places));
}

/* Its record, or the empty place where it would be. */
static u32 find_place(unsigned long addr)
{
	u32 place = home_of(addr);

	while (traces[place].addr && traces[place].addr != addr)
		place = next_place(place);
	return place;
}

/* Would the record at @place still be found if it were at @empty, in front of it? */
static bool may_move(u32 place, u32 empty)
{
	u32 home = home_of(traces[place].addr), mask = nr_places - 1;

	return ((place - home) & mask) >= ((place - empty) & mask);
}

static void remove(u32 empty)
{
	u32 place = empty;

	nr_traces--;
	while (traces[place = next_place(place)].addr) {
		if (!may_move(place, empty))
			continue;
		traces[empty] = traces[place];
		empty = place;
	}
	traces[empty].addr = 0;
}

static __always_inline depot_stack_handle_t save_stack(void)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int n = stack_trace_save(entries, STACK_DEPTH, HOOK_FRAMES);

	return stack_depot_save(entries, n, 0);
}

static void put_trace(unsigned long addr, depot_stack_handle_t stack)
{
	struct kmemleak_trace *trace;
	unsigned long flags;

	spin_lock_irqsave(&traces_lock, flags);
	trace = nr_places ? &traces[find_place(addr)] : NULL;
	if (trace && !trace->addr && nr_traces >= nr_places - nr_places / 8)
		trace = NULL;
	if (!trace) {
		nr_lost++;
	} else {
		nr_traces += !trace->addr;
		*trace = (struct kmemleak_trace){
			.addr = addr,
			.stack = stack,
			.pid = current->pid,
			.when = div_u64(local_clock(), NSEC_PER_MSEC),
		};
	}
	spin_unlock_irqrestore(&traces_lock, flags);
}

static void drop_trace(unsigned long addr)
{
	unsigned long flags;
	u32 place;

	spin_lock_irqsave(&traces_lock, flags);
	place = nr_places ? find_place(addr) : 0;
	if (nr_places && traces[place].addr)
		remove(place);
	spin_unlock_irqrestore(&traces_lock, flags);
}

/* ---- asking ---- */

bool kmemleak_traces(void)
{
	return nr_places;
}

bool kmemleak_trace_of(unsigned long addr, struct kmemleak_trace *trace)
{
	unsigned long flags;

	trace->addr = 0;
	spin_lock_irqsave(&traces_lock, flags);
	if (nr_places)
		*trace = traces[find_place(addr)];
	spin_unlock_irqrestore(&traces_lock, flags);
	return trace->addr;
}

unsigned long kmemleak_traces_lost(void)
{
	return nr_lost;
}

void kmemleak_update_trace(const void *ptr)
{
	struct kmemleak_trace trace;

	if (kmemleak_trace_of((unsigned long)ptr, &trace))
		put_trace((unsigned long)ptr, save_stack());
}

/* ---- watching ---- */

static bool trace_wants(const struct kmem_cache *cache)
{
	return !(cache->flags & SLAB_NOLEAKTRACE);
}

static bool trace_alloc(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	put_trace((unsigned long)object, save_stack());
	return true;
}

static bool trace_free(struct kmem_cache *cache, void *object)
{
	drop_trace((unsigned long)object);
	kmemleak_forget((unsigned long)object, cache->object_size);
	return true;
}

static bool trace_block_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	if ((gfp & __GFP_COMP) && !PageHighMem(page))
		put_trace((unsigned long)page_to_virt(page), save_stack());
	return true;
}

static bool trace_block_free(struct page *page, unsigned int order)
{
	if (PageHighMem(page))
		return true;
	drop_trace((unsigned long)page_to_virt(page));
	kmemleak_forget((unsigned long)page_to_virt(page), PAGE_SIZE << order);
	return true;
}

/* ---- starting ---- */

static bool __init blocks_setup(void);
static bool __init objects_setup(void);

static struct page_observer kmemleak_blocks = {
	.name = "kmemleak",
	.setup = blocks_setup,
	.alloc = trace_block_alloc,
	.free = trace_block_free,
};
PAGE_OBSERVER(kmemleak_blocks);

static struct slab_observer kmemleak_objects = {
	.name = "kmemleak",
	.setup = objects_setup,
	.wants = trace_wants,
	.alloc = trace_alloc,
	.free = trace_free,
};
SLAB_OBSERVER(kmemleak_objects);

static void use(void *storage, size_t size)
{
	unsigned long flags;

	spin_lock_irqsave(&traces_lock, flags);
	traces = storage;
	nr_places = storage ? rounddown_pow_of_two(size / sizeof(*traces)) : 0;
	nr_traces = 0;
	nr_lost = 0;
	spin_unlock_irqrestore(&traces_lock, flags);
}

/* There are pages, but no caches yet: objects_setup() is asked when there are. */
static bool __init blocks_setup(void)
{
	size_t size = clamp_t(phys_addr_t, memblock_phys_mem_size() / 64, SZ_64K, SZ_4M);
	void *storage;

	if (!wanted)
		return false;
	storage = stack_depot_init() ? NULL : memblock_alloc(size, 0);
	if (!storage) {
		pr_err("kmemleak: no room for %zu KB\n", size >> 10);
		return false;
	}
	use(storage, size);
	pr_info("kmemleak: %zu KB for traces\n", size >> 10);
	return true;
}

static bool __init objects_setup(void)
{
	return nr_places;
}

void kmemleak_use(void *storage, size_t size)
{
	slab_observer_detach(&kmemleak_objects);
	page_observer_detach(&kmemleak_blocks);
	use(storage, size);
	if (!storage)
		return;
	page_observer_attach(&kmemleak_blocks);
	slab_observer_attach(&kmemleak_objects);
}
