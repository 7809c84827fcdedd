// SPDX-License-Identifier: MIT
/*
 * Scopes: what a thread's requests must not lead to for a while, and what shrinkers are told of
 * it. And what they are for: a file system that shrinks under the lock it holds while it
 * allocates.
 */
#include <kunit/report.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>

#include "../mm/vmscan.h"
#include "climb_watch.h"
#include "probe_shrinker.h"
#include "zone_sandbox.h"

static struct probe probe;

/* ---- they nest ---- */

static const struct scope {
	const char *name;
	unsigned int (*save)(void);
	void (*restore)(unsigned int flags);
	unsigned int flag;
	gfp_t forbidden;
} scopes[] = {
	{ "noio", memalloc_noio_save, memalloc_noio_restore, PF_MEMALLOC_NOIO,
	  __GFP_IO | __GFP_FS },
	{ "nofs", memalloc_nofs_save, memalloc_nofs_restore, PF_MEMALLOC_NOFS, __GFP_FS },
	{ "pin", memalloc_pin_save, memalloc_pin_restore, PF_MEMALLOC_PIN, __GFP_MOVABLE },
	{ "noreclaim", memalloc_noreclaim_save, memalloc_noreclaim_restore, PF_MEMALLOC, 0 },
};

#define ALL_SCOPES (PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS | PF_MEMALLOC_PIN | PF_MEMALLOC)

static void describe(const struct scope *scope, char *desc)
{
	strscpy(desc, scope->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(scope, scopes, describe);

/* ledger: G12. The end of the inner one is not the end of the outer one. */
static void nests(struct kunit *test)
{
	const struct scope *s = test->param_value;
	unsigned int outer = s->save(), inner;

	KUNIT_EXPECT_EQ(test, current->flags & ALL_SCOPES, s->flag);
	inner = s->save();
	s->restore(inner);
	KUNIT_EXPECT_EQ(test, current->flags & ALL_SCOPES, s->flag);
	s->restore(outer);
	KUNIT_EXPECT_EQ(test, current->flags & ALL_SCOPES, 0);
}

/* ledger: G12. Each leaves the others alone. */
static void nests_in_all_others(struct kunit *test)
{
	const struct scope *s = test->param_value;
	unsigned int saved[ARRAY_SIZE(scopes)], own;

	for (unsigned int i = 0; i < ARRAY_SIZE(scopes); i++)
		saved[i] = &scopes[i] != s ? scopes[i].save() : 0;
	own = s->save();
	KUNIT_EXPECT_EQ(test, current->flags & ALL_SCOPES, ALL_SCOPES);
	s->restore(own);
	KUNIT_EXPECT_EQ(test, current->flags & ALL_SCOPES, ALL_SCOPES & ~s->flag);
	for (unsigned int i = 0; i < ARRAY_SIZE(scopes); i++)
		if (&scopes[i] != s)
			scopes[i].restore(saved[i]);
	KUNIT_EXPECT_EQ(test, current->flags & ALL_SCOPES, 0);
}

/* ---- what they do ---- */

/* ledger: G12. In an interrupt they are somebody else's. */
static void takes_flags_away(struct kunit *test)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_MOVABLE;
	const struct scope *s = test->param_value;
	unsigned int flags = s->save();

	KUNIT_EXPECT_EQ(test, current_gfp_context(gfp), gfp & ~s->forbidden);
	KUNIT_EXPECT_EQ(test, current_gfp_context(GFP_NOWAIT), GFP_NOWAIT);
	preempt_count_add(HARDIRQ_OFFSET);
	KUNIT_EXPECT_EQ(test, current_gfp_context(gfp), gfp);
	preempt_count_sub(HARDIRQ_OFFSET);
	preempt_count_add(SOFTIRQ_OFFSET);
	KUNIT_EXPECT_EQ(test, current_gfp_context(gfp), gfp);
	preempt_count_sub(SOFTIRQ_OFFSET);
	s->restore(flags);
	KUNIT_EXPECT_EQ(test, current_gfp_context(gfp), gfp);
}

#define REQUEST	(GFP_KERNEL | GFP_DMA | __GFP_NORETRY | TAG)

static unsigned long stop(struct probe *p, struct shrink_control *sc)
{
	return SHRINK_STOP;
}

static void begin(struct kunit *test,
		  unsigned long (*scan)(struct probe *p, struct shrink_control *sc))
{
	probe = (struct probe) { .there = 10, .shrinker.seeks = 2, .scan = scan };
	probe_begin(test, &probe);
	zones_squeeze(0);
}

/* ledger: G8 G12 R2. What the request says and what its thread's scopes say, shrinkers are told. */
static void shrinkers_are_told(struct kunit *test)
{
	const struct scope *s = test->param_value;
	unsigned int flags;

	begin(test, stop);
	flags = s->save();
	climb_watch_begin();
	KUNIT_EXPECT_NULL(test, sandbox_alloc(REQUEST | __GFP_MOVABLE, 0));
	climb_watch_end();
	s->restore(flags);
	KUNIT_EXPECT_EQ(test, climb_gfp(), (REQUEST | __GFP_MOVABLE) & ~s->forbidden);
	if (s->flag == PF_MEMALLOC)	/* none is asked */
		KUNIT_EXPECT_EQ(test, probe.counts, 0);
	else
		KUNIT_EXPECT_EQ(test, probe.gfp, (REQUEST | __GFP_MOVABLE) & ~s->forbidden);
}

/* ledger: G12 R2. Reclaim for a group is a request like any other. */
static void groups_are_told(struct kunit *test)
{
	static long group;
	unsigned int flags;

	probe = (struct probe) {
		.there = 10, .scan = stop, .shrinker = { .seeks = 2, .flags = SHRINKER_MEMCG_AWARE },
	};
	probe_begin(test, &probe);
	flags = memalloc_nofs_save();
	try_to_free_mem_cgroup_pages((void *)&group, 1, GFP_KERNEL | TAG, 0);
	memalloc_nofs_restore(flags);
	KUNIT_EXPECT_EQ(test, probe.gfp, GFP_NOFS | TAG);
	KUNIT_EXPECT_PTR_EQ(test, probe.memcg, (void *)&group);
}

/* ---- a file system ---- */

static DEFINE_MUTEX(fs_lock);
static struct kunit *this_test;
static unsigned int deadlocks, shrunk;

/*
 * As one that does not look at sc->gfp_mask would dead-lock: the report is expected here, within,
 * since what the caller of a shrinker has taken must be given back.
 */
static void expect_deadlock(void)
{
	deadlocks++;
	KUNIT_EXPECT_REPORT(this_test, "BUG: mutex fs_lock*: taken a second time by the same thread",
			    mutex_lock(&fs_lock));
}

static unsigned long shrink_fs(struct probe *p, struct shrink_control *sc)
{
	if (!(sc->gfp_mask & __GFP_FS))
		return SHRINK_STOP;
	if (lock_queue_owner(&fs_lock.queue) == current) {
		expect_deadlock();
		return SHRINK_STOP;
	}
	mutex_lock(&fs_lock);
	shrunk++;
	mutex_unlock(&fs_lock);
	return sc->nr_to_scan;
}

static void begin_fs(struct kunit *test)
{
	this_test = test;
	deadlocks = shrunk = 0;
	begin(test, shrink_fs);
}

static void ask_under_fs_lock(struct kunit *test, gfp_t gfp)
{
	mutex_lock(&fs_lock);
	KUNIT_EXPECT_NULL(test, sandbox_alloc(gfp, 0));
	mutex_unlock(&fs_lock);
}

/*
 * ledger: G8 G12. Who holds the lock, and says so, is refused; who does not hold it has it
 * shrunk.
 */
static void fs_lock_with_gfp_nofs(struct kunit *test)
{
	unsigned int flags;

	begin_fs(test);
	ask_under_fs_lock(test, REQUEST & ~__GFP_FS);
	flags = memalloc_nofs_save();
	ask_under_fs_lock(test, REQUEST);
	memalloc_nofs_restore(flags);
	flags = memalloc_noio_save();
	ask_under_fs_lock(test, REQUEST);
	memalloc_noio_restore(flags);
	KUNIT_EXPECT_GT(test, probe.scans, 0);
	KUNIT_EXPECT_EQ(test, deadlocks + shrunk, 0);
	KUNIT_EXPECT_NULL(test, sandbox_alloc(REQUEST, 0));
	KUNIT_EXPECT_GT(test, shrunk, 0);
	KUNIT_EXPECT_EQ(test, deadlocks, 0);
}

#ifdef CONFIG_LOCKDEP

/* ledger: G12. Here it is told before memory is short: once the shrinker has run, at any time. */
static void fs_lock_with_gfp_kernel(struct kunit *test)
{
	begin_fs(test);
	KUNIT_EXPECT_NULL(test, sandbox_alloc(REQUEST, 0));
	KUNIT_EXPECT_GT(test, shrunk, 0);
	zones_release();
	mutex_lock(&fs_lock);
	KUNIT_EXPECT_NOT_NULL(test, sandbox_alloc(REQUEST & ~__GFP_FS, 1));
	KUNIT_EXPECT_REPORT(test, "WARNING: possible circular locking dependency detected",
			    sandbox_alloc(REQUEST, 1));
	mutex_unlock(&fs_lock);
	KUNIT_EXPECT_EQ(test, deadlocks, 0);
}

#else

/*
 * ledger: G12. With GFP_KERNEL, the shrinker waits for who waits for it: that is reported when it
 * happens.
 */
static void fs_lock_with_gfp_kernel(struct kunit *test)
{
	begin_fs(test);
	ask_under_fs_lock(test, REQUEST);
	KUNIT_EXPECT_GT(test, deadlocks, 0);
	KUNIT_EXPECT_EQ(test, shrunk, 0);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&fs_lock));
}

#endif

/* ---- the suite ---- */

static int scope_enter(struct kunit *test)
{
	WRITE_ONCE(kswapd_of_node.failures, MAX_RECLAIM_RETRIES);	/* it keeps out of this */
	return zone_sandbox_enter(test);
}

static void scope_leave(struct kunit *test)
{
	climb_watch_end();
	probe_end(&probe);
	zone_sandbox_leave(test);
	WRITE_ONCE(kswapd_of_node.failures, 0);
}

static struct kunit_case scope_cases[] = {
	KUNIT_CASE_PARAM(nests, scope_gen_params),
	KUNIT_CASE_PARAM(nests_in_all_others, scope_gen_params),
	KUNIT_CASE_PARAM(takes_flags_away, scope_gen_params),
	KUNIT_CASE_PARAM(shrinkers_are_told, scope_gen_params),
	KUNIT_CASE(groups_are_told),
	KUNIT_CASE(fs_lock_with_gfp_nofs),
	KUNIT_CASE(fs_lock_with_gfp_kernel),
	{}
};

static struct kunit_suite scope_suite = {
	.name = "scope",
	.init = scope_enter,
	.exit = scope_leave,
	.test_cases = scope_cases,
};
kunit_test_suite(scope_suite);
