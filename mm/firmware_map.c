// SPDX-License-Identifier: MIT
/*
 * From the firmware's memory map to memblock.
 *
 * 1. The idea
 *
 * On a PC only the firmware knows where RAM is. The loader asks it (INT 15h, AX=E820h) and hands
 * the answer on: a list of ranges with types. It comes as it is, and has been seen unsorted,
 * overlapping, empty, and with the BIOS's own area declared free. To use a byte that is not RAM,
 * or that somebody else uses, destroys data in a way nobody will ever explain; to leave one
 * unused costs a byte. So in every doubt the byte is not RAM:
 *
 *	- where two ranges overlap, a type that is not RAM wins over RAM, and among those the
 *	  higher number wins (the more restrictive types came later into the standard);
 *	- a page of which one byte is not RAM is not RAM;
 *	- 0xA0000-0xFFFFF (video memory, ROMs) is not RAM whatever the map says;
 *	- what lies above the 64 GiB that a page-table entry can name (on a CPU with fewer than 36
 *	  address bits: above what it can reach), or above "mem=", is not used.
 *
 * 2. The steps
 *
 *	boot_info.map --(paint)--> memblock.firmware --(trim)--> --(whole pages)--> memblock.memory
 *	image, modules, BIOS data -------------------------------------------------> memblock.reserved
 *
 * Overlaps solve themselves: the ranges are painted over each other in order of rank, the weakest
 * first. Reservations are made before any RAM is known, because from the first byte of RAM on
 * memblock may take some of it for its own arrays.
 *
 * 3. What is not checked
 *
 * Whether the RAM is there. A firmware that claims too much will be found out by the first user.
 */
#include <asm/early_ioremap.h>
#include <asm/sections.h>
#include <asm/trampoline.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <quarry/boot_memory.h>

#define BIOS_AREA_START	0xa0000		/* video memory, adapters' ROMs, the BIOS */
#define BIOS_AREA_END	0x100000
#define BIOS_DATA_EBDA	0x40e		/* a word: segment of the extended BIOS data area */
#define EBDA_LOWEST	0x20000		/* a segment below says that there is none */

/*
 * A PC with 4 MiB shows 3 MiB of RAM above the first megabyte, and up to 640 KiB below. Of the
 * upper part the firmware may keep some: SeaBIOS takes 128 KiB. So what a 4 MiB machine shows is
 * 3.4 to 3.6 MiB, and a 3 MiB machine 2.4 to 2.6. Three is between them. Only RAM that the kernel
 * can always reach counts.
 */
#define LOWMEM_LEAST	(3 * SZ_1M)

phys_addr_t mem_limit = ~(phys_addr_t)0;

/* "mem=64M": use no RAM at or above that address. Given twice, the lower one holds. */
static int __init mem_setup(char *value)
{
	char *rest = value;
	u64 limit = value ? memparse(value, &rest) : 0;

	if (!limit || *rest)
		return -EINVAL;
	mem_limit = min(mem_limit, limit);
	return 0;
}
early_param("mem", mem_setup);

/* ------------------------------- painting ------------------------------- */

/* RAM is the weakest; the rest by its number. */
static u64 rank(u32 type)
{
	return type == BOOT_MAP_RAM ? 0 : type + 1ULL;
}

/* Paint the ranges of one rank, and return the next rank above it; 0 when there is none. */
static u64 __init paint_rank(const struct boot_info *info, u64 this)
{
	u64 next = 0;
	unsigned int i;

	for (i = 0; i < info->nr_map; i++) {
		const struct boot_map_entry *entry = &info->map[i];
		u64 r = rank(entry->type);

		if (r == this)
			memblock_add_range(&memblock.firmware, entry->base, entry->size, entry->type);
		else if (r > this && (!next || r < next))
			next = r;
	}
	return next;
}

/* Two numbers every loader can find out: RAM from 0 up to a hole, and from 1 MiB up to a hole. */
static void __init paint_sizes(const struct boot_info *info)
{
	u64 lower = min((u64)info->mem_lower_kb * SZ_1K, (u64)BIOS_AREA_START);
	u64 upper = (u64)info->mem_upper_kb * SZ_1K;

	memblock_add_range(&memblock.firmware, 0, lower, BOOT_MAP_RAM);
	memblock_add_range(&memblock.firmware, BIOS_AREA_END, upper, BOOT_MAP_RAM);
}

static void __init log_map(const char *title, const char *who)
{
	static const char *const names[] = {
		[BOOT_MAP_RAM] = "usable",	[BOOT_MAP_RESERVED] = "reserved",
		[BOOT_MAP_ACPI] = "ACPI data",	[BOOT_MAP_NVS] = "ACPI NVS",
		[BOOT_MAP_UNUSABLE] = "unusable", [BOOT_MAP_PMEM] = "persistent (type 7)",
	};
	const struct memblock_region *region;

	pr_info("%s physical RAM map:\n", title);
	for_each_memblock_type_region(&memblock.firmware, region) {
		char other[16];
		const char *name = region->flags < ARRAY_SIZE(names) ? names[region->flags] : NULL;

		snprintf(other, sizeof(other), "type %u", region->flags);
		pr_info("%s: [mem %#018llx-%#018llx] %s\n", who, region->base,
			memblock_region_end(region) - 1, name ?: other);
	}
}

/* False: the loader told us nothing. */
static bool __init paint_firmware_map(const struct boot_info *info)
{
	u64 r = 0;

	if (info->nr_map) {
		do {
			r = paint_rank(info, r);
		} while (r);
		log_map("BIOS-provided", "BIOS-e820");
	} else if (info->has_mem_sizes) {
		paint_sizes(info);
		log_map("BIOS-provided", "BIOS-e801");
	}
	return info->nr_map || info->has_mem_sizes;
}

/* ------------------------------- trimming ------------------------------- */

/* What became of the RAM that the firmware claimed, in bytes. */
struct losses {
	u64 frame0, bios, out_of_reach, above_limit, parts, no_room;
};

/*
 * What the firmware calls RAM in [base, end) becomes @type, or if that is 0, nothing. Returns how
 * many bytes it was.
 */
static u64 __init take_ram(phys_addr_t base, phys_addr_t end, u32 type)
{
	struct memblock_type *firmware = &memblock.firmware;
	unsigned long i = 0;
	u64 taken = 0;

	while (i < firmware->cnt) {
		const struct memblock_region *region = &firmware->regions[i];
		phys_addr_t low = max(region->base, base);
		phys_addr_t high = min(memblock_region_end(region), end);

		if (region->flags != BOOT_MAP_RAM || low >= high) {
			i++;
			continue;
		}
		taken += high - low;
		if (type)
			memblock_add_range(firmware, low, high - low, type);
		else
			memblock_remove_range(firmware, low, high - low);
	}
	return taken;
}

static void __init trim_firmware_map(struct losses *lost)
{
	phys_addr_t last = ~(phys_addr_t)0;

	lost->out_of_reach = take_ram(cpu_phys_limit, last, 0);
	lost->above_limit = take_ram(mem_limit, last, 0);
	if (lost->above_limit)
		log_map("user-defined", "user");

	lost->bios = take_ram(BIOS_AREA_START, BIOS_AREA_END, 0);
	lost->frame0 = take_ram(0, PAGE_SIZE, BOOT_MAP_RESERVED);
}

/* ------------------------------ reserving ------------------------------ */

/* All pages that [start, end) touches. */
static void __init reserve_pages(phys_addr_t start, phys_addr_t end)
{
	start = round_down(start, PAGE_SIZE);
	memblock_reserve(start, round_up(end, PAGE_SIZE) - start);
}

/* The BIOS keeps some RAM below 640 KiB for itself, and does not always say so in the map. */
static void __init reserve_ebda(void)
{
	const u16 *segment = early_memremap(BIOS_DATA_EBDA, sizeof(*segment));
	phys_addr_t ebda;

	if (!segment)
		return;
	ebda = (phys_addr_t)*segment << 4;
	early_memunmap((void *)segment, sizeof(*segment));
	if (ebda >= EBDA_LOWEST && ebda < BIOS_AREA_START)
		reserve_pages(ebda, BIOS_AREA_START);
}

/* Frame 0 holds the BIOS's data, and its number is what "no memory" looks like. */
static void __init reserve_boot_data(const struct boot_info *info)
{
	unsigned int i;

	reserve_pages(0, PAGE_SIZE);
	reserve_pages(TRAMPOLINE_PHYS, TRAMPOLINE_PHYS + PAGE_SIZE);
	reserve_ebda();
	reserve_pages(image_phys_start(), image_phys_end());
	for (i = 0; i < info->nr_modules; i++)
		reserve_pages(info->modules[i].start, info->modules[i].end);
}

/* ------------------------------- RAM at last ------------------------------- */

/*
 * Hand the ranges of RAM to memblock, whole pages only: the @large ones, or the others. The large
 * ones go first, so that the list can grow before a swarm of small ones fills it.
 */
static void __init add_ram(bool large, struct losses *lost)
{
	const struct memblock_region *region;

	for_each_memblock_type_region(&memblock.firmware, region) {
		phys_addr_t start = round_up(region->base, PAGE_SIZE);
		phys_addr_t end = round_down(memblock_region_end(region), PAGE_SIZE);
		u64 bytes = end > start ? end - start : 0;

		if (region->flags != BOOT_MAP_RAM || large != (region->size >= SZ_64K))
			continue;
		lost->parts += region->size - bytes;
		if (memblock_add(start, bytes))
			lost->no_room += bytes;
	}
}

static u64 __init ram_below(phys_addr_t limit)
{
	phys_addr_t start, end;
	u64 i, bytes = 0;

	for_each_mem_range(i, &start, &end)
		if (start < limit)
			bytes += min(end, limit) - start;
	return bytes;
}

static int __init describe_loss(char *buf, size_t size, bool first, u64 bytes, const char *why)
{
	bool whole = !(bytes % SZ_1K);

	if (!bytes)
		return 0;
	return scnprintf(buf, size, "%s%llu %s %s", first ? "; not used: " : ", ",
			 whole ? bytes / SZ_1K : bytes, whole ? "KiB" : "bytes", why);
}

static void __init log_ram(const struct losses *lost)
{
	const struct { u64 bytes; const char *why; } losses[] = {
		{ lost->frame0,		"of frame 0" },
		{ lost->bios,		"in the BIOS's area" },
		{ lost->out_of_reach,	"above what this CPU can address" },
		{ lost->above_limit,	"above mem=" },
		{ lost->parts,		"in pages that are not wholly RAM" },
		{ lost->no_room,	"for which the list had no room" },
	};
	u64 total = memblock_phys_mem_size();
	unsigned int i, n;
	char why[400] = "";

	for (i = n = 0; i < ARRAY_SIZE(losses); i++)
		n += describe_loss(why + n, sizeof(why) - n, !n, losses[i].bytes, losses[i].why);
	pr_info("RAM: %llu KiB in %lu ranges from %#llx to %#llx, %llu KiB of it above 4 GiB%s\n",
		total / SZ_1K, memblock.memory.cnt, memblock_start_of_DRAM(),
		memblock_end_of_DRAM(), (total - ram_below(1ULL << 32)) / SZ_1K, why);
}

const char *__init memblock_try_setup(const struct boot_info *info)
{
	static char refusal[120];
	struct losses lost = { };
	phys_addr_t image = image_phys_start(), image_size = image_phys_end() - image;
	u64 low;

	if (!paint_firmware_map(info))
		return "The boot loader left neither a memory map nor memory sizes: where is RAM?";
	trim_firmware_map(&lost);
	reserve_boot_data(info);
	add_ram(true, &lost);
	add_ram(false, &lost);
	log_ram(&lost);
	if (!memblock_is_region_memory(image, image_size))
		pr_warn("The memory map does not call all of the kernel's own image RAM.\n");

	low = ram_below(LOWMEM_SURE);
	if (low >= LOWMEM_LEAST)
		return NULL;
	snprintf(refusal, sizeof(refusal),
		 "Quarry needs a machine with 4 MiB of RAM or more; this one offers %llu KiB.",
		 low / SZ_1K);
	return refusal;
}

void __init memblock_setup(const struct boot_info *info)
{
	const char *refusal = memblock_try_setup(info);

	if (refusal)
		panic("%s", refusal);
	memblock_dump_all();
}
