// SPDX-License-Identifier: MIT
/*
 * The serial line: an 8250 UART or one of its descendants, as COM1 (National Semiconductor,
 * PC16550D data sheet, section 8). It is the console on which Quarry is spoken to.
 *
 * It is polled. An interrupt needs handlers, an interrupt controller and a working kernel, while
 * this must speak before there are any and after they have broken. Only the status register is
 * waited for, and never without end: a chip that stops taking bytes costs a few time limits, then
 * one look per byte, and is used again from the moment it is ready.
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
 *    a real line, holds the sender back.
 */
#include <asm/io.h>
#include <linux/console.h>
#include <linux/init.h>
#include <linux/nmi.h>
#include <quarry/drivers.h>

#define COM1		0x3f8

/* Registers. The first two are the divisor while DLAB is set. */
#define UART_DATA	(COM1 + 0)
#define UART_IER	(COM1 + 1)	/* interrupt enable */
#define UART_LCR	(COM1 + 3)	/* line control */
#define UART_MCR	(COM1 + 4)	/* modem control */
#define UART_LSR	(COM1 + 5)	/* line status */
#define UART_DIVISOR_LOW  (COM1 + 0)
#define UART_DIVISOR_HIGH (COM1 + 1)

#define LCR_8N1		0x03		/* eight data bits, no parity, one stop bit */
#define LCR_DLAB	0x80		/* the divisor's registers in place of the first two */
#define MCR_DTR_RTS	0x03		/* "we are here"; not OUT2, which connects the interrupt */
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

/* Bytes that came in while we were sending: received[taken % SIZE] to received[kept % SIZE]. */
#define RECEIVED_SIZE	256		/* a power of two, since the counters wrap */
static u8 received[RECEIVED_SIZE];
static unsigned int kept, taken;

static void keep_received(u8 status)
{
	if ((status & LSR_RECEIVED) && kept - taken < RECEIVED_SIZE)
		received[kept++ % RECEIVED_SIZE] = inb(UART_DATA);
}

/* Wait until @bit is set in the status register, for so many @reads of it at most. */
static bool wait_status(u8 bit, unsigned int reads)
{
	while (reads--) {
		u8 status = inb(UART_LSR);

		keep_received(status);
		if (status & bit)
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
	if (kept != taken)
		return received[taken++ % RECEIVED_SIZE];
	if (inb(UART_LSR) & LSR_RECEIVED)
		return inb(UART_DATA);
	return -1;
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
	register_console(&uart8250_console);
}
