// SPDX-License-Identifier: MIT
/* The thread that kswapd (mm/vmscan.c) runs in: mm/ stands below those who make threads. */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/printk.h>
#include <linux/swap.h>

static struct task_struct *thread;

void kswapd_run(int nid)
{
	kswapd_end(false);
	thread = kthread_run(kswapd, NULL, "kswapd%d", nid);
	if (!IS_ERR(thread))
		return;
	pr_err("Failed to start kswapd on node %d\n", nid);
	thread = NULL;
}

void kswapd_stop(int nid)
{
	if (!thread)
		return;
	kswapd_end(true);
	kthread_stop(thread);
	thread = NULL;
}
