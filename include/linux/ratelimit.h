/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RATELIMIT_H
#define _LINUX_RATELIMIT_H

#include <linux/types.h>

/* So many messages in so long a time, and no more. */
struct ratelimit_state {
	u64 interval;		/* nanoseconds; 0: no limit */
	int burst;		/* messages in it */
	int printed;
	int missed;		/* since the interval began */
	u64 begin;		/* when it began; 0: not yet */
};

#define DEFINE_RATELIMIT_STATE(name, interval_ns, burst_count) \
	struct ratelimit_state name = { .interval = (interval_ns), .burst = (burst_count) }

/* May another message be printed? Says how many were not, when a new interval begins. Any context. */
bool ___ratelimit(struct ratelimit_state *rs, const char *func);
#define __ratelimit(state) ___ratelimit(state, __func__)

/* Begin anew. */
static inline void ratelimit_state_reset(struct ratelimit_state *rs)
{
	rs->begin = 0;
	rs->printed = 0;
	rs->missed = 0;
}

#endif /* _LINUX_RATELIMIT_H */
