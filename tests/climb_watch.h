/* SPDX-License-Identifier: MIT */
/*
 * Watching one request climb the ladder (mm/page_slow.c), whatever others do meanwhile: it carries
 * two flags that have no effect, which nobody else uses together.
 */
#ifndef TESTS_CLIMB_WATCH_H
#define TESTS_CLIMB_WATCH_H

#include <linux/gfp.h>

#define TAG	(__GFP_HARDWALL | __GFP_WRITE | __GFP_NOWARN)

static inline bool is_tagged(gfp_t gfp)
{
	return (gfp & TAG) == TAG;
}

/* From now on, the rungs that tagged requests stand on are noted; from now on no more. */
void climb_watch_begin(void);
void climb_watch_end(void);

/* Their names in order, with a space between two: "enter kswapd reserves". */
const char *climb_rungs(void);

/* How often @rung is among them. */
unsigned int climb_count(const char *rung);

/* The flags of the last one. */
gfp_t climb_gfp(void);

/* A request with TAG beside @gfp, watched. The sandbox's: zone_sandbox.h. */
struct page *climb(gfp_t gfp, unsigned int order);

/* So every way begins of one who may wake kswapd: it is called again with each round. */
#define WOKEN	"enter kswapd reserves kswapd"

/* Nothing is free, in the sandbox, and nothing can be freed that is known to any shrinker but the test's. */
void empty_everything(void);

#endif /* TESTS_CLIMB_WATCH_H */
