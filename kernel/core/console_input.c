// SPDX-License-Identifier: MIT
/*
 * Who waits for a typed byte sleeps until the console's interrupt.
 *
 * The waiter asks, finds nothing, and then calls console_wait_input(). What is typed in between
 * must not be slept through: so the interrupt leaves a mark, which the waiter, having said that
 * it is about to sleep, looks at. A mark from earlier only makes it ask once more.
 */
#include <linux/atomic.h>
#include <linux/console.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/nmi.h>
#include <linux/sched.h>
#include <quarry/console_input.h>

static bool interrupts;
static atomic_t arrived;
static struct task_struct *waiter;

void console_input_interrupts(void)
{
	interrupts = true;
}

void console_input_arrived(void)
{
	struct task_struct *task;

	atomic_xchg(&arrived, 1);	/* a barrier: the waiter sees it, or we see him */
	task = READ_ONCE(waiter);
	if (task)
		wake_up_process(task);
}

/* The boot thread, which cannot sleep before there are others: the CPU does instead. */
static void halt_until_interrupt(void)
{
	local_irq_disable();
	if (atomic_xchg(&arrived, 0))
		local_irq_enable();
	else
		safe_halt();
}

void console_wait_input(void)
{
	if (!interrupts || irqs_disabled())
		return;
	if (is_idle_task(current)) {
		halt_until_interrupt();
		return;
	}
	WRITE_ONCE(waiter, current);
	set_current_state(TASK_INTERRUPTIBLE);
	if (!atomic_xchg(&arrived, 0))
		schedule_timeout(HZ);
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(waiter, NULL);
}

/* Not by the interrupt: where there is none, a key must end what it is to end, too. */
bool console_key_within(unsigned long timeout)
{
	unsigned long end = jiffies + timeout;

	while (time_before(jiffies, end)) {
		if (console_poll_char() >= 0)
			return true;
		touch_nmi_watchdog();
		schedule_timeout_uninterruptible(HZ / 20);
	}
	return false;
}
