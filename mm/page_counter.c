// SPDX-License-Identifier: MIT
/*
 * Counting pages against limits, in a tree.
 *
 * 1. The idea
 * Groups of processes lie in groups: a limit on the outer one is a limit on all that is in it. So a
 * charge climbs from the group's own counter to the root, and has to fit under every limit on its way.
 *
 * 2. Without a lock
 * To look whether there is room, and then to add, would need a lock on all the counters on the way, and
 * all CPUs charge all the time. Instead each adds first, with one atomic instruction whose result says
 * whether it fitted; who did not fit takes back what he has added, here and on the counters below.
 *	usage <= max	whenever nobody is in the middle of that, or was let through (page_counter_charge())
 *	usage		= what is charged to it + what is charged to its children
 * The price: for the moment between, a large request that does not fit can keep out a small one that
 * would have. A refusal is the sign for the caller to reclaim and try again, not the last word.
 *
 * 3. watermark, failcnt
 * are written without atomic instructions: two CPUs at once may lose one of two refusals, or of two
 * peaks that lie close together. They are there to be looked at.
 *
 * 4. A new limit
 * is set first, and then compared with the usage: who charges at the same time either sees it, or was
 * there before, and is seen. When it is less than what is charged, it is taken back.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include <linux/string.h>

static void note_peak(struct page_counter *counter, unsigned long usage)
{
	if (usage > READ_ONCE(counter->watermark))
		WRITE_ONCE(counter->watermark, usage);
}

void page_counter_cancel(struct page_counter *counter, unsigned long nr_pages)
{
	long usage = atomic_long_sub_return(nr_pages, &counter->usage);

	if (WARN_ONCE(usage < 0, "page_counter underflow: %ld nr_pages=%lu\n", usage, nr_pages))
		atomic_long_set(&counter->usage, 0);
}

void page_counter_charge(struct page_counter *counter, unsigned long nr_pages)
{
	for (; counter; counter = counter->parent)
		note_peak(counter, atomic_long_add_return(nr_pages, &counter->usage));
}

void page_counter_uncharge(struct page_counter *counter, unsigned long nr_pages)
{
	for (; counter; counter = counter->parent)
		page_counter_cancel(counter, nr_pages);
}

/* On one counter. */
static bool charge_one(struct page_counter *counter, unsigned long nr_pages)
{
	unsigned long usage = atomic_long_add_return(nr_pages, &counter->usage);

	if (usage > READ_ONCE(counter->max)) {
		atomic_long_sub(nr_pages, &counter->usage);
		WRITE_ONCE(counter->failcnt, READ_ONCE(counter->failcnt) + 1);
		return false;
	}
	note_peak(counter, usage);
	return true;
}

bool page_counter_try_charge(struct page_counter *counter, unsigned long nr_pages,
			     struct page_counter **fail)
{
	struct page_counter *c;

	for (c = counter; c && charge_one(c, nr_pages); c = c->parent)
		;
	if (likely(!c))
		return true;
	*fail = c;
	for (; counter != c; counter = counter->parent)
		page_counter_cancel(counter, nr_pages);
	return false;
}

/* That it is below the limit is not enough, while others go on: it must not have grown meanwhile. */
int page_counter_set_max(struct page_counter *counter, unsigned long nr_pages)
{
	for (;;) {
		unsigned long usage = page_counter_read(counter);
		unsigned long old;

		if (usage > nr_pages)
			return -EBUSY;
		old = xchg(&counter->max, nr_pages);
		if (page_counter_read(counter) <= usage || nr_pages >= old)
			return 0;
		WRITE_ONCE(counter->max, old);
		cond_resched();
	}
}

int page_counter_memparse(const char *buf, const char *max, unsigned long *nr_pages)
{
	unsigned long long bytes;
	char *end;

	if (!strcmp(buf, max)) {
		*nr_pages = PAGE_COUNTER_MAX;
		return 0;
	}
	bytes = memparse(buf, &end);
	if (end == buf || *end)
		return -EINVAL;
	*nr_pages = min_t(u64, bytes >> PAGE_SHIFT, PAGE_COUNTER_MAX);
	return 0;
}
