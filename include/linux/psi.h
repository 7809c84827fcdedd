/* SPDX-License-Identifier: MIT */
/*
 * Pressure stall information: for how much of the time threads could not go on because memory was
 * short. Who begins to reclaim, or to wait for memory, says so, and says when it goes on:
 *
 *	unsigned long pflags;
 *
 *	psi_memstall_enter(&pflags);
 *	…
 *	psi_memstall_leave(&pflags);
 *
 * It nests. (Linux's accounting/psi.rst; kernel/sched/psi.c)
 */
#ifndef _LINUX_PSI_H
#define _LINUX_PSI_H

#include <linux/psi_types.h>
#include <linux/seq_file.h>

/* Both by the thread itself. Any context in which there is one; they never sleep. */
void psi_memstall_enter(unsigned long *flags);
void psi_memstall_leave(unsigned long *flags);

/* The whole machine's. Read it through psi_show(). */
extern struct psi_group psi_system;

/*
 * From @now (ns, no earlier than the last time) on, @stalled threads wait for memory, and (@works) some
 * other thread runs. One caller at a time.
 */
void psi_group_change(struct psi_group *group, u64 now, unsigned int stalled, bool works);

/* /proc/pressure/memory's two lines, of a group that has been brought up to date. */
void psi_show(struct seq_file *m, const struct psi_group *group);

#endif /* _LINUX_PSI_H */
