// SPDX-License-Identifier: MIT
/*
 * The tick. HZ times a second each CPU is interrupted by its tick source: the local APIC's timer, or the
 * 8254. Each looks after its own timers, its own thread's time slice and its share of RCU; the first CPU
 * counts jiffies (timekeeping.c). Ticks do not stop while a CPU idles.
 */
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/rcutree.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <quarry/scheduler.h>
#include <quarry/softlockup.h>
#include <quarry/tick.h>
#include <quarry/watchdog.h>

static const struct tick_source *source;

static bool counts_jiffies(void)
{
	return raw_smp_processor_id() == 0;
}

void tick_handle(void)
{
	if (counts_jiffies())
		count_jiffies();
	run_local_timers();
	rcu_sched_clock_irq(0);
	softlockup_tick();
	hardlockup_tick();
	scheduler_tick();
}

void tick_set_source(const struct tick_source *new)
{
	source = new;
}

void tick_start(void)
{
	source->start();
}

void tick_suspend(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (source)
		source->stop();
	local_irq_restore(flags);
}

void tick_resume(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (source) {
		source->start();
		if (counts_jiffies())
			count_jiffies();
		touch_softlockup_watchdog();
	}
	local_irq_restore(flags);
}
