// SPDX-License-Identifier: MIT
/*
 * The state of memory as a report in the log, when somebody asks or an allocation has failed. Each
 * chapter's part of it registers itself (MEMORY_REPORT in hooks.h; they are in mm/show/).
 */
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/time64.h>

#include "internal.h"

DEFINE_RATELIMIT_STATE(nopage_rs, 10ULL * NSEC_PER_SEC, 1);

void show_mem(void)
{
	const struct memory_report *const *report;

	for_each_registered(memory_reports, report)
		(*report)->show();
}

void report_alloc_failure(gfp_t gfp, unsigned int order)
{
	pr_warn("%s: page allocation failure: order:%u, mode:%#x(%pGg), nodemask=(null)\n",
		current->comm, order, gfp, &gfp);
	dump_stack();
	show_mem();
}
