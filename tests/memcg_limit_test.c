// SPDX-License-Identifier: MIT
/* Memory control groups: limits, and what happens at them. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <quarry/proc.h>

#include "memcg_sandbox.h"
#include "test_thread.h"

static struct mem_cgroup *web, *db;

static int memcg_limit_test_init(struct kunit *test)
{
	web = memcg_sandbox_group(test, "test-web", NULL);
	db = memcg_sandbox_group(test, "db", web);
	return 0;
}

static bool fits(gfp_t gfp, unsigned int order)
{
	struct page *page = memcg_sandbox_page(db, gfp, order);

	if (page)
		__free_pages(page, order);
	return page;
}

/* ---- who is refused ---- */

/* Up to the limit, and not a page further; the others do not notice. ledger: G13 */
static void memcg_limit_is_exact(struct kunit *test)
{
	struct page *page;

	mem_cgroup_set_max(db, 4);
	KUNIT_EXPECT_TRUE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 2));
	KUNIT_EXPECT_FALSE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 3));
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 2);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_FALSE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 0));
	KUNIT_EXPECT_NULL(test, memcg_sandbox_kmalloc(db, 8, GFP_KERNEL_ACCOUNT | __GFP_NORETRY));
	KUNIT_EXPECT_TRUE(test, fits(GFP_KERNEL, 0));		/* not for the group */
	KUNIT_EXPECT_EQ(test, usage(db), 4);
	KUNIT_EXPECT_EQ(test, db->memory.watermark, 4);
	__free_pages(page, 2);
	KUNIT_EXPECT_TRUE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 0));
}

/* ledger: G13 */
static void memcg_limit_of_the_parent(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(web, GFP_KERNEL_ACCOUNT, 1);

	KUNIT_ASSERT_NOT_NULL(test, page);
	mem_cgroup_set_max(web, 3);
	KUNIT_EXPECT_TRUE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 0));
	KUNIT_EXPECT_FALSE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 1));
	KUNIT_EXPECT_EQ(test, db->memory.failcnt, 0);
	KUNIT_EXPECT_GT(test, web->memory.failcnt, 0);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_MAX), 0);	/* it is the parent's limit */
	KUNIT_EXPECT_EQ(test, events(web, MEMCG_MAX), 1);
	__free_pages(page, 1);
}

/* ledger: G2 G10 G13 */
static void memcg_limit_by_flags(struct kunit *test)
{
	unsigned int old_flags;

	mem_cgroup_set_max(db, 0);
	KUNIT_EXPECT_FALSE(test, fits(GFP_NOWAIT | __GFP_ACCOUNT, 0));
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_MAX), 0);	/* nobody has tried to make room */
	KUNIT_EXPECT_FALSE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_NORETRY, 0));
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_MAX), 1);	/* one round */
	KUNIT_EXPECT_EQ(test, events(web, MEMCG_MAX), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&web->memory_events_local[MEMCG_MAX]), 0);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM), 0);
	KUNIT_EXPECT_FALSE(test, fits(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL, 0));
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_MAX), 1 + MAX_RECLAIM_RETRIES + 1);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM), 0);
	KUNIT_EXPECT_FALSE(test, fits(GFP_KERNEL_ACCOUNT, 4));	/* too large to kill for */
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM), 0);
	/* These are let through. */
	KUNIT_EXPECT_TRUE(test, fits(GFP_ATOMIC | __GFP_ACCOUNT, 0));
	old_flags = memalloc_noreclaim_save();
	KUNIT_EXPECT_TRUE(test, fits(GFP_KERNEL_ACCOUNT, 0));
	memalloc_noreclaim_restore(old_flags);
	KUNIT_EXPECT_EQ(test, db->memory.watermark, 1);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* ledger: G13 */
static void memcg_limit_nofail(struct kunit *test)
{
	struct page *page;
	void *object;

	mem_cgroup_set_max(db, 1);
	page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT | __GFP_NOFAIL | __GFP_RETRY_MAYFAIL, 1);
	object = memcg_sandbox_kmalloc(db, 64, GFP_KERNEL_ACCOUNT | __GFP_NOFAIL | __GFP_NORETRY);
	KUNIT_EXPECT_EQ(test, usage(db), 3);			/* above it */
	KUNIT_EXPECT_GT(test, events(db, MEMCG_MAX), 0);	/* but not without having tried */
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	if (page)
		__free_pages(page, 1);
	kfree(object);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* What has been freed, and vmalloc() keeps, is got back first. ledger: G13 */
static void memcg_limit_flushes_vmalloc(struct kunit *test)
{
	struct mem_cgroup *old = set_active_memcg(db);
	void *area;

	mem_cgroup_set_max(db, 5);
	for (unsigned int i = 0; i < 4; i++) {
		area = __vmalloc(4 * PAGE_SIZE, GFP_KERNEL_ACCOUNT);
		KUNIT_EXPECT_NOT_NULL(test, area);
		vfree(area);
	}
	set_active_memcg(old);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM), 0);
	KUNIT_EXPECT_LE(test, db->memory.watermark, 5);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* As memory.max: it holds at once, even if there is more. ledger: G13 */
static void memcg_limit_below_usage(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	mem_cgroup_set_max(db, 2);
	KUNIT_EXPECT_EQ(test, db->memory.max, 2);
	KUNIT_EXPECT_EQ(test, usage(db), 4);
	KUNIT_EXPECT_EQ(test, events(db, MEMCG_OOM), 1);	/* nobody there to be killed */
	KUNIT_EXPECT_FALSE(test, fits(GFP_NOWAIT | __GFP_ACCOUNT, 0));
	mem_cgroup_set_max(db, PAGE_COUNTER_MAX);
	KUNIT_EXPECT_TRUE(test, fits(GFP_NOWAIT | __GFP_ACCOUNT, 0));
	__free_pages(page, 2);
}

/* ---- interrupts ---- */

static struct completion asked;
static struct page *unpaid, *paid;

/* It comes while the test's thread works for db: that is no business of the interrupt's. */
static void ask_in_timer(struct timer_list *timer)
{
	struct mem_cgroup *old;

	unpaid = alloc_page(GFP_ATOMIC | __GFP_ACCOUNT);
	old = set_active_memcg(web);
	paid = alloc_page(GFP_ATOMIC | __GFP_ACCOUNT);
	set_active_memcg(old);
	complete(&asked);
}

/* ledger: G13 */
static void memcg_limit_interrupts(struct kunit *test)
{
	struct mem_cgroup *old = set_active_memcg(db);
	struct timer_list timer;

	init_completion(&asked);
	timer_setup_on_stack(&timer, ask_in_timer, 0);
	mod_timer(&timer, jiffies + 1);
	while (!try_wait_for_completion(&asked))
		cpu_relax();
	del_timer_sync(&timer);
	destroy_timer_on_stack(&timer);
	KUNIT_EXPECT_PTR_EQ(test, set_active_memcg(old), db);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, usage(web), 1);
	KUNIT_EXPECT_TRUE(test, unpaid && !PageMemcgKmem(unpaid));
	KUNIT_EXPECT_TRUE(test, paid && PageMemcgKmem(paid));
	if (unpaid)
		__free_page(unpaid);
	if (paid)
		__free_page(paid);
}

/* ---- when memory fails ---- */

static void inject(struct kunit *test, const char *directory, const char *probability)
{
	static const char *const settings[][2] = {
		{ "interval", "1" }, { "space", "0" }, { "times", "-1" }, { "verbose", "0" },
		{ "seed", "7" }, { "ignore-gfp-wait", "N" },
	};
	char path[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, settings[i][0]);
		KUNIT_EXPECT_EQ(test, proc_store(path, settings[i][1]), 0);
	}
	snprintf(path, sizeof(path), "%s/probability", directory);
	KUNIT_EXPECT_EQ(test, proc_store(path, probability), 0);
}

/* Of each kind one. Returns how many were refused. */
static unsigned int try_all_kinds(gfp_t gfp)
{
	struct mem_cgroup *old = set_active_memcg(db);
	struct page *page = alloc_pages(gfp, 1);
	void *object = kmalloc(700, gfp), *exact = alloc_pages_exact(5000, gfp);
	unsigned int refused = !page + !object + !exact;

	set_active_memcg(old);
	if (page)
		__free_pages(page, 1);
	kfree(object);
	if (exact)
		free_pages_exact(exact, 5000);
	return refused;
}

static void fail_some(struct kunit *test, const char *directory)
{
	unsigned int refused = 0;

	inject(test, directory, "30");
	for (unsigned int i = 0; i < 60; i++)
		refused += try_all_kinds((i % 2 ? GFP_KERNEL_ACCOUNT : GFP_NOWAIT | __GFP_ACCOUNT) |
					 __GFP_NOWARN);
	inject(test, directory, "0");
	KUNIT_EXPECT_GT(test, refused, 0);
	KUNIT_EXPECT_LT(test, refused, 180);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
}

/* The memory itself fails, or that in which to write down who owes it. ledger: G13 */
static void memcg_limit_failures_injected(struct kunit *test)
{
	fail_some(test, "fail_page_alloc");
	fail_some(test, "failslab");
}

/* ---- all CPUs at once ---- */

#define SLOTS	16
#define ROUNDS	300

static void *slots[SLOTS];

static void *make_something(unsigned int what)
{
	switch (what % 3) {
	case 0:
		return (void *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN);
	case 1:
		return kmalloc(5000, GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN);
	default:
		return kmalloc(40 + what, GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN);
	}
}

/* By slot, so that whoever finds it there knows how it was made. */
static void drop_something(unsigned int what, void *something)
{
	if (what % 3)
		kfree(something);
	else
		free_page((unsigned long)something);
}

static int make_and_drop(void *unused)
{
	unsigned int state = current->pid * 2654435761U;
	int over = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int slot = (state = state * 1664525 + 1013904223) >> 16;
		struct mem_cgroup *old = set_active_memcg(slot & 1 ? db : web);
		void *mine;

		slot %= SLOTS;
		mine = make_something(slot);
		set_active_memcg(old);
		drop_something(slot, xchg(&slots[slot], mine));
		over += READ_ONCE(web->memory.watermark) > READ_ONCE(web->memory.max);
	}
	return over;
}

/* ledger: G13 */
static void memcg_limit_everywhere(struct kunit *test)
{
	mem_cgroup_set_max(web, 12);
	KUNIT_EXPECT_EQ(test, test_threads_run(test, 8, make_and_drop, NULL), 0);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	KUNIT_EXPECT_GT(test, web->memory.failcnt, 0);
	for (unsigned int i = 0; i < SLOTS; i++)
		drop_something(i, xchg(&slots[i], NULL));
	KUNIT_EXPECT_EQ(test, usage(web), 0);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

static int come_and_go(void *number)
{
	char name[16];
	int failed = 0;

	snprintf(name, sizeof(name), "test-%d", current->pid);
	for (unsigned int i = 0; i < 6; i++) {
		struct mem_cgroup *memcg = mem_cgroup_create(name, web), *old;
		void *object;

		if (IS_ERR(memcg))
			return failed + 1;
		mem_cgroup_get(memcg);
		old = set_active_memcg(memcg);
		object = kmalloc(200, GFP_KERNEL_ACCOUNT);
		failed += mem_cgroup_remove(memcg) != 0;
		failed += page_counter_read(&memcg->memory) != 0;
		kfree(object);
		object = kmalloc(200, GFP_KERNEL_ACCOUNT);	/* the parent's */
		failed += page_counter_read(&memcg->memory) != 0;
		kfree(object);
		set_active_memcg(old);
		mem_cgroup_put(memcg);
	}
	return failed;
}

/* Groups are made and removed while their memory is used. ledger: G13 */
static void memcg_limit_groups_come_and_go(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, test_threads_run(test, 4, come_and_go, NULL), 0);
	KUNIT_EXPECT_EQ(test, usage(web), 0);
	KUNIT_EXPECT_EQ(test, nr_obj_cgroups(), 2);
}

static struct kunit_case memcg_limit_cases[] = {
	KUNIT_CASE(memcg_limit_is_exact),
	KUNIT_CASE(memcg_limit_of_the_parent),
	KUNIT_CASE(memcg_limit_by_flags),
	KUNIT_CASE(memcg_limit_nofail),
	KUNIT_CASE(memcg_limit_flushes_vmalloc),
	KUNIT_CASE(memcg_limit_below_usage),
	KUNIT_CASE(memcg_limit_interrupts),
	KUNIT_CASE(memcg_limit_failures_injected),
	KUNIT_CASE(memcg_limit_everywhere),
	KUNIT_CASE(memcg_limit_groups_come_and_go),
	{}
};

static struct kunit_suite memcg_limit_suite = {
	.name = "memcg_limit",
	.init = memcg_limit_test_init,
	.exit = memcg_sandbox_end,
	.test_cases = memcg_limit_cases,
};

kunit_test_suite(memcg_limit_suite);
