// SPDX-License-Identifier: MIT
/*
 * What the OOM killer says: who asked for what, the state of memory, who owns how much, who is killed,
 * and what became of it. In Linux's words, line by line, so that what is written about those (and the
 * tools that look for them in logs) serves here, too.
 *
 * Sizes in the table are in pages, those of the last line in kB. What does not exist here is 0, or "/":
 * users, swap, files, cpusets.
 */
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>

#include "internal.h"

int sysctl_oom_dump_tasks = 1;

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

static void dump_process(const struct mm_struct *mm)
{
	pr_info("[%7d] %5d %5d %8lu %8lu %8lu %8lu         %5hd %s\n", mm->pid, 0, mm->pid,
		mm_total_vm(mm), get_mm_rss(mm), mm_pgtables_bytes(mm),
		get_mm_counter(mm, MM_SWAPENTS), mm->oom_score_adj, mm->comm);
}

static void dump_processes(const struct oom_control *oc)
{
	struct mm_struct *mm;

	pr_info("Tasks state (memory values in pages):\n");
	pr_info("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n");
	for_each_mm_grab(mm)
		if (oom_concerns(oc, mm))
			dump_process(mm);
}

static void dump_summary(const struct oom_control *oc)
{
	static const char *const constraints[] = {
		[CONSTRAINT_NONE] = "CONSTRAINT_NONE",
		[CONSTRAINT_CPUSET] = "CONSTRAINT_CPUSET",
		[CONSTRAINT_MEMORY_POLICY] = "CONSTRAINT_MEMORY_POLICY",
		[CONSTRAINT_MEMCG] = "CONSTRAINT_MEMCG",
	};
	const struct mm_struct *mm = oc->chosen;

	pr_info("oom-kill:constraint=%s,nodemask=(null),cpuset=/,mems_allowed=0",
		constraints[oc->constraint]);
	mem_cgroup_print_oom_context(oc->memcg, mm);
	pr_cont(",task=%s,pid=%d,uid=0\n", mm->comm, mm->pid);
}

void oom_dump_header(const struct oom_control *oc)
{
	pr_warn("%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d, oom_score_adj=%d\n",
		current->comm, oc->gfp_mask, &oc->gfp_mask, oc->order,
		current->mm ? current->mm->oom_score_adj : 0);
	dump_stack();
	if (oc->memcg)
		mem_cgroup_print_oom_meminfo(oc->memcg);
	else
		show_mem();
	if (sysctl_oom_dump_tasks)
		dump_processes(oc);
	if (oc->chosen)
		dump_summary(oc);
}

void oom_report_kill(const struct mm_struct *mm, const char *message)
{
	pr_err("%s: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB, "
	       "shmem-rss:%lukB, UID:0 pgtables:%lukB oom_score_adj:%hd\n", message, mm->pid, mm->comm,
	       K(mm_total_vm(mm)), K(get_mm_counter(mm, MM_ANONPAGES)),
	       K(get_mm_counter(mm, MM_FILEPAGES)), K(get_mm_counter(mm, MM_SHMEMPAGES)),
	       mm_pgtables_bytes(mm) >> 10, mm->oom_score_adj);
}

void oom_report_reaped(const struct mm_struct *mm)
{
	pr_info("oom_reaper: reaped process %d (%s), now anon-rss:%lukB, file-rss:%lukB, "
		"shmem-rss:%lukB\n", mm->pid, mm->comm, K(get_mm_counter(mm, MM_ANONPAGES)),
		K(get_mm_counter(mm, MM_FILEPAGES)), K(get_mm_counter(mm, MM_SHMEMPAGES)));
}
