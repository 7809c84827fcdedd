// SPDX-License-Identifier: MIT
/* How far boot has come: see <quarry/boot_level.h>. */
#include <linux/bug.h>
#include <linux/printk.h>
#include <quarry/boot_level.h>

enum boot_level boot_level = BOOT_START;

static const char *const level_names[] = {
	[BOOT_START]	= "the first lines",
	[BOOT_TRAPS]	= "exception handlers",
	[BOOT_MEMBLOCK]	= "memblock",
	[BOOT_PAGING]	= "final page tables",
	[BOOT_PAGES]	= "the page allocator",
	[BOOT_SLAB]	= "kmalloc",
	[BOOT_VMALLOC]	= "vmalloc",
	[BOOT_INTERRUPTS] = "interrupts",
	[BOOT_THREADS]	= "threads",
	[BOOT_DONE]	= "all of boot",
};

void boot_level_reached(enum boot_level level)
{
	WARN_ON(level != boot_level + 1);
	boot_level = level;
}

bool boot_level_needed(enum boot_level level, const char *who)
{
	if (boot_level >= level)
		return true;
	pr_err("%s called too early: it needs %s, and boot has only reached %s\n", who,
	       level_names[level], level_names[boot_level]);
	return false;
}
