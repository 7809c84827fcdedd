// SPDX-License-Identifier: MIT
/* Waiting for a time: by sleeping, or, where it is too short for that, busy (kernel/x86/delay.c). */
#include <asm/processor.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/nmi.h>
#include <linux/sched.h>

void mdelay(unsigned long msecs)
{
	while (msecs--) {
		__udelay(USEC_PER_MSEC);
		touch_nmi_watchdog();
	}
}

/*
 * One tick more: the current one is nearly over, perhaps. And where ticks come late, jiffies may have
 * been behind when we began: the clock decides.
 */
void msleep(unsigned int msecs)
{
	unsigned long timeout = msecs_to_jiffies(msecs) + 1;
	ktime_t end = ktime_add_ms(ktime_get(), msecs);

	do
		timeout = schedule_timeout_uninterruptible(timeout);
	while (timeout || (timeout = ktime_before(ktime_get(), end)));
}

unsigned long msleep_interruptible(unsigned int msecs)
{
	unsigned long timeout = msecs_to_jiffies(msecs) + 1;

	return jiffies_to_msecs(schedule_timeout_interruptible(timeout));
}

/*
 * Timers are no finer than a tick: whole ticks are slept through, and for the rest the thread stays
 * awake, but lets others run.
 */
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state)
{
	ktime_t end = ktime_add_us(ktime_get(), min), now;

	might_sleep();
	while ((now = ktime_get()) < end) {
		u64 ticks = nsecs_to_jiffies64(end - now);

		if (ticks > 1) {
			__set_current_state(state);
			schedule_timeout(ticks - 1);
		} else {
			cond_resched();
			cpu_relax();
		}
	}
}

void usleep_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, TASK_UNINTERRUPTIBLE);
}

void fsleep(unsigned long usecs)
{
	if (usecs <= 10)
		__udelay(usecs);
	else if (usecs <= 20000)
		usleep_range(usecs, 2 * usecs);
	else
		msleep(DIV_ROUND_UP(usecs, USEC_PER_MSEC));
}
