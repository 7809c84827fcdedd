/* SPDX-License-Identifier: MIT */
/*
 * What a Multiboot loader leaves in memory (Multiboot Specification 0.6.96, section 3.3), and the
 * function that understands it. All numbers are 32-bit little-endian, all addresses physical.
 */
#ifndef _QUARRY_MULTIBOOT_H
#define _QUARRY_MULTIBOOT_H

#include <quarry/boot_info.h>

#define MULTIBOOT_LOADER_MAGIC	0x2badb002	/* in EAX when the kernel gets control */

/* Bits of multiboot_info.flags: which fields the loader has filled in. */
#define MULTIBOOT_HAS_MEM_SIZES		(1U << 0)
#define MULTIBOOT_HAS_COMMAND_LINE	(1U << 2)
#define MULTIBOOT_HAS_MODULES		(1U << 3)
#define MULTIBOOT_HAS_MAP		(1U << 6)
#define MULTIBOOT_HAS_LOADER_NAME	(1U << 9)

struct multiboot_info {
	u32 flags;
	u32 mem_lower, mem_upper;	/* KiB from 0, and from 1 MiB */
	u32 boot_device;
	u32 cmdline;			/* a terminated string */
	u32 mods_count, mods_addr;	/* struct multiboot_module[] */
	u32 syms[4];
	u32 mmap_length, mmap_addr;	/* bytes of chained struct multiboot_map_entry */
	u32 drives_length, drives_addr;
	u32 config_table;
	u32 boot_loader_name;		/* a terminated string */
} __packed;

struct multiboot_map_entry {
	u32 size;			/* of what follows: the next entry is size + 4 bytes on */
	u64 base, length;
	u32 type;
} __packed;

struct multiboot_module {
	u32 start, end;			/* [start, end) */
	u32 string;
	u32 reserved;
} __packed;

/* Copy @size bytes of physical memory to @dst. False when that cannot be done. */
typedef bool (*phys_reader_t)(void *dst, u32 phys, u32 size);

/*
 * Translate the structure at @info_phys into *@info. Nothing that the loader left is trusted: a
 * pointer may lead nowhere, a length may be absurd. What is odd is reported with pr_warn() and
 * left out, and what makes sense is taken. Returns NULL, or the sentence that says why this is
 * no basis for a start. @read is never asked for a range that wraps.
 */
const char *multiboot_parse(struct boot_info *info, u32 info_phys, phys_reader_t read);

#endif /* _QUARRY_MULTIBOOT_H */
