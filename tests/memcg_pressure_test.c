// SPDX-License-Identifier: MIT
/* Memory control groups at their limit: what can be given back is, and then processes are killed. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "memcg_sandbox.h"
#include "process_helpers.h"

static struct mem_cgroup *web, *db, *mail;

static int memcg_pressure_test_init(struct kunit *test)
{
	web = memcg_sandbox_group(test, "test-web", NULL);
	db = memcg_sandbox_group(test, "db", web);
	mail = memcg_sandbox_group(test, "test-mail", NULL);
	return 0;
}

/* ---- a shrinker that knows groups ---- */

/* Pages that nobody uses, of two groups. */
static struct hoard {
	struct mem_cgroup *memcg;
	unsigned int nr, asked;
	struct page *pages[16];
} hoards[2];
static DEFINE_SPINLOCK(hoards_lock);
static unsigned int asked_of_others;

/* Those of @memcg's, or of a group in it. */
static bool is_of(const struct hoard *hoard, struct shrink_control *sc)
{
	return !sc->memcg || mem_cgroup_is_descendant(hoard->memcg, sc->memcg);
}

static unsigned long count_hoards(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long nr = 0;

	for (struct hoard *h = hoards; h < hoards + 2; h++)
		nr += is_of(h, sc) ? h->nr : 0;
	return nr ?: SHRINK_EMPTY;
}

static struct page *take_from(struct hoard *hoard)
{
	struct page *page = NULL;

	spin_lock(&hoards_lock);
	if (hoard->nr)
		page = hoard->pages[--hoard->nr];
	spin_unlock(&hoards_lock);
	return page;
}

static unsigned long scan_hoards(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed = 0;
	struct page *page;

	for (struct hoard *h = hoards; h < hoards + 2; h++) {
		h->asked += is_of(h, sc);
		while (is_of(h, sc) && freed < sc->nr_to_scan && (page = take_from(h))) {
			__free_page(page);
			freed++;
		}
	}
	return freed;
}

static unsigned long count_for_all(struct shrinker *shrinker, struct shrink_control *sc)
{
	asked_of_others++;
	return SHRINK_EMPTY;
}

static struct shrinker knows_groups = {
	.count_objects = count_hoards, .scan_objects = scan_hoards,
	.seeks = DEFAULT_SEEKS, .batch = 4, .flags = SHRINKER_MEMCG_AWARE,
};

static struct shrinker knows_none = {
	.count_objects = count_for_all, .scan_objects = scan_hoards, .seeks = DEFAULT_SEEKS,
};

static void fill(struct kunit *test, struct hoard *hoard, struct mem_cgroup *memcg, unsigned int nr)
{
	*hoard = (struct hoard) { .memcg = memcg };
	while (hoard->nr < nr) {
		struct page *page = memcg_sandbox_page(memcg, GFP_KERNEL_ACCOUNT, 0);

		KUNIT_ASSERT_NOT_NULL(test, page);
		hoard->pages[hoard->nr++] = page;
	}
}

static void empty(struct hoard *hoard)
{
	struct page *page;

	while ((page = take_from(hoard)))
		__free_page(page);
}

/* The group's own is given back, nobody else's, and the request succeeds. ledger: G13 R2 */
static void memcg_pressure_shrinks_its_own(struct kunit *test)
{
	struct page *page;

	fill(test, &hoards[0], db, 16);
	fill(test, &hoards[1], mail, 16);
	mem_cgroup_set_max(web, 16);		/* the parent's limit: all in it are asked */
	KUNIT_ASSERT_EQ(test, register_shrinker(&knows_groups, "test-groups"), 0);
	KUNIT_ASSERT_EQ(test, register_shrinker(&knows_none, "test-none"), 0);
	asked_of_others = 0;
	page = memcg_sandbox_page(web, GFP_KERNEL_ACCOUNT, 2);
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_LE(test, usage(web), 16);
	KUNIT_EXPECT_GT(test, hoards[0].asked, 0);
	KUNIT_EXPECT_LE(test, hoards[0].nr, 12);
	KUNIT_EXPECT_EQ(test, hoards[1].nr, 16);
	KUNIT_EXPECT_EQ(test, asked_of_others, 0);
	KUNIT_EXPECT_EQ(test, events(web, MEMCG_MAX), 1);
	KUNIT_EXPECT_EQ(test, events(web, MEMCG_OOM), 0);
	/* A limit below what is used takes it back, too. */
	mem_cgroup_set_max(mail, 3);
	KUNIT_EXPECT_LE(test, usage(mail), 3);
	KUNIT_EXPECT_EQ(test, events(mail, MEMCG_OOM), 0);
	unregister_shrinker(&knows_none);
	unregister_shrinker(&knows_groups);
	if (page)
		__free_pages(page, 2);
	empty(&hoards[0]);
	empty(&hoards[1]);
}

/* GFP_NOWAIT does not ask, and takes nothing from anybody. ledger: G2 G13 */
static void memcg_pressure_nowait(struct kunit *test)
{
	fill(test, &hoards[0], db, 4);
	mem_cgroup_set_max(db, 4);
	KUNIT_ASSERT_EQ(test, register_shrinker(&knows_groups, "test-groups"), 0);
	KUNIT_EXPECT_NULL(test, memcg_sandbox_page(db, GFP_NOWAIT | __GFP_ACCOUNT, 0));
	KUNIT_EXPECT_EQ(test, hoards[0].asked, 0);
	KUNIT_EXPECT_EQ(test, hoards[0].nr, 4);
	unregister_shrinker(&knows_groups);
	empty(&hoards[0]);
}

/* ---- processes ---- */

/* What a process touches is its group's, and goes with it. ledger: G13 R3 */
static void memcg_pressure_process_is_charged(struct kunit *test)
{
	struct hog hog = { .pages = 20, .memcg = db };

	hog_start(test, &hog);
	KUNIT_EXPECT_EQ(test, usage(db), 20 + mm_pgtables_bytes(hog.mm) / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, usage(web), usage(db));
	KUNIT_EXPECT_EQ(test, refcount_read(&db->refs), 2);	/* the tree's, and the process's */
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&db->refs), 1);
}

/* A process that moves takes nothing with it. ledger: G13 */
static void memcg_pressure_process_moves(struct kunit *test)
{
	struct hog hog = { .pages = 5, .memcg = db };
	unsigned long before;

	hog_start(test, &hog);
	before = usage(db);
	mem_cgroup_attach(hog.mm, mail);
	KUNIT_EXPECT_TRUE(test, mm_match_cgroup(hog.mm, mail));
	KUNIT_EXPECT_FALSE(test, mm_match_cgroup(hog.mm, web));
	KUNIT_EXPECT_EQ(test, usage(db), before);
	KUNIT_EXPECT_EQ(test, usage(mail), 0);
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

static bool was_killed(const struct hog *hog)
{
	return test_bit(MMF_OOM_VICTIM, &hog->mm->flags);
}

/* The worst of the group is killed, not the worst there is. ledger: G13 R3 */
static void memcg_pressure_kills_in_the_group(struct kunit *test)
{
	struct hog outside = { .pages = 20, .memcg = mail };
	struct hog small = { .pages = 4, .memcg = db }, large = { .pages = 12, .memcg = web };
	static struct page *page;

	hog_start(test, &outside);
	hog_start(test, &small);
	hog_start(test, &large);
	mem_cgroup_set_max(web, usage(web));
	KUNIT_EXPECT_REPORT(test, "*oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
			    "mems_allowed=0,oom_memcg=/test-web,task_memcg=/test-web,task=hog/12,*",
			    page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 0));
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, was_killed(&large));
	KUNIT_EXPECT_FALSE(test, was_killed(&small));
	KUNIT_EXPECT_FALSE(test, was_killed(&outside));
	KUNIT_EXPECT_GT(test, events(web, MEMCG_OOM), 0);
	KUNIT_EXPECT_EQ(test, events(web, MEMCG_OOM_KILL), 1);
	KUNIT_EXPECT_EQ(test, events(mail, MEMCG_OOM_KILL), 0);
	if (page)
		__free_page(page);
	hog_end(&large);
	hog_end(&small);
	hog_end(&outside);
}

/* Nobody in it who could be killed: the request fails, and the machine lives. ledger: G13 R3 */
static void memcg_pressure_nobody_to_kill(struct kunit *test)
{
	static struct page *page;

	mem_cgroup_set_max(db, 0);
	KUNIT_EXPECT_REPORT(test, "Out of memory and no killable processes...",
			    page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 0));
	KUNIT_EXPECT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM), 1);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM_KILL), 0);
}

/* A process that wants more than its group may have ends, by its own request. ledger: G13 R3 */
static void memcg_pressure_process_over_its_limit(struct kunit *test)
{
	struct hog hog = { .pages = 1, .memcg = db };
	unsigned long start;

	hog_start(test, &hog);
	mem_cgroup_set_max(db, 12);
	hog_end(&hog);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	start = do_brk(0);
	KUNIT_ASSERT_EQ(test, do_brk(start + 64 * PAGE_SIZE), start + 64 * PAGE_SIZE);
	mem_cgroup_attach(current->mm, db);
	KUNIT_EXPECT_REPORT(test, "Memory cgroup out of memory: Killed process *",
			    KUNIT_EXPECT_NE(test, mm_populate(start, 64 * PAGE_SIZE), 0));
	mem_cgroup_attach(current->mm, NULL);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM_KILL), 1);
	KUNIT_EXPECT_LE(test, db->memory.watermark, 13);
	do_brk(start);
	begin_new_process();
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

static struct kunit_case memcg_pressure_cases[] = {
	KUNIT_CASE(memcg_pressure_shrinks_its_own),
	KUNIT_CASE(memcg_pressure_nowait),
	KUNIT_CASE(memcg_pressure_process_is_charged),
	KUNIT_CASE(memcg_pressure_process_moves),
	KUNIT_CASE(memcg_pressure_kills_in_the_group),
	KUNIT_CASE(memcg_pressure_nobody_to_kill),
	KUNIT_CASE(memcg_pressure_process_over_its_limit),
	{}
};

static struct kunit_suite memcg_pressure_suite = {
	.name = "memcg_pressure",
	.init = memcg_pressure_test_init,
	.exit = memcg_sandbox_end,
	.test_cases = memcg_pressure_cases,
};

kunit_test_suite(memcg_pressure_suite);
