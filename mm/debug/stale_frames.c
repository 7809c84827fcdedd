// SPDX-License-Identifier: MIT
/*
 * tlb_record, the page allocator's side: nobody may get a frame that some CPU can still reach by an
 * old address. When such a frame is handed out, its new owner's data lie open to whoever uses the
 * address that should be dead. It is reported; the frame is handed out all the same, for nothing is
 * wrong with it, and what was stale may be flushed the next moment.
 *
 * The flush record (<asm/tlbflush.h>) tells us of each mapping that becomes stale, and when the
 * last CPU has forgotten it. For every frame we keep
 *
 *	stale.of[pfn] = mappings of it that are stale and that some CPU has not flushed
 *
 * Below 0 for a moment when another CPU flushes before this one has told. A count that reaches
 * its end stays there and means "unknown": that frame is not watched any more.
 *
 * Frames that are no RAM have no count: nobody allocates them. Locking: the record's calls come one
 * at a time; whoever looks reads a half-word.
 */
#include <asm/tlbflush.h>
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/memblock.h>
#include <linux/printk.h>

#include "../internal.h"

#define UNKNOWN	S16_MAX

static struct stale_counts stale;

static void note_mapping(unsigned long pfn, bool is_stale)
{
	if (pfn < stale.frames && stale.of[pfn] != UNKNOWN)
		WRITE_ONCE(stale.of[pfn], stale.of[pfn] + (is_stale ? 1 : -1));
}

/* How many are known. */
static int stale_mappings(unsigned long pfn)
{
	int count = pfn < stale.frames ? READ_ONCE(stale.of[pfn]) : 0;

	return count == UNKNOWN ? 0 : max(count, 0);
}

static bool check_block(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long pfn = page_to_pfn(page), end = pfn + (1UL << order);

	for (; pfn < end; pfn++) {
		int count = stale_mappings(pfn);

		if (!count)
			continue;
		tlb_record_reports++;
		WARN(1, "stale_frames: pfn 0x%lx is handed out, but %d old mapping(s) of it are "
		     "not flushed\n", pfn, count);
		page_watched_report(pfn_to_page(pfn));
	}
	return true;
}

struct stale_counts stale_frames_use(struct stale_counts counts)
{
	struct stale_counts before = stale;

	stale = counts;
	tlb_record_watcher = counts.frames ? note_mapping : NULL;
	return before;
}

static bool __init stale_frames_setup(void)
{
	struct stale_counts counts = { .frames = max_pfn };
	size_t size = max_pfn * sizeof(*counts.of);

	if (!tlb_record_enabled())
		return false;
	counts.of = memblock_alloc(size, 0);
	if (!counts.of) {
		pr_err("stale_frames: no room for %zu KB\n", size >> 10);
		return false;
	}
	stale_frames_use(counts);
	return true;
}

static struct page_observer stale_frames = {
	.name = "stale_frames",
	.setup = stale_frames_setup,
	.alloc = check_block,
};
PAGE_OBSERVER(stale_frames);
