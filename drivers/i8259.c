// SPDX-License-Identifier: MIT
/*
 * The two Intel 8259A interrupt controllers (data sheet, order number 231468). The BIOS left
 * their lines on vectors 8 to 15, where the CPU's exceptions are. They are moved to 0x20-0x2f and
 * masked, so that a line that is raised all the same is named correctly. Where there is an
 * IO-APIC, that is all.
 *
 * Spurious interrupts: a line that falls again before the CPU has asked who it was, is answered
 * for by line 7 of its controller. Only the in-service register tells: its bit is then not set.
 * Line 15's makes the master believe in line 2 all the same, and that must be acknowledged.
 */
#include <asm/io.h>
#include <asm/irq_vectors.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <quarry/i8259.h>

#define MASTER_COMMAND	0x20
#define MASTER_DATA	0x21
#define SLAVE_COMMAND	0xa0
#define SLAVE_DATA	0xa1

#define ICW1_INIT	0x11		/* begin, and a fourth word will come */
#define ICW4_8086	0x01
#define OCW2_SPECIFIC_EOI 0x60		/* and the line's number */
#define OCW3_READ_ISR	0x0b
#define CASCADE_LINE	2

static DEFINE_SPINLOCK(i8259_lock);	/* the masks, and pairs of command and answer */
static u16 masked = (u16)~(1u << CASCADE_LINE);

static void write_masks(void)
{
	outb(masked & 0xff, MASTER_DATA);
	outb(masked >> 8, SLAVE_DATA);
}

static void i8259_mask(struct irq_data *data)
{
	spin_lock(&i8259_lock);
	masked |= 1u << data->hwirq;
	write_masks();
	spin_unlock(&i8259_lock);
}

static void i8259_unmask(struct irq_data *data)
{
	spin_lock(&i8259_lock);
	masked &= ~(1u << data->hwirq);
	write_masks();
	spin_unlock(&i8259_lock);
}

static void i8259_ack(struct irq_data *data)
{
	spin_lock(&i8259_lock);
	if (data->hwirq >= 8) {
		outb(OCW2_SPECIFIC_EOI | (data->hwirq - 8), SLAVE_COMMAND);
		outb(OCW2_SPECIFIC_EOI | CASCADE_LINE, MASTER_COMMAND);
	} else {
		outb(OCW2_SPECIFIC_EOI | data->hwirq, MASTER_COMMAND);
	}
	spin_unlock(&i8259_lock);
}

static bool is_in_service(unsigned int line)
{
	u16 command = line >= 8 ? SLAVE_COMMAND : MASTER_COMMAND;
	u8 isr;

	spin_lock(&i8259_lock);
	outb(OCW3_READ_ISR, command);
	isr = inb(command);
	spin_unlock(&i8259_lock);
	return isr & (1u << (line & 7));
}

static bool i8259_is_spurious(struct irq_data *data)
{
	static u16 reported;
	unsigned int line = data->hwirq;

	if ((line & 7) != 7 || is_in_service(line))
		return false;
	if (line >= 8)
		outb(OCW2_SPECIFIC_EOI | CASCADE_LINE, MASTER_COMMAND);
	if (!(reported & (1u << line)))
		printk(KERN_DEBUG "spurious 8259A interrupt: IRQ%u.\n", line);
	reported |= 1u << line;
	return true;
}

static const struct irq_chip i8259_chip = {
	.name = "XT-PIC",
	.irq_mask = i8259_mask,
	.irq_unmask = i8259_unmask,
	.irq_ack = i8259_ack,
	.irq_is_spurious = i8259_is_spurious,
};

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
	init_one(MASTER_COMMAND, MASTER_DATA, ISA_IRQ_VECTOR(0), 1 << CASCADE_LINE);
	init_one(SLAVE_COMMAND, SLAVE_DATA, ISA_IRQ_VECTOR(8), CASCADE_LINE);
}

void __init i8259_connect(void)
{
	unsigned int line;

	for (line = 0; line < NR_IRQS_LEGACY; line++)
		if (line != CASCADE_LINE)
			irq_set_chip(line, &i8259_chip, line, false);
	write_masks();
}
