// SPDX-License-Identifier: MIT
/*
 * What vfree() has put off, because it was called where nobody may wait, is done by a work item.
 * mm/vmalloc.c stands below the work queues, so it asks through a pointer.
 */
#include <linux/init.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

static void do_deferred(struct work_struct *work)
{
	vmalloc_do_deferred();
}

static DECLARE_WORK(vfree_work, do_deferred);

static void ask(void)
{
	schedule_work(&vfree_work);
}

void __init vfree_work_init(void)
{
	vmalloc_ask_worker = ask;
}
