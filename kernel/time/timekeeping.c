// SPDX-License-Identifier: MIT
/*
 * The time that is counted by ticks (tick.c): jiffies.
 *
 * 1. The idea
 * Where there is a time-stamp counter, jiffies follows it:
 *	jiffies_64 - INITIAL_JIFFIES == (counted_until - first tick) / TICK_NSEC
 *	counted_until <= now < counted_until + TICK_NSEC, after each tick
 * So ticks that were lost, because interrupts were off or the emulator's host was busy, are made up
 * for. Without one, each tick is one.
 *
 * 2. Locking
 * jiffies_64 is written by the first CPU only, in interrupts. Its two halves are read as one by
 * get_jiffies_64(), which looks at a sequence number: odd while they are being written.
 *
 * 3. What is not here
 * The time of day.
 */
#include <asm/processor.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/clock.h>
#include <quarry/tick.h>
#include <quarry/time.h>

u64 jiffies_64 = INITIAL_JIFFIES;
extern typeof(jiffies) jiffies __attribute__((alias("jiffies_64")));

static unsigned int sequence;
static u64 counted_until;		/* local_clock() */

/* ---- jiffies ---- */

u64 get_jiffies_64(void)
{
	unsigned int before;
	u64 value;

	do {
		while ((before = READ_ONCE(sequence)) & 1)
			cpu_relax();
		barrier();
		value = READ_ONCE(jiffies_64);
		barrier();
	} while (READ_ONCE(sequence) != before);
	return value;
}

/* How many ticks are to be counted now. */
static u32 ticks_since(void)
{
	u64 now = local_clock();
	u32 ticks;

	if (!tsc_khz)
		return 1;
	if (!counted_until)		/* the first: later ones come between two counts */
		counted_until = now - TICK_NSEC - TICK_NSEC / 2;
	if ((s64)(now - counted_until) < 0)	/* that may have been before the clock's zero */
		return 0;
	ticks = div_u64(now - counted_until, TICK_NSEC);
	counted_until += (u64)ticks * TICK_NSEC;
	return ticks;
}

void count_jiffies(void)
{
	u32 ticks = ticks_since();

	WRITE_ONCE(sequence, sequence + 1);
	barrier();
	jiffies_64 += ticks;
	barrier();
	WRITE_ONCE(sequence, sequence + 1);
}

/* ---- ktime ---- */

ktime_t ktime_get_coarse(void)
{
	return jiffies64_to_nsecs(get_jiffies_64() - INITIAL_JIFFIES);
}

ktime_t ktime_get(void)
{
	return local_clock();
}

s64 ktime_get_seconds(void)
{
	return div_s64(ktime_get(), NSEC_PER_SEC);
}

/* ---- to jiffies ---- */

unsigned long msecs_to_jiffies(const unsigned int m)
{
	const unsigned int ms_per_jiffy = MSEC_PER_SEC / HZ;

	if ((int)m < 0)
		return MAX_JIFFY_OFFSET;
	return (m + ms_per_jiffy - 1) / ms_per_jiffy;
}

unsigned long usecs_to_jiffies(const unsigned int u)
{
	const unsigned int us_per_jiffy = USEC_PER_SEC / HZ;

	return u / us_per_jiffy + (u % us_per_jiffy != 0);
}

u64 nsecs_to_jiffies64(u64 n)
{
	return div_u64(n, TICK_NSEC);
}

unsigned long nsecs_to_jiffies(u64 n)
{
	return nsecs_to_jiffies64(n);
}
