// SPDX-License-Identifier: MIT
/*
 * Any bytes as a few caches and what is done with them and with kmalloc(): objects one by one and in
 * bulk, from interrupts and without them, with pages refused, with crimes. An oracle keeps what is
 * held, and what is written in it; at the end every page is back.
 */
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <quarry/boot_level.h>
#include "../../mm/internal.h"
#include "../../mm/slab.h"

#define SUBJECT "slab"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define CACHES		6
#define KMALLOC		CACHES		/* of no cache of ours */
#define HELD_MAX	64
#define BULK_MAX	12
#define OPS_MAX		300
#define VALIDATE_EVERY	8		/* operations */
#define CONSTRUCTED	0xc0

struct held {
	u8 *object;
	size_t size;
	unsigned int kind;
	u8 tag;
};

static struct held held[HELD_MAX];
static unsigned int nr_held;
static u8 next_tag;
static struct kmem_cache *caches[CACHES];
static unsigned long free_at_first, caches_at_first;
static bool pages_fail;

static const u8 *input, *input_end;

static u8 next_byte(void)
{
	return input < input_end ? *input++ : 0;
}

static unsigned int next_size(void)
{
	unsigned int size = next_byte();

	return 1 + ((size | next_byte() << 8) >> next_byte() % 16);
}

/* ------------------------------ the machine ------------------------------ */

static bool may_alloc_page(gfp_t gfp, unsigned int order)
{
	return !pages_fail || next_byte() & 3;
}

static struct page_observer failer = { .name = "fuzz_slab", .may_alloc = may_alloc_page };

static unsigned long nr_caches(void)
{
	struct kmem_cache *cache;
	unsigned long nr = 0;

	for_each_cache(cache)
		nr++;
	return nr;
}

/* All that is in nobody's use goes home: magazines and descriptions come from caches, too. */
static void settle(void)
{
	struct kmem_cache *cache;

	magazines_enable(false);
	for (int i = 0; i < 3; i++)
		for_each_cache(cache)
			kmem_cache_shrink(cache);
	vm_unmap_aliases();
	drain_all_pages(NULL);
}

static void boot_once(void)
{
	if (free_at_first)
		return;
	os_map_ram(PAGE_OFFSET, HOST_RAM_BYTES);
	console_loglevel = 0;
	memblock_add(SZ_1M, 24 * SZ_1M);
	host_paging_init(SZ_16M + SZ_8M);
	boot_level = BOOT_PAGING;
	mm_init();
	boot_level = BOOT_PAGES;
	kmem_cache_init();
	boot_level = BOOT_SLAB;
	host_window_init();
	vmalloc_init();
	boot_level = BOOT_DONE;
	page_observer_attach(&failer);
	settle();
	free_at_first = nr_free_pages();
	caches_at_first = nr_caches();
}

static void construct(void *object)
{
	*(u8 *)object = CONSTRUCTED;
}

static void create(unsigned int i)
{
	static const slab_flags_t flags[] = {
		0, SLAB_HWCACHE_ALIGN, SLAB_RECLAIM_ACCOUNT, SLAB_CACHE_DMA, SLAB_NO_REAP,
		SLAB_NO_MAGAZINES, SLAB_ACCOUNT, SLAB_TYPESAFE_BY_RCU,
	};
	u8 how = next_byte();
	unsigned int align = how & 0x40 ? 1U << next_byte() % 14 : 0;

	caches[i] = kmem_cache_create("fuzz", next_size(), align, flags[how % 8],
				      how & 0x80 ? construct : NULL);
	CHECK(caches[i], "cache %u", i);
}

/* ------------------------------ the oracle ------------------------------ */

static bool is_constructed(unsigned int kind)
{
	return kind < CACHES && caches[kind]->ctor;
}

static void hold(void *object, size_t size, unsigned int kind, gfp_t gfp)
{
	unsigned int skip = is_constructed(kind), align = kind < CACHES ? caches[kind]->align : 8;
	struct held *new = &held[nr_held++];

	*new = (struct held){ object, size, kind, ++next_tag };
	CHECK((unsigned long)object % align == 0, "%px, alignment %u", object, align);
	for (const struct held *h = held; h < new; h++)
		CHECK((u8 *)object >= h->object + h->size || (u8 *)object + size <= h->object,
		      "%px+%zu and %px+%zu", object, size, h->object, h->size);
	if (skip)
		CHECK(*(u8 *)object == CONSTRUCTED, "%px", object);
	else if (gfp & __GFP_ZERO)
		CHECK(!memchr_inv(object, 0, size), "%px+%zu", object, size);
	memset(object + skip, new->tag, size - skip);
}

static struct held forget(unsigned int i)
{
	struct held gone = held[i];
	unsigned int skip = is_constructed(gone.kind);

	CHECK(!skip || *gone.object == CONSTRUCTED, "%px", gone.object);
	CHECK(!memchr_inv(gone.object + skip, gone.tag, gone.size - skip), "%px+%zu", gone.object,
	      gone.size);
	held[i] = held[--nr_held];
	return gone;
}

static void check_everything(void)
{
	unsigned long out[CACHES] = {};
	struct slabinfo info;

	for (unsigned int i = 0; i < nr_held; i++)
		if (held[i].kind < CACHES)
			out[held[i].kind]++;
	for (unsigned int i = 0; i < CACHES; i++) {
		get_slabinfo(caches[i], &info);
		CHECK(info.active_objs == out[i], "cache %u: %lu, not %lu", i, info.active_objs,
		      out[i]);
	}
	CHECK(caches_validate(), "after operation");
	CHECK(!preempt_count(), "%#x", preempt_count());
}

/* ------------------------------ operations ------------------------------ */

static int enter_context(u8 how)
{
	int context = how % 4 < 3 ? how % 4 : 0;

	if (context == 2)
		cpu_layer_enter();
	if (context)
		preempt_count_add(HARDIRQ_OFFSET);
	return context;
}

static void leave_context(int context)
{
	if (context)
		preempt_count_sub(HARDIRQ_OFFSET);
	if (context == 2)
		cpu_layer_leave();
}

static void op_alloc(u8 how)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN | (how & 0x80 ? __GFP_ZERO : 0);
	unsigned int kind = next_byte() % CACHES, nr = how & 0x40 ? next_byte() % BULK_MAX : 1;
	void *objects[BULK_MAX];
	int context;

	if (nr_held + nr > HELD_MAX)
		return;
	context = enter_context(how);
	nr = kmem_cache_alloc_bulk(caches[kind], gfp, nr, objects);
	leave_context(context);
	while (nr--)
		hold(objects[nr], caches[kind]->object_size, kind, gfp);
}

static void op_kmalloc(u8 how)
{
	static const gfp_t types[] = { 0, GFP_DMA, __GFP_ACCOUNT, __GFP_RECLAIMABLE };
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN | (how & 0x80 ? __GFP_ZERO : 0) | types[how >> 4 & 3];
	size_t size = next_size();
	int context;
	void *object;

	if (nr_held == HELD_MAX)
		return;
	context = enter_context(how);
	object = kmalloc(size, gfp);
	leave_context(context);
	if (!object)
		return;
	CHECK(ksize(object) == kmalloc_size_roundup(size), "%zu for %zu", ksize(object), size);
	hold(object, size, KMALLOC, gfp);
}

static void op_free(u8 how)
{
	struct held gone;
	int context;

	if (!nr_held)
		return;
	gone = forget(next_byte() % nr_held);
	context = enter_context(how);
	if (gone.kind == KMALLOC || how & 0x10)
		kfree(gone.object);
	else
		kmem_cache_free(caches[gone.kind], gone.object);
	leave_context(context);
}

static void op_free_many(u8 how)
{
	unsigned int kind = (how >> 4) % (CACHES + 1), nr = 0;
	void *objects[BULK_MAX];

	for (unsigned int i = nr_held; i-- && nr < BULK_MAX;)
		if (how & 1 || (kind < CACHES && held[i].kind == kind))
			objects[nr++] = forget(i).object;
	kmem_cache_free_bulk(how & 1 ? NULL : caches[kind < CACHES ? kind : 0], nr, objects);
}

/* What is noticed at once, whatever else is on: nothing may come of it. */
static void op_crime(u8 how)
{
	struct held gone = {};

	if (nr_held)
		gone = held[next_byte() % nr_held];
	switch (how >> 4 & 7) {
	case 0:		/* a stranger's */
		if (nr_held)
			kmem_cache_free(caches[(gone.kind + 1) % CACHES], gone.object);
		break;
	case 1:		/* nobody's */
		kfree(__va(next_byte() << PAGE_SHIFT));
		break;
	case 2:
		kfree((void *)(unsigned long)(next_byte() << 24));
		break;
	case 3:		/* not yet */
		CHECK(!nr_held || gone.kind == KMALLOC || kmem_cache_destroy(caches[gone.kind]), "%u",
		      gone.kind);
		break;
	case 4:		/* into the middle, where no magazine believes it */
		if (nr_held && gone.size > 1 && !magazines_enabled())
			kfree(gone.object + 1 + next_byte() % (gone.size - 1));
		break;
	default:	/* twice */
		if (!nr_held || (pages_fail && magazines_enabled()) || ksize(gone.object) > SZ_8K)
			break;
		for (unsigned int i = 0; i < nr_held; i++)
			if (held[i].object == gone.object)
				forget(i);
		kfree(gone.object);
		kfree(gone.object);
	}
}

static void op_other(u8 what)
{
	struct kmem_cache *cache = caches[what / 16 % CACHES];

	switch (what % 8) {
	case 0:
		magazines_drain(cache);
		break;
	case 1:
		kmem_cache_shrink(cache);
		break;
	case 2:
		slab_reap(cache, next_byte() % 4);
		break;
	case 3:
		magazines_enable(what & 0x80);
		break;
	case 4:
		cache->depot.limit = next_byte() % 4;
		break;
	case 5:
		cache->max_free_slabs = next_byte() % 4;
		break;
	default:
		pages_fail = what & 0x80;
	}
}

static void operate(void)
{
	u8 what = next_byte(), how = next_byte();

	switch (what % 16) {
	case 0 ... 4:
		op_alloc(how);
		break;
	case 5 ... 7:
		op_kmalloc(how);
		break;
	case 8 ... 11:
		op_free(how);
		break;
	case 12:
		op_free_many(how);
		break;
	case 13:
		op_crime(how);
		break;
	default:
		op_other(how);
	}
}

static void clean_up(void)
{
	pages_fail = false;
	while (nr_held)
		kfree(forget(nr_held - 1).object);
	for (int i = 0; i < CACHES; i++)
		CHECK(!kmem_cache_destroy(caches[i]), "cache %d", i);
	settle();
	CHECK(nr_caches() == caches_at_first, "%lu, not %lu", nr_caches(), caches_at_first);
	CHECK(nr_free_pages() == free_at_first, "%lu, not %lu", nr_free_pages(), free_at_first);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	boot_once();
	input = data;
	input_end = data + size;
	magazines_enable(next_byte() & 7);
	for (unsigned int i = 0; i < CACHES; i++)
		create(i);
	for (unsigned int i = 0; i < OPS_MAX && input < input_end; i++) {
		operate();
		if (i % VALIDATE_EVERY == 0)
			check_everything();
	}
	check_everything();
	clean_up();
	return 0;
}
