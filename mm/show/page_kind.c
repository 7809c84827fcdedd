// SPDX-License-Identifier: MIT
/* `alloc pages`: blocks of 2^order pages by hand. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <quarry/monitor.h>

#include "show.h"

static struct page *alloc_watched(gfp_t gfp, unsigned int order)
{
	bool fresh = buddy_watch_wants_fresh();
	struct page *page;

	if (fresh)
		hold_smaller_blocks(gfp, order);
	page = alloc_pages(gfp, order);
	if (fresh)
		return_smaller_blocks();
	return page;
}

/* Any number goes to the allocator, which knows by itself what it cannot do. */
static int alloc_by_hand(struct held_memory *held, int argc, char **argv)
{
	unsigned int order;

	held->gfp = argc > 1 ? 0 : GFP_KERNEL;
	if (argc < 1 || argc > 2)
		return -EINVAL;
	if (kstrtouint(argv[0], 0, &order)) {
		monitor_printf("alloc: %s: not an order (0 to %d)\n", argv[0], MAX_ORDER - 1);
		return -ERANGE;
	}
	if (argc > 1 && parse_gfp("alloc", argv[1], &held->gfp))
		return -ENOENT;
	held->order = order;
	held->page = alloc_watched(held->gfp, order);
	if (held->page)
		return 0;
	monitor_printf("alloc: no block of order %u is to be had with %pGg", order, &held->gfp);
	if (order >= MAX_ORDER)
		monitor_printf("; the largest order is %d", MAX_ORDER - 1);
	monitor_printf("\n");
	return -ENOMEM;
}

static void free_by_hand(const struct held_memory *held)
{
	__free_pages(held->page, held->order);
}

static void describe(const struct held_memory *held)
{
	phys_addr_t phys = page_to_phys(held->page);
	const struct page *page = held->page;

	monitor_printf("%lu page%s, order %u, pfn %#lx, physical 0x%09llx, ", 1UL << held->order,
		       held->order ? "s" : "", held->order, page_to_pfn(page), (u64)phys);
	if (PageHighMem(page))
		monitor_printf("no address: high memory\n");
	else
		monitor_printf("at %px\n", page_address(page));
	monitor_printf("    zone %s, pageblock %s, %pGg", page_zone(page)->name,
		       migratetype_names[get_pageblock_migratetype(page)], &held->gfp);
}

static const char *complete(int arg, unsigned int n)
{
	static const char *const orders[MAX_ORDER] = {
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
	};

	if (arg == 1)
		return n < MAX_ORDER ? orders[n] : NULL;
	return arg == 2 ? nth_gfp_name(n) : NULL;
}

const struct memory_kind page_kind = {
	.name = "pages",
	.usage = "ORDER [FLAGS]",
	.alloc = alloc_by_hand,
	.free = free_by_hand,
	.describe = describe,
	.complete = complete,
};
MEMORY_KIND(page_kind);
