/* SPDX-License-Identifier: MIT */
/*
 * Out of memory: when nothing else helps, a process is killed. mm/oom_kill.c.
 */
#ifndef _LINUX_OOM_H
#define _LINUX_OOM_H

#include <linux/bitops.h>
#include <linux/gfp_types.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>

/* mm->oom_score_adj: how much of all memory a process counts as having more or less, in thousandths. */
#define OOM_SCORE_ADJ_MIN	(-1000)		/* it is never chosen */
#define OOM_SCORE_ADJ_MAX	1000

enum oom_constraint {
	CONSTRAINT_NONE,
	CONSTRAINT_CPUSET,		/* these two are Linux's only */
	CONSTRAINT_MEMORY_POLICY,
	CONSTRAINT_MEMCG,
};

/* What was asked for when memory ran out, and what has come of it. */
struct oom_control {
	struct mem_cgroup *memcg;	/* whose limit it was; NULL: there is no memory at all */
	const gfp_t gfp_mask;
	const int order;		/* -1: a person asked for it */

	/* out_of_memory()'s own */
	unsigned long totalpages;	/* that could be had */
	struct mm_struct *chosen;	/* with mmgrab(); OOM_ABORTED: somebody is being killed already */
	long chosen_points;
	enum oom_constraint constraint;
};

#define OOM_ABORTED	((struct mm_struct *)-1UL)

/* One at a time. Whoever allocates only tries to take it: another is killing, so memory will come. */
extern struct mutex oom_lock;

/*
 * Kill a process, or see that one is ending, or have found memory otherwise: true, and it is worth trying
 * again, after a moment. False: there is nobody to be killed, of the group (where it is the machine,
 * this panics). For masks without __GFP_FS true, though nothing has been done: the caller may
 * hold what a process needs to end. The caller has oom_lock. May sleep.
 */
bool out_of_memory(struct oom_control *oc);

/*
 * How much would be gained by killing @mm, in pages, and with its oom_score_adj; LONG_MIN: it must not be,
 * or has been. @totalpages: what oom_score_adj is a part of.
 */
long oom_badness(const struct mm_struct *mm, unsigned long totalpages);

/*
 * Is @tsk's process one that was chosen? Then it may use reserves, so that it can end, and is not to
 * enter reclaim or this again. @tsk is the caller, or does not run.
 */
static inline bool tsk_is_oom_victim(const struct task_struct *tsk)
{
	return tsk->mm && test_bit(MMF_OOM_VICTIM, &tsk->mm->flags);
}

/*
 * Whoever may be able to give memory back, though with difficulty, is asked before anybody is
 * killed: @data is an unsigned long *, to which he adds how many pages that were. 0 or -EEXIST, -ENOENT.
 */
struct notifier_block;
int register_oom_notifier(struct notifier_block *nb);
int unregister_oom_notifier(struct notifier_block *nb);

/* /proc/sys/vm */
extern int sysctl_panic_on_oom;			/* 1: instead of killing; 2: also for a group's limit */
extern int sysctl_oom_kill_allocating_task;	/* not the worst, but whoever asks */
extern int sysctl_oom_dump_tasks;		/* the table of processes in the report */

/* The thread that takes the memory of those who do not end: mm/oom_reaper.c. kernel/oom_thread.c runs it. */
int oom_reaper(void *unused);
void oom_reaper_start(void);

#endif /* _LINUX_OOM_H */
