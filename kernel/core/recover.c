// SPDX-License-Identifier: MIT
/*
 * Where to go on after a fault: see <quarry/recover.h>. Each thread has a stack of them.
 */
#include <linux/bug.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <quarry/recover.h>

void recovery_push(struct recovery *r)
{
	r->outer = current->recovery;
	r->preempt_count = preempt_count();
	r->lockdep_depth = lockdep_depth(current);
	current->recovery = r;
}

void recovery_pop(struct recovery *r)
{
	WARN_ON(current->recovery != r);
	current->recovery = r->outer;
}

struct recovery *recovery_take(void)
{
	struct recovery *r = current->recovery;

	if (r) {
		current->recovery = r->outer;
		preempt_count_set(r->preempt_count);
		lockdep_set_depth(current, r->lockdep_depth);
	}
	return r;
}
