// SPDX-License-Identifier: MIT
/* The OOM killer where it is called from: zones are emptied, and somebody asks for a page. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/oom.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "page_log.h"
#include "process_helpers.h"
#include "zone_sandbox.h"

static struct zone *main_zone(void)
{
	return gfp_zonelist(GFP_KERNEL)->refs[0].zone;
}

/* So many pages in @zone, and nothing elsewhere. */
static void leave_in(struct kunit *test, struct zone *zone, unsigned long pages)
{
	struct zone *other;

	for_each_populated_zone(other)
		if (other != zone)
			zone_squeeze(other, 0);
	KUNIT_ASSERT_TRUE(test, zone_squeeze(zone, pages));
}

static void leave(struct kunit *test, unsigned long pages)
{
	leave_in(test, main_zone(), pages);
}

static int ladder_init(struct kunit *test)
{
	ratelimit_state_reset(&oom_rs);
	return zone_sandbox_enter(test);
}

/* ledger: R3 G10 G11. Who asks plainly does not get NULL: somebody is killed, and his memory it is. */
static void a_kill_brings_memory(struct kunit *test)
{
	struct zone *zone = gfp_zonelist(GFP_HIGHUSER)->refs[0].zone;	/* where processes' pages are from */
	struct hog hog = { .pages = min_wmark_pages(zone) + 20 };
	unsigned long events[NR_VM_EVENT_ITEMS], kills;
	struct page *page;
	const char *log;

	hog_start(test, &hog);
	leave_in(test, zone, 1);
	all_vm_events(events);
	kills = events[OOM_KILL];
	page_log_begin();
	page = alloc_page(GFP_HIGHUSER);
	log = page_log_end();
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_log_count(log, "Out of memory: Killed process"), 1);
	page_log_expect(test, log, "kunit/* invoked oom-killer: gfp_mask=0x100cc2(GFP_HIGHUSER), order=0, *");
	KUNIT_EXPECT_FALSE(test, tsk_is_oom_victim(current));
	all_vm_events(events);
	KUNIT_EXPECT_EQ(test, events[OOM_KILL], kills + 1);
	if (page)
		__free_page(page);
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, hog.populated, -ERESTARTSYS);
}

/* ledger: R3. Nobody owns anything: the one who asks is the one, and goes without. */
static void who_asks_is_killed(struct kunit *test)
{
	const char *log;

	leave(test, 1);
	log = PAGE_LOG(KUNIT_EXPECT_NULL(test, alloc_page(GFP_KERNEL)));
	KUNIT_EXPECT_EQ(test, page_log_count(log, "Out of memory: Killed process"), 1);
	KUNIT_EXPECT_TRUE(test, tsk_is_oom_victim(current));
	KUNIT_EXPECT_TRUE(test, fatal_signal_pending(current));
	log = PAGE_LOG(KUNIT_EXPECT_NULL(test, alloc_page(GFP_KERNEL | __GFP_NOWARN)));
	KUNIT_EXPECT_STREQ(test, log, "");		/* once is enough */
}

static const struct polite {
	const char *name;
	gfp_t gfp;
	unsigned int order;
} polite[] = {
	{ "GFP_NOWAIT", GFP_NOWAIT, 0 },
	{ "GFP_ATOMIC", GFP_ATOMIC, 0 },
	{ "__GFP_NORETRY", GFP_KERNEL | __GFP_NORETRY, 0 },
	{ "__GFP_RETRY_MAYFAIL", GFP_KERNEL | __GFP_RETRY_MAYFAIL, 0 },
	{ "__GFP_DMA", GFP_KERNEL | __GFP_DMA, 0 },
	{ "order 4", GFP_KERNEL, PAGE_ALLOC_COSTLY_ORDER + 1 },
};

static void describe(const struct polite *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(polite, polite, describe);

/* ledger: R3 G10. For these nobody is killed. */
static void nobody_is_killed_for(struct kunit *test)
{
	const struct polite *p = test->param_value;

	leave(test, 1);
	KUNIT_EXPECT_STREQ(test, PAGE_LOG(KUNIT_EXPECT_NULL(test,
			   alloc_pages(p->gfp | __GFP_NOWARN, p->order))), "");
	KUNIT_EXPECT_FALSE(test, tsk_is_oom_victim(current));
}

/* ---- what a victim may have ---- */

static const struct floor {
	const char *name;
	gfp_t gfp;
	unsigned int eighths;		/* of min stay */
} floors[] = {
	{ "GFP_KERNEL", GFP_KERNEL, 4 },
	{ "GFP_NOWAIT", GFP_NOWAIT, 4 },
	{ "GFP_ATOMIC", GFP_ATOMIC, 3 },
	{ "__GFP_NOMEMALLOC", GFP_KERNEL | __GFP_NOMEMALLOC, 8 },
};

static void describe_floor(const struct floor *floor, char *desc)
{
	strscpy(desc, floor->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(floor, floors, describe_floor);

/* Memory is said to be short, and nobody owns any: it is the one who says so. */
static void become_victim(struct kunit *test)
{
	struct oom_control oc = { .gfp_mask = GFP_KERNEL };

	mutex_lock(&oom_lock);
	page_log_begin();
	out_of_memory(&oc);
	page_log_end();
	mutex_unlock(&oom_lock);
	KUNIT_ASSERT_TRUE(test, tsk_is_oom_victim(current));
}

/* ledger: R3 G10. Half of what others must leave, so that it can end; to the page. */
static void a_victims_reserve(struct kunit *test)
{
	const struct floor *floor = test->param_value;
	unsigned long min = min_wmark_pages(main_zone()), half = min - min / 2, where;

	become_victim(test);
	leave(test, min + 40);
	sandbox_exhaust(floor->gfp, 0, main_zone(), &where);
	KUNIT_EXPECT_EQ(test, where, floor->eighths == 8 ? min : floor->eighths == 4 ? half :
						  half - half / 4);
}

static struct kunit_case ladder_cases[] = {
	KUNIT_CASE(a_kill_brings_memory),
	KUNIT_CASE(who_asks_is_killed),
	KUNIT_CASE_PARAM(nobody_is_killed_for, polite_gen_params),
	KUNIT_CASE_PARAM(a_victims_reserve, floor_gen_params),
	KUNIT_CASE(zones_are_whole),
	{}
};

static struct kunit_suite ladder_suite = {
	.name = "oom_ladder",
	.init = ladder_init,
	.exit = zone_sandbox_leave,
	.test_cases = ladder_cases,
};
kunit_test_suite(ladder_suite);
