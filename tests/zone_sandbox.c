// SPDX-License-Identifier: MIT
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/vmalloc.h>

#include "../mm/slab.h"
#include "zone_sandbox.h"

static LIST_HEAD(squeezed);	/* taken from the core: only its state says that it is not free */
static LIST_HEAD(allocated);	/* asked for as anybody does */
static bool pcp_was_enabled;
static unsigned long free_before;

/* -------------------------------- taking and giving back -------------------------------- */

static bool take(struct zone *zone, unsigned int order, enum migratetype type)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&zone->lock, flags);
	page = buddy_alloc(zone, order, type);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (page)
		list_add(&page->lru, &squeezed);
	return page;
}

/*
 * Scattered small blocks first: what is left in the end is then the rest of one large block, and
 * blocks of higher orders can still be had from it.
 */
static void take_fragments(struct zone *zone, unsigned long free)
{
	for (unsigned int order = 0; order <= PAGE_ALLOC_COSTLY_ORDER; order++)
		for (int type = 0; type < MIGRATE_PCPTYPES; type++)
			while (zone->free_area[order].first[type] &&
			       zone->nr_free_pages >= free + (1UL << order))
				take(zone, order, type);
}

bool zone_squeeze(struct zone *zone, unsigned long free)
{
	int order = MAX_ORDER - 1;

	if (zone->nr_free_pages < free)
		return false;
	take_fragments(zone, free);
	while (zone->nr_free_pages > free && order >= 0) {
		if (zone->nr_free_pages - free < 1UL << order ||
		    !take(zone, order, MIGRATE_MOVABLE))
			order--;
	}
	return true;
}

void zones_squeeze(unsigned long free)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		zone_squeeze(zone, free);
}

bool zones_leave(struct zone *zone, unsigned long free)
{
	struct zone *other;

	for_each_populated_zone(other)
		if (other != zone)
			zone_squeeze(other, 0);
	return zone_squeeze(zone, free);
}

struct zone *zone_with_room(unsigned long pages, gfp_t *gfp)
{
	struct zone *normal = &contig_page_data.node_zones[ZONE_NORMAL];

	if (normal->nr_free_pages > high_wmark_pages(normal) + pages) {
		*gfp = 0;
		return normal;
	}
	*gfp = GFP_DMA;
	return &contig_page_data.node_zones[ZONE_DMA];
}

const struct list_head *zones_mark(void)
{
	return squeezed.next;
}

static void give_back(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	list_del(&page->lru);
	spin_lock_irqsave(&zone->lock, flags);
	buddy_free(zone, page, page_block_order(page));
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* What atomic requests left behind for their like would count in the next measurement. */
static void dissolve_highatomic(void)
{
	while (unreserve_highatomic_pageblock(GFP_HIGHUSER_MOVABLE, true))
		;
}

void zone_shatter(struct zone *zone)
{
	const struct list_head *mark = zones_mark();
	struct list_head *at, *next;

	while (take(zone, 0, MIGRATE_MOVABLE))
		;
	for (at = squeezed.next; at != mark; at = next) {
		struct page *page = list_entry(at, struct page, lru);

		next = at->next;
		if (!(page_to_pfn(page) & 1))
			give_back(page);
	}
}

void zones_release_to(const struct list_head *mark)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &allocated, lru)
		__free_pages(page, page_block_order(page));
	INIT_LIST_HEAD(&allocated);
	while (squeezed.next != mark)
		give_back(list_first_entry(&squeezed, struct page, lru));
	dissolve_highatomic();
}

void zones_release(void)
{
	zones_release_to(&squeezed);
}

int zone_sandbox_enter(struct kunit *test)
{
	vm_unmap_aliases();
	slab_reap_caches();
	pcp_was_enabled = pcp_enabled();
	pcp_enable(false);
	dissolve_highatomic();
	free_before = nr_free_pages();
	return 0;
}

void zone_sandbox_leave(struct kunit *test)
{
	zones_release();
	vm_unmap_aliases();
	slab_reap_caches();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	pcp_enable(pcp_was_enabled);
}

/* ledger: P4 P12 */
void zones_are_whole(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, zones_validate());
}

struct page *sandbox_alloc(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	if (page)
		list_add(&page->lru, &allocated);
	return page;
}

unsigned long sandbox_exhaust(gfp_t gfp, unsigned int order, const struct zone *zone,
			      unsigned long *where)
{
	unsigned long blocks = 0;

	while (sandbox_alloc(gfp, order))
		blocks++;
	*where = zone->nr_free_pages;
	return blocks;
}

/* -------------------------------- the oracle -------------------------------- */

/*
 * Written from Linux's documentation, not from mm/watermark.c: one statement for each sentence of
 * the rules, so that a mistake in one place is not in both.
 */
int oracle_highest_zone(gfp_t gfp)
{
	bool dma = gfp & __GFP_DMA, dma32 = gfp & __GFP_DMA32, high = gfp & __GFP_HIGHMEM;

	if (dma + dma32 + high > 1)
		return -1;
	if (dma)
		return ZONE_DMA;
	if (high)
		return gfp & __GFP_MOVABLE ? ZONE_MOVABLE : ZONE_HIGHMEM;
	return ZONE_NORMAL;
}

/* May @gfp take everything there is, as far as the caller and its context go? */
static bool oracle_takes_all(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	if (gfp & __GFP_MEMALLOC)
		return true;
	return (current->flags & PF_MEMALLOC) && !in_hardirq() && !in_nmi();
}

/* Is a part of the reserve for it that others have not? */
static bool oracle_is_atomic(gfp_t gfp)
{
	return (gfp & __GFP_ATOMIC) && !(gfp & __GFP_NOMEMALLOC);
}

/* What anybody must leave who does not take everything. */
static long reserve_floor(const struct zone *zone, gfp_t gfp)
{
	long floor = min_wmark_pages(zone);

	if (gfp & __GFP_HIGH)
		floor -= floor / 2;
	if (oracle_is_atomic(gfp))
		floor -= floor / 4;
	else
		floor += zone->nr_reserved_highatomic;
	return floor + zone->lowmem_reserve[oracle_highest_zone(gfp)];
}

static long last_floor(const struct zone *zone, gfp_t gfp)
{
	return oracle_takes_all(gfp) ? 0 : reserve_floor(zone, gfp);
}

static bool type_has_block(const struct zone *zone, unsigned int order, enum migratetype type)
{
	for (; order < MAX_ORDER; order++)
		if (zone->free_area[order].first[type])
			return true;
	return false;
}

/* On a list of the first three types; or among those kept back, for whom they are kept. */
static bool has_block(const struct zone *zone, unsigned int order, bool highatomic)
{
	for (enum migratetype type = 0; type < MIGRATE_PCPTYPES; type++)
		if (type_has_block(zone, order, type))
			return true;
	return highatomic && type_has_block(zone, order, MIGRATE_HIGHATOMIC);
}

static long normal_mark(const struct zone *zone, gfp_t gfp)
{
	return low_wmark_pages(zone) + zone->lowmem_reserve[oracle_highest_zone(gfp)] +
	       zone->nr_reserved_highatomic;
}

/* Is there a block, and are more pages free than the mark beside the rest of it? */
static bool oracle_serves(const struct zone *zone, gfp_t gfp, unsigned int order,
			  long (*mark)(const struct zone *zone, gfp_t gfp))
{
	long free = zone->nr_free_pages;
	bool highatomic = order && mark == reserve_floor && oracle_is_atomic(gfp);

	return free - ((1L << order) - 1) > mark(zone, gfp) && has_block(zone, order, highatomic);
}

/* The first zone, from the highest down, that is left with more than its mark. */
static struct zone *first_zone(gfp_t gfp, unsigned int order,
			       long (*mark)(const struct zone *zone, gfp_t gfp))
{
	for (int i = oracle_highest_zone(gfp); i >= 0; i--) {
		struct zone *zone = &contig_page_data.node_zones[i];

		if (managed_zone(zone) && oracle_serves(zone, gfp, order, mark))
			return zone;
	}
	return NULL;
}

/*
 * Everybody first tries to get by without the reserves, then with his part of them; who may take
 * everything does so last.
 */
struct zone *oracle_zone(gfp_t gfp, unsigned int order)
{
	struct zone *zone = first_zone(gfp, order, normal_mark);

	if (!zone)
		zone = first_zone(gfp, order, reserve_floor);
	if (!zone)
		zone = first_zone(gfp, order, last_floor);
	return zone;
}
