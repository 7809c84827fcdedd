/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_SOFTLOCKUP_H
#define _QUARRY_SOFTLOCKUP_H

/* In the tick: could the interrupted code be preempted? (kernel/core/softlockup.c) */
void softlockup_tick(void);

/* "It is all right that nobody else has run here." This CPU; any context. */
void touch_softlockup_watchdog(void);

/* How long that may last, in milliseconds; 0: for ever. Tests make it short. */
extern unsigned int softlockup_thresh_ms;

#endif /* _QUARRY_SOFTLOCKUP_H */
