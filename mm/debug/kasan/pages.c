// SPDX-License-Identifier: MIT
/*
 * KASAN and pages: one that the page allocator has must not be touched. High memory has no address,
 * and so no shadow: what is mapped of it in the window may always be touched.
 */
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/stackdepot.h>

#include "../../internal.h"
#include "kasan.h"

static bool is_low(const struct page *page)
{
	return page_to_pfn(page) < max_low_pfn;
}

static bool kasan_page_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	if (is_low(page))
		kasan_unpoison(lowmem_page_address(page), PAGE_SIZE << order);
	return true;
}

static bool kasan_page_free(struct page *page, unsigned int order)
{
	if (is_low(page))
		kasan_poison(lowmem_page_address(page), PAGE_SIZE << order, KASAN_PAGE_FREE);
	return true;
}

void kasan_kmalloc_large(const void *addr, size_t size)
{
	size_t used = ALIGN(size, KASAN_GRANULE_SIZE);
	size_t whole = PAGE_SIZE << page_block_order(virt_to_page(addr));

	kasan_unpoison(addr, size);
	kasan_poison(addr + used, whole - used, KASAN_PAGE_REDZONE);
}

/* What was free before there was anybody to watch. */
void __init kasan_poison_free_pages(void)
{
	struct zone *zone;
	struct page *page;
	unsigned long pfn;

	for_each_populated_zone(zone)
		for_each_block(zone, pfn, page)
			if (page_state(page) == PAGE_FREE || page_state(page) == PAGE_PCP)
				kasan_page_free(page, page_block_order(page));
}

/* Backtraces are for objects (objects.c), whose observer comes too late for memblock. */
static bool __init kasan_setup(void)
{
	if (stack_depot_init())
		pr_err("kasan: no room for backtraces\n");
	return true;
}

static struct page_observer kasan_pages = {
	.name = "kasan",
	.setup = kasan_setup,
	.alloc = kasan_page_alloc,
	.free = kasan_page_free,
};
PAGE_OBSERVER(kasan_pages);
