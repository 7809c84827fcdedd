// SPDX-License-Identifier: MIT
/* crash: no memory, and nobody who could be killed, or who should. */
#include <linux/oom.h>
#include <linux/sched/mm.h>

#include "monitor.h"

/* As the page allocator does when a request has found nothing. */
static void run_out(void)
{
	struct oom_control oc = { .gfp_mask = GFP_KERNEL };

	mutex_lock(&oom_lock);
	out_of_memory(&oc);
	mutex_unlock(&oom_lock);
}

void crash_oom_deadlock(void)
{
	struct mm_struct *mm;

	for_each_mm_grab(mm)
		mm->oom_score_adj = OOM_SCORE_ADJ_MIN;
	run_out();
}

void crash_oom_panic(void)
{
	sysctl_panic_on_oom = 1;
	run_out();
}
