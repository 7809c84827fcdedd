// SPDX-License-Identifier: MIT
/*
 * page_poison=1: use of freed pages. A page is filled with PAGE_POISON when it is freed, and must
 * still be full of it when it is allocated again: who wrote to it meanwhile had no right to. Who
 * only reads finds 0xaaaaaaaa, an address that no kernel has.
 *
 * Each filled page carries the mark PG_poisoned, those inside a block too; only marked pages are
 * looked at. So the checker may attach at any time: what was freed before it came has no mark.
 */
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "../internal.h"
#include "checkers.h"

#define DUMP_ROW	16

static bool want_page_poisoning;

static int __init parse_page_poison(char *value)
{
	return value ? kstrtobool(value, &want_page_poisoning) : -1;
}
early_param("page_poison", parse_page_poison);

bool page_poisoning_enabled(void)
{
	return want_page_poisoning;
}

/* ---- freed ---- */

static void poison_page(struct page *page)
{
	void *kaddr = kmap_local_pfn(page_to_pfn(page));

	memset(kaddr, PAGE_POISON, PAGE_SIZE);
	kunmap_local(kaddr);
	page->flags |= BIT(PG_poisoned);
}

static bool poison_free(struct page *page, unsigned int order)
{
	struct page *end = page + (1UL << order);

	for (; page < end; page++)
		poison_page(page);
	return true;
}

/* ---- allocated ---- */

/* The address is where the kernel sees the page at the moment, as in Linux. */
static void dump_bytes(const u8 *from, const u8 *end)
{
	for (; from < end; from += DUMP_ROW) {
		int count = min_t(int, end - from, DUMP_ROW);

		pr_err("%px: %*ph\n", from, count, from);
	}
}

/* From the first wrong byte to the last. */
static void report_damage(const u8 *first, const u8 *end)
{
	while (end[-1] == PAGE_POISON)
		end--;
	if (end - first == 1 && is_power_of_2(*first ^ PAGE_POISON))
		pr_err("pagealloc: single bit error\n");
	else
		pr_err("pagealloc: memory corruption\n");
	dump_bytes(first, end);
}

static bool check_page(struct page *page)
{
	const u8 *kaddr = kmap_local_pfn(page_to_pfn(page));
	const u8 *wrong = memchr_inv(kaddr, PAGE_POISON, PAGE_SIZE);

	if (wrong)
		report_damage(wrong, kaddr + PAGE_SIZE);
	kunmap_local(kaddr);
	if (wrong) {
		dump_stack();
		dump_page(page, "pagealloc: corrupted page details");
	}
	return !wrong;
}

/* One report will do: the whole block goes out of service. */
static bool poison_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	struct page *end = page + (1UL << order);

	for (; page < end; page++) {
		if (!(page->flags & BIT(PG_poisoned)))
			continue;
		page->flags &= ~BIT(PG_poisoned);
		if (!check_page(page))
			return false;
	}
	return true;
}

/* ---- attached ---- */

static bool __init poison_setup(void)
{
	return want_page_poisoning;
}

static struct page_observer page_poison = {
	.name = "page_poison",
	.setup = poison_setup,
	.alloc = poison_alloc,
	.free = poison_free,
};
PAGE_OBSERVER(page_poison);

/* While it does not watch, marked pages come into use and are freed again with the mark on. */
void page_poison_stop(void)
{
	unsigned long pfn;

	page_observer_detach(&page_poison);
	for (pfn = 0; pfn < max_mapnr; pfn++)
		clear_bit(PG_poisoned, &pfn_to_page(pfn)->flags);	/* others may change theirs */
}
