// SPDX-License-Identifier: MIT
/*
 * /proc/iomem: what lies at which physical address, in the form and with the names of Linux on a
 * PC. RAM is shown as the firmware described it, to the byte; the kernel uses whole pages of it.
 */
#include <asm/early_ioremap.h>
#include <asm/sections.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <quarry/boot_memory.h>
#include <quarry/proc.h>

#define VIDEO_ROM	0xc0000		/* where add-on ROMs are, the video adapter's first */
#define ADAPTER_ROM	0xc8000
#define SYSTEM_ROM	0xf0000
#define ROM_STEP	0x800		/* they begin at multiples of 2 KiB */
#define ROMS_MAX	8

#define ROM_FLAGS	(IORESOURCE_MEM | IORESOURCE_BUSY | IORESOURCE_READONLY)

static struct resource video_ram =
	DEFINE_RES_NAMED(0xa0000, 0x20000, "Video RAM area", IORESOURCE_MEM | IORESOURCE_BUSY);
static struct resource system_rom =
	DEFINE_RES_NAMED(SYSTEM_ROM, 0x10000, "System ROM", ROM_FLAGS);
static struct resource add_on_roms[ROMS_MAX];
static struct resource kernel_parts[4];

static void __init add(struct resource *res, const char *name, resource_size_t start,
		       resource_size_t end, unsigned long flags)
{
	res->name = name;
	res->start = start;
	res->end = end - 1;
	res->flags = flags;
	insert_resource(&iomem_resource, res);
}

/*
 * An add-on ROM begins with 55h AAh and its length in units of 512 bytes: the mark by which a
 * BIOS has found them since the IBM PC.
 */
static void __init add_roms(void)
{
	unsigned long size = SYSTEM_ROM - VIDEO_ROM, at, length, n = 0;
	const u8 *roms = early_memremap(VIDEO_ROM, size);

	request_resource(&iomem_resource, &system_rom);
	for (at = 0; roms && at < size && n < ROMS_MAX; at += round_up(length ?: 1, ROM_STEP)) {
		unsigned long phys = VIDEO_ROM + at;

		length = roms[at] == 0x55 && roms[at + 1] == 0xaa ? roms[at + 2] * 512UL : 0;
		if (!length || at + length > size)
			length = 0;
		else
			add(&add_on_roms[n++], phys < ADAPTER_ROM ? "Video ROM" : "Adapter ROM",
			    phys, phys + length, ROM_FLAGS);
	}
	if (roms)
		early_memunmap((void *)roms, size);
}

static const char *__init type_name(u32 type)
{
	switch (type) {
	case BOOT_MAP_RAM:	return "System RAM";
	case BOOT_MAP_RESERVED:	return "Reserved";
	case BOOT_MAP_ACPI:	return "ACPI Tables";
	case BOOT_MAP_NVS:	return "ACPI Non-volatile Storage";
	case BOOT_MAP_UNUSABLE:	return "Unusable memory";
	case BOOT_MAP_PMEM:	return "Persistent Memory";
	default:		return "Unknown E820 type";
	}
}

/*
 * What the firmware said goes around the ROMs, which are in the tree already. A ROM that it cuts
 * in two was not where we believed it to be, and is taken out again.
 */
static void __init add_firmware_range(struct resource *res, const struct memblock_region *region)
{
	bool ram = region->flags == BOOT_MAP_RAM;
	struct resource *conflict;

	res->name = type_name(region->flags);
	res->start = region->base;
	res->end = min(memblock_region_end(region), (phys_addr_t)MAX_PHYS_ADDR) - 1;
	res->flags = (ram ? IORESOURCE_SYSTEM_RAM : IORESOURCE_MEM) | IORESOURCE_BUSY;
	if (region->base >= MAX_PHYS_ADDR)
		return;
	while ((conflict = insert_resource_conflict(&iomem_resource, res)) != NULL)
		release_resource(conflict);
}

static void __init add_kernel(void)
{
	unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;

	add(&kernel_parts[0], "Kernel code", __pa(_stext), __pa(_etext), flags);
	add(&kernel_parts[1], "Kernel rodata", __pa(__start_rodata), __pa(__end_rodata), flags);
	add(&kernel_parts[2], "Kernel data", __pa(_sdata), __pa(_edata), flags);
	add(&kernel_parts[3], "Kernel bss", __pa(__bss_start), __pa(__bss_stop), flags);
}

void __init iomem_init(void)
{
	unsigned long i, n = memblock.firmware.cnt;
	struct resource *storage = memblock_alloc(n * sizeof(*storage), 0);

	if (!storage)
		panic("No memory for the %lu ranges of /proc/iomem.", n);
	add_roms();
	for (i = 0; i < n; i++)
		add_firmware_range(&storage[i], &memblock.firmware.regions[i]);
	add_kernel();
	request_resource(&iomem_resource, &video_ram);
}

/* The resource after @res in the order of a printed tree: its children come first. */
static const struct resource *next_resource(const struct resource *res, unsigned int *depth)
{
	if (res->child) {
		(*depth)++;
		return res->child;
	}
	while (!res->sibling && res->parent) {
		res = res->parent;
		(*depth)--;
	}
	return res->sibling;
}

static int iomem_show(struct seq_file *m, void *v)
{
	const struct resource *res = iomem_resource.child;
	unsigned int depth = 0;

	for (; res; res = next_resource(res, &depth))
		seq_printf(m, "%*s%08llx-%08llx : %s\n", depth * 2, "",
			   res->start, res->end, res->name);
	return 0;
}
PROC_FILE(iomem, "iomem", iomem_show, NULL);
