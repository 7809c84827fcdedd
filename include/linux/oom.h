/* SPDX-License-Identifier: MIT */
/* The OOM killer: mm/oom_kill.c. */
#ifndef _LINUX_OOM_H
#define _LINUX_OOM_H

#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct mem_cgroup;

/* Who is out of memory: the request that found none, or a group that is at its limit. */
struct oom_control {
	struct mem_cgroup *memcg;	/* NULL: the machine */
	gfp_t gfp_mask;
	int order;
};

extern struct mutex oom_lock;		/* one at a time */

/*
 * Kill somebody, so that there is memory again. False: nobody was killed, and nobody is dying.
 * With oom_lock taken; process context.
 */
bool out_of_memory(struct oom_control *oc);

/* Has @task been chosen, and is it dying? Its own requests may use a part of the reserves. */
static inline bool tsk_is_oom_victim(struct task_struct *task)
{
	return false;
}

#endif /* _LINUX_OOM_H */
