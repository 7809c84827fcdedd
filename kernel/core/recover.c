// SPDX-License-Identifier: MIT
/*
 * Where to go on after a fault: see <quarry/recover.h>. One stack of them, since there is one
 * thread.
 */
#include <linux/bug.h>
#include <linux/preempt.h>
#include <quarry/recover.h>

static struct recovery *innermost;

void recovery_push(struct recovery *r)
{
	r->outer = innermost;
	r->preempt_count = preempt_count();
	innermost = r;
}

void recovery_pop(struct recovery *r)
{
	WARN_ON(innermost != r);
	innermost = r->outer;
}

struct recovery *recovery_take(void)
{
	struct recovery *r = innermost;

	if (r) {
		innermost = r->outer;
		preempt_count_set(r->preempt_count);
	}
	return r;
}
