// SPDX-License-Identifier: MIT
/*
 * The IO-APIC (Intel 82093AA data sheet): devices' lines in, messages to local APICs out.
 *
 * 1. The idea
 * Each input has an entry of 64 bits: which vector goes to which CPU, how the line tells of an
 * interrupt, and whether it is masked. Inputs of all IO-APICs are numbered in one sequence, "global
 * system interrupts"; the MADT says which of them each ISA line is wired to. (Line 0, the timer, is
 * wired to input 2 on nearly every PC.)
 *
 * 2. Used here
 * The ISA lines, each by its vector ISA_IRQ_VECTOR(), to the first CPU.
 *	wired[line].regs is the IO-APIC whose inputs include madt.isa_irq[line].gsi; NULL: none
 *
 * 3. Locking
 * Registers are reached through an index and a window: io_apic_lock, interrupts off.
 */
#include <asm/apic.h>
#include <asm/io_apic.h>
#include <asm/irq_vectors.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <quarry/madt.h>

#define IO_APIC_INDEX		0x00
#define IO_APIC_WINDOW		0x10
#define IO_APIC_VERSION		0x01
#define IO_APIC_ENTRY(input)	(0x10 + 2 * (input))	/* lower half; the upper one is behind it */

#define ENTRY_LOW_ACTIVE	0x02000
#define ENTRY_LEVEL		0x08000
#define ENTRY_MASKED		0x10000

static DEFINE_SPINLOCK(io_apic_lock);

static struct io_apic {
	void __iomem *regs;		/* NULL: not mapped */
	u32 gsi_base;
	unsigned int inputs;
} io_apics[MADT_MAX_IO_APICS];

static struct {
	const struct io_apic *io_apic;
	u32 low;			/* of the entry, but for the mask */
} wired[NR_IRQS_LEGACY];

static u32 io_apic_read(const struct io_apic *io_apic, unsigned int reg)
{
	writel(reg, io_apic->regs + IO_APIC_INDEX);
	return readl(io_apic->regs + IO_APIC_WINDOW);
}

static void io_apic_write(const struct io_apic *io_apic, unsigned int reg, u32 value)
{
	writel(reg, io_apic->regs + IO_APIC_INDEX);
	writel(value, io_apic->regs + IO_APIC_WINDOW);
}

/* ---- the chip ---- */

static void write_low(const struct irq_data *data, u32 masked)
{
	const struct io_apic *io_apic = wired[data->irq].io_apic;

	spin_lock(&io_apic_lock);
	io_apic_write(io_apic, IO_APIC_ENTRY(data->hwirq), wired[data->irq].low | masked);
	spin_unlock(&io_apic_lock);
}

static void io_apic_mask(struct irq_data *data)
{
	write_low(data, ENTRY_MASKED);
}

static void io_apic_unmask(struct irq_data *data)
{
	write_low(data, 0);
}

/* It is the local APIC that waits. If it has not sent this one, it must not be told so. */
static void io_apic_ack(struct irq_data *data)
{
	apic_ack_if_in_service(ISA_IRQ_VECTOR(data->irq));
}

static const struct irq_chip io_apic_chip = {
	.name = "IO-APIC",
	.prints_hwirq = true,
	.irq_mask = io_apic_mask,
	.irq_unmask = io_apic_unmask,
	.irq_ack = io_apic_ack,
};

/* ---- finding ---- */

void __init io_apic_init(unsigned int index, void __iomem *regs)
{
	struct io_apic *io_apic = &io_apics[index];
	unsigned int input;

	*io_apic = (struct io_apic){ .regs = regs, .gsi_base = madt.io_apic[index].gsi_base };
	io_apic->inputs = (io_apic_read(io_apic, IO_APIC_VERSION) >> 16 & 0xff) + 1;
	for (input = 0; input < io_apic->inputs; input++)
		io_apic_write(io_apic, IO_APIC_ENTRY(input), ENTRY_MASKED);
	pr_info("IOAPIC[%u]: apic_id %u, address 0x%x, GSI %u-%u\n", index, madt.io_apic[index].id,
		madt.io_apic[index].address, io_apic->gsi_base,
		io_apic->gsi_base + io_apic->inputs - 1);
}

static const struct io_apic *__init find_io_apic(u32 gsi)
{
	unsigned int i;

	for (i = 0; i < madt.nr_io_apics; i++)
		if (io_apics[i].regs && gsi - io_apics[i].gsi_base < io_apics[i].inputs)
			return &io_apics[i];
	return NULL;
}

/* ISA lines are raised high, once, unless the firmware says something else. */
static u32 __init entry_flags(u16 flags)
{
	u32 low = 0;

	if ((flags & MADT_POLARITY_MASK) == MADT_POLARITY_LOW)
		low |= ENTRY_LOW_ACTIVE;
	if ((flags & MADT_TRIGGER_MASK) == MADT_TRIGGER_LEVEL)
		low |= ENTRY_LEVEL;
	return low;
}

/* Is another line wired to the input that this one would have if nothing were said about it? */
static bool __init is_taken(unsigned int line)
{
	unsigned int other;

	for (other = 0; other < NR_IRQS_LEGACY; other++)
		if (other != line && madt.isa_irq[other].gsi == madt.isa_irq[line].gsi &&
		    madt.isa_irq[line].gsi == line)
			return true;
	return false;
}

static void __init connect(unsigned int line)
{
	const struct io_apic *io_apic = find_io_apic(madt.isa_irq[line].gsi);
	u32 low = entry_flags(madt.isa_irq[line].flags) | ISA_IRQ_VECTOR(line);
	unsigned int input;

	if (!io_apic || is_taken(line))
		return;
	input = madt.isa_irq[line].gsi - io_apic->gsi_base;
	wired[line].io_apic = io_apic;
	wired[line].low = low;
	io_apic_write(io_apic, IO_APIC_ENTRY(input) + 1, apic_id() << 24);
	io_apic_write(io_apic, IO_APIC_ENTRY(input), low | ENTRY_MASKED);
	irq_set_chip(line, &io_apic_chip, input, low & ENTRY_LEVEL);
}

void __init io_apic_connect(void)
{
	unsigned int line;

	for (line = 0; line < NR_IRQS_LEGACY; line++)
		connect(line);
}
