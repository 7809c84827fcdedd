// SPDX-License-Identifier: MIT
/*
 * Who may sleep where. In every context in which nobody may, every allocator reports GFP_KERNEL and
 * names its caller, whether it would have slept this time or not; GFP_ATOMIC and GFP_NOWAIT are served
 * there without a word. In a thread, where nothing forbids it, all of them are fine.
 */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <quarry/log_tap.h>

#define LINE	11		/* nobody's: raised by INT, as a device would */
#define SLEEPING "BUG: sleeping function called from invalid context at *"

static struct kmem_cache *cache;
static mempool_t *pool;
static DEFINE_SPINLOCK(lock);

/* ---- allocators; each gives back at once what it got ---- */

static bool ask_page(gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, 1);

	if (page)
		__free_pages(page, 1);
	return page;
}

static bool ask_address(gfp_t gfp)
{
	unsigned long addr = get_zeroed_page(gfp);

	free_page(addr);
	return addr;
}

static bool ask_kmalloc(gfp_t gfp)
{
	void *object = kmalloc(100, gfp);

	kfree(object);
	return object;
}

static bool ask_kvmalloc(gfp_t gfp)
{
	void *object = kvmalloc(300, gfp);

	kvfree(object);
	return object;
}

static bool ask_cache(gfp_t gfp)
{
	void *object = kmem_cache_zalloc(cache, gfp);

	kmem_cache_free(cache, object);
	return object;
}

static bool ask_bulk(gfp_t gfp)
{
	void *objects[3];
	int got = kmem_cache_alloc_bulk(cache, gfp, 3, objects);

	kmem_cache_free_bulk(cache, got, objects);
	return got;
}

static bool ask_pool(gfp_t gfp)
{
	void *element = mempool_alloc(pool, gfp);

	mempool_free(element, pool);
	return element;
}

static bool (*const allocators[])(gfp_t gfp) = {
	ask_page, ask_address, ask_kmalloc, ask_kvmalloc, ask_cache, ask_bulk, ask_pool,
};

/* The one that is asked now, and what came of it. */
static struct {
	bool (*ask)(gfp_t gfp);
	gfp_t gfp;
	bool got;
} order;

/* The caller that the report must name. */
static noinline void ask_now(void)
{
	order.got = order.ask(order.gfp);
	barrier();
}

/* ---- contexts ---- */

static irqreturn_t ask_in_handler(int irq, void *dev)
{
	ask_now();
	return IRQ_HANDLED;
}

static void ask_in_tasklet(struct tasklet_struct *tasklet)
{
	ask_now();
}
static DECLARE_TASKLET(tasklet, ask_in_tasklet);

static irqreturn_t schedule_in_handler(int irq, void *dev)
{
	tasklet_schedule(&tasklet);
	return IRQ_HANDLED;
}

static void raise(irq_handler_t handler)
{
	struct irqaction action = { .handler = handler, .name = "may_sleep", .dev_id = &order };

	if (setup_irq(LINE, &action))
		return;
	__asm__ __volatile__("int %0" : : "i"(ISA_IRQ_VECTOR(LINE)) : "memory");
	remove_irq(LINE, &order);
}

static void in_interrupt_handler(void)
{
	raise(ask_in_handler);
}

static void in_softirq_of_interrupt(void)
{
	raise(schedule_in_handler);
	tasklet_kill(&tasklet);
}

static void under_spinlock(void)
{
	spin_lock(&lock);
	ask_now();
	spin_unlock(&lock);
}

static void under_spinlock_irqsave(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	ask_now();
	spin_unlock_irqrestore(&lock, flags);
}

static void with_preemption_off(void)
{
	preempt_disable();
	ask_now();
	preempt_enable();
}

static void with_softirqs_off(void)
{
	local_bh_disable();
	ask_now();
	local_bh_enable();
}

/* ---- questions ---- */

struct listener {
	struct log_tap tap;
	unsigned int reports;
};

static void listen(struct log_tap *tap, int level, const char *text)
{
	struct listener *listener = container_of(tap, struct listener, tap);

	listener->reports += strstr(text, "BUG: ") || strstr(text, "WARNING: ");
}

static void expect_fine(struct kunit *test, void (*context)(void), gfp_t gfp)
{
	struct listener listener = { .tap.line = listen };

	order.gfp = gfp;
	log_tap_add(&listener.tap);
	for (unsigned int i = 0; i < ARRAY_SIZE(allocators); i++) {
		order.ask = allocators[i];
		order.got = false;
		context();
		KUNIT_EXPECT_TRUE_MSG(test, order.got, "%ps with %pGg", order.ask, &gfp);
		KUNIT_EXPECT_EQ_MSG(test, listener.reports, 0, "%ps with %pGg", order.ask, &gfp);
	}
	log_tap_remove(&listener.tap);
}

static noinline void expect_report(struct kunit *test, void (*context)(void))
{
	KUNIT_EXPECT_REPORT(test, SLEEPING, KUNIT_EXPECT_REPORT(test, " ask_now+*", context()));
}

static void expect_reported(struct kunit *test, void (*context)(void))
{
	order.gfp = GFP_KERNEL;
	for (unsigned int i = 0; i < ARRAY_SIZE(allocators); i++) {
		order.ask = allocators[i];
		expect_report(test, context);
	}
}

static void nobody_may(struct kunit *test, void (*context)(void))
{
	expect_reported(test, context);
	expect_fine(test, context, GFP_ATOMIC);
	expect_fine(test, context, GFP_NOWAIT);
}

/* ledger: G1 G3 */
static void may_sleep_in_a_thread(struct kunit *test)
{
	expect_fine(test, ask_now, GFP_KERNEL);
	expect_fine(test, ask_now, GFP_NOIO);
	expect_fine(test, ask_now, GFP_ATOMIC);
	expect_fine(test, ask_now, GFP_NOWAIT);
}

static void may_sleep_not_in_an_interrupt(struct kunit *test)
{
	nobody_may(test, in_interrupt_handler);
}

static void may_sleep_not_in_a_softirq(struct kunit *test)
{
	nobody_may(test, in_softirq_of_interrupt);
}

static void may_sleep_not_under_a_spinlock(struct kunit *test)
{
	nobody_may(test, under_spinlock);
	nobody_may(test, under_spinlock_irqsave);
}

static void may_sleep_not_with_preemption_off(struct kunit *test)
{
	nobody_may(test, with_preemption_off);
	nobody_may(test, with_softirqs_off);
}

static int may_sleep_enter(struct kunit *test)
{
	cache = kmem_cache_create("may-sleep", 48, 0, SLAB_NO_USER_FLAGS, NULL);
	pool = cache ? mempool_create_slab_pool(1, cache) : NULL;
	return pool ? 0 : -1;
}

static void may_sleep_leave(struct kunit *test)
{
	mempool_destroy(pool);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static struct kunit_case may_sleep_cases[] = {
	KUNIT_CASE(may_sleep_in_a_thread),
	KUNIT_CASE(may_sleep_not_in_an_interrupt),
	KUNIT_CASE(may_sleep_not_in_a_softirq),
	KUNIT_CASE(may_sleep_not_under_a_spinlock),
	KUNIT_CASE(may_sleep_not_with_preemption_off),
	{}
};

static struct kunit_suite may_sleep_suite = {
	.name = "may_sleep",
	.init = may_sleep_enter,
	.exit = may_sleep_leave,
	.test_cases = may_sleep_cases,
};
kunit_test_suite(may_sleep_suite);
