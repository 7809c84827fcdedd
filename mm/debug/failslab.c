// SPDX-License-Identifier: MIT
/*
 * failslab: make allocations of objects fail on purpose. Names, format and defaults are Linux's:
 *
 *	failslab=<interval>,<probability>,<space>,<times>	on the command line
 *	/proc/failslab/						Linux: in debugfs
 *
 * By default only those fail that cannot wait (ignore-gfp-wait), of any cache. With cache-filter=1
 * only those of caches with SLAB_FAILSLAB: `slub_debug=A,NAME`. space counts bytes. __GFP_NOFAIL
 * is never failed, nor is the creation of caches. It watches while the probability is not 0.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/string.h>

#include "../slab.h"
#include "fault_files.h"

static DECLARE_FAULT_ATTR(failslab);
static bool ignore_gfp_wait = true;
static bool cache_filter;

static int __init parse_failslab(char *value)
{
	return setup_fault_attr(&failslab, value);
}
__setup("failslab=", parse_failslab);

static bool exempt(const struct kmem_cache *cache, gfp_t gfp)
{
	return (gfp & __GFP_NOFAIL) || (ignore_gfp_wait && (gfp & __GFP_DIRECT_RECLAIM)) ||
	       (cache_filter && !(cache->flags & SLAB_FAILSLAB)) ||
	       !strcmp(cache->name, "kmem_cache");
}

static bool fail_may_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	if (exempt(cache, gfp))
		return true;
	failslab.no_warn = gfp & __GFP_NOWARN;
	return !should_fail(&failslab, cache->object_size);
}

static bool __init fail_setup(void)
{
	return failslab.probability;
}

static struct slab_observer fail_observer = {
	.name = "failslab",
	.setup = fail_setup,
	.may_alloc = fail_may_alloc,
};
SLAB_OBSERVER(fail_observer);

/* ---- /proc/failslab/ ---- */

static void watch_if_wanted(void)
{
	if (failslab.probability)
		slab_observer_attach(&fail_observer);
	else
		slab_observer_detach(&fail_observer);
}

FAULT_ATTR_FILES(failslab, failslab);
FAULT_FILE_BOOL(failslab, wait, "ignore-gfp-wait", ignore_gfp_wait);
FAULT_FILE_BOOL(failslab, filter, "cache-filter", cache_filter);
