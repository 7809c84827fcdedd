/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_PSI_TYPES_H
#define _LINUX_PSI_TYPES_H

#include <linux/types.h>

enum psi_states {
	PSI_MEM_SOME,		/* somebody waits for memory */
	PSI_MEM_FULL,		/* and nobody does anything else */
	NR_PSI_STATES
};

enum psi_avgs { PSI_AVG10, PSI_AVG60, PSI_AVG300, NR_PSI_AVGS };

/*
 *	total[PSI_MEM_FULL] <= total[PSI_MEM_SOME] <= the time since boot
 *	avg_total[s] <= total[s]
 */
struct psi_group {
	u64 changed;				/* ns: the totals are right up to then */
	bool holds[NR_PSI_STATES];		/* since then */
	u64 total[NR_PSI_STATES];		/* ns */
	u64 avg_total[NR_PSI_STATES];		/* of it, what is in the averages already */
	u64 avg_next_update;			/* ns: the end of this period */
	unsigned long avg[NR_PSI_STATES][NR_PSI_AVGS];	/* percent, in 2048ths */
};

#define PSI_PERIOD	2000000000ULL		/* ns: the averages' step */
#define PSI_GROUP_INIT	{ .avg_next_update = PSI_PERIOD }

#endif /* _LINUX_PSI_TYPES_H */
