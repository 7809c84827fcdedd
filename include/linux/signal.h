/* SPDX-License-Identifier: MIT */
/* Signals' numbers. Of all that Linux has there is one: see <linux/sched/signal.h>. */
#ifndef _LINUX_SIGNAL_H
#define _LINUX_SIGNAL_H

#define SIGKILL		9

#endif /* _LINUX_SIGNAL_H */
