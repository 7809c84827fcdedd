// SPDX-License-Identifier: MIT
/*
 * The serial line: an 8250 UART or one of its descendants, as COM1 (National Semiconductor,
 * PC16550D data sheet, section 8). It is the console on which Quarry is spoken to.
 *
 * Sending is polled. An interrupt needs handlers, an interrupt controller and a working kernel,
 * while this must speak before there are any and after they have broken. Only the status register
 * is waited for, and never without end: a chip that stops taking bytes costs a few time limits,
 * then one look per byte, and is used again from the moment it is ready. Receiving interrupts,
 * once uart8250_listen() has been called, and can be polled all the same.
 *
 * The receive side has three rules, all so that nothing that was typed is lost.
 *
 * 1. The FIFO is left as it was found, on or off. Changing its enable bit empties it, and the
 *    byte with it that came in before we were here. Reading that byte first does not help: under
 *    QEMU with a pipe as its input the next one is there by the time the FIFO is switched.
 *    (Without a FIFO a byte must be fetched before the next one is complete; see 3.)
 * 2. The loop-back test that often serves to detect the chip is not made: while it is on, the
 *    receiver is not connected to the line.
 * 3. Whoever waits for the transmitter looks at the receiver as well and keeps what has come.
 *    At equal speeds in both directions a pasted text would otherwise overrun the receiver while
 *    its echo is being sent. When that store is full, bytes stay in the chip, where QEMU, unlike
 *    a real line, holds the sender back; and its interrupt stays off until there is room.
 *
 * Sender, reader and interrupt all fetch bytes: receive_lock makes one of them at a time do it,
 * so that they stay in order. It is not waited for without end, either: in a panic, its holder
 * may have been stopped.
 */
#include <asm/io.h>
#include <asm/processor.h>
#include <linux/console.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <quarry/console_input.h>
#include <quarry/drivers.h>

#define COM1		0x3f8
#define COM1_LINE	4

/* Registers. The first two are the divisor while DLAB is set. */
#define UART_DATA	(COM1 + 0)
#define UART_IER	(COM1 + 1)	/* interrupt enable */
#define UART_IIR	(COM1 + 2)	/* interrupt identification */
#define UART_LCR	(COM1 + 3)	/* line control */
#define UART_MCR	(COM1 + 4)	/* modem control */
#define UART_LSR	(COM1 + 5)	/* line status */
#define UART_DIVISOR_LOW  (COM1 + 0)
#define UART_DIVISOR_HIGH (COM1 + 1)

#define LCR_8N1		0x03		/* eight data bits, no parity, one stop bit */
#define LCR_DLAB	0x80		/* the divisor's registers in place of the first two */
#define IER_RECEIVED	0x01
#define IIR_NONE	0x01
#define MCR_DTR_RTS	0x03		/* "we are here" */
#define MCR_OUT2	0x08		/* connects the interrupt */
#define LSR_RECEIVED	0x01
#define LSR_SEND_READY	0x20		/* the next byte can be written */
#define LSR_SEND_IDLE	0x40		/* and the last one has left */

#define DIVISOR_115200	1		/* 1.8432 MHz / 16 / 115200 */

/*
 * A read of a port takes between a tenth of a microsecond (emulated) and one (a real bus), a byte
 * on the line 87 microseconds. Only two things make a transmitter wait for longer: it is broken,
 * which shows at the start and should not delay boot by much; or it is QEMU's, and whoever reads
 * QEMU's output stands still. That one deserves seconds: a byte given up is a hole in a log.
 */
#define START_READS	1000000
#define WAIT_READS	10000000
#define WATCHDOG_READS	0x10000		/* between two signs of life */
#define PATIENCE	3		/* time limits in a row before waiting ends */

static unsigned int timeouts;
static bool present;

/* Bytes that have come in: received[taken % SIZE] to received[kept % SIZE]. */
#define RECEIVED_SIZE	256		/* a power of two, since the counters wrap */
static u8 received[RECEIVED_SIZE];
static unsigned int kept, taken;
static bool listening, deaf;		/* deaf: the store is full, and the interrupt off */

#define LOCK_TRIES	1000000
static DEFINE_SPINLOCK(receive_lock);

static unsigned long lock_receiver(void)
{
	unsigned int tries = LOCK_TRIES;
	unsigned long flags;

	local_irq_save(flags);
	while (!arch_spin_try(&receive_lock) && --tries)
		cpu_relax();
	return flags;
}

static void unlock_receiver(unsigned long flags)
{
	arch_spin_release(&receive_lock);
	local_irq_restore(flags);
}

static void set_deaf(bool full)
{
	if (!listening || deaf == full)
		return;
	deaf = full;
	outb(deaf ? 0 : IER_RECEIVED, UART_IER);
}

/* Locked. */
static void keep_received(u8 status)
{
	if (!(status & LSR_RECEIVED))
		return;
	if (kept - taken < RECEIVED_SIZE)
		received[kept++ % RECEIVED_SIZE] = inb(UART_DATA);
	else
		set_deaf(true);
}

static u8 look(void)
{
	unsigned long flags = lock_receiver();
	u8 status = inb(UART_LSR);

	keep_received(status);
	unlock_receiver(flags);
	return status;
}

/* Wait until @bit is set in the status register, for so many @reads of it at most. */
static bool wait_status(u8 bit, unsigned int reads)
{
	while (reads--) {
		if (look() & bit)
			return true;
		if (reads % WATCHDOG_READS == 0)
			touch_nmi_watchdog();
	}
	return false;
}

static void send(char c)
{
	if (wait_status(LSR_SEND_READY, timeouts < PATIENCE ? WAIT_READS : 1)) {
		timeouts = 0;
		outb(c, UART_DATA);
	} else if (timeouts < PATIENCE) {
		timeouts++;
	}
}

static void uart8250_write(struct console *con, const char *s, unsigned int count)
{
	while (count--) {
		if (*s == '\n')
			send('\r');
		send(*s++);
	}
}

static int uart8250_poll_char(struct console *con)
{
	unsigned long flags = lock_receiver();
	int c = -1;

	if (kept == taken)
		keep_received(inb(UART_LSR));
	if (kept != taken)
		c = received[taken++ % RECEIVED_SIZE];
	set_deaf(false);
	unlock_receiver(flags);
	return c;
}

static irqreturn_t uart8250_interrupt(int irq, void *dev_id)
{
	irqreturn_t result = IRQ_NONE;

	while (!(inb(UART_IIR) & IIR_NONE) && !READ_ONCE(deaf)) {
		look();
		result = IRQ_HANDLED;
	}
	console_input_arrived();
	return result;
}

/* Set the speed and see whether the chip keeps it: an empty bus answers every read with 0xff. */
static bool __init set_speed(void)
{
	bool kept_low, kept_high;

	outb(LCR_8N1 | LCR_DLAB, UART_LCR);
	outb(DIVISOR_115200, UART_DIVISOR_LOW);
	outb(0, UART_DIVISOR_HIGH);
	kept_low = inb(UART_DIVISOR_LOW) == DIVISOR_115200;
	kept_high = inb(UART_DIVISOR_HIGH) == 0;
	outb(LCR_8N1, UART_LCR);
	return kept_low && kept_high && inb(UART_LCR) == LCR_8N1;
}

static struct console uart8250_console = {
	.name = "ttyS",
	.write = uart8250_write,
	.poll_char = uart8250_poll_char,
};

void __init uart8250_init(void)
{
	if (inb(UART_LCR) == 0xff && inb(UART_LSR) == 0xff)
		return;
	outb(LCR_8N1, UART_LCR);		/* not DLAB: the data register */
	if (!wait_status(LSR_SEND_IDLE, START_READS))	/* the loader's last byte, at its speed */
		timeouts = PATIENCE;
	if (!set_speed())
		return;
	outb(0, UART_IER);
	outb(MCR_DTR_RTS, UART_MCR);
	present = true;
	register_console(&uart8250_console);
}

static struct irqaction uart8250_action = {
	.handler = uart8250_interrupt,
	.name = "ttyS0",
};

void __init uart8250_listen(void)
{
	unsigned long flags;

	if (!present || setup_irq(COM1_LINE, &uart8250_action))
		return;
	flags = lock_receiver();
	listening = true;
	outb(MCR_DTR_RTS | MCR_OUT2, UART_MCR);
	outb(IER_RECEIVED, UART_IER);
	unlock_receiver(flags);
	console_input_interrupts();
}
