// SPDX-License-Identifier: MIT
/*
 * The page allocator under the stress engine: all orders, zones, types and ways to allocate and
 * free, on the machine's own memory (contents included) and in a sandbox of three odd little zones
 * that is short of everything; each with and without the CPUs' lists.
 */
#include <linux/align.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/page-isolation.h>
#include <linux/vmstat.h>
#include <quarry/test_seed.h>

#include "../mm/vmscan.h"
#include "page_sandbox.h"
#include "stress_engine.h"

#define STEPS		3000	/* times 200 in a soak */
#define CLOSED_MAX	3	/* pageblocks closed at a time */
#define BULK_MAX	12

enum kind { BLOCK, COMPOUND, EXACT };

static struct stress stress;
static bool contents;			/* there is memory behind the pages */
static unsigned long closed[CLOSED_MAX];	/* a frame of each closed pageblock; 0: none */

/* ---- contents: words at both ends of the block, made of its tag ---- */

static void write_words(unsigned long pfn, u32 first, u32 last)
{
	u32 *page = kmap_local_pfn(pfn);

	page[0] = first;
	page[PAGE_SIZE / 4 - 1] = last;
	kunmap_local(page);
}

static bool words_are(unsigned long pfn, u32 first, u32 last)
{
	const u32 *page = kmap_local_pfn(pfn);
	bool same = page[0] == first && page[PAGE_SIZE / 4 - 1] == last;

	kunmap_local(page);
	return same;
}

static void write_contents(const struct stress_held *held)
{
	unsigned long end = held->start + held->length - 1;

	if (!contents)
		return;
	write_words(held->start, held->tag, ~held->tag);
	if (held->length > 1)
		write_words(end, held->tag ^ 1, ~held->tag ^ 1);
}

static bool contents_are_intact(const struct stress_held *held)
{
	unsigned long end = held->start + held->length - 1;

	if (!contents)
		return true;
	return words_are(held->start, held->tag, ~held->tag) &&
	       (held->length == 1 || words_are(end, held->tag ^ 1, ~held->tag ^ 1));
}

/* ---- asking ---- */

/* Small blocks mostly, every order now and then. */
static unsigned int random_order(struct stress *s)
{
	return stress_one_in(s, 3) ? stress_below(s, MAX_ORDER) : stress_below(s, 4);
}

static gfp_t random_gfp(struct stress *s)
{
	static const gfp_t zones[] = {
		0, __GFP_DMA, __GFP_HIGHMEM, __GFP_HIGHMEM | __GFP_MOVABLE, __GFP_DMA32, 0,
	};
	static const gfp_t types[] = { 0, __GFP_MOVABLE, __GFP_RECLAIMABLE };
	static const gfp_t urgencies[] = {
		GFP_KERNEL, GFP_KERNEL, GFP_NOWAIT, GFP_ATOMIC, GFP_NOIO, GFP_KERNEL | __GFP_MEMALLOC,
		GFP_ATOMIC | __GFP_NOMEMALLOC, GFP_USER | __GFP_HIGH,
	};
	gfp_t zone = zones[stress_below(s, ARRAY_SIZE(zones))];
	gfp_t type = zone & __GFP_MOVABLE ? 0 : types[stress_below(s, ARRAY_SIZE(types))];
	gfp_t gfp = zone | type | urgencies[stress_below(s, ARRAY_SIZE(urgencies))];

	gfp |= __GFP_NOWARN | __GFP_NORETRY;	/* there is nobody to wait for */
	return in_atomic() ? gfp & ~__GFP_DIRECT_RECLAIM : gfp;
}

static void check_zone(struct stress *s, const struct page *page, unsigned long nr, gfp_t gfp)
{
	STRESS_ASSERT(s, page_zonenum(page) <= gfp_zone(gfp), "zone %d for flags %#x",
		      page_zonenum(page), gfp);
	STRESS_ASSERT(s, page_zonenum(page) == page_zonenum(page + nr - 1),
		      "frame %#lx: a block in two zones", page_to_pfn(page));
	STRESS_ASSERT(s, !is_migrate_isolate_page(page) && !is_migrate_isolate_page(page + nr - 1),
		      "frame %#lx: from a closed pageblock", page_to_pfn(page));
}

static void check_new_block(struct stress *s, const struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long pfn = page_to_pfn(page), nr = 1UL << order;
	unsigned long head = order && (gfp & __GFP_COMP) ? BIT(PG_head) : 0;

	STRESS_ASSERT(s, pfn_valid(pfn) && pfn_valid(pfn + nr - 1), "frame %#lx is not in the map", pfn);
	STRESS_ASSERT(s, !(pfn & (nr - 1)), "frame %#lx is not aligned to order %u", pfn, order);
	STRESS_ASSERT(s, page_state(page) == PAGE_ALLOCATED && page_block_order(page) == order,
		      "frame %#lx has flags %#lx instead of order %u", pfn, page->flags, order);
	STRESS_ASSERT(s, (page->flags & PAGE_FLAGS_MASK) == head, "frame %#lx has flags %#lx", pfn,
		      page->flags);
	STRESS_ASSERT(s, page_ref_count(page) == 1, "frame %#lx has count %d", pfn,
		      page_ref_count(page));
	check_zone(s, page, nr, gfp);
	if ((gfp & __GFP_ZERO) && contents)
		STRESS_ASSERT(s, words_are(pfn, 0, 0) && words_are(pfn + nr - 1, 0, 0),
			      "frame %#lx is not zeroed", pfn);
}

static bool alloc_block(struct stress *s)
{
	unsigned int order = random_order(s);
	gfp_t gfp = random_gfp(s);
	struct page *page;

	if (stress_one_in(s, 3))
		gfp |= __GFP_COMP;
	if (contents && order < 4 && stress_one_in(s, 4))
		gfp |= __GFP_ZERO;
	page = alloc_pages(gfp, order);
	if (!page)
		return false;
	check_new_block(s, page, order, gfp);
	write_contents(stress_hold(s, page_to_pfn(page), 1UL << order,
				   order && (gfp & __GFP_COMP) ? COMPOUND : BLOCK, order));
	return true;
}

static bool alloc_exact(struct stress *s)
{
	gfp_t gfp = random_gfp(s) & ~__GFP_HIGHMEM;
	unsigned long nr = 1 + stress_below(s, 40), i;
	void *addr = alloc_pages_exact(nr * PAGE_SIZE - stress_below(s, PAGE_SIZE), gfp);
	struct page *page;

	if (!addr)
		return false;
	page = virt_to_page(addr);
	for (i = 0; i < nr; i++)
		check_new_block(s, page + i, 0, gfp);
	write_contents(stress_hold(s, page_to_pfn(page), nr, EXACT, 0));
	return true;
}

static bool alloc_bulk(struct stress *s)
{
	struct page *pages[BULK_MAX] = {};
	gfp_t gfp = random_gfp(s);
	unsigned long nr = 1 + stress_below(s, BULK_MAX);
	unsigned long got = alloc_pages_bulk_array(gfp, nr, pages), i;

	STRESS_ASSERT(s, got <= nr, "%lu pages instead of %lu", got, nr);
	for (i = 0; i < got; i++) {
		check_new_block(s, pages[i], 0, gfp);
		write_contents(stress_hold(s, page_to_pfn(pages[i]), 1, BLOCK, 0));
	}
	return got;
}

static bool alloc_somehow(struct stress *s)
{
	u32 how = stress_below(s, 8);

	return how == 0 ? alloc_exact(s) : how == 1 ? alloc_bulk(s) : alloc_block(s);
}

/* As if an interrupt had come while this CPU was inside its lists: they must not be touched. */
static bool alloc_in_interrupt(struct stress *s)
{
	bool got;

	cpu_layer_enter();
	got = alloc_somehow(s);
	cpu_layer_leave();
	return got;
}

static bool alloc(struct stress *s)
{
	return stress_one_in(s, 16) ? alloc_in_interrupt(s) : alloc_somehow(s);
}

/* ---- holding ---- */

static void check(struct stress *s, const struct stress_held *held)
{
	const struct page *page = pfn_to_page(held->start);

	STRESS_ASSERT(s, page_state(page) == PAGE_ALLOCATED && page_block_order(page) == held->order,
		      "frame %#lx, held with order %u, has flags %#lx", held->start, held->order,
		      page->flags);
	STRESS_ASSERT(s, page_ref_count(page) == 1, "frame %#lx, held, has count %d", held->start,
		      page_ref_count(page));
	STRESS_ASSERT(s, contents_are_intact(held), "frame %#lx, %lu pages: somebody wrote there",
		      held->start, held->length);
}

/* A block becomes single pages, each held for itself. */
static void cut_up(struct stress *s, struct stress_held *held)
{
	struct stress_held whole = *held;
	unsigned long i;

	if (stress_room(s) < whole.length)
		return;
	check(s, held);
	split_page(pfn_to_page(whole.start), whole.order);
	stress_forget(s, held);
	for (i = 0; i < whole.length; i++) {
		check_new_block(s, pfn_to_page(whole.start + i), 0, GFP_HIGHUSER_MOVABLE);
		write_contents(stress_hold(s, whole.start + i, 1, BLOCK, 0));
	}
}

/* Freed while somebody looks at its first page: that stays until he lets go, the others are free. */
static void free_under_a_reader(struct stress *s, struct stress_held *held)
{
	struct stress_held whole = *held;
	struct page *page = pfn_to_page(whole.start);

	check(s, held);
	stress_forget(s, held);
	get_page(page);
	__free_pages(page, whole.order);
	STRESS_ASSERT(s, page_state(page) == PAGE_ALLOCATED && page_ref_count(page) == 1,
		      "frame %#lx was freed with a reader", whole.start);
	if (whole.kind == COMPOUND)
		put_page(page + stress_below(s, whole.length));
	else
		put_page(page);
}

/* More holders, through any page of a compound one; and one less each. */
static void hold_more(struct stress *s, const struct stress_held *held)
{
	unsigned long i = held->kind == COMPOUND ? stress_below(s, held->length) : 0;
	struct page *page = pfn_to_page(held->start + i);

	get_page(page);
	STRESS_ASSERT(s, page_count(page) == 2, "frame %#lx: count %d", held->start, page_count(page));
	put_page(page);
	check(s, held);
}

static void change(struct stress *s, struct stress_held *held)
{
	u32 what = stress_below(s, 4);

	if (what == 0 && held->kind == BLOCK && held->order && held->order < 5 &&
	    !is_migrate_isolate_page(pfn_to_page(held->start)))
		cut_up(s, held);
	else if (what == 1 && held->kind != EXACT)
		free_under_a_reader(s, held);
	else
		hold_more(s, held);
}

/* ---- giving back ---- */

static void free_block(struct stress *s, const struct stress_held *held)
{
	struct page *page = pfn_to_page(held->start);

	if (held->kind == COMPOUND && stress_one_in(s, 2))
		put_page(page + stress_below(s, held->length));
	else if (!held->order && stress_one_in(s, 3))
		put_page(page);
	else if (!PageHighMem(page) && stress_one_in(s, 2))
		free_pages((unsigned long)page_address(page), held->order);
	else
		__free_pages(page, held->order);
}

static void give_back(struct stress *s, const struct stress_held *held)
{
	struct page *page = pfn_to_page(held->start);
	const struct page *head;

	if (held->kind == EXACT)
		free_pages_exact(page_address(page), held->length * PAGE_SIZE);
	else
		free_block(s, held);
	head = block_head(page);
	STRESS_ASSERT(s, head && (page_state(head) == PAGE_FREE || page_state(head) == PAGE_PCP),
		      "frame %#lx was freed, but has flags %#lx", held->start, page->flags);
}

/* ---- pageblocks, drains ---- */

static unsigned long random_pageblock(struct stress *s)
{
	const struct zone *zone = &contig_page_data.node_zones[stress_below(s, MAX_NR_ZONES)];

	if (!populated_zone(zone))
		return 0;
	return zone->zone_start_pfn + stress_below(s, zone->spanned_pages);
}

static void open_one(struct stress *s, unsigned int i)
{
	unsigned int type = stress_below(s, MIGRATE_PCPTYPES);

	if (page_group_by_mobility_disabled)
		type = MIGRATE_UNMOVABLE;
	undo_isolate_page_range(closed[i], closed[i] + 1, type);
	closed[i] = 0;
}

static void close_or_open(struct stress *s)
{
	unsigned int i = stress_below(s, CLOSED_MAX);
	unsigned long pfn = random_pageblock(s);

	if (closed[i])
		open_one(s, i);
	else if (pfn && !start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE, 0, GFP_KERNEL))
		closed[i] = pfn;
}

static void other(struct stress *s)
{
	struct zone *zone = &contig_page_data.node_zones[stress_below(s, MAX_NR_ZONES)];

	switch (stress_below(s, 4)) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		drain_local_pages(zone);
		break;
	default:
		close_or_open(s);
	}
}

/* ---- the whole ---- */

static unsigned long unavailable_pages(void)
{
	unsigned long pages = 0;
	const struct zone *zone;
	unsigned int cpu;

	for_each_zone(zone) {
		pages += zone->managed_pages - zone->nr_free_pages - zone->nr_isolated_free;
		for (cpu = 0; cpu < NR_CPUS; cpu++)
			pages -= zone->per_cpu_pageset[cpu].count;
	}
	return pages - slab_pages(false) - slab_pages(true);	/* which reclaim may free */
}

static unsigned long outside;		/* pages that others hold */

/* The zones are sound, and what is missing from them is what was given out. */
static bool validate(struct stress *s)
{
	STRESS_ASSERT(s, unavailable_pages() - outside == s->units,
		      "%lu pages are missing from the zones, %lu are held",
		      unavailable_pages() - outside, s->units);
	return zones_validate();
}

/* What the validator walks: a few dozen instructions for each block, and its budget for insides. */
static unsigned long validate_cost(void)
{
	unsigned long pfn, blocks = 0;
	const struct zone *zone;
	struct page *page;

	for_each_populated_zone(zone)
		for_each_block(zone, pfn, page)
			blocks++;
	return blocks * 60 + min(max_mapnr, 65536UL) * 12;
}

static void run(struct kunit *test, bool pcp, bool on_real_memory)
{
	struct stress_ops ops = {
		.alloc = alloc, .free = give_back, .check = check, .change = change, .other = other,
		.validate = validate, .validate_cost = validate_cost(),
	};
	bool pcp_was_on = pcp_enabled();
	unsigned int i;

	contents = on_real_memory;
	memset(closed, 0, sizeof(closed));
	pcp_enable(pcp);
	outside = unavailable_pages();
	stress_run(&stress, test, &ops, kunit_rounds(STEPS));
	for (i = 0; i < CLOSED_MAX; i++)
		if (closed[i])
			open_one(&stress, i);
	pcp_enable(pcp_was_on);
	drain_all_pages(NULL);
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

/* ---- the machine's own zones ---- */

/* Free blocks of all zones, zone by zone, order by order. */
static void count_free_blocks(unsigned long counts[MAX_NR_ZONES][MAX_ORDER])
{
	const struct zone *zone;
	unsigned int order;

	drop_slab();			/* so that there is nothing to be reclaimed meanwhile */
	drain_all_pages(NULL);
	for_each_zone(zone)
		for (order = 0; order < MAX_ORDER; order++)
			counts[zone_idx(zone)][order] = zone->free_area[order].nr_free;
}

static void run_on_this_machine(struct kunit *test, bool pcp)
{
	unsigned long before[MAX_NR_ZONES][MAX_ORDER], after[MAX_NR_ZONES][MAX_ORDER];

	count_free_blocks(before);
	run(test, pcp, true);
	count_free_blocks(after);
	KUNIT_EXPECT_MEMEQ(test, after, before, sizeof(before));
}

/* ledger: P4 P5 P7 P8 P10 P11 */
static void stress_machine(struct kunit *test)
{
	run_on_this_machine(test, true);
}

static void stress_machine_without_pcp(struct kunit *test)
{
	run_on_this_machine(test, false);
}

/* ---- the sandbox ---- */

/* Holes, odd ends, a zone below one block of order 10, and reserves that are often in the way. */
static void odd_little_zones(struct kunit *test)
{
	struct zone *zone;

	page_sandbox_enter(test);
	zone = page_sandbox_zone(ZONE_DMA, 1, 1000);
	page_sandbox_ram(zone, 1, 159);
	page_sandbox_ram(zone, 256, 1000);
	zone = page_sandbox_zone(ZONE_NORMAL, 1025, 2900);
	page_sandbox_ram(zone, 1025, 2000);
	page_sandbox_ram(zone, 2048, 2900);
	zone = page_sandbox_zone(ZONE_HIGHMEM, 3072, 4096);
	page_sandbox_ram(zone, 3072, 4096);
	for_each_populated_zone(zone) {
		min_wmark_pages(zone) = 16;
		low_wmark_pages(zone) = 20;
		high_wmark_pages(zone) = 24;
		pcp_set_sizes(zone);
		zone->per_cpu_pageset[0].batch = 7;
	}
	setup_per_zone_lowmem_reserve();
}

static void stress_sandbox(struct kunit *test)
{
	odd_little_zones(test);
	run(test, true, false);
}

static void stress_sandbox_without_pcp(struct kunit *test)
{
	odd_little_zones(test);
	run(test, false, false);
}

static struct kunit_case page_stress_cases[] = {
	KUNIT_CASE(stress_machine),
	KUNIT_CASE(stress_machine_without_pcp),
	KUNIT_CASE(stress_sandbox),
	KUNIT_CASE(stress_sandbox_without_pcp),
	{}
};

static struct kunit_suite page_stress_suite = {
	.name = "page_stress",
	.exit = page_sandbox_leave,
	.test_cases = page_stress_cases,
};
kunit_test_suite(page_stress_suite);
