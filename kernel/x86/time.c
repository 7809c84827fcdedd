// SPDX-License-Identifier: MIT
/* Which clock, and whose ticks. */
#include <asm/apic.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/timer.h>
#include <quarry/pit.h>
#include <quarry/tick.h>
#include <quarry/time.h>

void __init time_init(void)
{
	softirq_init();
	init_timers();
	clock_calibrate();
	if (!tsc_khz)
		pit_tick_start();		/* delays are measured by it */
	if (apic_present)
		apic_timer_init();
	else
		pit_tick_init();
	tick_start();
}
