// SPDX-License-Identifier: MIT
/*
 * Soft lockups: a CPU that takes interrupts, but has long given no thread a chance to run.
 *
 * 1. The idea
 * Every tick looks at what it has interrupted. Where preemption was possible there, or the CPU
 * was idle, all is well, and the time is noted. If that has not been so in any tick for 20
 * seconds, somebody holds a spinlock, or runs softirqs, without end: it is reported, with the
 * place. (Linux has a thread of high priority note the time; that it cannot run is the same
 * condition.) Where interrupts are off as well, no tick comes, and only the NMI watchdog notices
 * (hardlockup.c).
 *
 * 2. Locking
 * None: each CPU's notes are its own, and used in its interrupts.
 */
#include <asm/hardirq.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/nmi.h>
#include <linux/percpu-defs.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <quarry/softlockup.h>

unsigned int softlockup_thresh_ms = 20000;

struct notes {
	u64 well_since;		/* ktime; 0: from the next tick on */
	bool reported;
};

static DEFINE_PER_CPU(struct notes, softlockup);

void touch_softlockup_watchdog(void)
{
	struct notes *notes = raw_cpu_ptr(&softlockup);

	WRITE_ONCE(notes->well_since, 0);
}

/* preempt_count() also counts the tick's own interrupt. */
static bool all_is_well(void)
{
	return preempt_count() == HARDIRQ_OFFSET || is_idle_task(current);
}

static void report(const struct notes *notes, u64 now)
{
	pr_emerg("watchdog: BUG: soft lockup - CPU#%u stuck for %us! [%s:%d]\n",
		 raw_smp_processor_id(), (u32)div_u64(now - notes->well_since, NSEC_PER_SEC),
		 current->comm, current->pid);
	show_irq_regs();
}

void softlockup_tick(void)
{
	struct notes *notes = raw_cpu_ptr(&softlockup);
	u64 now = ktime_get_ns();

	if (!notes->well_since || all_is_well()) {
		notes->well_since = now;
		notes->reported = false;
	} else if (softlockup_thresh_ms && !notes->reported &&
		   now - notes->well_since > softlockup_thresh_ms * (u64)NSEC_PER_MSEC) {
		notes->reported = true;
		report(notes, now);
	}
}
