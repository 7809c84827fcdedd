// SPDX-License-Identifier: MIT
/*
 * What lies at an address, in words: the address map of mm/README.md, asked at run time. Who hands
 * out addresses (vmalloc, kmap) knows more about his than the map does: he is asked before it.
 */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/pfn.h>
#include <quarry/memory_layout.h>

#include "x86.h"

static struct guard_page *guards;

void guard_page_add(struct guard_page *guard)
{
	guard->next = guards;
	guards = guard;
}

void guard_page_remove(struct guard_page *guard)
{
	struct guard_page **link;

	for (link = &guards; *link; link = &(*link)->next) {
		if (*link == guard) {
			*link = guard->next;
			return;
		}
	}
}

const struct guard_page *guard_page_find(unsigned long addr)
{
	const struct guard_page *guard;

	for (guard = guards; guard; guard = guard->next)
		if ((addr & PAGE_MASK) == guard->addr)
			return guard;
	return NULL;
}

struct area {
	unsigned long start, end;	/* [start, end) */
	const char *name;
};

static const char *area_name(unsigned long addr)
{
	const struct area areas[] = {
		{ 0, PAGE_SIZE, "the first page, never mapped: a null pointer" },
		{ PAGE_SIZE, PAGE_OFFSET, "below the kernel, no address space is here" },
		{ (unsigned long)_image_start, (unsigned long)_stext, "the boot page" },
		{ (unsigned long)_stext, (unsigned long)_etext, "kernel code" },
		{ (unsigned long)__start_rodata, (unsigned long)__end_rodata, "kernel constants" },
		{ (unsigned long)_sdata, (unsigned long)_edata, "kernel data" },
		{ (unsigned long)__bss_start, (unsigned long)__bss_stop, "kernel data (bss)" },
		{ WINDOW_START, VMALLOC_START, "the gap between the direct map and vmalloc" },
		{ VMALLOC_START, VMALLOC_END, "the vmalloc area" },
		{ VMALLOC_END, PKMAP_BASE, "the gap between vmalloc and kmap" },
		{ PKMAP_BASE, PKMAP_BASE + PMD_SIZE, "the kmap area" },
		{ PKMAP_BASE + PMD_SIZE, FIXADDR_START, "unused, below the fixmap" },
		{ FIXADDR_START, FIXADDR_TOP, "the fixmap" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(areas); i++)
		if (addr >= areas[i].start && addr < areas[i].end)
			return areas[i].name;
	return NULL;
}

/* Between two parts of the window: left empty to keep them apart. */
static bool in_a_gap(unsigned long addr)
{
	return (addr >= WINDOW_START && addr < VMALLOC_START) ||
	       (addr >= VMALLOC_END && addr < PKMAP_BASE);
}

static const char *direct_map_name(unsigned long addr)
{
	if (addr >= WINDOW_START)
		return "the last page, never mapped";
	if (max_low_pfn && PFN_DOWN(__pa(addr)) >= max_low_pfn && PFN_DOWN(__pa(addr)) < max_pfn)
		return "where the direct map would be, but highmem= has left it out";
	if (addr - PAGE_OFFSET < 0x100000 && !memblock_is_memory(__pa(addr)))
		return "the direct map, BIOS or video memory";
	if (!memblock_is_memory(__pa(addr)))
		return "where the direct map would be, but there is no RAM";
	return "the direct map of RAM";
}

/* Those who hand out addresses, one after the other: who knows this one? */
static enum address_place ask_describers(unsigned long addr, char *buf, size_t size)
{
	const struct address_describer *const *d;
	enum address_place place = PLACE_UNKNOWN;

	for_each_registered(address_describers, d) {
		place = (*d)->describe(addr, buf, size);
		if (place != PLACE_UNKNOWN)
			break;
	}
	return place;
}

/* Nobody hands out addresses before the line between direct map and window is drawn. */
static bool may_be_handed_out(unsigned long addr)
{
	return max_low_pfn && addr >= PAGE_OFFSET;
}

enum address_place describe_place(unsigned long addr, char *buf, size_t size)
{
	const struct guard_page *guard = guard_page_find(addr);
	enum address_place place = PLACE_UNKNOWN;

	if (guard) {
		scnprintf(buf, size, "the guard page of %s", guard->owner);
		return PLACE_GUARD;
	}
	if (may_be_handed_out(addr))
		place = ask_describers(addr, buf, size);
	if (place != PLACE_UNKNOWN)
		return place;
	scnprintf(buf, size, "%s", area_name(addr) ?: direct_map_name(addr));
	return in_a_gap(addr) ? PLACE_GUARD : PLACE_KNOWN;
}

const char *describe_address(unsigned long addr, char *buf, size_t size)
{
	describe_place(addr, buf, size);
	return buf;
}
