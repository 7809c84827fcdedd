// SPDX-License-Identifier: MIT
/*
 * RCU: what a grace period waits for, and what comes after it. On a single CPU readers are the threads that
 * the tick interrupts; on several, they are on all.
 */
#include <kunit/report.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <quarry/rcu.h>
#include <quarry/test_seed.h>

#include "../mm/internal.h"
#include "../mm/slab.h"

/* Long enough for any grace period and its callbacks, on a machine that is not in trouble. */
#define SOON	(2 * HZ)

#define EXPECT_SOON(test, condition) \
do { \
	unsigned long __until = jiffies + SOON; \
	\
	while (!(condition) && time_before(jiffies, __until)) \
		schedule_timeout_uninterruptible(1); \
	KUNIT_EXPECT_TRUE(test, condition); \
} while (0)

/* Busy, and not to be preempted; interrupts are on. */
static void spin_for(unsigned long ticks)
{
	unsigned long until = jiffies + ticks;

	while (time_before(jiffies, until))
		cpu_relax();
}

/* ---- callbacks ---- */

static struct note {
	struct rcu_head rcu;
	unsigned int turn;		/* the how manieth call it was; 0: not yet */
	bool in_softirq;
} notes[5];
static unsigned int turns;

static void take_note(struct rcu_head *head)
{
	struct note *note = container_of(head, struct note, rcu);

	note->in_softirq = in_serving_softirq();
	WRITE_ONCE(note->turn, ++turns);
}

/* ledger: T4. Once each, in a softirq, in the order in which they came. */
static void rcu_callbacks(struct kunit *test)
{
	memset(notes, 0, sizeof(notes));
	turns = 0;
	migrate_disable();
	for (unsigned int i = 0; i < ARRAY_SIZE(notes); i++)
		call_rcu(&notes[i].rcu, take_note);
	migrate_enable();
	EXPECT_SOON(test, READ_ONCE(notes[ARRAY_SIZE(notes) - 1].turn));
	for (unsigned int i = 0; i < ARRAY_SIZE(notes); i++) {
		KUNIT_EXPECT_EQ(test, notes[i].turn, i + 1);
		KUNIT_EXPECT_TRUE(test, notes[i].in_softirq);
	}
	KUNIT_EXPECT_EQ(test, turns, ARRAY_SIZE(notes));
}

/* What keeps a grace period waiting: as long as @enter … @leave lasts, ticks or not. */
#define EXPECT_WAITS(test, enter, leave) \
do { \
	unsigned long __gp; \
	\
	enter; \
	__gp = start_poll_synchronize_rcu(); \
	spin_for(4); \
	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(__gp)); \
	leave; \
	EXPECT_SOON(test, poll_state_synchronize_rcu(__gp)); \
} while (0)

/* ledger: T4 */
static void rcu_waits_for_readers(struct kunit *test)
{
	EXPECT_WAITS(test, rcu_read_lock(), rcu_read_unlock());
	EXPECT_WAITS(test, rcu_read_lock_bh(), rcu_read_unlock_bh());
	EXPECT_WAITS(test, rcu_read_lock_sched(), rcu_read_unlock_sched());
	EXPECT_WAITS(test, ({ rcu_read_lock(); rcu_read_lock(); rcu_read_unlock(); }),
		     rcu_read_unlock());
}

/* A thread that never sleeps, but may be preempted, keeps nobody waiting. */
static void rcu_does_not_wait_for_others(struct kunit *test)
{
	unsigned long gp = start_poll_synchronize_rcu(), until = jiffies + SOON;

	while (!poll_state_synchronize_rcu(gp) && time_before(jiffies, until))
		cpu_relax();
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu(gp));
}

/* A callback waits for the readers of its time, and not for the grace period before it alone. */
static void rcu_callback_waits_for_reader(struct kunit *test)
{
	static struct note first, second;

	memset(&first, 0, sizeof(first));
	memset(&second, 0, sizeof(second));
	call_rcu(&first.rcu, take_note);
	rcu_read_lock();
	call_rcu(&second.rcu, take_note);
	spin_for(6);
	KUNIT_EXPECT_EQ(test, READ_ONCE(second.turn), 0);
	rcu_read_unlock();
	EXPECT_SOON(test, READ_ONCE(first.turn) && READ_ONCE(second.turn));
}

#define MANY	300

static unsigned int called;

static void count_call(struct rcu_head *head)
{
	called++;
	kfree(head);
}

/* ledger: T4. rcu_barrier(): all that came before have been called. */
static void rcu_barrier_waits(struct kunit *test)
{
	unsigned int n;

	called = 0;
	migrate_disable();
	for (n = 0; n < MANY; n++) {
		struct rcu_head *head = kmalloc(sizeof(*head), GFP_KERNEL);

		if (head)
			call_rcu(head, count_call);
		else
			break;
	}
	migrate_enable();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, called, n);
	KUNIT_EXPECT_GT(test, n, 0);
}

static void rcu_polling(struct kunit *test)
{
	unsigned long gp = get_state_synchronize_rcu();

	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(gp));
	gp = start_poll_synchronize_rcu();
	EXPECT_SOON(test, poll_state_synchronize_rcu(gp));
	cond_synchronize_rcu(gp);
	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(get_state_synchronize_rcu()));
}

/* ledger: G1. A reader must not sleep. */
static void rcu_reader_must_not_sleep(struct kunit *test)
{
	rcu_read_lock();
	KUNIT_EXPECT_REPORT(test, "*sleeping function called from invalid context*",
			    kfree(kmalloc(8, GFP_KERNEL)));
	rcu_read_unlock();
}

static void rcu_stall(struct kunit *test)
{
	int timeout = rcu_cpu_stall_timeout;
	unsigned long gp;

	rcu_cpu_stall_timeout = 1;
	rcu_barrier();			/* the next grace period begins with the new one */
	rcu_read_lock();
	gp = start_poll_synchronize_rcu();
	KUNIT_EXPECT_REPORT(test, "rcu: INFO: rcu_sched *stall*on CPU*", spin_for(HZ + HZ / 2));
	rcu_read_unlock();
	rcu_cpu_stall_timeout = timeout;
	EXPECT_SOON(test, poll_state_synchronize_rcu(gp));
}

/* ---- freeing ---- */

struct object {
	unsigned long before[5];
	struct rcu_head rcu;
};

/* ledger: K9. What is freed is nobody else's as long as a reader may look at it; then it is free. */
static void rcu_kfree(struct kunit *test)
{
	struct object *object[8], *other;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(object); i++) {
		object[i] = kzalloc(sizeof(*object[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object[i]);
		object[i]->before[0] = i;
	}
	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(object); i++)
		kfree_rcu(object[i], rcu);
	spin_for(4);
	other = kmalloc(sizeof(*other), GFP_ATOMIC);
	for (i = 0; i < ARRAY_SIZE(object); i++) {
		KUNIT_EXPECT_EQ(test, object[i]->before[0], i);
		KUNIT_EXPECT_PTR_NE(test, object[i], other);
	}
	rcu_read_unlock();
	kfree(other);
	kvfree_rcu_barrier();
	kfree_rcu((struct object *)NULL, rcu);
}

/* ledger: K9. kvfree_rcu(): any of kvmalloc()'s memory, with a head in it or without. */
static void rcu_kvfree(struct kunit *test)
{
	struct object *large = vmalloc(3 * PAGE_SIZE), *small = kmalloc(sizeof(*small), GFP_KERNEL);
	void *bare = vmalloc(PAGE_SIZE), *small_bare = kmalloc(16, GFP_KERNEL);
	unsigned long pages;

	KUNIT_ASSERT_TRUE(test, large && small && bare && small_bare);
	pages = vmalloc_nr_pages();
	kvfree_rcu(large, rcu);
	kvfree_rcu(small, rcu);
	kvfree_rcu(bare);
	kvfree_rcu(small_bare);
	kvfree_rcu((void *)NULL);
	kvfree_rcu_barrier();
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), pages - 4);
	KUNIT_EXPECT_FALSE(test, find_vm_area(large));
	KUNIT_EXPECT_FALSE(test, find_vm_area(bare));
}

/* ---- SLAB_TYPESAFE_BY_RCU ---- */

/* ledger: S5. A freed object may be another one at once; its page is nobody else's while one reads. */
static void rcu_typesafe(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("typesafe", 256, 0,
						     SLAB_TYPESAFE_BY_RCU | SLAB_NO_MAGAZINES, NULL);
	struct page *page;
	u32 *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	page = block_head(virt_to_page(object));
	object[10] = 0x0b1ec7;
	kmem_cache_free(cache, object);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, slab_reap(cache, 0), 1);
	spin_for(4);
	KUNIT_EXPECT_EQ(test, page_state(page), PAGE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, object[10], 0x0b1ec7);
	rcu_read_unlock();
	kmem_cache_destroy(cache);
	rcu_barrier();
	KUNIT_EXPECT_NE(test, page_state(page), PAGE_ALLOCATED);
}

/* ---- all at once ---- */

#define READERS_MAX	(NR_CPUS + 2)
#define ALIVE		0x600dda7aUL

struct element {
	unsigned long state;		/* ALIVE until a grace period after it was taken out */
	struct list_head list;
	struct rcu_head rcu;
};

static LIST_HEAD(elements);
static struct element *__rcu published;
static unsigned long mistakes, reads;

/* A reader sees only what is alive, and it stays so while he looks. */
static void look(const struct element *element)
{
	for (int i = 0; i < 20; i++) {
		if (READ_ONCE(element->state) != ALIVE)
			mistakes++;
		cpu_relax();
	}
}

static int reader(void *unused)
{
	const struct element *element;

	while (!kthread_should_stop()) {
		rcu_read_lock();
		element = rcu_dereference(published);
		if (element)
			look(element);
		list_for_each_entry_rcu(element, &elements, list)
			look(element);
		rcu_read_unlock();
		reads++;
		cond_resched();
	}
	return 0;
}

static void bury(struct rcu_head *head)
{
	struct element *element = container_of(head, struct element, rcu);

	element->state = 0xdead;
	kfree(element);
}

/* In turn, by each way to wait. */
static void retire(struct element *element, unsigned int round)
{
	switch (round % 3) {
	case 0:
		synchronize_rcu();
		bury(&element->rcu);
		break;
	case 1:
		synchronize_rcu_expedited();
		bury(&element->rcu);
		break;
	default:
		call_rcu(&element->rcu, bury);
	}
}

static struct element *new_element(void)
{
	struct element *element = kmalloc(sizeof(*element), GFP_KERNEL);

	if (element)
		element->state = ALIVE;
	return element;
}

/* The list is a queue: each round one comes, at either end, and the oldest goes. */
static void write(unsigned int round)
{
	struct element *element = new_element(), *old;

	old = rcu_replace_pointer(published, element, true);
	if (old)
		retire(old, round);
	element = new_element();
	if (element && round % 2)
		list_add_rcu(&element->list, &elements);
	else if (element)
		list_add_tail_rcu(&element->list, &elements);
	if (round < 4)
		return;
	element = list_first_entry_or_null(&elements, struct element, list);
	if (element) {
		list_del_rcu(&element->list);
		retire(element, round + 1);
	}
}

static void clean_up(void)
{
	struct element *element, *next;

	list_for_each_entry_safe(element, next, &elements, list) {
		list_del_rcu(&element->list);
		call_rcu(&element->rcu, bury);
	}
	if (published)
		call_rcu(&published->rcu, bury);
	published = NULL;
	rcu_barrier();
}

/* ledger: T4 */
static void rcu_readers_and_writer(struct kunit *test)
{
	unsigned int nr = 0, want = num_online_cpus() + 1, round;
	struct task_struct *task[READERS_MAX];

	mistakes = reads = 0;
	for (; nr < want; nr++) {
		task[nr] = kthread_run(reader, NULL, "rcu_reader/%u", nr);
		if (IS_ERR(task[nr]))
			break;
		set_user_nice(task[nr], MAX_NICE);	/* the writer need not wait for its turn */
	}
	for (round = 0; round < kunit_rounds(12); round++) {
		write(round);
		schedule_timeout_uninterruptible(1);
	}
	while (nr)
		kthread_stop(task[--nr]);
	clean_up();
	KUNIT_EXPECT_EQ(test, mistakes, 0);
	KUNIT_EXPECT_GT(test, reads, 0);
}

static struct kunit_case rcu_cases[] = {
	KUNIT_CASE(rcu_callbacks),
	KUNIT_CASE(rcu_waits_for_readers),
	KUNIT_CASE(rcu_does_not_wait_for_others),
	KUNIT_CASE(rcu_callback_waits_for_reader),
	KUNIT_CASE(rcu_barrier_waits),
	KUNIT_CASE(rcu_polling),
	KUNIT_CASE(rcu_reader_must_not_sleep),
	KUNIT_CASE(rcu_stall),
	KUNIT_CASE(rcu_kfree),
	KUNIT_CASE(rcu_kvfree),
	KUNIT_CASE(rcu_typesafe),
	KUNIT_CASE(rcu_readers_and_writer),
	{}
};

static struct kunit_suite rcu_suite = {
	.name = "rcu",
	.test_cases = rcu_cases,
};
kunit_test_suite(rcu_suite);
