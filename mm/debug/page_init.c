// SPDX-License-Identifier: MIT
/*
 * init_on_alloc=1, init_on_free=1: no page is handed out with what its last owner left in it. The
 * one clears pages when they are allocated, so that nobody depends on their contents; the other
 * when they are freed, so that nothing secret lies about. Each is an observer of its own.
 *
 * page_poison=1 wants to find its pattern where these would have cleared it, and so they stay away
 * when it is on the command line.
 */
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../internal.h"
#include "checkers.h"

static bool want_on_alloc, want_on_free;

static int __init parse_init_on_alloc(char *value)
{
	return value ? kstrtobool(value, &want_on_alloc) : -1;
}
early_param("init_on_alloc", parse_init_on_alloc);

static int __init parse_init_on_free(char *value)
{
	return value ? kstrtobool(value, &want_on_free) : -1;
}
early_param("init_on_free", parse_init_on_free);

bool init_on_alloc_wanted(void)
{
	return want_on_alloc;
}

bool init_on_free_wanted(void)
{
	return want_on_free;
}

static void clear_block(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), end = pfn + (1UL << order);

	for (; pfn < end; pfn++) {
		void *kaddr = kmap_local_pfn(pfn);

		memset(kaddr, 0, PAGE_SIZE);
		kunmap_local(kaddr);
	}
}

/* With __GFP_ZERO the allocator will clear it anyway. */
static bool clear_allocated(struct page *page, unsigned int order, gfp_t gfp)
{
	if (!(gfp & __GFP_ZERO))
		clear_block(page, order);
	return true;
}

static bool clear_freed(struct page *page, unsigned int order)
{
	clear_block(page, order);
	return true;
}

/* ---- at boot ---- */

static const char *__init on_off(bool on)
{
	return on ? "on" : "off";
}

/* Whichever is asked first says it for both. */
static void __init settle(void)
{
	static bool settled;

	if (settled)
		return;
	settled = true;
	if ((want_on_alloc || want_on_free) && page_poisoning_enabled()) {
		pr_info("mem auto-init: CONFIG_PAGE_POISONING is on, will take precedence over "
			"init_on_alloc and init_on_free\n");
		want_on_alloc = want_on_free = false;
	}
	pr_info("mem auto-init: stack:off, heap alloc:%s, heap free:%s\n",
		on_off(want_on_alloc), on_off(want_on_free));
}

static bool __init on_alloc_setup(void)
{
	settle();
	return want_on_alloc;
}

static bool __init on_free_setup(void)
{
	settle();
	return want_on_free;
}

static struct page_observer init_on_alloc = {
	.name = "init_on_alloc",
	.setup = on_alloc_setup,
	.alloc = clear_allocated,
};
PAGE_OBSERVER(init_on_alloc);

static struct page_observer init_on_free = {
	.name = "init_on_free",
	.setup = on_free_setup,
	.free = clear_freed,
};
PAGE_OBSERVER(init_on_free);
