// SPDX-License-Identifier: MIT
/*
 * Keeping the CPU busy for a time: by the time-stamp counter; on a machine without one, by the
 * 8254's count from tick to tick; before that runs, by writes to a port nobody listens to, which
 * take about a microsecond each on a real bus.
 */
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <quarry/pit.h>
#include <quarry/time.h>

static void wait_cycles(u64 cycles)
{
	u64 start = rdtsc();

	while (rdtsc() - start < cycles)
		cpu_relax();
}

/* The count goes from PIT_LATCH down to 1, again and again; we look often enough to see that. */
static void wait_pit_counts(u64 counts)
{
	u32 last = pit_tick_count(), now;
	u64 waited = 0;

	while (waited < counts) {
		cpu_relax();
		now = pit_tick_count();
		waited += last >= now ? last - now : last + PIT_LATCH - now;
		last = now;
	}
}

static void wait_ns(u64 ns)
{
	if (tsc_khz)
		wait_cycles(div_u64(ns * tsc_khz, 1000000) + 1);
	else if (pit_tick_runs())
		wait_pit_counts(div_u64(ns * PIT_HZ, 1000000000) + 2);
	else
		for (u32 us = div_u64(ns, 1000) + 1; us; us--)
			io_delay();
}

void __ndelay(unsigned long nsecs)
{
	wait_ns(nsecs);
}

void __udelay(unsigned long usecs)
{
	wait_ns((u64)usecs * 1000);
}
