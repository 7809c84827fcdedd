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
 *	queued			once; most are gone before it is their turn
 *	OOM_REAPER_DELAY	later
 *	mmap_lock, to read	tried ten times: who holds it to write may be the one that waits for memory
 *	MMF_UNSTABLE		nothing new is entered
 *	zap_pages()		what there is goes
 *	MMF_OOM_SKIP		whether that worked or not: another may be chosen now
 *
 * 3. Locking, contexts
 * The queue, a list from the one that has waited longest, has reaper_lock; who is in it is kept by mmgrab().
 * The thread that works it off allocates nothing and waits for nobody's lock.
 */
#include <linux/debug_locks.h>
#include <linux/jiffies.h>
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "internal.h"

#define MAX_OOM_REAP_RETRIES	10

unsigned int oom_reaper_delay = 2 * HZ;

static DEFINE_SPINLOCK(reaper_lock);
static struct mm_struct *first, **last = &first;
static DECLARE_WAIT_QUEUE_HEAD(reaper_wait);

/* ---- the queue ---- */

void queue_oom_reaper(struct mm_struct *mm)
{
	if (test_and_set_bit(MMF_OOM_REAP_QUEUED, &mm->flags))
		return;
	mmgrab(mm);
	mm->oom_reap_at = jiffies + oom_reaper_delay;
	mm->oom_reaper_next = NULL;
	spin_lock(&reaper_lock);
	*last = mm;
	last = &mm->oom_reaper_next;
	spin_unlock(&reaper_lock);
	wake_up(&reaper_wait);
}

static struct mm_struct *next_in_queue(void)
{
	struct mm_struct *mm;

	wait_event_idle(reaper_wait, READ_ONCE(first));
	spin_lock(&reaper_lock);
	mm = first;
	first = mm->oom_reaper_next;
	if (!first)
		last = &first;
	spin_unlock(&reaper_lock);
	return mm;
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

static void say_why_not(struct mm_struct *mm)
{
	struct task_struct *task;

	pr_info("oom_reaper: unable to reap pid:%d (%s)\n", mm->pid, mm->comm);
	for (unsigned int n = 0; (task = get_mm_thread(mm, n)); n++) {
		sched_show_task(task);
		debug_show_held_locks(task);
		put_task_struct(task);
	}
}

static void reap(struct mm_struct *mm)
{
	unsigned int attempts = 0;

	while (!try_to_reap(mm) && ++attempts < MAX_OOM_REAP_RETRIES)
		schedule_timeout_idle(HZ / 10);
	if (attempts == MAX_OOM_REAP_RETRIES && !test_bit(MMF_OOM_SKIP, &mm->flags))
		say_why_not(mm);
	set_bit(MMF_OOM_SKIP, &mm->flags);
}

int oom_reaper(void *unused)
{
	for (;;) {
		struct mm_struct *mm = next_in_queue();

		if (time_before(jiffies, mm->oom_reap_at))
			schedule_timeout_idle(mm->oom_reap_at - jiffies);
		reap(mm);
		mmdrop(mm);
	}
}
