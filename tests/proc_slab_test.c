// SPDX-License-Identifier: MIT
/* /proc/slabinfo, to the byte, and what meminfo, vmstat and zoneinfo say of slabs. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_sandbox.h"
#include "text_lines.h"

#define MOST	200	/* objects of one case */

static void *objects[MOST];

/* ---- /proc/slabinfo ---- */

/* Go to the line of the newest cache of that name. */
static const char *line_of(struct kunit *test, const char *name)
{
	size_t length = strlen(name);
	const char *line;

	read_proc(test, "slabinfo");
	while ((line = next_line()))
		if (!strncmp(line, name, length) && line[length] == ' ')
			return line;
	KUNIT_ASSERT_FAILURE(test, "no line of %s", name);
	return NULL;
}

#define EXPECT_NUMBERS(test, cache, active, objs, in_use, slabs) \
	KUNIT_EXPECT_STREQ(test, line_of(test, (cache)->name), \
			   expected("%-17s %6u %6u %6u %4u %4u : tunables    0    0    0 : " \
				    "slabdata %6u %6u      0", (cache)->name, active, objs, \
				    (cache)->size, (cache)->num, 1U << (cache)->gfporder, in_use, \
				    slabs))

static void slabinfo_has_its_heading(struct kunit *test)	/* ledger: S9 I1 */
{
	unsigned long lines = 0;

	read_proc(test, "slabinfo");
	EXPECT_LINE(test, "slabinfo - version: 2.1");
	EXPECT_LINE(test, "# name            <active_objs> <num_objs> <objsize> <objperslab> "
		    "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : "
		    "slabdata <active_slabs> <num_slabs> <sharedavail>");
	while (next_line())
		lines++;
	KUNIT_EXPECT_EQ(test, lines, slabs_on(&slab_caches));
}

static void slabinfo_counts_objects_and_slabs(struct kunit *test)	/* ledger: S9 */
{
	struct kmem_cache *cache = plain_cache(test, 700, 0, SLAB_NO_MAGAZINES, NULL);
	unsigned int num = cache->num;

	KUNIT_ASSERT_LT(test, 2 * num + 1, MOST);
	EXPECT_NUMBERS(test, cache, 0, 0, 0, 0);
	take_objects(test, cache, 1, objects);
	EXPECT_NUMBERS(test, cache, 1, num, 1, 1);
	take_objects(test, cache, 2 * num, objects + 1);
	EXPECT_NUMBERS(test, cache, 2 * num + 1, 3 * num, 3, 3);
	give_objects(cache, num, objects + num);	/* the second slab's */
	EXPECT_NUMBERS(test, cache, num + 1, 3 * num, 2, 3);
	kmem_cache_shrink(cache);
	EXPECT_NUMBERS(test, cache, num + 1, 2 * num, 2, 2);
	give_objects(cache, num, objects);
	give_objects(cache, 1, objects + 2 * num);
	kmem_cache_shrink(cache);
	EXPECT_NUMBERS(test, cache, 0, 0, 0, 0);
}

/* What is in a magazine has no owner, but has left its slab. */
static void slabinfo_shows_magazines(struct kunit *test)	/* ledger: S9 */
{
	struct kmem_cache *cache = plain_cache(test, 100, 0, 0, NULL);
	const unsigned int count = 150;		/* more than two magazines hold, of any size */
	unsigned long in_depot = 0;
	const struct magazine *m;
	const char *line;

	take_objects(test, cache, count, objects);
	give_objects(cache, count, objects);
	for (m = cache->depot.full; m; m = m->next)
		in_depot += m->top - &m->floor;
	KUNIT_EXPECT_GT(test, in_depot, 0);
	line = line_of(test, cache->name);
	KUNIT_EXPECT_STREQ(test, strstr(line, " : tunables"),
			   expected(" : tunables %4u %4u %4u : slabdata %6lu %6lu %6lu",
				    2 * cache->cpu[0].loaded->rounds,
				    cache->cpu[0].loaded->rounds, cache->depot.limit,
				    cache->nr_slabs - cache->nr_free_slabs, cache->nr_slabs,
				    in_depot));
	line += strlen("plain-0           ");
	KUNIT_EXPECT_EQ(test, take_field(test, &line, 6), 0);
	KUNIT_EXPECT_EQ(test, take_field(test, &line, 6), cache->nr_slabs * cache->num);
}

/* In Linux, too, the newest comes first; and a long name moves the columns, whole. */
static void slabinfo_order_and_long_names(struct kunit *test)	/* ledger: S9 */
{
	struct kmem_cache *older = kmem_cache_create("older-than-the-other-cache", 64, 0, 0, NULL);
	struct kmem_cache *newer = kmem_cache_create("newer", 64, 0, 0, NULL);

	KUNIT_ASSERT_TRUE(test, older && newer);
	read_proc(test, "slabinfo");
	next_line();
	next_line();
	KUNIT_EXPECT_EQ(test, strncmp(next_line(), "newer                  0      0 ", 32), 0);
	KUNIT_EXPECT_EQ(test, strncmp(next_line(), "older-than-the-other-cache      0 ", 34), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(older), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(newer), 0);
}

/* ---- pages of slabs, in the other files ---- */

struct told {
	unsigned long all, reclaimable, unreclaimable;	/* pages */
};

static struct told read_meminfo(struct kunit *test)
{
	struct told told;

	read_proc(test, "meminfo");
	told.all = number_of(test, "Slab") / 4;
	told.reclaimable = number_of(test, "SReclaimable") / 4;
	told.unreclaimable = number_of(test, "SUnreclaim") / 4;
	KUNIT_EXPECT_EQ(test, number_of(test, "KReclaimable") / 4, told.reclaimable);
	KUNIT_EXPECT_EQ(test, told.all, told.reclaimable + told.unreclaimable);
	return told;
}

static void expect_grown(struct kunit *test, const struct told *before, unsigned long reclaimable,
			 unsigned long unreclaimable)
{
	struct told now = read_meminfo(test);

	KUNIT_EXPECT_EQ(test, now.reclaimable, before->reclaimable + reclaimable);
	KUNIT_EXPECT_EQ(test, now.unreclaimable, before->unreclaimable + unreclaimable);
	read_proc(test, "vmstat");
	KUNIT_EXPECT_EQ(test, number_of(test, "nr_slab_reclaimable"), now.reclaimable);
	KUNIT_EXPECT_EQ(test, number_of(test, "nr_slab_unreclaimable"), now.unreclaimable);
	read_proc(test, "zoneinfo");
	KUNIT_EXPECT_NOT_NULL(test, strstr(whole_text(),
					   expected("\n      nr_slab_reclaimable %lu\n",
						    now.reclaimable)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(whole_text(),
					   expected("\n      nr_slab_unreclaimable %lu\n",
						    now.unreclaimable)));
}

/* So small that descriptions are on the slab: nothing but its own pages is taken. */
static void meminfo_counts_slab_pages(struct kunit *test)	/* ledger: S9 I1 */
{
	struct kmem_cache *fixed = plain_cache(test, 40, 0, SLAB_NO_MAGAZINES, NULL);
	struct kmem_cache *account = plain_cache(test, 40, 0,
						 SLAB_NO_MAGAZINES | SLAB_RECLAIM_ACCOUNT, NULL);
	unsigned long pages = 1UL << fixed->gfporder;
	struct told before = read_meminfo(test);

	KUNIT_ASSERT_NULL(test, fixed->slab_cache);
	KUNIT_EXPECT_GT(test, before.unreclaimable, 0);
	take_objects(test, fixed, 1, objects);
	expect_grown(test, &before, 0, pages);
	take_objects(test, account, 1, objects + 1);
	expect_grown(test, &before, pages, pages);
	give_objects(fixed, 1, objects);
	kmem_cache_shrink(fixed);
	expect_grown(test, &before, pages, 0);
	give_objects(account, 1, objects + 1);
	kmem_cache_shrink(account);
	expect_grown(test, &before, 0, 0);
}

/* Each page of the machine that says it is a slab's, by itself. */
static void meminfo_finds_every_page(struct kunit *test)	/* ledger: S9 I1 */
{
	unsigned long pfn, pages = 0;

	for (pfn = 0; pfn < max_low_pfn; pfn++)
		pages += PageSlab(pfn_to_page(pfn));
	KUNIT_EXPECT_EQ(test, read_meminfo(test).all, pages);
}

static struct kunit_case proc_slab_cases[] = {
	KUNIT_CASE(slabinfo_has_its_heading),
	KUNIT_CASE(slabinfo_counts_objects_and_slabs),
	KUNIT_CASE(slabinfo_shows_magazines),
	KUNIT_CASE(slabinfo_order_and_long_names),
	KUNIT_CASE(meminfo_counts_slab_pages),
	KUNIT_CASE(meminfo_finds_every_page),
	{}
};

static struct kunit_suite proc_slab_suite = {
	.name = "proc_slab",
	.init = slab_sandbox_enter,
	.exit = slab_sandbox_leave,
	.test_cases = proc_slab_cases,
};
kunit_test_suite(proc_slab_suite);
