// SPDX-License-Identifier: MIT
/*
 * The OOM reaper: the memory of those who were killed and do not end.
 *
 * 1. The idea
 * A victim may be unable to end: it waits, uninterruptibly, for a lock whose owner waits for memory. Then
 * its death helps nobody; so its memory is taken away while it lives. It will never run again but to
 * end, and nothing of the kernel's is in that memory; what it touches on the way is not there
 * any more, as if it were not mapped (memory.c). (Linux has this since 4.6.)
 *
 * 2. The way of a victim
 *	MMF_OOM_REAP_QUEUED	once. There is no other queue than the list of processes, and who ends leaves
 *				that; so do most, before
 *	oom_reap_at		it is their turn
 *	mmap_lock, to read	tried ten times: who holds it to write may be the one that waits for memory
 *	MMF_UNSTABLE		nothing new is entered
 *	zap_pages()		what there is goes
 *	MMF_OOM_SKIP		whether that worked or not: another may be chosen now
 *
 * 3. Locking, contexts
 * Whoever queues one says so before he wakes the thread up, and the thread forgets that it was told before
 * it looks. It allocates nothing, and waits for nobody's lock.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/wait.h>

#include "internal.h"

#define MAX_OOM_REAP_RETRIES	10

unsigned int oom_reaper_delay = 2 * HZ;

static bool is_asked;			/* there may be somebody new */
static DECLARE_WAIT_QUEUE_HEAD(reaper_wait);

/* ---- whose turn it is ---- */

void queue_oom_reaper(struct mm_struct *mm)
{
	if (test_bit(MMF_OOM_REAP_QUEUED, &mm->flags))
		return;
	mm->oom_reap_at = jiffies + oom_reaper_delay;
	set_bit(MMF_OOM_REAP_QUEUED, &mm->flags);
	WRITE_ONCE(is_asked, true);
	wake_up(&reaper_wait);
}

/* The victim whose time has come, or comes first, with mmgrab(); NULL: there is none. */
static struct mm_struct *next_victim(void)
{
	struct mm_struct *mm, *next = NULL;

	for_each_mm_grab(mm) {
		if (!test_bit(MMF_OOM_REAP_QUEUED, &mm->flags) || test_bit(MMF_OOM_SKIP, &mm->flags))
			continue;
		if (next && time_before_eq(next->oom_reap_at, mm->oom_reap_at))
			continue;
		if (next)
			mmdrop(next);
		next = mm;
		mmgrab(next);
	}
	return next;
}

/* ---- reaping ---- */

/* False: its lock was not to be had. */
static bool try_to_reap(struct mm_struct *mm)
{
	if (!down_read_trylock(&mm->mmap_lock))
		return false;
	if (!test_bit(MMF_OOM_SKIP, &mm->flags)) {	/* else it has ended meanwhile */
		set_bit(MMF_UNSTABLE, &mm->flags);
		zap_pages(mm);
		oom_report_reaped(mm);
	}
	up_read(&mm->mmap_lock);
	return true;
}

static void reap(struct mm_struct *mm)
{
	unsigned int attempts = 0;

	while (!try_to_reap(mm) && ++attempts < MAX_OOM_REAP_RETRIES)
		schedule_timeout_idle(HZ / 10);
	if (attempts == MAX_OOM_REAP_RETRIES && !test_bit(MMF_OOM_SKIP, &mm->flags)) {
		pr_info("oom_reaper: unable to reap pid:%d (%s)\n", mm->pid, mm->comm);
		show_mm_threads(mm);
	}
	set_bit(MMF_OOM_SKIP, &mm->flags);
}

/* Reap the next victim if its time has come. So long may we sleep then. */
static long reap_next(void)
{
	struct mm_struct *mm = next_victim();
	long left;

	if (!mm)
		return MAX_SCHEDULE_TIMEOUT;
	left = mm->oom_reap_at - jiffies;
	if (left <= 0)
		reap(mm);
	mmdrop(mm);
	return max(left, 0L);
}

int oom_reaper(void *unused)
{
	for (;;) {
		WRITE_ONCE(is_asked, false);
		smp_mb();
		wait_event_idle_timeout(reaper_wait, READ_ONCE(is_asked), reap_next());
	}
}
