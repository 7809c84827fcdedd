// SPDX-License-Identifier: MIT
/*
 * Shrinkers: who is asked, when, in which order, for how much. Only requests that carry a tag
 * concern the ones here, so that nobody else's shortage is in the sums.
 */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <quarry/proc.h>

#include "../mm/vmscan.h"
#include "climb_watch.h"
#include "probe_shrinker.h"
#include "test_thread.h"
#include "zone_sandbox.h"

static struct probe probe, second;

static unsigned long shrink_at(int priority)
{
	probe_forget(&probe);
	return shrink_slab(GFP_KERNEL | TAG, NULL, priority);
}

static long deferred(void)
{
	return atomic_long_read(&probe.shrinker.nr_deferred);
}

/* ---- coming and going ---- */

static unsigned int found;
static unsigned long count_found;

static void find(struct shrinker *shrinker, unsigned long count, void *name)
{
	found += !strcmp(shrinker->name, name);
	if (!strcmp(shrinker->name, name))
		count_found = count;
}

static unsigned int there_are(const char *name)
{
	found = 0;
	for_each_shrinker(find, (void *)name);
	return found;
}

/* ledger: R2 */
static void known_from_register_to_unregister(struct kunit *test)
{
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2 };
	KUNIT_EXPECT_EQ(test, shrink_at(0), 0);
	probe_begin(test, &probe);
	KUNIT_EXPECT_EQ(test, there_are("probe"), 1);
	KUNIT_EXPECT_GT(test, shrink_at(0), 0);
	KUNIT_EXPECT_EQ(test, probe.counts, 1);
	unregister_shrinker(&probe.shrinker);
	KUNIT_EXPECT_EQ(test, there_are("probe"), 0);
	shrink_at(0);
	KUNIT_EXPECT_EQ(test, probe.counts, 0);
	unregister_shrinker(&probe.shrinker);		/* it is not there: nothing happens */
}

/* ledger: R2. The name is a format, and cut where it is too long. */
static void names(struct kunit *test)
{
	probe_begin(test, &probe);
	unregister_shrinker(&probe.shrinker);
	KUNIT_EXPECT_EQ(test, register_shrinker(&probe.shrinker, "%s-%d", "cache", 7), 0);
	KUNIT_EXPECT_EQ(test, there_are("cache-7"), 1);
	unregister_shrinker(&probe.shrinker);
	register_shrinker(&probe.shrinker, "%040d", 1);
	KUNIT_EXPECT_EQ(test, strlen(probe.shrinker.name), sizeof(probe.shrinker.name) - 1);
}

/* ledger: R2 */
static void registered_twice(struct kunit *test)
{
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2 };
	probe_begin(test, &probe);
	KUNIT_EXPECT_REPORT(test, "shrinker probe: registered twice",
			    register_shrinker_prepared(&probe.shrinker));
	shrink_at(0);
	KUNIT_EXPECT_EQ(test, probe.counts, 1);
	unregister_shrinker(&probe.shrinker);
	KUNIT_EXPECT_EQ(test, there_are("probe"), 0);
}

/* ledger: R2. Until the second step nobody asks. */
static void prepared_in_two_steps(struct kunit *test)
{
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2 };
	probe_begin(test, &probe);
	unregister_shrinker(&probe.shrinker);
	KUNIT_EXPECT_EQ(test, prealloc_shrinker(&probe.shrinker, "later-%u", 2), 0);
	KUNIT_EXPECT_EQ(test, there_are("later-2"), 0);
	shrink_at(0);
	KUNIT_EXPECT_EQ(test, probe.counts, 0);
	register_shrinker_prepared(&probe.shrinker);
	KUNIT_EXPECT_EQ(test, there_are("later-2"), 1);
	unregister_shrinker(&probe.shrinker);
	free_prealloced_shrinker(&probe.shrinker);
	KUNIT_EXPECT_STREQ(test, probe.shrinker.name, "");
}

/* ---- how much ---- */

/*
 * By hand, from 4 / seeks / 2^priority of the objects, but not more than twice as many as there
 * are: the rest is put off.
 */
static const struct share {
	unsigned long there;
	int seeks, priority;
	unsigned long asked;
	long deferred;
} shares[] = {
	{ 8192, 2, 12, 4, 0 }, { 8192, 2, 11, 8, 0 }, { 8192, 2, 5, 512, 0 }, { 8192, 2, 1, 8192, 0 },
	{ 8192, 2, 0, 16384, 0 },
	{ 8192, 1, 12, 8, 0 }, { 8192, 1, 1, 16384, 0 }, { 8192, 1, 0, 16384, 16384 },
	{ 8192, 4, 12, 2, 0 }, { 8192, 4, 0, 8192, 0 },
	{ 8192, 8, 12, 1, 0 }, { 8192, 16, 0, 2048, 0 },
	{ 8192, 0, 12, 4096, 0 }, { 8192, 0, 5, 4096, 0 }, { 8192, 0, 0, 4096, 0 },
	{ 4095, 2, 12, 0, 0 }, { 4096, 2, 12, 2, 0 }, { 8191, 2, 12, 2, 0 },
	{ 1, 2, 12, 0, 0 }, { 1, 2, 1, 0, 0 }, { 1, 2, 0, 2, 0 }, { 7, 2, 1, 6, 0 }, { 7, 2, 0, 14, 0 },
};

static void describe(const struct share *share, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%lu objects of %d seeks at priority %d", share->there,
		 share->seeks, share->priority);
}

KUNIT_ARRAY_PARAM(share, shares, describe);

/* ledger: R2 */
static void asked_for_its_share(struct kunit *test)
{
	const struct share *s = test->param_value;

	probe = (struct probe) {
		.there = s->there, .shrinker = { .seeks = s->seeks, .batch = 1 },
	};
	probe_begin(test, &probe);
	shrink_at(s->priority);
	KUNIT_EXPECT_EQ(test, probe.counts, 1);
	KUNIT_EXPECT_EQ(test, probe.asked, s->asked);
	KUNIT_EXPECT_EQ(test, deferred(), s->deferred);
}

static unsigned long largest, smallest;

static unsigned long note_batch(struct probe *p, struct shrink_control *sc)
{
	largest = max(largest, sc->nr_to_scan);
	smallest = min(smallest, sc->nr_to_scan);
	return sc->nr_to_scan;
}

static void begin_with_batch(struct kunit *test, unsigned long there, long batch)
{
	largest = 0;
	smallest = ULONG_MAX;
	probe = (struct probe) {
		.there = there, .shrinker = { .seeks = 2, .batch = batch }, .scan = note_batch,
	};
	probe_begin(test, &probe);
}

/* ledger: R2. In batches; what is left over is not worth one, and put off. */
static void asked_in_batches(struct kunit *test)
{
	begin_with_batch(test, 1000, 300);
	KUNIT_EXPECT_GE(test, shrink_at(1), 900);	/* asked for 1000 */
	KUNIT_EXPECT_EQ(test, probe.scans, 3);
	KUNIT_EXPECT_EQ(test, probe.asked, 900);
	KUNIT_EXPECT_EQ(test, smallest, 300);
	KUNIT_EXPECT_EQ(test, deferred(), 100);
	probe_end(&probe);

	begin_with_batch(test, 1000, 0);		/* 128 at a time */
	shrink_at(1);
	KUNIT_EXPECT_EQ(test, largest, SHRINK_BATCH);
	KUNIT_EXPECT_EQ(test, smallest, SHRINK_BATCH);
	KUNIT_EXPECT_EQ(test, deferred(), 1000 % SHRINK_BATCH);
}

/* ledger: R2. Unless it is all that there is: then the last of it goes, too. */
static void asked_for_all_of_a_few(struct kunit *test)
{
	begin_with_batch(test, 100, 0);
	shrink_at(1);
	KUNIT_EXPECT_EQ(test, probe.asked, 100);
	KUNIT_EXPECT_EQ(test, probe.scans, 1);
	shrink_at(2);
	KUNIT_EXPECT_EQ(test, probe.scans, 0);
	KUNIT_EXPECT_EQ(test, deferred(), 50);
}

/* ---- what is put off ---- */

static unsigned long stop(struct probe *p, struct shrink_control *sc)
{
	return SHRINK_STOP;
}

/* ledger: R2. What is too little for a batch is added up, until it is enough. */
static void small_shares_add_up(struct kunit *test)
{
	begin_with_batch(test, 1000, 0);
	for (long times = 1; times <= 3; times++) {
		shrink_at(5);				/* 31 * 2 each */
		KUNIT_EXPECT_EQ(test, deferred(), 62 * times);
		KUNIT_EXPECT_EQ(test, probe.scans, 0);
	}
	shrink_at(4);					/* (186 >> 4) + 62 * 2 = 135: a batch */
	KUNIT_EXPECT_EQ(test, probe.asked, SHRINK_BATCH);
	KUNIT_EXPECT_EQ(test, deferred(), 186 + 124 - SHRINK_BATCH);
}

/* ledger: R2. Who could not, for a lock, owes it; but never more than twice what he has. */
static void stopping_does_not_forgive(struct kunit *test)
{
	begin_with_batch(test, 1000, 100);
	probe.scan = stop;
	KUNIT_EXPECT_EQ(test, shrink_at(3), 0);
	KUNIT_EXPECT_EQ(test, probe.scans, 1);		/* not asked again in this turn */
	KUNIT_EXPECT_EQ(test, deferred(), 250);
	for (int times = 0; times < 10; times++)
		shrink_at(0);
	KUNIT_EXPECT_EQ(test, deferred(), 2000);
	probe.scan = note_batch;
	shrink_at(2);					/* (2000 >> 2) + 500 */
	KUNIT_EXPECT_EQ(test, probe.asked, 1000);
	KUNIT_EXPECT_EQ(test, deferred(), 1500);
	shrink_at(0);					/* 1500 + 2000, but 2000 is enough */
	KUNIT_EXPECT_EQ(test, probe.asked, 2000);
	KUNIT_EXPECT_EQ(test, deferred(), 1500);
}

/* ledger: R2. Registered anew, it owes nothing. */
static void debts_end_with_registration(struct kunit *test)
{
	begin_with_batch(test, 1000, 100);
	probe.scan = stop;
	shrink_at(0);
	KUNIT_EXPECT_GT(test, deferred(), 0);
	unregister_shrinker(&probe.shrinker);
	register_shrinker(&probe.shrinker, "probe");
	KUNIT_EXPECT_EQ(test, deferred(), 0);
}

/* ---- what it answers ---- */

/* ledger: R2. Nothing just now, nothing at all: it is not asked to scan. */
static void nothing_to_scan(struct kunit *test)
{
	probe_begin(test, &probe);
	KUNIT_EXPECT_EQ(test, shrink_at(0), 0);
	KUNIT_EXPECT_EQ(test, probe.counts, 1);
	KUNIT_EXPECT_EQ(test, probe.scans, 0);
	probe.there = SHRINK_EMPTY;
	KUNIT_EXPECT_EQ(test, shrink_at(0), 0);
	KUNIT_EXPECT_EQ(test, probe.counts, 1);
	KUNIT_EXPECT_EQ(test, probe.scans, 0);
	probe.for_all = true;
	KUNIT_EXPECT_EQ(test, there_are("probe"), 1);
	KUNIT_EXPECT_EQ(test, count_found, 0);
}

static unsigned long look_at;

static unsigned long look_at_other_numbers(struct probe *p, struct shrink_control *sc)
{
	sc->nr_scanned = look_at;
	return 1;
}

/* ledger: R2. It may have looked at more than it was asked to, or fewer: that counts. */
static void tells_what_it_scanned(struct kunit *test)
{
	unsigned long before;

	begin_with_batch(test, 1000, 100);
	probe.scan = look_at_other_numbers;
	look_at = 250;
	before = vm_events(SLABS_SCANNED);
	KUNIT_EXPECT_EQ(test, shrink_at(1), 4);
	KUNIT_EXPECT_EQ(test, probe.scans, 4);
	KUNIT_EXPECT_GE(test, vm_events(SLABS_SCANNED) - before, 1000);
	look_at = 10;
	KUNIT_EXPECT_EQ(test, shrink_at(1), 91);	/* until fewer than a batch are left */
	KUNIT_EXPECT_EQ(test, deferred(), 90);
	look_at = 0;
	KUNIT_EXPECT_EQ(test, shrink_at(1), 1);		/* for ever would be too long */
}

/* ---- all of them ---- */

static const struct probe *first_asked;

static unsigned long note_first(struct probe *p, struct shrink_control *sc)
{
	if (!first_asked)
		first_asked = p;
	return sc->nr_to_scan;
}

/* ledger: R2. The youngest first; and each in its turn, though others stop. */
static void youngest_first(struct kunit *test)
{
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2, .scan = note_first };
	second = (struct probe) { .there = 20, .shrinker.seeks = 2, .scan = note_first };
	probe_begin(test, &probe);
	probe_begin(test, &second);
	first_asked = NULL;
	shrink_at(0);
	KUNIT_EXPECT_PTR_EQ(test, first_asked, &second);
	KUNIT_EXPECT_EQ(test, probe.scans + second.scans, 2);
	second.scan = stop;
	shrink_at(0);
	KUNIT_EXPECT_EQ(test, probe.scans, 1);
}

/*
 * ledger: R2. For a group, only those that know groups, and they are told which; without one,
 * all.
 */
static void groups(struct kunit *test)
{
	static long group;
	struct mem_cgroup *memcg = (void *)&group;

	probe = (struct probe) {
		.there = 10, .shrinker = { .seeks = 2, .flags = SHRINKER_MEMCG_AWARE },
	};
	second = (struct probe) { .there = 10, .shrinker.seeks = 2 };
	probe_begin(test, &probe);
	probe_begin(test, &second);
	shrink_slab(GFP_NOFS | TAG, memcg, 0);
	KUNIT_EXPECT_EQ(test, second.counts, 0);
	KUNIT_EXPECT_EQ(test, probe.scans, 1);
	KUNIT_EXPECT_PTR_EQ(test, probe.memcg, memcg);
	KUNIT_EXPECT_EQ(test, probe.gfp, GFP_NOFS | TAG);
	shrink_at(0);
	KUNIT_EXPECT_PTR_EQ(test, probe.memcg, NULL);
	KUNIT_EXPECT_EQ(test, probe.scans, 1);
	KUNIT_EXPECT_EQ(test, second.scans, 1);
}

/* ---- by hand ---- */

static unsigned long goes_away(struct probe *p, struct shrink_control *sc)
{
	unsigned long nr = min(p->there, sc->nr_to_scan);

	p->there -= nr;
	return nr;
}

/* ledger: R2. Whether memory is short or not; and again, until no more comes of it. */
static void all_that_can_go_goes(struct kunit *test)
{
	unsigned long before = vm_events(DROP_SLAB), pages = vm_events(DROP_PAGECACHE);

	probe = (struct probe) {
		.there = 5000, .shrinker.seeks = 2, .for_all = true, .scan = goes_away,
	};
	probe_begin(test, &probe);
	KUNIT_EXPECT_EQ(test, proc_store("sys/vm/drop_caches", "1"), 0);
	KUNIT_EXPECT_EQ(test, probe.there, 5000);
	KUNIT_EXPECT_EQ(test, vm_events(DROP_PAGECACHE), pages + 1);
	KUNIT_EXPECT_EQ(test, proc_store("sys/vm/drop_caches", "2"), 0);
	KUNIT_EXPECT_EQ(test, probe.there, 0);
	KUNIT_EXPECT_GE(test, vm_events(DROP_SLAB), before + 2);
	KUNIT_EXPECT_EQ(test, vm_events(DROP_PAGECACHE), pages + 1);
	KUNIT_EXPECT_EQ(test, proc_store("sys/vm/drop_caches", "3"), 0);
	KUNIT_EXPECT_EQ(test, vm_events(DROP_PAGECACHE), pages + 2);
	KUNIT_EXPECT_NE(test, proc_store("sys/vm/drop_caches", "0"), 0);
	KUNIT_EXPECT_NE(test, proc_store("sys/vm/drop_caches", "all"), 0);
}

/* ---- from within ---- */

static struct page *borrowed;
static unsigned int depth, deepest;

/* As one that needs a page to be able to free others. */
static unsigned long borrow_a_page(struct probe *p, struct shrink_control *sc)
{
	deepest = max(deepest, ++depth);
	if (!borrowed)
		borrowed = alloc_page(GFP_KERNEL | TAG);
	depth--;
	return SHRINK_STOP;
}

/* ledger: R2 G12. It gets one out of the reserves, and is not asked to reclaim for itself. */
static void shrinkers_may_allocate(struct kunit *test)
{
	struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];

	zone_sandbox_enter(test);
	borrowed = NULL;
	deepest = 0;
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2, .scan = borrow_a_page };
	probe_begin(test, &probe);
	zones_leave(dma, 4);
	KUNIT_EXPECT_NULL(test, sandbox_alloc(GFP_KERNEL | GFP_DMA | TAG | __GFP_NORETRY, 0));
	KUNIT_EXPECT_NOT_NULL(test, borrowed);
	KUNIT_EXPECT_EQ(test, deepest, 1);
	if (borrowed)
		__free_page(borrowed);
	KUNIT_EXPECT_EQ(test, current->flags & PF_MEMALLOC, 0);
	KUNIT_EXPECT_PTR_EQ(test, current->reclaim_state, NULL);
	probe_end(&probe);
	zone_sandbox_leave(test);
}

/* ---- the suite ---- */

static void shrinker_leave(struct kunit *test)
{
	probe_end(&probe);
	probe_end(&second);
}

static struct kunit_case shrinker_cases[] = {
	KUNIT_CASE(known_from_register_to_unregister),
	KUNIT_CASE(names),
	KUNIT_CASE(registered_twice),
	KUNIT_CASE(prepared_in_two_steps),
	KUNIT_CASE_PARAM(asked_for_its_share, share_gen_params),
	KUNIT_CASE(asked_in_batches),
	KUNIT_CASE(asked_for_all_of_a_few),
	KUNIT_CASE(small_shares_add_up),
	KUNIT_CASE(stopping_does_not_forgive),
	KUNIT_CASE(debts_end_with_registration),
	KUNIT_CASE(nothing_to_scan),
	KUNIT_CASE(tells_what_it_scanned),
	KUNIT_CASE(youngest_first),
	KUNIT_CASE(groups),
	KUNIT_CASE(all_that_can_go_goes),
	KUNIT_CASE(shrinkers_may_allocate),
	{}
};

static struct kunit_suite shrinker_suite = {
	.name = "shrinker",
	.exit = shrinker_leave,
	.test_cases = shrinker_cases,
};
kunit_test_suite(shrinker_suite);
