/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_WATCHDOG_H
#define _QUARRY_WATCHDOG_H

/*
 * Start the watchdog (unless nmi_watchdog=0), and stop it before leaving or where nothing may
 * restart it.
 */
void watchdog_start(void);
void watchdog_stop(void);

/* Start it again, for the shortest time there is. */
void watchdog_last_chance(void);

/* In the tick: this CPU is alive; when all are, the watchdog is told. (kernel/core/hardlockup.c) */
void hardlockup_tick(void);

/* After the watchdog's NMI: the CPU that hangs, or -1: none, or it is too early to say. */
int hardlockup_cpu(void);

#endif /* _QUARRY_WATCHDOG_H */
