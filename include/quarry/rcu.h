/* SPDX-License-Identifier: MIT */
/* RCU's state, for those who show it; and what tests turn. */
#ifndef _QUARRY_RCU_H
#define _QUARRY_RCU_H

#include <linux/cpumask.h>
#include <linux/types.h>

struct rcu_status {
	unsigned long started, completed;	/* numbers of grace periods */
	struct cpumask waiting;			/* who holds up the one that is under way */
	unsigned long ticks;			/* for how long */
	unsigned long callbacks[NR_CPUS];	/* that have not run */
};
void rcu_get_status(struct rcu_status *status);

/* Has this CPU callbacks that have not run? */
bool rcu_has_callbacks(void);

/* rcupdate.rcu_cpu_stall_timeout=: after so many seconds, who holds up a grace period is reported. */
extern int rcu_cpu_stall_timeout;

/* Return when all that kfree_rcu() was given before is free. May sleep. (mm/kfree_rcu.c) */
void kvfree_rcu_barrier(void);
/* main.c: kfree_rcu() is legal. (mm/kfree_rcu.c) */
void kfree_rcu_init(void);

#endif /* _QUARRY_RCU_H */
