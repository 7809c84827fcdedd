// SPDX-License-Identifier: MIT
/* kernel/main.c for the host: the chapters that need no hardware, in the same order. */
#include <kunit/test.h>
#include <linux/memblock.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <quarry/boot_level.h>
#include <quarry/boot_memory.h>
#include <quarry/params.h>
#include "host.h"

/* A PC with HOST_RAM_BYTES of RAM. */
static const struct boot_map_entry map[] = {
	{ 0, 0x9fc00, BOOT_MAP_RAM },
	{ 0x9fc00, 0x400, BOOT_MAP_RESERVED },
	{ 0xf0000, 0x10000, BOOT_MAP_RESERVED },
	{ SZ_1M, HOST_RAM_BYTES - SZ_1M - SZ_128K, BOOT_MAP_RAM },
	{ HOST_RAM_BYTES - SZ_128K, SZ_128K, BOOT_MAP_RESERVED },
};

int host_main(const char *command_line)
{
	static struct boot_info info;

	os_map_ram(PAGE_OFFSET, HOST_RAM_BYTES);
	console_loglevel = LOGLEVEL_INFO;
	host_console_init();
	parse_boot_params(command_line);

	memcpy(info.map, map, sizeof(map));
	info.nr_map = ARRAY_SIZE(map);
	boot_level_reached(BOOT_TRAPS);
	memblock_setup(&info);
	boot_level_reached(BOOT_MEMBLOCK);
	host_paging_init(HOST_LOW_BYTES);
	boot_level_reached(BOOT_PAGING);
	setup_per_cpu_areas();
	iomem_init();
	mm_init();
	boot_level_reached(BOOT_PAGES);
	kmem_cache_init();
	mem_cgroup_init();
	boot_level_reached(BOOT_SLAB);
	host_window_init();
	vmalloc_init();
	boot_level_reached(BOOT_VMALLOC);
	percpu_init();
	boot_level_reached(BOOT_INTERRUPTS);
	boot_level_reached(BOOT_THREADS);
	boot_level_reached(BOOT_DONE);
	kunit_run_requested();
}
