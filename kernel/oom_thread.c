// SPDX-License-Identifier: MIT
/* The OOM reaper's thread: mm/, where its work is, stands below threads. */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/oom.h>

void __init oom_reaper_start(void)
{
	BUG_ON(IS_ERR(kthread_run(oom_reaper, NULL, "oom_reaper")));
}
