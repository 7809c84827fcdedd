// SPDX-License-Identifier: MIT
/*
 * Each CPU's copy of the per-CPU variables.
 *
 * The linker puts all of them side by side (.data..percpu). Until now the boot CPU has used them where
 * they lie; here each CPU gets a copy, as they are at this moment:
 *	copy of variable v for CPU c is at &v + __per_cpu_offset[c]
 *	__per_cpu_offset[c] = base + c * unit size - __per_cpu_start
 *	this_cpu_off, in CPU c's copy, == __per_cpu_offset[c] == the base of CPU c's segment in FS
 * From load_percpu_segment() on the boot CPU uses its copy, too, and what the linker has laid out is
 * left behind as it was.
 *
 * Units are larger than the variables: what is left of them is the first of percpu.c's chunks, and
 * the distance of units is that of all chunks to come.
 *
 * Interrupts are off, and there is one CPU: nobody changes a variable between copy and change-over.
 */
#include <asm/processor.h>
#include <asm/sections.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/panic.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "percpu.h"

/* Room for allocation in each unit, in proportion to RAM; so much is never too little for long. */
#define DYNAMIC_LEAST	1024
#define DYNAMIC_MOST	(20 << 10)

static char *areas;

static unsigned int __init unit_size_for(unsigned int variables)
{
	phys_addr_t share = memblock_phys_mem_size() >> 12;

	return PAGE_ALIGN(variables + (unsigned int)clamp_t(phys_addr_t, share, DYNAMIC_LEAST,
							   DYNAMIC_MOST));
}

static void __init give_copy(unsigned int cpu, unsigned int unit_size)
{
	char *unit = areas + cpu * unit_size;

	memcpy(unit, __per_cpu_start, __per_cpu_end - __per_cpu_start);
	__per_cpu_offset[cpu] = (unsigned long)unit - (unsigned long)__per_cpu_start;
	per_cpu(this_cpu_off, cpu) = __per_cpu_offset[cpu];
	per_cpu(cpu_number, cpu) = cpu;
}

void __init setup_per_cpu_areas(void)
{
	unsigned int variables = __per_cpu_end - __per_cpu_start;
	unsigned int unit_size = unit_size_for(variables), cpu;
	size_t maps = 2 * bitmap_size(unit_size >> PCPU_MIN_ALLOC_SHIFT);

	areas = memblock_alloc(nr_cpu_ids * unit_size, PAGE_SIZE);
	if (!areas)
		panic("percpu: no memory for %u CPUs", nr_cpu_ids);
	pcpu_first_chunk(areas, unit_size, variables, memblock_alloc(maps, sizeof(long)));
	for_each_possible_cpu(cpu)
		give_copy(cpu, unit_size);
	load_percpu_segment(__per_cpu_offset[0]);
}

bool is_kernel_percpu_address(unsigned long addr)
{
	unsigned long offset = addr - (unsigned long)areas;

	return offset / pcpu_unit_size < nr_cpu_ids &&
	       offset % pcpu_unit_size < __per_cpu_end - __per_cpu_start;
}
