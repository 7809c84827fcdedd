// SPDX-License-Identifier: MIT
/*
 * Which CPUs and interrupt controllers there are: ACPI's tables (ACPI specification 6.5, chapter 5).
 *
 * 1. The idea
 * The firmware leaves a chain in memory: a small structure with a signature, the RSDP, somewhere
 * below 1 MiB; it points to a table of tables (RSDT with 32-bit addresses, XSDT with 64); one of
 * those is the MADT, a header and a list of entries, each with its type and its length.
 *
 * 2. What is believed
 * A table counts only if its bytes add up to 0, as the specification has it, and its length is neither
 * shorter than its header nor longer than we can map. Entries must lie inside their table and be
 * as long as their type. One that is not ends it: the table is refused as a whole, with a message, and the
 * machine is one with a single CPU and 8259s, which every PC can pretend to be. RSDT and XSDT say the same:
 * the newer is used where it is sound, otherwise the older.
 *
 *	nr_cpus <= NR_CPUS, and apic_id[0] is the boot CPU's; no id occurs twice
 *
 * 3. Contexts
 * Once, on the boot CPU, before there is any allocator.
 *
 * 4. What is not here
 * All other tables, and APIC ids above 254, which only x2APIC can address.
 */
#include <asm/early_ioremap.h>
#include <asm/processor.h>
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/madt.h>

#define CPUID1_EDX_APIC		(1 << 9)

#define EBDA_POINTER		0x40e		/* a real-mode segment: the BIOS's own data */
#define EBDA_SEARCHED		1024
#define PIECE			1024		/* searched in one mapping */
#define BIOS_START		0xe0000
#define BIOS_END		0x100000
#define TABLES_MAX		64		/* in an RSDT; firmware has about ten */

struct rsdp {
	char signature[8];
	u8 checksum;			/* of the first 20 bytes */
	char oem[6];
	u8 revision;			/* 2 and up: the rest is there as well */
	u32 rsdt;
	u32 length;
	u64 xsdt;
	u8 extended_checksum, reserved[3];
} __packed;
#define RSDP_V1_SIZE		20

struct table_header {
	char signature[4];
	u32 length;			/* with this header */
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __packed;

struct madt_table {
	struct table_header header;
	u32 lapic_address, flags;
} __packed;
#define MADT_PCAT_COMPAT	1	/* there are 8259s, too */

enum madt_entry_type {
	MADT_LAPIC = 0, MADT_IO_APIC = 1, MADT_ISA_OVERRIDE = 2, MADT_LAPIC_ADDRESS = 5,
	MADT_X2APIC = 9,
};

struct madt_entry {
	u8 type, length;
	union {
		struct { u8 acpi_id, apic_id; u32 flags; } __packed lapic;
		struct { u8 id, reserved; u32 address, gsi_base; } __packed io_apic;
		struct { u8 bus, irq; u32 gsi; u16 flags; } __packed isa;
		struct { u16 reserved; u64 address; } __packed lapic_address;
		struct { u16 reserved; u32 apic_id, flags, acpi_id; } __packed x2apic;
	};
} __packed;
#define MADT_CPU_ENABLED	1
#define ENTRY_SIZE(member)	(2 + sizeof(((struct madt_entry *)0)->member))
static_assert(ENTRY_SIZE(lapic) == 8 && ENTRY_SIZE(io_apic) == 12 && ENTRY_SIZE(isa) == 10 &&
	      ENTRY_SIZE(lapic_address) == 12 && ENTRY_SIZE(x2apic) == 16, "as in the specification");

struct madt madt;

static unsigned int max_cpus = NR_CPUS;

/* ---- tables ---- */

static bool adds_up(const void *bytes, unsigned long size)
{
	const u8 *byte = bytes;
	u8 sum = 0;

	while (size--)
		sum += *byte++;
	return !sum;
}

/* The table at @phys, mapped as a whole, if it is sound; else NULL, and it was said why. */
static struct table_header *__init map_table(const struct acpi_memory *memory, phys_addr_t phys,
					     const char *signature, unsigned long least)
{
	struct table_header *table = memory->map(phys, sizeof(*table));
	u32 length;
	bool same;

	if (!table)
		return NULL;
	length = table->length;
	same = !memcmp(table->signature, signature, 4);
	memory->unmap(table, sizeof(*table));
	if (!same)
		return NULL;
	if (length < least || length > EARLY_MAP_MAX) {
		pr_warn("ACPI: %s at 0x%llx: bad length %u, ignored\n", signature, phys, length);
		return NULL;
	}
	table = memory->map(phys, length);
	if (table && !adds_up(table, length)) {
		pr_warn("ACPI: %s at 0x%llx: bad checksum, ignored\n", signature, phys);
		memory->unmap(table, length);
		table = NULL;
	}
	return table;
}

/* ---- the RSDP ---- */

static bool __init is_rsdp(const struct rsdp *rsdp)
{
	return !memcmp(rsdp->signature, "RSD PTR ", 8) && adds_up(rsdp, RSDP_V1_SIZE);
}

/* In one mapping. It begins at a multiple of 16; what of it lies behind the end is 0 in @found. */
static bool __init search_piece(const struct acpi_memory *memory, phys_addr_t start,
				unsigned long size, struct rsdp *found)
{
	u8 *piece = memory->map(start, size);
	unsigned long at;
	bool is_there = false;

	if (!piece)
		return false;
	for (at = 0; at < PIECE && at + RSDP_V1_SIZE <= size && !is_there; at += 16) {
		is_there = is_rsdp((struct rsdp *)(piece + at));
		if (is_there) {
			memset(found, 0, sizeof(*found));
			memcpy(found, piece + at, min_t(unsigned long, sizeof(*found), size - at));
		}
	}
	memory->unmap(piece, size);
	return is_there;
}

/* Pieces overlap, so that what begins in one is wholly in it. */
static bool __init search_rsdp(const struct acpi_memory *memory, phys_addr_t start,
			       phys_addr_t end, struct rsdp *found)
{
	for (; start < end; start += PIECE)
		if (search_piece(memory, start, min_t(phys_addr_t, PIECE + sizeof(*found), end - start),
				 found))
			return true;
	return false;
}

static bool __init find_rsdp(const struct acpi_memory *memory, struct rsdp *found)
{
	u16 *pointer = memory->map(EBDA_POINTER, sizeof(*pointer));
	phys_addr_t ebda = 0;

	if (pointer) {
		ebda = *pointer * 16;
		memory->unmap(pointer, sizeof(*pointer));
	}
	if (ebda >= 0x400 && ebda + EBDA_SEARCHED <= BIOS_END &&
	    search_rsdp(memory, ebda, ebda + EBDA_SEARCHED, found))
		return true;
	return search_rsdp(memory, BIOS_START, BIOS_END, found);
}

/* ---- entries ---- */

static bool __init is_known_cpu(const struct madt *m, u32 apic_id)
{
	for (unsigned int cpu = 0; cpu < m->nr_cpus; cpu++)
		if (m->apic_id[cpu] == apic_id)
			return true;
	return false;
}

/* The boot CPU is there already: as number 0, wherever it stands in the list. */
static void __init add_cpu(struct madt *m, u32 apic_id, u32 flags)
{
	if (!(flags & MADT_CPU_ENABLED) || apic_id >= 255)
		return;
	m->nr_cpus_listed++;
	if (!is_known_cpu(m, apic_id) && m->nr_cpus < NR_CPUS)
		m->apic_id[m->nr_cpus++] = apic_id;
}

static void __init add_io_apic(struct madt *m, const struct madt_entry *entry)
{
	if (m->nr_io_apics == MADT_MAX_IO_APICS) {
		pr_warn("ACPI: more than %d IO-APICs, the others are ignored\n", MADT_MAX_IO_APICS);
		return;
	}
	m->io_apic[m->nr_io_apics].id = entry->io_apic.id;
	m->io_apic[m->nr_io_apics].address = entry->io_apic.address;
	m->io_apic[m->nr_io_apics++].gsi_base = entry->io_apic.gsi_base;
}

static void __init redirect_isa_irq(struct madt *m, const struct madt_entry *entry)
{
	if (entry->isa.bus || entry->isa.irq >= MADT_ISA_IRQS)
		return;
	m->isa_irq[entry->isa.irq].gsi = entry->isa.gsi;
	m->isa_irq[entry->isa.irq].flags = entry->isa.flags;
}

/* What the type needs; 0: we do not know it, and pass over it. */
static unsigned int __init entry_size(u8 type)
{
	static const u8 sizes[] = {
		[MADT_LAPIC] = ENTRY_SIZE(lapic), [MADT_IO_APIC] = ENTRY_SIZE(io_apic),
		[MADT_ISA_OVERRIDE] = ENTRY_SIZE(isa), [MADT_X2APIC] = ENTRY_SIZE(x2apic),
		[MADT_LAPIC_ADDRESS] = ENTRY_SIZE(lapic_address),
	};

	return type < ARRAY_SIZE(sizes) ? sizes[type] : 0;
}

static void __init take_entry(struct madt *m, const struct madt_entry *entry)
{
	switch (entry->type) {
	case MADT_LAPIC:
		add_cpu(m, entry->lapic.apic_id, entry->lapic.flags);
		break;
	case MADT_X2APIC:
		add_cpu(m, entry->x2apic.apic_id, entry->x2apic.flags);
		break;
	case MADT_IO_APIC:
		add_io_apic(m, entry);
		break;
	case MADT_ISA_OVERRIDE:
		redirect_isa_irq(m, entry);
		break;
	case MADT_LAPIC_ADDRESS:
		m->lapic_address = entry->lapic_address.address;
		break;
	}
}

static bool __init take_entries(struct madt *m, const struct madt_table *table)
{
	const u8 *at = (const u8 *)(table + 1), *end = (const u8 *)table + table->header.length;

	while (at < end) {
		const struct madt_entry *entry = (const struct madt_entry *)at;

		if (end - at < 2 || entry->length < max(2U, entry_size(entry->type)) ||
		    entry->length > end - at) {
			pr_warn("ACPI: MADT: bad entry at offset %u, the table is ignored\n",
				(unsigned int)(at - (const u8 *)table));
			return false;
		}
		take_entry(m, entry);
		at += entry->length;
	}
	return true;
}

/* ---- all of it ---- */

static void __init one_cpu(struct madt *m, u32 boot_apic_id)
{
	*m = (struct madt){ .nr_cpus = 1, .nr_cpus_listed = 1, .apic_id = { boot_apic_id } };
	for (unsigned int irq = 0; irq < MADT_ISA_IRQS; irq++)
		m->isa_irq[irq].gsi = irq;
}

static bool __init read_madt(struct madt *m, const struct madt_table *table)
{
	m->found = true;
	m->has_8259 = table->flags & MADT_PCAT_COMPAT;
	m->lapic_address = table->lapic_address;
	m->nr_cpus_listed = 0;
	return take_entries(m, table);
}

/* The MADT among the tables that @list points to, @width bytes an address. NULL: none is sound. */
static struct madt_table *__init find_madt(const struct acpi_memory *memory,
					   const struct table_header *list, unsigned int width)
{
	const u8 *entries = (const u8 *)(list + 1);
	unsigned int i, nr = (list->length - sizeof(*list)) / width;

	for (i = 0; i < min(nr, (unsigned int)TABLES_MAX); i++) {
		struct table_header *table;
		u64 phys = 0;

		memcpy(&phys, entries + i * width, width);
		table = map_table(memory, phys, "APIC", sizeof(struct madt_table));
		if (table)
			return (struct madt_table *)table;
	}
	return NULL;
}

static bool __init read_by_list(const struct acpi_memory *memory, phys_addr_t phys,
				const char *signature, unsigned int width, struct madt *m)
{
	struct table_header *list = phys ? map_table(memory, phys, signature, sizeof(*list)) : NULL;
	struct madt_table *table;
	bool done = false;

	if (!list)
		return false;
	table = find_madt(memory, list, width);
	memory->unmap(list, list->length);
	if (table) {
		done = read_madt(m, table);
		memory->unmap(table, table->header.length);
	}
	return done;
}

bool __init madt_read(const struct acpi_memory *memory, u32 boot_apic_id, struct madt *m)
{
	struct rsdp rsdp;

	one_cpu(m, boot_apic_id);
	if (!find_rsdp(memory, &rsdp))
		return false;
	if (rsdp.revision >= 2 && rsdp.length == sizeof(rsdp) && adds_up(&rsdp, sizeof(rsdp)) &&
	    read_by_list(memory, rsdp.xsdt, "XSDT", 8, m))
		return true;
	one_cpu(m, boot_apic_id);
	if (read_by_list(memory, rsdp.rsdt, "RSDT", 4, m))
		return true;
	one_cpu(m, boot_apic_id);
	return false;
}

void __init madt_init(void)
{
	static const struct acpi_memory memory = { early_memremap, early_memunmap };
	u32 eax, ebx, ecx, edx;

	cpuid(1, &eax, &ebx, &ecx, &edx);
	if (!madt_read(&memory, ebx >> 24, &madt))
		pr_info("ACPI: no MADT: one CPU, 8259 interrupt controllers\n");
	if (!(edx & CPUID1_EDX_APIC))
		max_cpus = 1;			/* it could not call the others */
	madt.nr_cpus = min(madt.nr_cpus, max_cpus);
	nr_cpu_ids = madt.nr_cpus;
	__cpu_possible_mask.bits[0] = BIT(nr_cpu_ids) - 1;
	if (madt.found)
		pr_info("smpboot: Allowing %u CPUs, %u listed\n", madt.nr_cpus, madt.nr_cpus_listed);
}

/* ---- parameters ---- */

static int __init one_cpu_setup(char *value)
{
	max_cpus = 1;
	return 0;
}
early_param("nosmp", one_cpu_setup);

static int __init no_apic_setup(char *value)
{
	return one_cpu_setup(value);
}
early_param("noapic", no_apic_setup);

static int __init no_lapic_setup(char *value)
{
	return one_cpu_setup(value);
}
early_param("nolapic", no_lapic_setup);

/* 0, as in Linux: as `nosmp`. */
static int __init maxcpus_setup(char *value)
{
	unsigned int count;

	if (!value || kstrtouint(value, 0, &count))
		return -EINVAL;
	max_cpus = min(max_cpus, clamp(count, 1u, (unsigned int)NR_CPUS));
	return 0;
}
early_param("maxcpus", maxcpus_setup);
