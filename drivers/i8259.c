// SPDX-License-Identifier: MIT
/*
 * The two Intel 8259A interrupt controllers, as far as they must be known before interrupts are
 * used: the BIOS left their lines on vectors 8 to 15, where the CPU's exceptions are. They are
 * moved to 0x20–0x2f and masked, so that a line that is raised all the same is named correctly.
 */
#include <asm/io.h>
#include <linux/init.h>
#include <quarry/i8259.h>

#define MASTER_COMMAND	0x20
#define MASTER_DATA	0x21
#define SLAVE_COMMAND	0xa0
#define SLAVE_DATA	0xa1

#define ICW1_INIT	0x11		/* begin, and a fourth word will come */
#define ICW4_8086	0x01
#define CASCADE_LINE	2

static void __init init_one(u16 command, u16 data, u8 vector, u8 cascade)
{
	outb(ICW1_INIT, command);
	io_delay();
	outb(vector, data);
	io_delay();
	outb(cascade, data);
	io_delay();
	outb(ICW4_8086, data);
	io_delay();
	outb(0xff, data);		/* all lines masked */
}

void __init i8259_init(void)
{
	init_one(MASTER_COMMAND, MASTER_DATA, IRQ_VECTOR_BASE, 1 << CASCADE_LINE);
	init_one(SLAVE_COMMAND, SLAVE_DATA, IRQ_VECTOR_BASE + 8, CASCADE_LINE);
}
