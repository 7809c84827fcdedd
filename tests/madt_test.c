// SPDX-License-Identifier: MIT
/*
 * ACPI's tables: a small physical memory of our own, into which each case writes a firmware's tables,
 * sound or damaged.
 */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <quarry/madt.h>

#define EBDA		0x9fc00UL
#define BIOS		0xf0000UL
#define BIOS_SIZE	0x400UL		/* all else of the machine's memory is 0xff */
#define RSDP		(BIOS + 0x10)
#define RSDT		(BIOS + 0x40)
#define XSDT		(BIOS + 0x80)
#define MADT		(BIOS + 0x100)
#define OTHER_MADT	(BIOS + 0x300)

static u8 *bios;		/* BIOS_SIZE bytes at BIOS */
static bool in_ebda;		/* they appear at EBDA as well */
static unsigned int mapped;
static u8 *area;		/* copies of what is mapped */
static unsigned long used;	/* bytes of it */
#define AREA_SIZE	2048UL

static u8 byte_at(phys_addr_t phys)
{
	if (phys - BIOS < BIOS_SIZE)
		return in_ebda ? 0xff : bios[phys - BIOS];
	if (in_ebda && phys - EBDA < BIOS_SIZE)
		return bios[phys - EBDA];
	if (phys == 0x40e || phys == 0x40f)
		return (EBDA / 16) >> (phys == 0x40f ? 8 : 0);
	return 0xff;
}

static void *map(phys_addr_t phys, unsigned long size)
{
	u8 *copy;

	if (!mapped)
		used = 0;
	if (size > AREA_SIZE - used)
		return NULL;
	copy = area + used;
	used += size;
	mapped++;
	for (unsigned long i = 0; i < size; i++)
		copy[i] = byte_at(phys + i);
	return copy;
}

static void unmap(void *addr, unsigned long size)
{
	mapped--;
}

static const struct acpi_memory memory = { map, unmap };

static u8 *at(unsigned long phys)
{
	return bios + phys - BIOS;
}

static void put32(unsigned long phys, u32 value)
{
	memcpy(at(phys), &value, 4);
}

/* Set the byte at @where so that @size bytes from @phys on add up to 0. */
static void seal(unsigned long phys, unsigned long size, unsigned long where)
{
	u8 sum = 0;

	*at(where) = 0;
	for (unsigned long i = 0; i < size; i++)
		sum += at(phys)[i];
	*at(where) = -sum;
}

static u32 length_of(unsigned long table)
{
	u32 length;

	memcpy(&length, at(table + 4), 4);
	return length;
}

static void seal_table(unsigned long table)
{
	seal(table, length_of(table), table + 9);
}

static void begin_table(unsigned long table, const char *signature, u32 length)
{
	memset(at(table), 0, length);
	memcpy(at(table), signature, 4);
	put32(table + 4, length);
}

/* Append an entry to the MADT. */
static void add(const u8 *entry, unsigned int size)
{
	u32 length = length_of(MADT);

	memcpy(at(MADT + length), entry, size);
	put32(MADT + 4, length + size);
	seal_table(MADT);
}
#define ADD(...)	add((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))
#define ADD_CPU(id, flags) ADD(0, 8, 0, id, flags, 0, 0, 0)

/* Version 1: an RSDT with two tables, the second of which is the MADT. */
static int madt_test_init(struct kunit *test)
{
	bios = kunit_kzalloc(test, BIOS_SIZE, GFP_KERNEL);
	area = kunit_kmalloc(test, AREA_SIZE, GFP_KERNEL);
	if (!bios || !area)
		return -ENOMEM;
	in_ebda = false;
	mapped = 0;
	memcpy(at(RSDP), "RSD PTR ", 8);
	put32(RSDP + 16, RSDT);
	seal(RSDP, 20, RSDP + 8);
	begin_table(RSDT, "RSDT", 44);
	put32(RSDT + 36, XSDT);
	put32(RSDT + 40, MADT);
	seal_table(RSDT);
	begin_table(XSDT, "FACP", 36);
	begin_table(MADT, "APIC", 44);
	put32(MADT + 36, 0xfee00000);
	put32(MADT + 40, 1);
	seal_table(MADT);
	return 0;
}

static struct madt result;

static void expect_one_cpu(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, madt_read(&memory, 3, &result));
	KUNIT_EXPECT_FALSE(test, result.found);
	KUNIT_EXPECT_EQ(test, result.nr_cpus, 1);
	KUNIT_EXPECT_EQ(test, result.apic_id[0], 3);
	KUNIT_EXPECT_EQ(test, result.nr_io_apics, 0);
	KUNIT_EXPECT_EQ(test, result.isa_irq[5].gsi, 5);
	KUNIT_EXPECT_EQ(test, mapped, 0);
}

static void expect_found(struct kunit *test, unsigned int cpus)
{
	KUNIT_EXPECT_TRUE(test, madt_read(&memory, 3, &result));
	KUNIT_EXPECT_TRUE(test, result.found);
	KUNIT_EXPECT_EQ(test, result.nr_cpus, cpus);
	KUNIT_EXPECT_EQ(test, mapped, 0);
}

/* ---- what is sound ---- */

static void madt_all_entries(struct kunit *test)
{
	ADD_CPU(7, 1);
	ADD_CPU(9, 0);						/* not enabled */
	ADD_CPU(3, 1);						/* the boot CPU */
	ADD(1, 12, 2, 0, 0, 0, 0xc0, 0xfe, 0x10, 0, 0, 0);	/* an IO-APIC */
	ADD(2, 10, 0, 0, 2, 0, 0, 0, 0xf, 0);			/* the timer's line */
	ADD(77, 5, 1, 2, 3);					/* something new */
	ADD(9, 16, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);	/* an x2APIC */
	ADD(5, 12, 0, 0, 0, 0, 0xe1, 0xfe, 0, 0, 0, 0);
	expect_found(test, 3);
	KUNIT_EXPECT_EQ(test, result.apic_id[0], 3);
	KUNIT_EXPECT_EQ(test, result.apic_id[1], 7);
	KUNIT_EXPECT_EQ(test, result.apic_id[2], 8);
	KUNIT_EXPECT_EQ(test, result.nr_cpus_listed, 3);
	KUNIT_EXPECT_TRUE(test, result.has_8259);
	KUNIT_EXPECT_EQ(test, result.nr_io_apics, 1);
	KUNIT_EXPECT_EQ(test, result.io_apic[0].id, 2);
	KUNIT_EXPECT_EQ(test, result.io_apic[0].address, 0xfec00000);
	KUNIT_EXPECT_EQ(test, result.io_apic[0].gsi_base, 16);
	KUNIT_EXPECT_EQ(test, result.isa_irq[0].gsi, 2);
	KUNIT_EXPECT_EQ(test, result.isa_irq[0].flags, MADT_POLARITY_LOW | MADT_TRIGGER_LEVEL);
	KUNIT_EXPECT_EQ(test, result.isa_irq[1].gsi, 1);
	KUNIT_EXPECT_EQ(test, result.lapic_address, 0xfee10000);
}

static void madt_more_cpus_than_we_use(struct kunit *test)
{
	for (unsigned int id = 0; id < NR_CPUS + 4; id++)
		ADD_CPU(id, 1);
	expect_found(test, NR_CPUS);
	KUNIT_EXPECT_EQ(test, result.nr_cpus_listed, NR_CPUS + 4);
}

static void madt_rsdp_in_the_ebda(struct kunit *test)
{
	ADD_CPU(3, 1);
	in_ebda = true;
	put32(RSDP + 16, RSDT - BIOS + EBDA);
	seal(RSDP, 20, RSDP + 8);
	put32(RSDT + 36, XSDT - BIOS + EBDA);
	put32(RSDT + 40, MADT - BIOS + EBDA);
	seal_table(RSDT);
	expect_found(test, 1);
}

/* Version 2 has an XSDT, which leads to a MADT of its own here. */
static void madt_xsdt_first(struct kunit *test)
{
	at(RSDP)[15] = 2;
	put32(RSDP + 20, 36);
	put32(RSDP + 24, XSDT);
	seal(RSDP, 20, RSDP + 8);
	seal(RSDP, 36, RSDP + 32);
	begin_table(XSDT, "XSDT", 44);
	put32(XSDT + 36, OTHER_MADT);
	seal_table(XSDT);
	begin_table(OTHER_MADT, "APIC", 44);
	put32(OTHER_MADT + 36, 0xfee50000);
	seal_table(OTHER_MADT);
	expect_found(test, 1);
	KUNIT_EXPECT_EQ(test, result.lapic_address, 0xfee50000);

	at(XSDT)[20] ^= 1;				/* damaged: then the older one */
	KUNIT_EXPECT_REPORT(test, "ACPI: XSDT at * bad checksum*", expect_found(test, 1));
	KUNIT_EXPECT_EQ(test, result.lapic_address, 0xfee00000);
}

/* ---- what is not ---- */

static void madt_no_rsdp(struct kunit *test)
{
	at(RSDP)[0] = 'r';
	expect_one_cpu(test);
	at(RSDP)[0] = 'R';
	at(RSDP)[10] ^= 1;				/* its checksum is wrong */
	expect_one_cpu(test);
}

static void madt_bad_checksum(struct kunit *test)
{
	ADD_CPU(3, 1);
	at(MADT)[38] ^= 0x10;
	KUNIT_EXPECT_REPORT(test, "ACPI: APIC at * bad checksum*", expect_one_cpu(test));
	at(MADT)[38] ^= 0x10;
	at(RSDT)[20] ^= 1;
	KUNIT_EXPECT_REPORT(test, "ACPI: RSDT at * bad checksum*", expect_one_cpu(test));
}

static void madt_bad_length(struct kunit *test)
{
	static const u32 lengths[] = { 0, 43, 1 << 30, ~0u };

	volatile unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		put32(MADT + 4, lengths[i]);
		KUNIT_EXPECT_REPORT(test, "ACPI: APIC at * bad length*", expect_one_cpu(test));
	}
}

/* Entries of length 0 and 1, one too short for its type, and one that goes on behind the table. */
static void madt_bad_entries(struct kunit *test)
{
	static const u8 entries[][8] = { { 77, 0 }, { 77, 1 }, { 0, 7, 0, 5, 1 }, { 0, 9, 0, 5, 1 } };

	volatile unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		put32(MADT + 4, 44);
		ADD_CPU(6, 1);
		add(entries[i], sizeof(entries[i]));
		KUNIT_EXPECT_REPORT(test, "ACPI: MADT: bad entry at offset 52*",
				    expect_one_cpu(test));
	}
}

static struct kunit_case madt_cases[] = {
	KUNIT_CASE(madt_all_entries),
	KUNIT_CASE(madt_more_cpus_than_we_use),
	KUNIT_CASE(madt_rsdp_in_the_ebda),
	KUNIT_CASE(madt_xsdt_first),
	KUNIT_CASE(madt_no_rsdp),
	KUNIT_CASE(madt_bad_checksum),
	KUNIT_CASE(madt_bad_length),
	KUNIT_CASE(madt_bad_entries),
	{}
};

static struct kunit_suite madt_suite = {
	.name = "madt",
	.init = madt_test_init,
	.test_cases = madt_cases,
};
kunit_test_suite(madt_suite);
