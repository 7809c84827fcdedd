/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STOP_MACHINE_H
#define _LINUX_STOP_MACHINE_H

#include <linux/cpumask.h>

typedef int (*cpu_stop_fn_t)(void *arg);

/*
 * Call @fn(@data) here, with interrupts off, while every other CPU stands still: with interrupts off,
 * too, and outside what it keeps for itself (<quarry/cpu_layer.h>). So nobody holds a lock that is
 * taken with interrupts off, and what such locks guard is as they promise; but a thread may be
 * anywhere between two of them. @cpus must be NULL or have this CPU in it. Returns what @fn
 * returned. Process context; @fn must not sleep.
 */
int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus);

/*
 * The same for validators, which may also be called where nobody can be waited for (in an interrupt,
 * or with interrupts off): there, other CPUs go on, and @fn sees what it sees.
 */
int stop_machine_if_possible(cpu_stop_fn_t fn, void *data);

#endif /* _LINUX_STOP_MACHINE_H */
