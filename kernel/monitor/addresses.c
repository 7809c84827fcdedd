// SPDX-License-Identifier: MIT
/*
 * `addresses`: the address map as it is now. Where areas begin is asked of the variables that
 * decide it, how much of each is mapped of the page tables.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>

#include "monitor.h"

struct area {
	unsigned long start, end;	/* [start, end); end 0: 4 GiB */
	const char *name;
};

/* What of an area is mapped, in KiB. */
struct amounts {
	const struct area *area;
	unsigned long mapped, large, stale;
};

/* ---- measuring ---- */

/* @range's part that lies in the area. Last addresses are compared, for ends may be 4 GiB. */
static void add_mapped(const struct mapped_range *range, void *arg)
{
	struct amounts *amounts = arg;
	unsigned long first = max(range->start, amounts->area->start);
	unsigned long last = min(range->end - 1, amounts->area->end - 1);
	unsigned long kbytes = (last - first + 1) >> 10;

	if (first > last)
		return;
	amounts->mapped += kbytes;
	if (range->rights & _PAGE_PSE)
		amounts->large += kbytes;
}

static void add_stale(struct amounts *amounts)
{
	unsigned long addr = max(amounts->area->start, WINDOW_START);

	if (amounts->area->end - 1 < WINDOW_START)
		return;
	for (; addr != amounts->area->end; addr += PAGE_SIZE)
		if (window_page(addr, NULL) == WINDOW_STALE)
			amounts->stale += PAGE_SIZE >> 10;
}

/* ---- drawing ---- */

/* "896M": in the largest unit that needs no fraction. */
static const char *size_text(unsigned long kbytes, char *buf, size_t size)
{
	const char *unit = "KMG";

	while (kbytes && kbytes % 1024 == 0 && unit[1]) {
		kbytes /= 1024;
		unit++;
	}
	scnprintf(buf, size, "%lu%c", kbytes, *unit);
	return buf;
}

static void print_amount(const char *before, unsigned long kbytes, const char *behind)
{
	char buf[16];

	if (kbytes)
		monitor_printf("%s%s%s", before, size_text(kbytes, buf, sizeof(buf)), behind);
}

static void print_border(unsigned long addr)
{
	monitor_printf("0x%08lx +----------------------------------+\n", addr);
}

static void print_area(const struct area *area)
{
	struct amounts amounts = { .area = area };
	char size[16];

	if (area->start == area->end)
		return;
	for_each_mapped_range(add_mapped, &amounts);
	add_stale(&amounts);
	print_border(area->start);
	monitor_printf("           | %-32s | %9s", area->name,
		       size_text((area->end - area->start) >> 10, size, sizeof(size)));
	print_amount(", ", amounts.mapped, " mapped");
	print_amount(" (", amounts.large, " in pages of 2M)");
	print_amount(", ", amounts.stale, " stale");
	monitor_printf("\n");
}

/* What may be done with any page of it. */
static void print_part(const char *name, const char *start, const char *end)
{
	bool writable = false, executable = false;
	unsigned long bytes = end - start;
	struct page_walk walk;

	for (const char *page = start; page < end; page += PAGE_SIZE) {
		if (!walk_page_tables((unsigned long)page, &walk))
			continue;
		writable |= walk.writable;
		executable |= walk.executable;
	}
	monitor_printf("           |   0x%08lx %-20s| %8luK, %s%s\n", (unsigned long)start, name,
		       bytes >> 10, writable ? "writable" : "read-only",
		       executable ? ", executable" : "");
}

/* The image lies in the first zone. */
static void print_image(void)
{
	print_part("code", _stext, _etext);
	print_part("constants", __start_rodata, __end_rodata);
	print_part("data", _sdata, _end);
}

static void print_zones(void)
{
	const struct zone *zone;
	char name[40];

	for_each_populated_zone(zone) {
		struct area area = { .name = name };

		if (zone_idx(zone) >= ZONE_HIGHMEM)
			break;
		if (zone_idx(zone) == ZONE_DMA)		/* without frame 0, which is mapped */
			area.start = PAGE_OFFSET;
		else
			area.start = (unsigned long)__va(PFN_PHYS(zone->zone_start_pfn));
		area.end = (unsigned long)__va(PFN_PHYS(zone_end_pfn(zone)));
		scnprintf(name, sizeof(name), "direct map: ZONE_%s",
			  zone_idx(zone) == ZONE_DMA ? "DMA" : "NORMAL");
		print_area(&area);
		if (zone_idx(zone) == ZONE_DMA)
			print_image();
	}
}

static int cmd_addresses(int argc, char **argv)
{
	static const struct area user = { 0, PAGE_OFFSET, "user space: no process yet" };
	const struct area areas[] = {
		{ (unsigned long)high_memory, WINDOW_START, "no low memory to be mapped here" },
		{ WINDOW_START, VMALLOC_START, "guard" },
		{ VMALLOC_START, VMALLOC_END, "vmalloc" },
		{ VMALLOC_END, PKMAP_BASE, "guard" },
		{ PKMAP_BASE, FIXADDR_TABLE, "kmap: 512 slots" },
		{ FIXADDR_TABLE, FIXADDR_START, "unused" },
		{ FIXADDR_START, FIXADDR_TOP, "fixmap" },
		{ FIXADDR_TOP, 0, "never mapped" },
	};
	unsigned int i;

	if (argc != 1)
		return -EINVAL;
	print_area(&user);
	print_zones();
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		print_area(&areas[i]);
	monitor_printf("4 GiB      +----------------------------------+\n");
	monitor_printf("%lu pages are both writable and executable\n", count_wx_pages());
	return 0;
}
MONITOR_COMMAND(addresses, "", "draw the address map, as it is now", cmd_addresses);
