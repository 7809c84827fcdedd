// SPDX-License-Identifier: MIT
/*
 * Time since boot, from the time-stamp counter. How fast it counts, the 8254 timer tells: its
 * count is noted at the start of boot and again at the end, so that boot itself is the interval
 * and nothing has to wait. Before the second reading, local_clock() is 0; on a machine without
 * such a counter it is the time of the last tick.
 */
#include <asm/msr.h>
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <quarry/pit.h>
#include <quarry/time.h>

#define CLOCK_SHIFT	22
#define MIN_TICKS	(PIT_HZ / 1000)		/* a millisecond: the error is then below 0.1 % */
#define MAX_POLLS	200000
#define SAMPLES		5

u32 tsc_khz;

extern u64 boot_tsc;		/* boot/start.S: at the first instruction */

static u32 ns_multiplier;	/* nanoseconds << CLOCK_SHIFT per cycle; 0: not yet known */

u64 local_clock(void)
{
	if (!ns_multiplier)
		return jiffies64_to_nsecs(get_jiffies_64() - INITIAL_JIFFIES);
	return mul_u64_u32_shr(rdtsc() - boot_tsc, ns_multiplier, CLOCK_SHIFT);
}

u64 cycles_since_start(void)
{
	return boot_cpu.tsc ? rdtsc() - boot_tsc : 0;
}

/* ---- how fast something counts ---- */

/*
 * Between two readings anything may happen, above all to an emulator, which its host may put
 * aside for milliseconds. So both are read several times, the 8254 between two readings of the
 * counter, and the readings count that took the least time.
 */
static struct clock_sample take_sample(u64 (*counter)(void))
{
	struct clock_sample best = {};
	u64 least = ~0ULL;
	int tries;

	for (tries = 0; tries < SAMPLES; tries++) {
		u64 before = counter();
		u32 pit = pit_countdown_elapsed();
		u64 took = counter() - before;

		if (took < least) {
			least = took;
			best = (struct clock_sample){ before + took / 2, pit };
		}
	}
	return best;
}

struct clock_sample __init calibration_begin(u64 (*counter)(void))
{
	pit_start_countdown();
	return take_sample(counter);
}

/* Counts of the 8254 between the two, at least MIN_TICKS; 0: it ran out, or does not count. */
static u32 __init ticks_elapsed(u64 (*counter)(void), const struct clock_sample *first,
				struct clock_sample *last)
{
	unsigned int polls;

	for (polls = 0; polls < MAX_POLLS; polls++) {
		*last = take_sample(counter);
		if (last->pit == PIT_EXPIRED || first->pit == PIT_EXPIRED)
			return 0;
		if (last->pit - first->pit >= MIN_TICKS)
			return last->pit - first->pit;
	}
	return 0;
}

/* The 8254 runs out after 55 ms. Where it took longer than that, measure again from here. */
u32 __init calibration_end(u64 (*counter)(void), struct clock_sample first)
{
	struct clock_sample last;
	u32 ticks = ticks_elapsed(counter, &first, &last);
	int tries;

	for (tries = 0; !ticks && tries < 3; tries++) {
		first = calibration_begin(counter);
		ticks = ticks_elapsed(counter, &first, &last);
	}
	return ticks ? div_u64((last.count - first.count) * PIT_HZ, ticks * 1000) : 0;
}

/* ---- the time-stamp counter ---- */

static struct clock_sample started;

void __init clock_start(void)
{
	if (boot_cpu.tsc)
		started = calibration_begin(rdtsc);
}

void __init clock_calibrate(void)
{
	if (!boot_cpu.tsc) {
		pr_notice("clock: no time-stamp counter, time is counted in ticks\n");
		return;
	}
	tsc_khz = calibration_end(rdtsc, started);
	if (!tsc_khz) {
		pr_notice("clock: the 8254 timer does not count, time is counted in ticks\n");
		return;
	}
	ns_multiplier = div_u64((1000000ULL << CLOCK_SHIFT) + tsc_khz / 2, tsc_khz);
	pr_info("tsc: Detected %u.%03u MHz processor\n", tsc_khz / 1000, tsc_khz % 1000);
}
