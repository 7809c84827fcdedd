// SPDX-License-Identifier: MIT
#include <linux/string.h>
#include <quarry/boot_memory.h>
#include "memblock_sandbox.h"

static struct {
	bool active;
	struct memblock memblock;
	phys_addr_t mem_limit, cpu_phys_limit;
	int loglevel;
} saved;

static struct memblock_region regions[3][SANDBOX_REGIONS];
static u8 window[WINDOW_SIZE] __aligned(4096);

static struct memblock_type empty_type(const char *name, int list, unsigned long max)
{
	return (struct memblock_type){ .name = name, .regions = regions[list], .max = max };
}

void memblock_sandbox_enter(unsigned long max)
{
	memblock_sandbox_leave();
	saved.memblock = memblock;
	saved.mem_limit = mem_limit;
	saved.cpu_phys_limit = cpu_phys_limit;
	saved.loglevel = console_loglevel;
	saved.active = true;

	console_loglevel = LOGLEVEL_WARNING;	/* maps are logged line by line */
	mem_limit = ~(phys_addr_t)0;
	cpu_phys_limit = MAX_PHYS_ADDR;
	memblock = (struct memblock){
		.memory = empty_type("memory", 0, max),
		.reserved = empty_type("reserved", 1, max),
		.firmware = empty_type("firmware", 2, SANDBOX_REGIONS),
	};
}

void memblock_sandbox_leave(void)
{
	if (!saved.active)
		return;
	memblock = saved.memblock;
	mem_limit = saved.mem_limit;
	cpu_phys_limit = saved.cpu_phys_limit;
	console_loglevel = saved.loglevel;
	saved.active = false;
}

phys_addr_t memblock_sandbox_open_window(void)
{
	memset(window, 0xa5, sizeof(window));
	memblock_set_current_limit(__pa(window) + sizeof(window));
	memblock_add(__pa(window), sizeof(window));
	return __pa(window);
}
