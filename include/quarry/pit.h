/* SPDX-License-Identifier: MIT */
/*
 * The 8254 timer. Channel 2 as a stop-watch: one countdown of at most 55 ms, read while it runs.
 * Channel 0 as a tick source, where there is no better one.
 */
#ifndef _QUARRY_PIT_H
#define _QUARRY_PIT_H

#include <linux/jiffies.h>
#include <linux/types.h>

#define PIT_HZ		1193182u	/* a twelfth of the 14.3 MHz of the first PC's crystal */
#define PIT_EXPIRED	(~0u)
#define PIT_LATCH	((PIT_HZ + HZ / 2) / HZ)	/* counts in a tick */

void pit_start_countdown(void);

/* Ticks since the start, or PIT_EXPIRED. */
u32 pit_countdown_elapsed(void);

/* Channel 0 interrupts by line 0, HZ times a second: the tick source. */
void pit_tick_init(void);

/* It counts, whether somebody listens to the line or not: a clock for short delays. */
void pit_tick_start(void);
void pit_tick_stop(void);
bool pit_tick_runs(void);

/* Channel 0's count: from PIT_LATCH down to 1, in a tick. */
u32 pit_tick_count(void);

#endif /* _QUARRY_PIT_H */
