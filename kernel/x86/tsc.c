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
#define MAX_POLLS	1000000

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

/* Ticks since clock_start(), at least MIN_TICKS; 0 when the timer ran out, or does not count. */
static u32 __init ticks_elapsed(void)
{
	unsigned int polls;
	u32 ticks = 0;

	for (polls = 0; ticks < MIN_TICKS && polls < MAX_POLLS; polls++)
		ticks = pit_countdown_elapsed();
	return ticks < MIN_TICKS || ticks == PIT_EXPIRED ? 0 : ticks;
}

/* The timer runs out after 55 ms. Where boot, or its host, was slower, measure again from here. */
static u32 __init ticks_of_some_interval(void)
{
	u32 ticks = ticks_elapsed();
	int tries;

	for (tries = 0; !ticks && tries < 3; tries++) {
		clock_start();
		ticks = ticks_elapsed();
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
	ticks = ticks_of_some_interval();
	cycles = rdtsc() - start_tsc;
	if (!ticks) {
		pr_notice("clock: the 8254 timer does not count, log lines carry no time\n");
		return;
	}
	tsc_khz = div_u64(cycles * PIT_HZ, ticks * 1000);
	ns_multiplier = div_u64((1000000ULL << CLOCK_SHIFT) + tsc_khz / 2, tsc_khz);
	pr_info("tsc: Detected %u.%03u MHz processor\n", tsc_khz / 1000, tsc_khz % 1000);
}
