// SPDX-License-Identifier: MIT
/* `alloc kmap`: a page by hand, and an address for it, from high memory if there is any. */
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <quarry/monitor.h>

#include "show.h"

static int kmap_by_hand(struct held_memory *held, int argc, char **argv)
{
	held->gfp = argc ? 0 : GFP_HIGHUSER;
	if (argc > 1)
		return -EINVAL;
	if (argc && parse_gfp("alloc", argv[0], &held->gfp))
		return -ENOENT;
	held->page = alloc_page(held->gfp);
	if (!held->page) {
		monitor_printf("alloc: no page is to be had with %pGg\n", &held->gfp);
		return -ENOMEM;
	}
	kmap(held->page);
	return 0;
}

/* The slot stays mapped until the next flush, as after any kunmap(), and the page is free. */
static void kunmap_by_hand(const struct held_memory *held)
{
	kunmap(held->page);
	__free_page(held->page);
}

static void describe(const struct held_memory *held)
{
	monitor_printf("pfn %#lx at %px, %s, %pGg", page_to_pfn(held->page),
		       page_address(held->page), PageHighMem(held->page) ? "kmap" : "direct map",
		       &held->gfp);
}

static const char *complete(int arg, unsigned int n)
{
	return arg == 1 ? nth_gfp_name(n) : NULL;
}

static const struct memory_kind kmap_kind = {
	.name = "kmap",
	.usage = "[FLAGS]",
	.alloc = kmap_by_hand,
	.free = kunmap_by_hand,
	.describe = describe,
	.complete = complete,
};
MEMORY_KIND(kmap_kind);
