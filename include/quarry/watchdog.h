/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_WATCHDOG_H
#define _QUARRY_WATCHDOG_H

/*
 * Start the watchdog (unless nmi_watchdog=0), and stop it before leaving or where nothing may
 * restart it.
 */
void watchdog_start(void);
void watchdog_stop(void);

#endif /* _QUARRY_WATCHDOG_H */
