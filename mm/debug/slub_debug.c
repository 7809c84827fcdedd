// SPDX-License-Identifier: MIT
/*
 * Checks on objects: slub_debug= (slub_options.c), or the flags of a cache when it is created.
 * After Linux's SLUB, whose letters, bytes and reports these are.
 *
 * 1. The idea
 * Memory that is nobody's, or not yet written, has a value that everybody knows. Where it has
 * another one, somebody wrote who had no right to. Nothing watches the writing itself (KASAN
 * does): the damage is found when the object next comes past here, allocated or freed.
 *
 * 2. A slot
 *
 *	| left red zone | object | right red zone | tracks | asked | padding |
 *	0               offset   + object_size    inuse                      size
 *
 *	red zones (Z)	0xbb while the object is free, 0xcc while it is somebody's. The left one is as
 *			wide as the alignment, so that the object keeps it; the right one has at least
 *			a byte
 *	object (P)	0x6b while it is free, 0xa5 its last byte; not in caches whose objects must
 *			keep their contents: those with a constructor, or read under RCU
 *	tracks (U)	slub_track.c
 *	asked (Z)	kmalloc() only: of how many bytes the owner knows. The others, up to the class'
 *			size, belong to the right red zone as long as the object is in use
 *	padding		0x5a, always
 *
 * 3. What is checked, and when
 * Allocated: both red zones, the poison. Freed: both red zones. F adds the padding, and alone makes
 * a cache one that is watched: then its slab sees at each free whether the pointer is an object's,
 * and in use. (In Linux Z and P alone only fill, and F is what looks.) validate_slab_cache() looks
 * at all objects there are.
 *
 * 4. What happens to damaged objects
 * The bytes are restored, so that neighbours are not blamed for them once more, and the object is
 * set aside: nobody gets it any more.
 *
 * 5. Contexts
 * Any but NMI, without locks; an object that comes past here is nobody else's at that moment. While its
 * notes are changed, the CPU is marked as inside its layer, and so does not stop for those who look at
 * all objects.
 */
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/printk.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <quarry/slab_errors.h>

#include "../slab_report.h"
#include "slub.h"

/* ---- what a slot looks like ---- */

/* Objects that must not be written to while they are free are not filled. */
static bool is_poisoned(const struct kmem_cache *cache)
{
	return (cache->flags & SLAB_POISON) && !(cache->flags & SLAB_TYPESAFE_BY_RCU) &&
	       !cache->ctor && !cache->ctor26;
}

static bool keeps_asked(const struct kmem_cache *cache)
{
	return (cache->flags & SLAB_RED_ZONE) && (cache->flags & SLAB_KMALLOC);
}

static unsigned int notes_size(const struct kmem_cache *cache)
{
	return (cache->flags & SLAB_STORE_USER ? NR_TRACKS * sizeof(struct track) : 0) +
	       (keeps_asked(cache) ? sizeof(u32) : 0);
}

static u32 *asked_of(const struct kmem_cache *cache, const void *object)
{
	return slot_of(cache, object) + cache->inuse + notes_size(cache) - sizeof(u32);
}

static void lay_out_slot(struct kmem_cache *cache)
{
	unsigned int inuse, left = 0;

	if (cache->flags & SLAB_RED_ZONE)
		left = ALIGN(sizeof(void *), cache->align);
	cache->object_offset += left;
	inuse = cache->object_offset + cache->object_size;
	inuse = ALIGN(inuse + !!left, sizeof(void *));
	cache->inuse = inuse;
	cache->size = ALIGN(inuse + notes_size(cache), cache->align);
}

/* Too large for "inuse"; or, with 'O', for the block that it took without notes. */
static bool slot_too_large(const struct kmem_cache *cache)
{
	return cache->size > U16_MAX ||
	       (slub_debug_keeps_order() &&
		get_order(cache->size) > get_order(cache->object_size));
}

static void slub_lay_out(struct kmem_cache *cache)
{
	unsigned int offset = cache->object_offset, size = cache->size;
	u16 inuse = cache->inuse;

	cache->flags = slub_debug_flags(cache->name, cache->flags);
	if (!(cache->flags & SLUB_METADATA_FLAGS))
		return;
	lay_out_slot(cache);
	if (!slot_too_large(cache))
		return;
	cache->flags &= ~SLUB_METADATA_FLAGS;
	cache->object_offset = offset;
	cache->size = size;
	cache->inuse = inuse;
}

static bool slub_wants(const struct kmem_cache *cache)
{
	return cache->flags & SLUB_FLAGS;
}

/* ---- filling ---- */

/* @used: how much of the object is its owner's. */
static void fill_red_zones(const struct kmem_cache *cache, void *object, u8 value, size_t used)
{
	void *slot = slot_of(cache, object);

	if (!(cache->flags & SLAB_RED_ZONE))
		return;
	memset(slot, value, cache->object_offset);
	memset(object + used, value, slot + cache->inuse - object - used);
}

static void fill_poison(const struct kmem_cache *cache, u8 *object)
{
	if (!is_poisoned(cache))
		return;
	memset(object, POISON_FREE, cache->object_size - 1);
	object[cache->object_size - 1] = POISON_END;
}

static void fill_padding(const struct kmem_cache *cache, void *object)
{
	void *begin = slot_of(cache, object) + cache->inuse + notes_size(cache);

	if (cache->flags & SLUB_METADATA_FLAGS)
		memset(begin, POISON_INUSE, slot_of(cache, object) + cache->size - begin);
}

static void set_asked(const struct kmem_cache *cache, const void *object, u32 size)
{
	if (keeps_asked(cache))
		*asked_of(cache, object) = size;
}

/* Damage may have gone as far as here. */
static size_t get_asked(const struct kmem_cache *cache, const void *object)
{
	return keeps_asked(cache) ? min(*asked_of(cache, object), cache->object_size) :
				    cache->object_size;
}

static void slub_born(struct kmem_cache *cache, void *object)
{
	if (!(cache->flags & SLUB_METADATA_FLAGS))
		return;
	fill_red_zones(cache, object, SLUB_RED_INACTIVE, cache->object_size);
	fill_poison(cache, object);
	memset(tracks_of(cache, object), 0, notes_size(cache));
	set_asked(cache, object, cache->object_size);
	fill_padding(cache, object);
}

/* ---- looking ---- */

static __cold void report_bytes(struct kmem_cache *cache, const void *object, const char *what,
				const u8 *first, const u8 *last, u8 value)
{
	const void *padding = slot_of(cache, object) + cache->inuse + notes_size(cache);

	if (!slab_bug(cache, "%s overwritten", what))
		return;
	pr_err("0x%px-0x%px @offset=%ld. First byte 0x%x instead of 0x%x\n", first, last,
	       slab_offset(cache, first), *first, value);
	slab_report_object(cache, object);
	slab_dump(KERN_ERR, "Padding  ", padding, slot_of(cache, object) + cache->size - padding);
	dump_stack();
}

/* [@from, @end) is full of @value. Otherwise that is reported, and it is full of it now. */
static bool check_bytes(struct kmem_cache *cache, const void *object, const char *what,
			u8 *from, const u8 *end, u8 value)
{
	u8 *first = from < end ? memchr_inv(from, value, end - from) : NULL;

	if (likely(!first))
		return true;
	while (end[-1] == value)
		end--;
	report_bytes(cache, object, what, first, end - 1, value);
	memset(first, value, end - first);
	slab_fix(cache, "Restoring %s 0x%px-0x%px=0x%x", what, first, end - 1, value);
	return false;
}

static bool check_red_zones(struct kmem_cache *cache, void *object, u8 value)
{
	u8 *slot = slot_of(cache, object), *end = object + cache->object_size;

	if (!(cache->flags & SLAB_RED_ZONE))
		return true;
	return check_bytes(cache, object, "Left Redzone", slot, object, value) &&
	       check_bytes(cache, object, "Right Redzone", end, slot + cache->inuse, value);
}

/* What kmalloc()'s caller did not ask for. */
static bool check_not_asked(struct kmem_cache *cache, void *object)
{
	return check_bytes(cache, object, "kmalloc Redzone", object + get_asked(cache, object),
			   object + cache->object_size, SLUB_RED_ACTIVE);
}

static bool check_poison(struct kmem_cache *cache, u8 *object)
{
	u8 *last = object + cache->object_size - 1;

	return !is_poisoned(cache) ||
	       (check_bytes(cache, object, "Poison", object, last, POISON_FREE) &&
		check_bytes(cache, object, "End Poison", last, last + 1, POISON_END));
}

static bool check_padding(struct kmem_cache *cache, void *object)
{
	u8 *slot = slot_of(cache, object);

	return !(cache->flags & SLUB_METADATA_FLAGS) ||
	       check_bytes(cache, object, "Object padding",
			   slot + cache->inuse + notes_size(cache), slot + cache->size,
			   POISON_INUSE);
}

/* The first damage counts: the others may follow from it. */
static bool check_free_object(struct kmem_cache *cache, void *object, bool padding)
{
	return check_red_zones(cache, object, SLUB_RED_INACTIVE) && check_poison(cache, object) &&
	       (!padding || check_padding(cache, object));
}

static bool check_used_object(struct kmem_cache *cache, void *object, bool padding)
{
	return check_red_zones(cache, object, SLUB_RED_ACTIVE) && check_not_asked(cache, object) &&
	       (!padding || check_padding(cache, object));
}

/* ---- an object comes past ---- */

static void trace(const struct kmem_cache *cache, const void *object, bool alloc)
{
	const struct slab *slab = virt_to_page(object)->slab;

	if (!(cache->flags & SLAB_TRACE))
		return;
	pr_info("TRACE %s %s 0x%px inuse=%u\n", cache->name, alloc ? "alloc" : "free", object,
		cache->num - slab->nr_free);
	if (!alloc)
		slab_dump(KERN_INFO, "Object   ", object, cache->object_size);
	dump_stack_lvl(KERN_INFO);
}

/* It looks like somebody's from now on, so that nobody looks at it again. */
static void make_aside(const struct kmem_cache *cache, void *object)
{
	set_asked(cache, object, cache->object_size);
	fill_red_zones(cache, object, SLUB_RED_ACTIVE, cache->object_size);
	fill_padding(cache, object);
}

static __always_inline void note(struct kmem_cache *cache, void *object, enum track_item item)
{
	if (cache->flags & SLAB_STORE_USER)
		track_set(&tracks_of(cache, object)[item]);
}

/* False: we are an interrupt of somebody who has. */
static bool notes_begin(void)
{
	if (in_cpu_layer())
		return false;
	cpu_layer_enter();
	return true;
}

static void notes_end(bool begun)
{
	if (begun)
		cpu_layer_leave();
}

static bool check_and_hand_out(struct kmem_cache *cache, void *object)
{
	if (!check_free_object(cache, object, cache->flags & SLAB_CONSISTENCY_CHECKS)) {
		make_aside(cache, object);
		slab_fix(cache, "Object at 0x%px set aside", object);
		return false;
	}
	note(cache, object, TRACK_ALLOC);
	trace(cache, object, true);
	set_asked(cache, object, cache->object_size);
	fill_red_zones(cache, object, SLUB_RED_ACTIVE, cache->object_size);
	return true;
}

static bool slub_alloc(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	bool begun, good;

	if (!(cache->flags & SLUB_FLAGS))
		return true;
	begun = notes_begin();
	good = check_and_hand_out(cache, object);
	notes_end(begun);
	return good;
}

/* The core lets nobody have it again: it belongs to nobody, so we set it aside ourselves. */
static bool check_and_take_back(struct kmem_cache *cache, void *object)
{
	if (!check_used_object(cache, object, cache->flags & SLAB_CONSISTENCY_CHECKS)) {
		make_aside(cache, object);
		slab_set_aside(cache, object);
		slab_fix(cache, "Object at 0x%px not freed", object);
		return false;
	}
	note(cache, object, TRACK_FREE);
	trace(cache, object, false);
	fill_red_zones(cache, object, SLUB_RED_INACTIVE, cache->object_size);
	fill_poison(cache, object);
	return true;
}

static bool slub_free(struct kmem_cache *cache, void *object)
{
	bool begun, good;

	if (!(cache->flags & SLUB_FLAGS))
		return true;
	begun = notes_begin();
	good = check_and_take_back(cache, object);
	notes_end(begun);
	return good;
}

/* What becomes the owner's is zero: krealloc() with __GFP_ZERO promises that of it. */
static void slub_resize(struct kmem_cache *cache, void *object, size_t size)
{
	size_t before = get_asked(cache, object);
	bool begun;

	if (!keeps_asked(cache))
		return;
	begun = notes_begin();
	if (size > before)
		memset(object + before, 0, size - before);
	set_asked(cache, object, size);
	memset(object + size, SLUB_RED_ACTIVE, cache->object_size - size);
	notes_end(begun);
}

static void slub_report(struct kmem_cache *cache, void *object)
{
	if (cache->flags & SLAB_STORE_USER)
		track_print(tracks_of(cache, object));
}

static bool slub_setup(void)
{
	return true;
}

static struct slab_observer slub_debug = {
	.name = "slub_debug",
	.setup = slub_setup,
	.lay_out = slub_lay_out,
	.wants = slub_wants,
	.born = slub_born,
	.alloc = slub_alloc,
	.free = slub_free,
	.resize = slub_resize,
	.report = slub_report,
};
SLAB_OBSERVER(slub_debug);

/* ---- all of them ---- */

/*
 * Free, and its slab does not know it: it has forgotten (slub_slab.c), or somebody has it in hand, on
 * its way to its owner or back. Only red zones can tell: both, for what its slab should know.
 */
static bool looks_free(const struct kmem_cache *cache, const struct slab *slab, const void *object)
{
	const void *slot = slot_of(cache, object), *end = object + cache->object_size;

	if (!(cache->flags & SLAB_RED_ZONE) ||
	    memchr_inv(slot, SLUB_RED_INACTIVE, cache->object_offset))
		return false;
	return slab->nr_aside || !memchr_inv(end, SLUB_RED_INACTIVE, slot + cache->inuse - end);
}

static long validate_slab(struct kmem_cache *cache, struct slab *slab)
{
	long damaged = 0;

	for (unsigned int i = 0; i < cache->num; i++) {
		void *object = slab_object(cache, slab, i);

		if (slab_object_is_free(slab, i) || looks_free(cache, slab, object))
			damaged += !check_free_object(cache, object, true);
		else
			damaged += !check_used_object(cache, object, true);
	}
	return damaged;
}

static int validate_stopped(void *arg)
{
	struct kmem_cache *cache = arg;
	struct list_head *const lists[] = { &cache->full, &cache->partial, &cache->free };
	unsigned long flags;
	struct slab *slab;
	long damaged = 0;

	spin_lock_irqsave(&cache->lock, flags);
	slab_watched_check(cache, NULL);
	kasan_disable_current();
	for (int i = 0; i < ARRAY_SIZE(lists); i++)
		list_for_each_entry(slab, lists[i], list)
			damaged += validate_slab(cache, slab);
	kasan_enable_current();
	spin_unlock_irqrestore(&cache->lock, flags);
	return damaged;
}

/* All other CPUs stand still, in no object's notes: slub_alloc() and slub_free() see to that. */
long validate_slab_cache(struct kmem_cache *cache)
{
	return cache->flags & SLUB_FLAGS ? stop_machine_if_possible(validate_stopped, cache) : 0;
}
