// SPDX-License-Identifier: MIT
/*
 * Hard lockups: a CPU that takes no interrupts any more.
 *
 * 1. The idea
 * Each tick leaves a mark for its CPU. Twice a second the first CPU looks whether all have left one;
 * if so, it takes the marks away and starts the watchdog's device anew (drivers/ib700.c). Where a CPU
 * keeps interrupts off there is no mark, the device runs out, and its NMI reaches the first CPU all
 * the same. (Linux counts ticks in the same way; its NMIs come from each CPU's performance counters.)
 *
 * 2. Doubt
 * An emulator whose host is busy has ticks and NMI come late together, the NMI first. So the first
 * one is but a warning: it takes the marks, too, and the device gets its shortest time. A tick that
 * was only late comes before the second.
 *
 * 3. Locking, contexts
 * None: a mark is set by its CPU, and taken away by the first; the rest is the first CPU's. Before
 * there are ticks, and while interrupts are off for good reason, touch_nmi_watchdog() must be called.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/nmi.h>
#include <linux/percpu-defs.h>
#include <linux/smp.h>
#include <quarry/watchdog.h>

#define LOOK_EVERY	(HZ / 2)

static DEFINE_PER_CPU(bool, ticked);
static unsigned int ticks;
static bool in_doubt;

/* A CPU without a mark; nr_cpu_ids: there is none. */
static unsigned int silent_cpu(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (!READ_ONCE(per_cpu(ticked, cpu)))
			return cpu;
	return nr_cpu_ids;
}

static void take_marks(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		WRITE_ONCE(per_cpu(ticked, cpu), false);
}

void hardlockup_tick(void)
{
	unsigned int cpu = raw_smp_processor_id();

	WRITE_ONCE(per_cpu(ticked, cpu), true);
	if (cpu || ++ticks % LOOK_EVERY || silent_cpu() < nr_cpu_ids)
		return;
	take_marks();
	in_doubt = false;
	touch_nmi_watchdog();
}

int hardlockup_cpu(void)
{
	unsigned int cpu = silent_cpu();

	if (in_doubt && cpu < nr_cpu_ids)
		return cpu;
	in_doubt = true;
	take_marks();
	watchdog_last_chance();
	return -1;
}
