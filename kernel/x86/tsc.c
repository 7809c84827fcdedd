// SPDX-License-Identifier: MIT
/*
 * Time since boot, from the time-stamp counter. How fast it counts, the 8254 timer tells: its
 * count is noted at the start of boot and again at the end, so that boot itself is the interval
 * and nothing has to wait. Before the second reading, local_clock() is 0.
 */
#include <asm/msr.h>
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <quarry/pit.h>
#include <quarry/time.h>

#define CLOCK_SHIFT	22
#define MIN_TICKS	(PIT_HZ / 1000)		/* a millisecond: the error is then below 0.1 % */

u32 tsc_khz;

extern u64 boot_tsc;		/* boot/start.S: at the first instruction */

static u32 ns_multiplier;	/* nanoseconds << CLOCK_SHIFT per cycle; 0: not yet known */
static u64 start_tsc;

u64 local_clock(void)
{
	if (!ns_multiplier)
		return 0;
	return mul_u64_u32_shr(rdtsc() - boot_tsc, ns_multiplier, CLOCK_SHIFT);
}

u64 cycles_since_start(void)
{
	return boot_cpu.tsc ? rdtsc() - boot_tsc : 0;
}

void __init clock_start(void)
{
	if (!boot_cpu.tsc)
		return;
	pit_start_countdown();
	start_tsc = rdtsc();
}

/* The timer runs out after 55 ms; a slow boot therefore measures again, over the shortest interval. */
static u32 __init ticks_elapsed(void)
{
	u32 ticks = pit_countdown_elapsed();

	if (ticks == PIT_EXPIRED)
		clock_start();
	while (ticks < MIN_TICKS || ticks == PIT_EXPIRED) {
		u32 now = pit_countdown_elapsed();

		if (rdtsc() - start_tsc > 20000000000ULL)
			return 0;		/* the timer does not count */
		ticks = now;
	}
	return ticks;
}

void __init clock_calibrate(void)
{
	u32 ticks;
	u64 cycles;

	if (!boot_cpu.tsc) {
		pr_notice("clock: no time-stamp counter, log lines carry no time\n");
		return;
	}
	ticks = ticks_elapsed();
	cycles = rdtsc() - start_tsc;
	if (!ticks) {
		pr_notice("clock: the 8254 timer does not count, log lines carry no time\n");
		return;
	}
	tsc_khz = div_u64(cycles * PIT_HZ, ticks * 1000);
	ns_multiplier = div_u64((1000000ULL << CLOCK_SHIFT) + tsc_khz / 2, tsc_khz);
	pr_info("tsc: Detected %u.%03u MHz processor\n", tsc_khz / 1000, tsc_khz % 1000);
}
