/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_NMI_H
#define _LINUX_NMI_H

#include <linux/types.h>

/*
 * "I am alive." Every tick says so; who keeps interrupts off for long says it himself. When a CPU
 * has been silent for watchdog_thresh seconds, the watchdog sends a non-maskable interrupt; the
 * kernel then reports where it hangs, and panics. Cheap; any context.
 */
void touch_nmi_watchdog(void);

extern int nmi_watchdog_user_enabled;
extern int watchdog_thresh;	/* seconds */

/*
 * Print where CPU @cpu is, or all but this one, and what they run: they stand still meanwhile. False: there
 * is nobody to ask. Any context. (kernel/core/nmi_backtrace.c)
 */
bool trigger_single_cpu_backtrace(int cpu);
bool trigger_allbutself_cpu_backtrace(void);

/* Panic's: print where those were that smp_send_stop() has stopped. */
void show_stopped_cpus(void);

#endif /* _LINUX_NMI_H */
