// SPDX-License-Identifier: MIT
/*
 * Out of memory: the last resort.
 *
 * 1. The idea
 * More was promised than there is, and now everybody waits for memory that nobody gives back. Linux
 * does not refuse: small requests from threads that can wait practically never fail. Instead a process
 * is killed, the one whose end brings most for the least harm: the one that owns most. One big one rather
 * than many small ones, and nobody can tell which of them it is that leaks. What the administrator
 * knows better goes into oom_score_adj. (LKD chapter 12; Gorman, "Understanding the Linux Virtual Memory
 * Manager", chapter 13.)
 *
 * 2. The way of a request that got nothing (mm/page_slow.c climbs down to here)
 *	notifiers		drivers that can give something back after all
 *	the asker is dying	let him: he becomes a victim, so that reserves help him to
 *	no __GFP_FS		nobody is killed: the asker may hold what the victim would need
 *	panic_on_oom		stop here, for those who would rather have the machine restarted
 *	a victim that lives	wait for it; one at a time
 *	the worst		killed; the report (oom_report.c)
 *	nobody			of a group: false. Of the machine: panic, since nothing will ever change
 *
 * 3. Points: oom_badness()
 * The pages that a process owns, and those of its tables, plus oom_score_adj thousandths of all memory
 * (of a group, of its limit): +1000 is chosen before all others, -500 may own half of memory before it
 * is. -1000 is never chosen. Memory of the kernel that a process caused to be allocated does not
 * count: its end would not free it by itself. Of equals, the one who asks, else the youngest.
 *
 * 4. The life of a victim
 *	MMF_EXITING	killed: its threads' sleeps end, and each goes home when it notices
 *	MMF_OOM_VICTIM	its allocations may use part of the reserves, and then fail: it shall end, not wait
 *	queued		the reaper (oom_reaper.c) waits a while, and takes its memory if it is still there
 *	MMF_OOM_SKIP	there is nothing more to be had of it: the next one may be chosen
 * While a victim is without MMF_OOM_SKIP, nobody else is killed. The reaper sees to it that this ends.
 *
 * 5. Locking, contexts
 * oom_lock is held: the state of a kill is one. Processes are looked at one by one, with a reference.
 * Nothing is allocated here.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/time64.h>
#include <linux/vmstat.h>

#include "internal.h"

DEFINE_MUTEX(oom_lock);
int sysctl_panic_on_oom, sysctl_oom_kill_allocating_task;

DEFINE_RATELIMIT_STATE(oom_rs, 5ULL * NSEC_PER_SEC, 10);

static bool is_memcg_oom(const struct oom_control *oc)
{
	return oc->memcg;
}

/* A person asked: he wants somebody killed, whatever the state of memory. */
static bool is_sysrq_oom(const struct oom_control *oc)
{
	return oc->order == -1;
}

/* ---- notifiers ---- */

static BLOCKING_NOTIFIER_HEAD(oom_notify_list);

int register_oom_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&oom_notify_list, nb);
}
EXPORT_SYMBOL_GPL(register_oom_notifier);

int unregister_oom_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&oom_notify_list, nb);
}
EXPORT_SYMBOL_GPL(unregister_oom_notifier);

/* Has anybody been able to help? */
static bool ask_notifiers(const struct oom_control *oc)
{
	unsigned long freed = 0;

	if (is_memcg_oom(oc))
		return false;
	blocking_notifier_call_chain(&oom_notify_list, 0, &freed);
	return freed && !is_sysrq_oom(oc);
}

/* ---- whom ---- */

long oom_badness(const struct mm_struct *mm, unsigned long totalpages)
{
	long adj = READ_ONCE(mm->oom_score_adj);
	long points = get_mm_rss(mm) + mm_pgtables_bytes(mm) / PAGE_SIZE;

	if (adj == OOM_SCORE_ADJ_MIN || test_bit(MMF_OOM_SKIP, &mm->flags))
		return LONG_MIN;
	return points + adj * (long)(totalpages / 1000) + adj * (long)(totalpages % 1000) / 1000;
}

static void choose(struct oom_control *oc, struct mm_struct *mm, long points)
{
	if (oc->chosen)
		mmdrop(oc->chosen);
	mmgrab(mm);
	oc->chosen = mm;
	oc->chosen_points = points;
}

static bool is_worse(const struct oom_control *oc, long points)
{
	if (points == LONG_MIN || !oc->chosen)
		return points != LONG_MIN;
	if (points == oc->chosen_points)
		return oc->chosen != current->mm;
	return points > oc->chosen_points;
}

/* False: no need to look any further. */
static bool evaluate(struct oom_control *oc, struct mm_struct *mm)
{
	long points;

	if (!oom_concerns(oc, mm))
		return true;
	if (test_bit(MMF_OOM_VICTIM, &mm->flags) && !is_sysrq_oom(oc))
		return test_bit(MMF_OOM_SKIP, &mm->flags);
	points = oom_badness(mm, oc->totalpages);
	if (is_worse(oc, points))
		choose(oc, mm, points);
	return true;
}

static void select_bad_process(struct oom_control *oc)
{
	struct mm_struct *mm;

	for_each_mm_grab(mm) {
		if (evaluate(oc, mm))
			continue;
		mmdrop(mm);
		if (oc->chosen)
			mmdrop(oc->chosen);
		oc->chosen = OOM_ABORTED;
		return;
	}
}

/* ---- killing ---- */

/* It has been killed, and its memory will go. */
static bool task_will_free_mem(const struct mm_struct *mm)
{
	return mm && test_bit(MMF_EXITING, &mm->flags) && !test_bit(MMF_OOM_SKIP, &mm->flags);
}

static void mark_oom_victim(struct mm_struct *mm)
{
	set_bit(MMF_OOM_VICTIM, &mm->flags);
}

/* The signal first: reserves are for those who end. */
static void __oom_kill_process(struct mm_struct *victim, const char *message)
{
	count_vm_event(OOM_KILL);
	kill_process(victim);
	memcg_memory_event_mm(victim, MEMCG_OOM_KILL);
	mark_oom_victim(victim);
	oom_report_kill(victim, message);
	queue_oom_reaper(victim);
}

static void oom_kill_process(struct oom_control *oc, const char *message)
{
	if (task_will_free_mem(oc->chosen)) {
		mark_oom_victim(oc->chosen);
		queue_oom_reaper(oc->chosen);
	} else {
		if (__ratelimit(&oom_rs))
			oom_dump_header(oc);
		__oom_kill_process(oc->chosen, message);
	}
	mmdrop(oc->chosen);
}

/* ---- the way in ---- */

static void constrain(struct oom_control *oc)
{
	oc->constraint = is_memcg_oom(oc) ? CONSTRAINT_MEMCG : CONSTRAINT_NONE;
	oc->totalpages = totalram_pages();
	if (is_memcg_oom(oc))
		oc->totalpages = clamp(oc->memcg->memory.max, 1UL, oc->totalpages);
}

static void check_panic_on_oom(struct oom_control *oc)
{
	if (likely(!sysctl_panic_on_oom) || is_sysrq_oom(oc))
		return;
	if (sysctl_panic_on_oom != 2 && oc->constraint != CONSTRAINT_NONE)
		return;
	oom_dump_header(oc);
	panic("Out of memory: %s panic_on_oom is enabled\n",
	      sysctl_panic_on_oom == 2 ? "compulsory" : "system-wide");
}

static bool kill_allocating_task(struct oom_control *oc)
{
	struct mm_struct *mm = current->mm;

	if (is_memcg_oom(oc) || !sysctl_oom_kill_allocating_task || !mm ||
	    mm->oom_score_adj == OOM_SCORE_ADJ_MIN)
		return false;
	mmgrab(mm);
	oc->chosen = mm;
	oom_kill_process(oc, "Out of memory (oom_kill_allocating_task)");
	return true;
}

static bool nobody_to_kill(struct oom_control *oc)
{
	oom_dump_header(oc);
	pr_warn("Out of memory and no killable processes...\n");
	if (!is_sysrq_oom(oc) && !is_memcg_oom(oc))
		panic("System is deadlocked on memory\n");
	return false;
}

bool out_of_memory(struct oom_control *oc)
{
	if (ask_notifiers(oc))
		return true;
	if (task_will_free_mem(current->mm)) {
		mark_oom_victim(current->mm);
		queue_oom_reaper(current->mm);
		return true;
	}
	if (oc->gfp_mask && !(oc->gfp_mask & __GFP_FS) && !is_memcg_oom(oc))
		return true;
	constrain(oc);
	check_panic_on_oom(oc);
	if (kill_allocating_task(oc))
		return true;
	select_bad_process(oc);
	if (!oc->chosen)
		return nobody_to_kill(oc);
	if (oc->chosen != OOM_ABORTED)
		oom_kill_process(oc, is_memcg_oom(oc) ? "Memory cgroup out of memory" :
							"Out of memory");
	return true;
}
