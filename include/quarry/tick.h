/* SPDX-License-Identifier: MIT */
/* The tick: HZ times a second each CPU is interrupted. (kernel/time/tick.c) */
#ifndef _QUARRY_TICK_H
#define _QUARRY_TICK_H

#include <linux/types.h>

/* What interrupts. start and stop are about this CPU; interrupts are off. */
struct tick_source {
	const char *name;
	void (*start)(void);
	void (*stop)(void);
};

/* From now on, ticks come from @new; none has before. */
void tick_set_source(const struct tick_source *new);

/* This CPU's ticks begin. Interrupts off. */
void tick_start(void);

/* The source's interrupt calls it. */
void tick_handle(void);

/* The first CPU's, in the interrupt: jiffies_64 goes on by as many as have been since. (timekeeping.c) */
void count_jiffies(void);

/*
 * No ticks on this CPU between the two, so that they do not show in what is being measured. They do
 * not nest; the thread must stay on this CPU. On the first CPU, jiffies stands still meanwhile, and
 * catches up.
 */
void tick_suspend(void);
void tick_resume(void);

/* main.c: the clock knows its speed, and this CPU's ticks begin (kernel/x86/time.c). */
void time_init(void);

#endif /* _QUARRY_TICK_H */
