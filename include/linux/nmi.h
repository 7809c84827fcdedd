/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_NMI_H
#define _LINUX_NMI_H

/*
 * "I am alive." The watchdog sends a non-maskable interrupt when nobody has said so for
 * watchdog_thresh seconds; the kernel then reports where it hangs, and panics. Cheap; any context.
 */
void touch_nmi_watchdog(void);

extern int nmi_watchdog_user_enabled;
extern int watchdog_thresh;	/* seconds */

#endif /* _LINUX_NMI_H */
