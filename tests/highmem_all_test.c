// SPDX-License-Identifier: MIT
/*
 * All of RAM above the line: the test takes every free page there (in the largest blocks there
 * are, and then in smaller ones down to single pages), writes each through one kind of temporary
 * mapping, and when all are written reads each through the other kind. A frame that is reached by
 * another's number, or not at all, shows.
 *
 * A machine with a gigabyte has 128 MiB there. Of more than that a sample is written, whole
 * pageblocks: single pages everywhere would cost the host all the memory that it has promised.
 */
#include <linux/list.h>
#include <linux/math.h>
#include <linux/nmi.h>

#include "../mm/highmem.h"
#include "high_pages.h"

#define WRITTEN_MAX	(128UL << (20 - PAGE_SHIFT))
/* Served from high memory as long as that is above its low watermark. */
#define GFP_ALL		(__GFP_HIGHMEM | __GFP_MOVABLE | __GFP_NOWARN)

static struct list_head blocks[MAX_ORDER];
static unsigned long taken;

static bool take_block(unsigned int order)
{
	struct page *page = alloc_pages(GFP_ALL, order);

	if (!page)
		return false;
	if (!PageHighMem(page)) {
		__free_pages(page, order);
		return false;
	}
	list_add_tail(&page->lru, &blocks[order]);
	taken += 1UL << order;
	return true;
}

static int take_all(struct kunit *test)
{
	int order;

	taken = 0;
	for (order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&blocks[order]);
	if (!totalhigh_pages())
		kunit_skip(test, "this machine has no high memory");
	drain_all_pages(NULL);
	for (order = MAX_ORDER - 1; order >= 0; order--)
		while (take_block(order))
			;
	return 0;
}

static void give_back(struct kunit *test)
{
	struct page *page, *next;

	for (int order = 0; order < MAX_ORDER; order++)
		list_for_each_entry_safe(page, next, &blocks[order], lru)
			__free_pages(page, order);
	drain_all_pages(NULL);
}

/* Every @step-th pageblock is in the sample, and what is smaller than one. */
static bool in_sample(const struct page *piece, int order, unsigned long step)
{
	return order < pageblock_order || (page_to_pfn(piece) >> pageblock_order) % step == 0;
}

/* The pages of one that are not as @visit wants them. */
static unsigned long visit_piece(struct kunit *test, struct page *piece, unsigned long nr,
				 bool (*visit)(struct page *page))
{
	unsigned long wrong = 0;

	for (struct page *page = piece; page < piece + nr; page++)
		if (!visit(page) && !wrong++)
			KUNIT_FAIL(test, "frame %#lx", page_to_pfn(page));
	touch_nmi_watchdog();
	return wrong;
}

/* Call @visit for each page of the sample. Returns how many. */
static unsigned long for_each_sampled(struct kunit *test, bool (*visit)(struct page *page))
{
	unsigned long step = DIV_ROUND_UP(taken, WRITTEN_MAX), visited = 0, wrong = 0;
	struct page *block;

	for (int order = 0; order < MAX_ORDER; order++) {
		unsigned long nr = min(1UL << order, pageblock_nr_pages);

		list_for_each_entry(block, &blocks[order], lru) {
			for (unsigned long at = 0; at < 1UL << order; at += nr) {
				if (!in_sample(block + at, order, step))
					continue;
				wrong += visit_piece(test, block + at, nr, visit);
				visited += nr;
			}
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	return visited;
}

enum { BY_LOCAL = 1, BY_KMAP };		/* salts */

static bool write_by_local(struct page *page)
{
	u32 *words = kmap_local_page(page);

	fill_words(words, page_to_pfn(page), BY_LOCAL);
	kunmap_local(words);
	return true;
}

static bool read_by_kmap(struct page *page)
{
	unsigned int wrong = first_wrong_word(kmap(page), page_to_pfn(page), BY_LOCAL);

	kunmap(page);
	return wrong == PAGE_SIZE / 4;
}

static bool write_by_kmap(struct page *page)
{
	fill_words(kmap(page), page_to_pfn(page), BY_KMAP);
	kunmap(page);
	return true;
}

static bool read_by_local(struct page *page)
{
	u32 *words = kmap_local_page(page);
	unsigned int wrong = first_wrong_word(words, page_to_pfn(page), BY_KMAP);

	kunmap_local(words);
	return wrong == PAGE_SIZE / 4;
}

#define THREADS_STACKS	64		/* pages: a few for each CPU, and worth a tenth of a small zone */

/* What is left in the zone is what its watermark keeps, and what CPUs do; and others have little. */
static void expect_all_taken(struct kunit *test)
{
	const struct zone *zone = &contig_page_data.node_zones[ZONE_HIGHMEM];
	unsigned long kept = low_wmark_pages(zone);
	unsigned int cpu;

	for_each_online_cpu(cpu)
		kept += zone->per_cpu_pageset[cpu].count;
	KUNIT_EXPECT_LE(test, zone->nr_free_pages, low_wmark_pages(zone));
	KUNIT_EXPECT_GT(test, taken + kept + max(zone->managed_pages / 10, THREADS_STACKS + 0UL),
			zone->managed_pages);
}

/* ledger: H1 H2 P6 */
static void written_by_local_read_by_kmap(struct kunit *test)
{
	unsigned long written = for_each_sampled(test, write_by_local);

	expect_all_taken(test);
	KUNIT_EXPECT_EQ(test, for_each_sampled(test, read_by_kmap), written);
	KUNIT_EXPECT_GE(test, written, min(taken, WRITTEN_MAX / 2));
	kunit_info(test, "%lu of %lu pages\n", written, taken);
}

/* ledger: H1 H2 P6 */
static void written_by_kmap_read_by_local(struct kunit *test)
{
	unsigned long written = for_each_sampled(test, write_by_kmap);

	KUNIT_EXPECT_EQ(test, for_each_sampled(test, read_by_local), written);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

static struct kunit_case highmem_all_cases[] = {
	KUNIT_CASE(written_by_local_read_by_kmap),
	KUNIT_CASE(written_by_kmap_read_by_local),
	{}
};

static struct kunit_suite highmem_all_suite = {
	.name = "highmem_all",
	.init = take_all,
	.exit = give_back,
	.test_cases = highmem_all_cases,
};
kunit_test_suite(highmem_all_suite);
