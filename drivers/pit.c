// SPDX-License-Identifier: MIT
/*
 * The Intel 8254 timer. Channel 2 is the one whose gate and output software can reach (port
 * 0x61), meant for the loudspeaker: mode 0 counts down once and raises the output at zero.
 * Channel 0 is wired to interrupt line 0: mode 2 counts down again and again, with a pulse at the
 * end of each round.
 */
#include <asm/io.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <quarry/pit.h>
#include <quarry/tick.h>

#define PIT_LINE	0
#define PIT_CHANNEL0	0x40
#define PIT_CHANNEL2	0x42
#define PIT_COMMAND	0x43
#define PORT_B		0x61
#define PORT_B_GATE2	0x01
#define PORT_B_SPEAKER	0x02
#define PORT_B_OUT2	0x20

#define CHANNEL0_MODE2	0x34		/* channel 0, low byte then high byte, mode 2, binary */
#define CHANNEL0_MODE0	0x30		/* … mode 0; without a count, nothing happens */
#define CHANNEL0_LATCH	0x00
#define CHANNEL2_MODE0	0xb0		/* channel 2, low byte then high byte, mode 0, binary */
#define CHANNEL2_LATCH	0x80
#define START		0xffff

void pit_start_countdown(void)
{
	outb((inb(PORT_B) & ~PORT_B_SPEAKER) | PORT_B_GATE2, PORT_B);
	outb(CHANNEL2_MODE0, PIT_COMMAND);
	outb(START & 0xff, PIT_CHANNEL2);
	outb(START >> 8, PIT_CHANNEL2);
}

u32 pit_countdown_elapsed(void)
{
	u32 count;

	if (inb(PORT_B) & PORT_B_OUT2)
		return PIT_EXPIRED;
	outb(CHANNEL2_LATCH, PIT_COMMAND);
	count = inb(PIT_CHANNEL2);
	count |= inb(PIT_CHANNEL2) << 8;
	return START - count;
}

/* ---- the tick ---- */

/* A count is two bytes, so nobody else may write or read one in between. */
static DEFINE_SPINLOCK(pit_lock);
static bool ticking;

static void set_channel0(u8 mode, u32 count)
{
	unsigned long flags;

	spin_lock_irqsave(&pit_lock, flags);
	outb(mode, PIT_COMMAND);
	if (count) {
		outb(count & 0xff, PIT_CHANNEL0);
		outb(count >> 8, PIT_CHANNEL0);
	}
	ticking = count;
	spin_unlock_irqrestore(&pit_lock, flags);
}

void pit_tick_start(void)
{
	set_channel0(CHANNEL0_MODE2, PIT_LATCH);
}

void pit_tick_stop(void)
{
	set_channel0(CHANNEL0_MODE0, 0);
}

bool pit_tick_runs(void)
{
	return READ_ONCE(ticking);
}

u32 pit_tick_count(void)
{
	unsigned long flags;
	u32 count;

	spin_lock_irqsave(&pit_lock, flags);
	outb(CHANNEL0_LATCH, PIT_COMMAND);
	count = inb(PIT_CHANNEL0);
	count |= inb(PIT_CHANNEL0) << 8;
	spin_unlock_irqrestore(&pit_lock, flags);
	return count;
}

static irqreturn_t pit_interrupt(int irq, void *dev_id)
{
	tick_handle();
	return IRQ_HANDLED;
}

static struct irqaction pit_action = {
	.handler = pit_interrupt,
	.flags = IRQF_TIMER,
	.name = "timer",
};

static bool suspended;

static void pit_source_start(void)
{
	pit_tick_start();
	if (suspended)
		enable_irq(PIT_LINE);
	suspended = false;
}

/* Not every chip stops: the line is masked, too. */
static void pit_source_stop(void)
{
	suspended = true;
	disable_irq_nosync(PIT_LINE);
	pit_tick_stop();
}

static const struct tick_source pit_source = {
	.name = "pit",
	.start = pit_source_start,
	.stop = pit_source_stop,
};

void __init pit_tick_init(void)
{
	if (setup_irq(PIT_LINE, &pit_action))
		pr_err("pit: line 0 is taken: no ticks\n");
	tick_set_source(&pit_source);
}
