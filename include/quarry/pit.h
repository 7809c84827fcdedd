/* SPDX-License-Identifier: MIT */
/* The 8254 timer, as a stop-watch: one countdown of at most 55 ms, read while it runs. */
#ifndef _QUARRY_PIT_H
#define _QUARRY_PIT_H

#include <linux/types.h>

#define PIT_HZ		1193182u	/* a twelfth of the 14.3 MHz of the first PC's crystal */
#define PIT_EXPIRED	(~0u)

void pit_start_countdown(void);

/* Ticks since the start, or PIT_EXPIRED. */
u32 pit_countdown_elapsed(void);

#endif /* _QUARRY_PIT_H */
