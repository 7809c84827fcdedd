// SPDX-License-Identifier: MIT
/* Messages that must not fill the log: <linux/ratelimit.h>. */
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched/clock.h>

bool ___ratelimit(struct ratelimit_state *rs, const char *func)
{
	u64 now = local_clock();

	if (!rs->interval)
		return true;
	if (!rs->begin || now - rs->begin >= rs->interval) {
		if (rs->missed)
			pr_warn("%s: %d callbacks suppressed\n", func, rs->missed);
		ratelimit_state_reset(rs);
		rs->begin = now ?: 1;
	}
	if (rs->printed < rs->burst) {
		rs->printed++;
		return true;
	}
	rs->missed++;
	return false;
}
