/* SPDX-License-Identifier: MIT */
/*
 * For tests of the page allocator's policy: zones brought to an exact number of free pages, and
 * given back as they were; and an oracle that says, with Linux's rules and from nothing but the
 * zones' numbers, which zone a request must be served from.
 *
 * The pages are taken out through the buddy core, past all policy, in blocks as large as
 * possible: emptying 60 GiB takes some fifteen thousand steps. While the sandbox is open the
 * CPUs' lists are off, since what lies on them is not free in a zone's count.
 */
#ifndef _TESTS_ZONE_SANDBOX_H
#define _TESTS_ZONE_SANDBOX_H

#include <kunit/test.h>
#include <linux/list.h>
#include <linux/mm.h>

#include "../mm/internal.h"

/* For a suite's init and exit. enter() drains and switches off; leave() gives everything back. */
int zone_sandbox_enter(struct kunit *test);
void zone_sandbox_leave(struct kunit *test);

/* The last case of each suite: after all that was done to them, the zones keep their invariants. */
void zones_are_whole(struct kunit *test);

/* Take pages out of @zone until @free are left; fewer when it has fewer. False if it had fewer. */
bool zone_squeeze(struct zone *zone, unsigned long free);

/* The same for every zone. */
void zones_squeeze(unsigned long free);

/* The same for @zone, while the others are emptied. */
bool zones_leave(struct zone *zone, unsigned long free);

/*
 * A zone below the line, the largest if that has the room, with at least @pages pages more than its
 * reserve; *@gfp is what to ask with so that it is the first to be asked.
 */
struct zone *zone_with_room(unsigned long pages, gfp_t *gfp);

/* Leave of what is free in @zone, which should be little, every second page: no two side by side. */
void zone_shatter(struct zone *zone);

/* Give back what was taken so far; or only what was taken since zones_mark() returned @mark. */
void zones_release(void);
const struct list_head *zones_mark(void);
void zones_release_to(const struct list_head *mark);

/*
 * A block of 2^@order pages that the sandbox gives back in the end: asked for without a warning.
 * NULL: there was none.
 */
struct page *sandbox_alloc(gfp_t gfp, unsigned int order);

/*
 * Ask for blocks until there is none, and give them all back in the end. Returns how many there
 * were; *@where is the zone's free count when it failed.
 */
unsigned long sandbox_exhaust(gfp_t gfp, unsigned int order, const struct zone *zone,
			      unsigned long *where);

/* The zone that must serve a request; NULL when it must fail. */
struct zone *oracle_zone(gfp_t gfp, unsigned int order);

/* The highest zone that @gfp's zone flags allow, by Linux's table. -1: a forbidden combination. */
int oracle_highest_zone(gfp_t gfp);

#endif /* _TESTS_ZONE_SANDBOX_H */
