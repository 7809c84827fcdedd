// SPDX-License-Identifier: MIT
/*
 * fail_page_alloc: make page allocations fail on purpose. Names, format and defaults are Linux's:
 *
 *	fail_page_alloc=<interval>,<probability>,<space>,<times>	on the command line
 *	/proc/fail_page_alloc/						Linux: in debugfs
 *
 * By default only those fail that may fail in earnest: no single pages (min-order is 1), and none
 * that can wait for reclaim or come from high memory. __GFP_NOFAIL is never failed. It watches
 * while the probability is not 0.
 */
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/kernel.h>

#include "../hooks.h"
#include "fault_files.h"

static DECLARE_FAULT_ATTR(fail_page_alloc);
static unsigned long min_order = 1;
static bool ignore_gfp_highmem = true;
static bool ignore_gfp_wait = true;

static int __init parse_fail_page_alloc(char *value)
{
	return setup_fault_attr(&fail_page_alloc, value);
}
__setup("fail_page_alloc=", parse_fail_page_alloc);

static bool exempt(gfp_t gfp, unsigned int order)
{
	return order < min_order || (gfp & __GFP_NOFAIL) ||
	       (ignore_gfp_highmem && (gfp & __GFP_HIGHMEM)) ||
	       (ignore_gfp_wait && (gfp & __GFP_DIRECT_RECLAIM));
}

static bool fail_may_alloc(gfp_t gfp, unsigned int order)
{
	if (exempt(gfp, order))
		return true;
	fail_page_alloc.no_warn = gfp & __GFP_NOWARN;
	return !should_fail(&fail_page_alloc, 1 << order);
}

static bool __init fail_setup(void)
{
	return fail_page_alloc.probability;
}

static struct page_observer fail_observer = {
	.name = "fail_page_alloc",
	.setup = fail_setup,
	.may_alloc = fail_may_alloc,
};
PAGE_OBSERVER(fail_observer);

/* ---- /proc/fail_page_alloc/ ---- */

static void watch_if_wanted(void)
{
	if (fail_page_alloc.probability)
		page_observer_attach(&fail_observer);
	else
		page_observer_detach(&fail_observer);
}

FAULT_ATTR_FILES(fail_page_alloc, fail_page_alloc);
FAULT_FILE_UL(fail_page_alloc, min_order, "min-order", min_order);
FAULT_FILE_BOOL(fail_page_alloc, highmem, "ignore-gfp-highmem", ignore_gfp_highmem);
FAULT_FILE_BOOL(fail_page_alloc, wait, "ignore-gfp-wait", ignore_gfp_wait);
