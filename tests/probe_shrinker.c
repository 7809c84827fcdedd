// SPDX-License-Identifier: MIT
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include "climb_watch.h"
#include "probe_shrinker.h"
#include "zone_sandbox.h"

static bool concerns(const struct probe *probe, gfp_t gfp)
{
	return probe->for_all || is_tagged(gfp);
}

static unsigned long count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct probe *probe = container_of(shrinker, struct probe, shrinker);

	if (!concerns(probe, sc->gfp_mask))
		return 0;
	probe->counts++;
	return probe->nr_pages ? READ_ONCE(probe->nr_pages) : READ_ONCE(probe->there);
}

static struct page *oldest_page(struct probe *probe)
{
	struct page *page;
	unsigned long flags;

	spin_lock_irqsave(&probe->lock, flags);
	page = list_first_entry_or_null(&probe->pages, struct page, lru);
	if (page) {
		list_del(&page->lru);
		probe->nr_pages--;
	}
	spin_unlock_irqrestore(&probe->lock, flags);
	return page;
}

static unsigned long free_pages_of(struct probe *probe, unsigned long nr)
{
	unsigned long freed = 0;
	struct page *page;

	while (freed < nr && (page = oldest_page(probe))) {
		__free_page(page);
		mm_account_reclaimed_pages(1);
		freed++;
	}
	return freed;
}

static unsigned long scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct probe *probe = container_of(shrinker, struct probe, shrinker);

	probe->scans++;
	probe->asked += sc->nr_to_scan;
	probe->gfp = sc->gfp_mask;
	probe->memcg = sc->memcg;
	if (probe->scan)
		return probe->scan(probe, sc);
	return list_empty(&probe->pages) ? sc->nr_to_scan : free_pages_of(probe, sc->nr_to_scan);
}

void probe_begin(struct kunit *test, struct probe *probe)
{
	probe->shrinker.count_objects = count;
	probe->shrinker.scan_objects = scan;
	spin_lock_init(&probe->lock);
	INIT_LIST_HEAD(&probe->pages);
	KUNIT_ASSERT_EQ(test, register_shrinker(&probe->shrinker, "probe"), 0);
}

void probe_end(struct probe *probe)
{
	if (!probe->shrinker.count_objects)
		return;
	unregister_shrinker(&probe->shrinker);
	free_pages_of(probe, ~0UL);
	*probe = (struct probe) { .for_all = false };
}

void probe_forget(struct probe *probe)
{
	probe->counts = probe->scans = 0;
	probe->asked = 0;
	probe->gfp = 0;
	probe->memcg = NULL;
}

void probe_keep(struct kunit *test, struct probe *probe, gfp_t gfp, unsigned long nr)
{
	while (nr--) {
		struct page *page = alloc_page(gfp | __GFP_NOWARN | __GFP_NORETRY);

		KUNIT_ASSERT_NOT_NULL(test, page);
		list_add_tail(&page->lru, &probe->pages);
		probe->nr_pages++;
	}
}

struct zone *probe_keep_the_rest(struct kunit *test, struct probe *p, unsigned long nr, gfp_t *gfp)
{
	struct zone *zone = zone_with_room(nr, gfp);

	KUNIT_ASSERT_TRUE(test, zones_leave(zone, min_wmark_pages(zone) + nr));
	p->shrinker.seeks = 2;
	probe_begin(test, p);
	probe_keep(test, p, GFP_KERNEL | *gfp, nr);
	return zone;
}
