// SPDX-License-Identifier: MIT
/*
 * Quiet between two cases. Many a case counts pages or areas before and after. So each begins when what
 * was left to others has been done: a thread's stack is freed some time after its end, and a worker that
 * is one too many goes. Kswapd frees what others have cached, as long as memory is short.
 */
#include <kunit/settle.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define PATIENCE	(2 * HZ)

static bool is_anybody_ending(void)
{
	struct task_struct *task = NULL;
	bool ending = false;

	while ((task = next_task_get(task)))
		ending |= !!(READ_ONCE(task->flags) & PF_EXITING);
	return ending;
}

/*
 * Who is off the list of threads may be about to drop its stack, on another CPU, with interrupts off: when
 * this has run there, it has.
 */
static void pass_by(void *unused)
{
}

static bool all_at_rest(void)
{
	return kswapd_at_rest() && !is_anybody_ending() && workqueues_at_rest();
}

void kunit_settle(void)
{
	unsigned long end = jiffies + PATIENCE;
	bool waited = false;

	while (!all_at_rest() && time_before(jiffies, end)) {
		schedule_timeout_uninterruptible(1);
		waited = true;
	}
	if (waited)		/* who is off the list of threads may not have dropped his stack yet */
		synchronize_rcu();
	on_each_cpu(pass_by, NULL, 1);
	vm_unmap_aliases();
}
