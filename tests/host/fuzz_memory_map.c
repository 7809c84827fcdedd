// SPDX-License-Identifier: MIT
/*
 * Any bytes as what a loader left: the parser, and what memblock_try_setup() makes of it, against
 * an oracle that asks the raw entries about single bytes and pages and knows nothing of lists.
 *
 * An input is a memory map in a dense code, from which a real Multiboot structure is built, or, if
 * its first byte says so, the structure itself, whose pointers may then lead anywhere in the input.
 */
#include <asm/sections.h>
#include <asm/trampoline.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/boot_memory.h>
#include <quarry/multiboot.h>

#define SUBJECT "memory map"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define INFO_AT		0x1000U
#define MAP_AT		0x2000U
#define ENTRIES_MAX	400
#define HEADER_BYTES	4	/* flags, segment of the EBDA, mem= */
#define CODE_BYTES	8
#define LAST		(~(u64)0)

static u8 memory[MAP_AT + ENTRIES_MAX * sizeof(struct multiboot_map_entry)];
static const u8 *input;
static size_t input_size;
static struct boot_info info;
static struct boot_map_entry entries[ENTRIES_MAX];	/* what the oracle knows */
static unsigned int nr_entries;
static u32 ebda;

/* ------------------------------ the input ------------------------------ */

static bool read_memory(void *dst, u32 phys, u32 size)
{
	if (phys > sizeof(memory) || size > sizeof(memory) - phys)
		return false;
	memcpy(dst, memory + phys, size);
	return true;
}

/* The input again and again, in the lower half of memory. */
static bool read_input(void *dst, u32 phys, u32 size)
{
	u32 i;

	if (phys >> 31 || !input_size)
		return false;
	for (i = 0; i < size; i++)
		((u8 *)dst)[i] = input[(phys + i) % input_size];
	return true;
}

/* A number with few significant bits, at any scale, and sometimes a little beside it. */
static u64 decode_number(const u8 *code, u8 tweak)
{
	static const u8 scales[] = { 12, 12, 12, 16, 20, 20, 24, 28 };
	u32 scale = code[0] & 0x80 ? code[0] % 64 : scales[code[0] % 8];
	s32 beside = (tweak & 15) - 8;

	return ((u64)(code[1] | (code[2] & 3) << 8) << scale) + (tweak & 0x10 ? beside : 0);
}

static struct boot_map_entry decode_entry(const u8 *code)
{
	static const u32 types[] = { 1, 1, 1, 1, 2, 2, 3, 4, 5, 7, 0, 6, 20, 0xffffffff, 1, 2 };

	return (struct boot_map_entry){
		.base = decode_number(code, code[6]),
		.size = decode_number(code + 3, code[6] >> 3),
		.type = types[code[7] % ARRAY_SIZE(types)],
	};
}

static void build_structure(const u8 *code, size_t bytes, u8 flags)
{
	struct multiboot_info raw = { .flags = MULTIBOOT_HAS_MAP, .mmap_addr = MAP_AT };
	struct multiboot_map_entry *to = (struct multiboot_map_entry *)(memory + MAP_AT);

	nr_entries = 0;
	if (flags & 2)		/* most maps have some low memory */
		entries[nr_entries++] = (struct boot_map_entry){ 0x100000, 0x2000000, BOOT_MAP_RAM };
	for (; bytes >= CODE_BYTES && nr_entries < ENTRIES_MAX; code += CODE_BYTES, bytes -= CODE_BYTES)
		entries[nr_entries++] = decode_entry(code);

	raw.mmap_length = nr_entries * sizeof(*to);
	memcpy(memory + INFO_AT, &raw, sizeof(raw));
	for (unsigned int i = 0; i < nr_entries; i++)
		to[i] = (struct multiboot_map_entry){ sizeof(*to) - 4, entries[i].base,
						      entries[i].size, entries[i].type };
}

/* ------------------------------ the oracle ------------------------------ */

static u64 entry_end(const struct boot_map_entry *e)
{
	return e->base + e->size < e->base ? LAST : e->base + e->size;
}

static bool kept_from_ram(u64 addr)
{
	return (addr >= 0xa0000 && addr < 0x100000) || addr >= mem_limit || addr >= 1ULL << 36;
}

/* What the firmware says of the byte at @addr, after trimming; -1: nothing. */
static s64 oracle_type(u64 addr)
{
	s64 type = -1;

	for (unsigned int i = 0; i < nr_entries; i++) {
		const struct boot_map_entry *e = &entries[i];

		if (addr < e->base || addr >= entry_end(e))
			continue;
		if (type < 0 || type == BOOT_MAP_RAM || (e->type != BOOT_MAP_RAM && e->type > type))
			if (e->type != BOOT_MAP_RAM || type < 0)
				type = e->type;
	}
	if (type == BOOT_MAP_RAM && kept_from_ram(addr))
		return -1;
	return type == BOOT_MAP_RAM && addr < PAGE_SIZE ? BOOT_MAP_RESERVED : type;
}

/* Whether usable entries together cover the page at @start, and no other entry touches it. */
static bool oracle_page_is_ram(u64 start)
{
	u64 end = start + PAGE_SIZE, covered = start, before;

	if (!start || kept_from_ram(start) || kept_from_ram(end - 1))
		return false;
	for (unsigned int i = 0; i < nr_entries; i++)
		if (entries[i].type != BOOT_MAP_RAM && entries[i].size &&
		    entries[i].base < end && entry_end(&entries[i]) > start)
			return false;
	do {
		before = covered;
		for (unsigned int i = 0; i < nr_entries; i++)
			if (entries[i].type == BOOT_MAP_RAM && entries[i].base <= covered)
				covered = max(covered, entry_end(&entries[i]));
	} while (covered != before && covered < end);
	return covered >= end;
}

/* ------------------------------ comparing ------------------------------ */

static bool exact;	/* false: the lists may know of less RAM than the oracle, for want of room */

static void compare_byte(u64 addr)
{
	const struct memblock_region *region = memblock_search(&memblock.firmware, addr);
	s64 got = region ? (s64)region->flags : -1;

	if (exact && addr != LAST)
		CHECK(got == oracle_type(addr), "byte %#llx: %lld instead of %lld", addr, got,
		      oracle_type(addr));
}

static void compare_page(u64 addr)
{
	u64 page = addr & ~(u64)(PAGE_SIZE - 1);
	bool got = memblock_is_memory(page), want = oracle_page_is_ram(page);

	CHECK(got == want || (!exact && !got), "page %#llx: %d instead of %d", page, got, want);
	CHECK(got == memblock_is_region_memory(page, PAGE_SIZE), "half of page %#llx", page);
}

static void compare_around(u64 addr)
{
	compare_byte(addr - 1);
	compare_byte(addr);
	compare_page(addr - PAGE_SIZE);
	compare_page(addr - 1);
	compare_page(addr);
	compare_page(addr + PAGE_SIZE);
}

/* At every place where something may change; of very many entries, at some dozens, from @first on. */
static void compare_lists(unsigned int first)
{
	const struct memblock_region *region = memblock.memory.regions;
	unsigned int step = 1 + nr_entries / 32, i;

	for (i = first % step; i < nr_entries; i += step) {
		compare_around(entries[i].base);
		compare_around(entry_end(&entries[i]));
	}
	compare_around(mem_limit);
	compare_around(PAGE_SIZE);
	compare_around(0xa0000);
	compare_around(0x100000);
	compare_around(1ULL << 36);
	for (i = first % step; i < memblock.memory.cnt; i += step) {
		compare_around(region[i].base);
		compare_around(memblock_region_end(&region[i]));
	}
}

static void check_reserved(u64 start, u64 end)
{
	const struct memblock_region *region = memblock_search(&memblock.reserved, start);

	CHECK(region && memblock_region_end(region) >= end, "[%#llx, %#llx) is free", start, end);
}

static void check_reservations(void)
{
	u64 from = ebda & ~0xfffULL;

	check_reserved(0, PAGE_SIZE);
	check_reserved(TRAMPOLINE_PHYS, TRAMPOLINE_PHYS + PAGE_SIZE);
	check_reserved(image_phys_start(), image_phys_end());
	for (unsigned int i = 0; i < info.nr_modules; i++)
		check_reserved(info.modules[i].start, info.modules[i].end);
	if (ebda >= 0x20000 && ebda < 0xa0000)
		check_reserved(from, 0xa0000);
	else if (!info.nr_modules && !memblock.reserved.grown && !memblock.memory.grown)
		CHECK(!memblock_is_reserved(0x9f000), "for no reason");
}

static u64 low_ram(void)
{
	phys_addr_t start, end;
	u64 i, bytes = 0;

	for_each_mem_range(i, &start, &end)
		if (start < LOWMEM_SURE)
			bytes += min_t(u64, end, LOWMEM_SURE) - start;
	return bytes;
}

/* A handful of allocations: each in RAM, aligned, free before and taken after. */
static void allocate(const u8 *code, size_t bytes)
{
	for (size_t i = 0; i + 1 < min(bytes, (size_t)32); i += 2) {
		u64 length = (code[i] + 1ULL) << (code[i + 1] % 16), align = 1ULL << (code[i + 1] / 16);
		struct memblock before = memblock;
		phys_addr_t addr;

		memblock_set_bottom_up(code[i] & 1);
		addr = memblock_phys_alloc_range(length, align, 0, MEMBLOCK_ALLOC_ANYWHERE);
		if (!addr)
			continue;
		CHECK(memblock_is_region_memory(addr, length), "%#llx", addr);
		CHECK(!(addr % align), "%#llx", addr);
		CHECK(memblock_reserved_size() - before.reserved.total_size == length ||
		      memblock.reserved.max != before.reserved.max, "%#llx", addr);
		check_reserved(addr, addr + length);
	}
	CHECK(memblock_validate(), "after allocations");
}

static struct memblock pristine;

static void start_again(void)
{
	if (!pristine.memory.max) {
		os_map_ram(PAGE_OFFSET, HOST_RAM_BYTES);
		pristine = memblock;
		console_loglevel = 0;
	}
	memblock = pristine;
	memblock_set_current_limit(HOST_RAM_BYTES);
	mem_limit = LAST;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const u8 none[HEADER_BYTES];
	const u8 *header = size < HEADER_BYTES ? none : data;
	u8 flags = header[0];
	const char *refusal;

	start_again();
	ebda = (header[1] | header[2] << 8) << 4;
	*(u16 *)__va(0x40e) = ebda >> 4;
	if (flags & 4)
		mem_limit = ((u64)header[3] << 19) + (flags & 8 ? 0x123 : 0) + 1;

	input = data + HEADER_BYTES;
	input_size = size < HEADER_BYTES ? 0 : size - HEADER_BYTES;
	if (flags & 1) {
		refusal = multiboot_parse(&info, 0x10000, read_input);
		memcpy(entries, info.map, sizeof(info.map));
		nr_entries = info.nr_map;
	} else {
		build_structure(input, input_size, flags);
		refusal = multiboot_parse(&info, INFO_AT, read_memory);
	}
	if (refusal)
		return 0;
	if (!info.nr_map && info.has_mem_sizes) {
		nr_entries = 2;
		entries[0] = (struct boot_map_entry){ 0, min(info.mem_lower_kb * 1024ULL, 0xa0000ULL), 1 };
		entries[1] = (struct boot_map_entry){ 0x100000, info.mem_upper_kb * 1024ULL, 1 };
	}

	refusal = memblock_try_setup(&info);
	CHECK(memblock_validate(), "after set-up");
	if (!info.nr_map && !info.has_mem_sizes) {
		CHECK(refusal, "without a map");
		return 0;
	}
	exact = !info.map_dropped && memblock.memory.cnt < memblock.memory.max;
	compare_lists(header[3]);
	check_reservations();
	CHECK(!refusal == (low_ram() >= 0x300000), "%s", refusal ?: "accepted");
	allocate(input, input_size);
	return 0;
}
