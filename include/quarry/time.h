/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_TIME_H
#define _QUARRY_TIME_H

#include <linux/types.h>

/* Note the time (early in boot), and find the clock's speed from how long it has been since. */
void clock_start(void);
void clock_calibrate(void);

/*
 * How fast does @counter count? begin, and after a while end, which says: kHz; 0 when the 8254, by
 * which it is measured, does not count. Interrupts off, on one CPU.
 */
struct clock_sample {
	u64 count;
	u32 pit;		/* counts of the 8254 since begin, or PIT_EXPIRED */
};

struct clock_sample calibration_begin(u64 (*counter)(void));
u32 calibration_end(u64 (*counter)(void), struct clock_sample first);

/* The time-stamp counter since the image's first instruction: under -icount, instructions. */
u64 cycles_since_start(void);

extern u32 tsc_khz;	/* 0: not known */

#endif /* _QUARRY_TIME_H */
