// SPDX-License-Identifier: MIT
/*
 * Pressure: eight processes that want more memory than there is, for as long as the test lasts. Whoever
 * is killed is replaced at once. Beside them, on all CPUs: a cache that grows whenever it can and shrinks
 * when it is told to; work that must not fail, through a mempool; timers that allocate with
 * GFP_ATOMIC. Nobody is stuck, every kill is justified by its report, no page is lost, and in the end
 * everything is as it was. Once more with failures injected.
 *
 * Half a second each; a minute in a soak. All but 24 MiB of memory is put aside, so that large machines have
 * none left as well.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/oom.h>
#include <linux/prandom.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>
#include <quarry/log_tap.h>
#include <quarry/test_seed.h>

#include "../mm/internal.h"
#include "books.h"
#include "inject_failures.h"
#include "test_thread.h"
#include "zone_sandbox.h"

#define HOGS		8
#define LEFT		((24UL << 20) / PAGE_SIZE)
#define STEP_MOST	64			/* pages that a hog grows by at a time */
#define STUCK		(20 * HZ)

static unsigned long end;			/* of the test, in jiffies */
static unsigned int broken;			/* pages that were not what their owner had written */

/* ---- processes that grow ---- */

struct hog {
	struct rnd_state rnd;
	struct completion gone;
	bool is_there;
	unsigned int lives;
	unsigned long steps;			/* of all lives */
};
static struct hog hogs[HOGS];

static bool write_word(unsigned long addr)
{
	unsigned long word = ~addr;

	return !copy_to_user((void __user *)addr, &word, sizeof(word));
}

/* False: the page is gone. What is there must be what was written. */
static bool check_word(unsigned long addr)
{
	unsigned long word;

	if (copy_from_user(&word, (const void __user *)addr, sizeof(word)))
		return false;
	broken += word != ~addr;
	return true;
}

/* As many pages more as chance will have it, and one of all looked at. False: memory, or life, is over. */
static bool grow(struct hog *hog, unsigned long start)
{
	unsigned long addr = do_brk(0), pages;

	do_brk(addr + (1 + prandom_u32_state(&hog->rnd) % STEP_MOST) * PAGE_SIZE);
	for (; addr < current->mm->brk; addr += PAGE_SIZE)
		if (!write_word(addr))
			return false;
	pages = (addr - start) / PAGE_SIZE;
	hog->steps++;
	cond_resched();
	return check_word(start + prandom_u32_state(&hog->rnd) % pages * PAGE_SIZE);
}

static int be_a_hog(void *data)
{
	struct hog *hog = data;
	unsigned long start = do_brk(0);

	current->mm->oom_score_adj = 0;		/* unlike its parent's */
	while (time_before(jiffies, end) && !fatal_signal_pending(current) && grow(hog, start))
		;
	complete(&hog->gone);
	return 0;
}

/* One that is gone comes again, as long as there is time. */
static void tend(struct hog *hog)
{
	if (hog->is_there && !try_wait_for_completion(&hog->gone))
		return;
	hog->is_there = time_before(jiffies, end) && user_mode_thread(be_a_hog, hog, 0) > 0;
	hog->lives += hog->is_there;
}

/* ---- a cache that is shrunk ---- */

struct cached {
	struct list_head lru;
	char payload[200];
};
static struct kmem_cache *cache;
static LIST_HEAD(cached);
static DEFINE_SPINLOCK(cached_lock);
static unsigned long nr_cached, nr_shrunk;

static unsigned long count_cached(struct shrinker *shrinker, struct shrink_control *sc)
{
	return READ_ONCE(nr_cached);
}

static struct cached *take_cached(void)
{
	struct cached *item;

	spin_lock(&cached_lock);
	item = list_first_entry_or_null(&cached, struct cached, lru);
	if (item) {
		list_del(&item->lru);
		nr_cached--;
	}
	spin_unlock(&cached_lock);
	return item;
}

static unsigned long free_cached(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct cached *item;
	unsigned long freed = 0;

	while (freed < sc->nr_to_scan && (item = take_cached())) {
		kmem_cache_free(cache, item);
		freed++;
	}
	nr_shrunk += freed;
	return freed ? freed : SHRINK_STOP;
}

static struct shrinker shrinker = {
	.count_objects = count_cached, .scan_objects = free_cached, .seeks = DEFAULT_SEEKS,
};

static int fill_cache(void *unused)
{
	while (time_before(jiffies, end)) {
		struct cached *item = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);

		if (!item) {
			schedule_timeout_uninterruptible(1);
			continue;
		}
		spin_lock(&cached_lock);
		list_add_tail(&item->lru, &cached);
		nr_cached++;
		spin_unlock(&cached_lock);
		cond_resched();
	}
	return 0;
}

/* ---- work that must not fail ---- */

static mempool_t pool;
static atomic_t nr_io;

static int do_io(void *unused)
{
	while (time_before(jiffies, end)) {
		char *request = mempool_alloc(&pool, GFP_NOIO);

		memset(request, 'r', 512);
		schedule_timeout_uninterruptible(1);		/* the device works */
		mempool_free(request, &pool);
		atomic_inc(&nr_io);
	}
	return 0;
}

/* ---- interrupts that allocate ---- */

struct interrupter {
	struct timer_list timer;
	struct page *page;
	unsigned long got, refused;
};

static void interrupt(struct timer_list *timer)
{
	struct interrupter *in = from_timer(in, timer, timer);

	if (in->page)
		__free_page(in->page);
	in->page = alloc_page(GFP_ATOMIC | __GFP_NOWARN);
	in->got += !!in->page;
	in->refused += !in->page;
	mod_timer(timer, jiffies + 1);
}

static void start_timers(struct interrupter *in)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		in[cpu] = (struct interrupter) {};
		timer_setup(&in[cpu].timer, interrupt, TIMER_PINNED);
		in[cpu].timer.expires = jiffies + 1;
		add_timer_on(&in[cpu].timer, cpu);
	}
}

static unsigned long end_timers(struct interrupter *in)
{
	unsigned long got = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		del_timer_sync(&in[cpu].timer);
		if (in[cpu].page)
			__free_page(in[cpu].page);
		got += in[cpu].got;
	}
	return got;
}

/* ---- the killer's reports ---- */

static struct { unsigned long pid, pages; } table[4 * HOGS];
static unsigned int nr_rows, nr_killed, nr_unjust;

/* "[    pid]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name" */
static void read_row(const char *text)
{
	unsigned long number[6];
	char *rest = (char *)text + 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(number); i++) {
		number[i] = simple_strtoul(skip_spaces(rest), &rest, 10);
		rest += *rest == ']';
	}
	if (nr_rows == ARRAY_SIZE(table))
		return;
	table[nr_rows].pid = number[0];
	table[nr_rows++].pages = number[4] + number[5] / PAGE_SIZE;
}

/* The others have grown a little, perhaps, since it was chosen. */
static bool is_justified(unsigned long pid)
{
	unsigned long most = 0, its = 0;

	for (unsigned int i = 0; i < nr_rows; i++) {
		most = max(most, table[i].pages);
		if (table[i].pid == pid)
			its = table[i].pages;
	}
	return its && its + its / 8 + STEP_MOST >= most;
}

static void read_report(struct log_tap *tap, int level, const char *text)
{
	static const char killed[] = "Out of memory: Killed process ";

	if (strstarts(text, "Tasks state"))
		nr_rows = 0;
	else if (*text == '[' && !strstarts(text, "[  pid"))
		read_row(text);
	else if (strstarts(text, killed)) {
		nr_killed++;
		nr_unjust += !is_justified(simple_strtoul(text + sizeof(killed) - 1, NULL, 10));
	}
}

static struct log_tap tap = { .line = read_report };

/* ---- the whole ---- */

/* Between two looks, some of what must go on has gone on. True: too long nothing has. */
static bool is_stuck(void)
{
	static unsigned long seen, since;
	unsigned long steps = atomic_read(&nr_io);

	for (unsigned int i = 0; i < HOGS; i++)
		steps += hogs[i].steps;
	if (steps != seen || !since)
		since = jiffies;
	seen = steps;
	return time_after(jiffies, since + STUCK);
}

static bool all_gone(void)
{
	for (unsigned int i = 0; i < HOGS; i++)
		if (hogs[i].is_there)
			return false;
	return true;
}

/* A slow machine gets more time, until what it is about has happened: a kill, and a cache that shrank. */
static void prolong(unsigned long latest)
{
	if (time_after(jiffies + HZ / 8, end) && time_before(end, latest) &&
	    !(READ_ONCE(nr_killed) && READ_ONCE(nr_shrunk)))
		WRITE_ONCE(end, end + HZ / 4);
}

static void supervise(struct kunit *test)
{
	unsigned long latest = end + 10 * HZ;

	do {
		prolong(latest);
		for (unsigned int i = 0; i < HOGS; i++)
			tend(&hogs[i]);
		schedule_timeout_uninterruptible(1);
		KUNIT_ASSERT_FALSE_MSG(test, is_stuck(), "nothing has gone on for %d s", STUCK / HZ);
	} while (!all_gone() || time_before(jiffies, end));
}

/* So much stays, in zones that had as much. */
static void put_memory_aside(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		zone_squeeze(zone, is_highmem(zone) ? LEFT / 3 : LEFT / 2);
}

static void under_pressure(struct kunit *test, bool failures)
{
	static struct interrupter in[NR_CPUS];
	struct test_thread filler, io[2];

	end = jiffies + (kunit_rounds(1) > 1 ? 60 * HZ : HZ / 2);
	start_timers(in);
	test_thread_start(test, &filler, fill_cache, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(io); i++)
		test_thread_start(test, &io[i], do_io, NULL);
	if (failures)
		inject_failures(5);
	console_hold();
	log_tap_add(&tap);
	supervise(test);
	log_tap_remove(&tap);
	console_release();
	if (failures)
		inject_failures(0);
	test_thread_join(&filler);
	for (unsigned int i = 0; i < ARRAY_SIZE(io); i++)
		test_thread_join(&io[i]);
	KUNIT_EXPECT_GT(test, end_timers(in), 0);
}

static void start_afresh(struct kunit *test)
{
	for (unsigned int i = 0; i < HOGS; i++) {
		hogs[i] = (struct hog) {};
		init_completion(&hogs[i].gone);
		prandom_seed_state(&hogs[i].rnd, kunit_seed() + i);
	}
	broken = nr_killed = nr_unjust = 0;
	nr_shrunk = 0;
	atomic_set(&nr_io, 0);
	cache = kmem_cache_create("pressure", sizeof(struct cached), 0, SLAB_RECLAIM_ACCOUNT, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_EQ(test, mempool_init_kmalloc_pool(&pool, 2, 512), 0);
	KUNIT_ASSERT_EQ(test, register_shrinker(&shrinker, "pressure"), 0);
}

static void end_all(struct kunit *test)
{
	struct cached *item;

	unregister_shrinker(&shrinker);
	while ((item = take_cached()))
		kmem_cache_free(cache, item);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&pool.nr_out), 0);
	mempool_exit(&pool);
}

static void run(struct kunit *test, bool failures)
{
	struct books before = books_now();
	unsigned long kills = vm_events(OOM_KILL);
	unsigned int lives = 0;

	start_afresh(test);
	put_memory_aside();
	under_pressure(test, failures);
	zones_release();
	end_all(test);
	for (unsigned int i = 0; i < HOGS; i++)
		lives += hogs[i].lives;
	kills = vm_events(OOM_KILL) - kills;
	KUNIT_EXPECT_EQ(test, broken, 0);
	KUNIT_EXPECT_GT(test, kills, 0);
	KUNIT_EXPECT_EQ(test, nr_killed, kills);
	KUNIT_EXPECT_EQ(test, nr_unjust, 0);
	KUNIT_EXPECT_GT(test, atomic_read(&nr_io), 0);
	KUNIT_EXPECT_GT(test, nr_shrunk, 0);
	kunit_info(test, "%u lives of %u hogs, %lu killed; %lu objects shrunk, %d requests served", lives,
		   HOGS, kills, nr_shrunk, atomic_read(&nr_io));
	expect_same_books(test, &before);
}

/* ledger: G1 G2 M2 R1 R2 R3 */
static void eight_hogs(struct kunit *test)
{
	run(test, false);
}

static void eight_hogs_with_failures(struct kunit *test)
{
	run(test, true);
}

static struct kunit_case pressure_cases[] = {
	KUNIT_CASE(eight_hogs),
	KUNIT_CASE(eight_hogs_with_failures),
	{}
};

static u64 interval;

static int pressure_init(struct kunit *test)
{
	bool lists = pcp_enabled();

	interval = oom_rs.interval;
	current->mm->oom_score_adj = OOM_SCORE_ADJ_MIN;	/* the test itself is spared */
	oom_rs.interval = 0;				/* each kill has its report */
	zone_sandbox_enter(test);
	pcp_enable(lists);
	return 0;
}

static void pressure_exit(struct kunit *test)
{
	zone_sandbox_leave(test);
	oom_rs.interval = interval;
	current->mm->oom_score_adj = 0;
}

static struct kunit_suite pressure_suite = {
	.name = "pressure",
	.init = pressure_init,
	.exit = pressure_exit,
	.test_cases = pressure_cases,
};
kunit_test_suite(pressure_suite);
