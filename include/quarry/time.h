/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_TIME_H
#define _QUARRY_TIME_H

#include <linux/types.h>

/* Note the time (early in boot), and find the clock's speed from how long it has been since. */
void clock_start(void);
void clock_calibrate(void);

/* The time-stamp counter since the image's first instruction: under -icount, instructions. */
u64 cycles_since_start(void);

extern u32 tsc_khz;	/* 0: not known */

#endif /* _QUARRY_TIME_H */
