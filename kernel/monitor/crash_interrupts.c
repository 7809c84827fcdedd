// SPDX-License-Identifier: MIT
/* Crimes in interrupts, for `crash`. */
#include <asm/irq_vectors.h>
#include <asm/processor.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <quarry/softlockup.h>

#include "monitor.h"

#define LINE	11		/* nobody's */

/* The condition never holds, and what follows the call keeps it from becoming a jump. */
static noinline int recurse(int depth)
{
	volatile int local = depth;

	if (local < 0)
		return 0;
	return recurse((depth + 1) & 0xffff) + local;
}

static irqreturn_t overflow(int irq, void *dev)
{
	recurse(0);
	return IRQ_HANDLED;
}

void crash_interrupt_stack(void)
{
	static int device;

	if (request_irq(LINE, overflow, 0, "crash", &device))
		return;
	__asm__ __volatile__("int %0" : : "i"(ISA_IRQ_VECTOR(LINE)) : "memory");
	free_irq(LINE, &device);
}

static void ask_in_a_timer(struct timer_list *timer)
{
	kfree(kmalloc(64, GFP_KERNEL));
}

void crash_interrupt_sleep(void)
{
	static DEFINE_TIMER(timer, ask_in_a_timer);

	mod_timer(&timer, jiffies + 1);
	schedule_timeout_uninterruptible(3);
	del_timer_sync(&timer);
}

/* Interrupts come, also the tick: to the NMI watchdog, all is well. */
void crash_soft_lockup(void)
{
	ktime_t end = ktime_add_ms(ktime_get(), softlockup_thresh_ms + 1000);

	preempt_disable();
	while (ktime_before(ktime_get(), end))
		cpu_relax();
	preempt_enable();
}
