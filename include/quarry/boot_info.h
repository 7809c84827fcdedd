/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader left behind, copied to a place of our own (boot/multiboot.c) before
 * anything else may overwrite it. Nothing in it has been judged yet: the map may be unsorted,
 * overlapping, empty or wrong, and mm/memblock.c makes sense of it.
 */
#ifndef _QUARRY_BOOT_INFO_H
#define _QUARRY_BOOT_INFO_H

#include <linux/types.h>

#define COMMAND_LINE_SIZE	2048
#define BOOT_MAP_MAX		256
#define BOOT_MODULES_MAX	16

/* The types of the BIOS's INT 15h, AX=E820h (ACPI specification, "Address Range Types"). */
enum boot_map_type {
	BOOT_MAP_RAM		= 1,
	BOOT_MAP_RESERVED	= 2,
	BOOT_MAP_ACPI		= 3,	/* tables; RAM once they have been read */
	BOOT_MAP_NVS		= 4,	/* the firmware keeps it across sleep */
	BOOT_MAP_UNUSABLE	= 5,	/* broken cells */
	BOOT_MAP_PMEM		= 7,
};

struct boot_map_entry {
	u64 base;		/* first byte */
	u64 size;		/* bytes; base + size may wrap, which is for memblock to notice */
	u32 type;		/* enum boot_map_type, or a value nobody has heard of: reserved */
};

struct boot_module {
	u32 start, end;		/* physical, [start, end) */
	char args[64];		/* its own command line, cut to fit */
};

struct boot_info {
	char loader[32];		/* who loaded us, or "" */
	char command_line[COMMAND_LINE_SIZE];
	bool command_line_cut;		/* it was longer than that */

	bool has_mem_sizes;
	u32 mem_lower_kb, mem_upper_kb;	/* RAM from 0, and from 1 MiB */

	unsigned int nr_map;		/* 0: the loader gave no map */
	unsigned int map_dropped;	/* usable entries that found no room (never reservations) */
	struct boot_map_entry map[BOOT_MAP_MAX];

	unsigned int nr_modules, modules_dropped;
	struct boot_module modules[BOOT_MODULES_MAX];
};

extern struct boot_info boot_info;

/*
 * Copy what a Multiboot loader handed over into boot_info. @magic and @info_phys are EAX and EBX
 * as the loader set them. Never fails silently: a wrong magic number or an unreadable structure
 * ends in panic() with a sentence. Called once, first thing in start_kernel(); reads the loader's
 * memory through early_memremap().
 */
void boot_info_from_multiboot(u32 magic, u32 info_phys);

#endif /* _QUARRY_BOOT_INFO_H */
