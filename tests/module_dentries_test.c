// SPDX-License-Identifier: MIT
/* modules/dentries.c: a cache that is really shrunk, when it may be, and as far as it may be. */
#include <linux/err.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>
#include <quarry/modules.h>
#include <quarry/proc.h>

#include "../mm/vmscan.h"
#include "text_lines.h"
#include "zone_sandbox.h"

struct dentry;
struct dentry *dentries_lookup(const char *path);
void dentries_put(struct dentry *dentry);

static unsigned long count_of(struct kunit *test, const char *what)
{
	read_proc(test, "fs/dentries");
	return number_of(test, what);
}

#define EXPECT_COUNT(test, what, count)	KUNIT_EXPECT_EQ_MSG(test, count_of(test, what), count, "%s", what)

static void load(struct kunit *test, const char *params)
{
	KUNIT_ASSERT_EQ(test, module_load("dentries", params), 0);
}

static void dentries_teardown(struct kunit *test)
{
	module_unload("dentries");
}

/* What was looked up once is found again: the same one, and the directories before it. */
static void dentries_are_kept(struct kunit *test)
{
	struct dentry *vi, *again, *ls;

	load(test, "");
	vi = dentries_lookup("/usr/bin/vi");
	again = dentries_lookup("usr//bin/vi");
	ls = dentries_lookup("/usr/bin/ls");
	KUNIT_EXPECT_FALSE(test, IS_ERR(vi) || IS_ERR(ls));
	KUNIT_EXPECT_PTR_EQ(test, vi, again);
	KUNIT_EXPECT_PTR_NE(test, vi, ls);
	EXPECT_COUNT(test, "dentries", 4);
	EXPECT_COUNT(test, "unused", 0);
	EXPECT_COUNT(test, "hits", 5);
	EXPECT_COUNT(test, "misses", 4);
	dentries_put(vi);
	EXPECT_COUNT(test, "unused", 0);
	dentries_put(again);
	dentries_put(ls);
	EXPECT_COUNT(test, "dentries", 4);
	EXPECT_COUNT(test, "unused", 2);	/* the directories have names in them */
}

/* A name that begins like another one, or is of another directory, is another one. */
static void dentries_tell_names_apart(struct kunit *test)
{
	struct dentry *some[4];

	load(test, "");
	some[0] = dentries_lookup("/names");
	some[1] = dentries_lookup("/name");
	some[2] = dentries_lookup("/names/name");
	some[3] = dentries_lookup("/");
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, some[i], some[j]);
	for (int i = 0; i < 4; i++)
		dentries_put(some[i]);
	KUNIT_EXPECT_EQ(test, PTR_ERR(dentries_lookup("/a/name-of-a-little-more-than-35-letters/b")),
			-ENAMETOOLONG);
	EXPECT_COUNT(test, "dentries", 4);
	EXPECT_COUNT(test, "unused", 3);
}

/* ledger: R2. What nobody uses goes, directories behind their names; what is used stays. */
static void dentries_shrink(struct kunit *test)
{
	struct dentry *used;

	load(test, "names=300");
	EXPECT_COUNT(test, "dentries", 303);
	EXPECT_COUNT(test, "unused", 300);
	used = dentries_lookup("/dir1/name150");
	for (int i = 0; i < 6; i++)
		shrink_slab(GFP_KERNEL, NULL, 0);
	EXPECT_COUNT(test, "dentries", 2);
	EXPECT_COUNT(test, "shrunk", 301);
	dentries_put(used);
	for (int i = 0; i < 6; i++)
		shrink_slab(GFP_KERNEL, NULL, 0);
	EXPECT_COUNT(test, "dentries", 0);
	EXPECT_COUNT(test, "shrunk", 303);
}

/* ledger: R2 G12. For who may hold the file system's lock, nothing is done; it is not forgotten, either. */
static void dentries_spare_nofs(struct kunit *test)
{
	load(test, "names=300");
	for (int i = 0; i < 6; i++)
		shrink_slab(GFP_NOFS, NULL, 0);
	EXPECT_COUNT(test, "dentries", 303);
	shrink_slab(GFP_KERNEL, NULL, 0);
	KUNIT_EXPECT_LT(test, count_of(test, "dentries"), 303);
}

/* What was asked for of late outlives what was not, although it is the oldest of all. */
static void dentries_asked_for_stay_longer(struct kunit *test)
{
	unsigned long misses;

	load(test, "names=1000");
	KUNIT_ASSERT_EQ(test, proc_store("fs/dentries", "/dir0/name7"), 0);
	misses = count_of(test, "misses");
	for (int i = 0; i < 20 && count_of(test, "dentries") > 500; i++)
		shrink_slab(GFP_KERNEL, NULL, 3);
	KUNIT_EXPECT_LT(test, count_of(test, "dentries"), 700);
	KUNIT_EXPECT_GT(test, count_of(test, "dentries"), 1);
	KUNIT_ASSERT_EQ(test, proc_store("fs/dentries", "/dir0/name7"), 0);
	EXPECT_COUNT(test, "misses", misses);
	KUNIT_ASSERT_EQ(test, proc_store("fs/dentries", "/dir0/name8"), 0);
	EXPECT_COUNT(test, "misses", misses + 1);
}

/* ledger: R1 R2. Memory is short: those who allocate get what the names took, without asking for it. */
static void dentries_give_way(struct kunit *test)
{
	unsigned long pages = 0, before;
	bool pcp = pcp_enabled();
	struct zone *zone;

	load(test, "names=3000");
	EXPECT_COUNT(test, "dentries", 3030);
	before = count_of(test, "shrunk");
	pcp_enable(false);		/* what lies on the CPUs' lists is not free in a zone's count */
	for_each_populated_zone(zone)
		zone_squeeze(zone, min_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL]);
	while (pages < 1000 && sandbox_alloc(GFP_KERNEL | __GFP_NORETRY, 0))
		pages++;
	KUNIT_EXPECT_GT(test, count_of(test, "shrunk"), before + 2000);
	KUNIT_EXPECT_GT(test, pages, 20);
	zones_release();
	pcp_enable(pcp);
}

/* Its slabs count as memory that can be had back. */
static void dentries_are_reclaimable(struct kunit *test)
{
	unsigned long before = slab_pages(true);

	load(test, "names=1000");
	KUNIT_EXPECT_GE(test, slab_pages(true), before + 1000 * 64 / PAGE_SIZE);
}

/* A module whose names are in use stays. */
static void dentries_in_use_keep_the_module(struct kunit *test)
{
	struct dentry *dentry;

	load(test, "");
	dentry = dentries_lookup("/etc");
	KUNIT_EXPECT_EQ(test, module_unload("dentries"), -EAGAIN);
	dentries_put(dentry);
	KUNIT_EXPECT_EQ(test, module_unload("dentries"), 0);
	KUNIT_EXPECT_EQ(test, proc_store("fs/dentries", "/etc"), -ENODEV);
}

static struct kunit_case dentries_cases[] = {
	KUNIT_CASE(dentries_are_kept),
	KUNIT_CASE(dentries_tell_names_apart),
	KUNIT_CASE(dentries_shrink),
	KUNIT_CASE(dentries_spare_nofs),
	KUNIT_CASE(dentries_asked_for_stay_longer),
	KUNIT_CASE(dentries_give_way),
	KUNIT_CASE(dentries_are_reclaimable),
	KUNIT_CASE(dentries_in_use_keep_the_module),
	{}
};

static struct kunit_suite module_dentries_suite = {
	.name = "module_dentries",
	.exit = dentries_teardown,
	.test_cases = dentries_cases,
};
kunit_test_suite(module_dentries_suite);
