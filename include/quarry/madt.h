/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs and interrupt controllers the machine has: the firmware's "Multiple APIC Description
 * Table", as kernel/x86/madt.c found and checked it. Without one, one CPU and its 8259s are all that
 * is known to exist.
 */
#ifndef _QUARRY_MADT_H
#define _QUARRY_MADT_H

#include <linux/threads.h>
#include <linux/types.h>

#define MADT_MAX_IO_APICS	4
#define MADT_ISA_IRQS		16

/* isa_irq[].flags: how the line tells of an interrupt. 0 in a field: as the bus has it. */
#define MADT_POLARITY_MASK	0x3
#define MADT_POLARITY_HIGH	0x1
#define MADT_POLARITY_LOW	0x3
#define MADT_TRIGGER_MASK	0xc
#define MADT_TRIGGER_EDGE	0x4
#define MADT_TRIGGER_LEVEL	0xc

struct madt {
	bool found;				/* else nothing below but one CPU and irq == gsi */
	bool has_8259;				/* besides what is listed here: to be masked */
	u32 lapic_address;			/* physical */
	unsigned int nr_cpus;			/* used; the boot CPU is number 0 */
	unsigned int nr_cpus_listed;		/* also those beyond NR_CPUS */
	u32 apic_id[NR_CPUS];
	unsigned int nr_io_apics;
	struct {
		u32 id, address, gsi_base;
	} io_apic[MADT_MAX_IO_APICS];
	struct {
		u32 gsi;			/* the input that ISA line n is wired to */
		u16 flags;
	} isa_irq[MADT_ISA_IRQS];
};

extern struct madt madt;

/*
 * Find the tables and fill in @madt. Early: it looks at them through early_memremap(). Says which
 * CPUs are possible (<linux/cpumask.h>).
 */
void madt_init(void);

/* How physical memory is looked at: as early_memremap() and early_memunmap() do. */
struct acpi_memory {
	void *(*map)(phys_addr_t phys, unsigned long size);
	void (*unmap)(void *addr, unsigned long size);
};

/*
 * Read the tables of the machine that is seen through @memory, whose boot CPU has the APIC
 * @boot_apic_id, into @madt. False: there are none, or they are damaged, which is said. @madt is then
 * a machine with one CPU.
 */
bool madt_read(const struct acpi_memory *memory, u32 boot_apic_id, struct madt *madt);

#endif /* _QUARRY_MADT_H */
