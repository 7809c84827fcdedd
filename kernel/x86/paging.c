// SPDX-License-Identifier: MIT
/*
 * The kernel's page tables.
 *
 * 1. The idea
 * With PAE the top two bits of an address choose one of four directories. The kernel owns the
 * fourth quarter, 0xC0000000–0xFFFFFFFF, so everything it maps hangs on one page directory,
 * which every later address space can share by copying one pointer.
 *
 * 2. What is mapped
 *	direct map	low memory at PAGE_OFFSET: the first MiB (BIOS, VGA) and all RAM below the
 *			line, in 2 MiB pages, or in 4 KiB pages where rights or RAM change
 *	window		from lowmem_end to 4 GiB: every page *table* exists from boot, empty, so that
 *			mapping there (vmalloc, kmap, fixmap) never allocates: window.c
 * Holes in low memory are not mapped: a stray pointer into one faults.
 *
 * 3. Rights: no page is both writable and executable
 * The image's code is read-only and executable, its constants are read-only, everything else is
 * not executable. That needs the NX bit; without it (QEMU's qemu32) only the read-only half can
 * be had. CR0.WP makes read-only hold for the kernel itself. paging_init() ends with a walk that
 * refuses to go on over a writable and executable page.
 *
 * 4. How it is built
 * lowmem.c draws the line. boot/start.S left provisional tables under which all that may come to
 * lie below it can be written. The final ones are built beside them, in pages from memblock, and
 * switched to as a whole. The fixmap's table is part of the image and serves in both.
 *
 * 5. What is not here
 * Changing rights later, which may split a large page (rights.c), and other address spaces.
 */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/panic.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/lowmem.h>
#include <quarry/memory_layout.h>

#include "x86.h"

#define KERNEL_QUARTER		3	/* index of 0xC0000000's directory */
#define ISA_END			0x100000UL

static u64 kernel_pointers[4] __aligned(32);
static pte_t *kernel_directory;		/* 512 entries, 2 MiB each */

extern char boot_stack_guard[];

static struct guard_page boot_guard = {
	.addr = (unsigned long)boot_stack_guard,
	.owner = "the boot stack",
	.is_stack = true,
};

static unsigned int directory_index(unsigned long addr)
{
	return (addr >> PMD_SHIFT) % PTRS_PER_TABLE;
}

static unsigned int table_index(unsigned long addr)
{
	return (addr >> PAGE_SHIFT) % PTRS_PER_TABLE;
}

static pte_t *table_of(pte_t directory_entry)
{
	return __va(directory_entry & PTE_PFN_MASK);
}

pte_t *kernel_directory_entry(unsigned long addr)
{
	return kernel_directory && addr >= PAGE_OFFSET ? &kernel_directory[directory_index(addr)] :
							 NULL;
}

/* ---- building ---- */

static pte_t *__init new_table(void)
{
	pte_t *table = memblock_alloc(PAGE_SIZE, PAGE_SIZE);

	if (!table)
		panic("paging: no memory for a page table");
	return table;
}

static pgprot_t __init image_rights(unsigned long addr)
{
	if (addr >= (unsigned long)_stext && addr < (unsigned long)_etext)
		return PAGE_KERNEL_ROX;
	if (addr >= (unsigned long)_image_start && addr < (unsigned long)__end_rodata)
		return PAGE_KERNEL_RO;
	return PAGE_KERNEL;
}

static void __init direct_map_small(unsigned long addr)
{
	pte_t *entry = &kernel_directory[directory_index(addr)];

	if (!*entry)
		*entry = __pa(new_table()) | _PAGE_PRESENT | _PAGE_RW;
	if (guard_page_find(addr))
		return;
	table_of(*entry)[table_index(addr)] = __pa(addr) | supported_rights(image_rights(addr));
}

static void __init direct_map_large(unsigned long addr)
{
	kernel_directory[directory_index(addr)] =
		__pa(addr) | _PAGE_PSE | supported_rights(PAGE_KERNEL);
}

/* A 2 MiB page has one set of rights: the image needs several. */
static bool __init may_be_large(unsigned long addr, unsigned long end)
{
	return !(addr & ~PMD_MASK) && end - addr >= PMD_SIZE &&
	       (addr >= (unsigned long)_end || addr + PMD_SIZE <= (unsigned long)_image_start) &&
	       !kernel_directory[directory_index(addr)];
}

static void __init direct_map(phys_addr_t start, phys_addr_t end)
{
	unsigned long addr = (unsigned long)__va(start);
	unsigned long stop = (unsigned long)__va(end);

	while (addr < stop) {
		if (may_be_large(addr, stop)) {
			direct_map_large(addr);
			addr += PMD_SIZE;
		} else {
			direct_map_small(addr);
			addr += PAGE_SIZE;
		}
	}
}

static void __init direct_map_ram(void)
{
	phys_addr_t line = PFN_PHYS(max_low_pfn);
	phys_addr_t start, end;
	u64 i;

	direct_map(0, ISA_END);
	direct_map(image_phys_start(), image_phys_end());	/* whatever the map says of it */
	for_each_mem_range(i, &start, &end) {
		start = max_t(phys_addr_t, start, ISA_END);
		if (start < min(end, line))
			direct_map(start, min(end, line));
	}
}

static void __init build_window(void)
{
	unsigned long addr = WINDOW_START;
	pte_t *tables = memblock_alloc((WINDOW_END - addr) / PTRS_PER_TABLE, PAGE_SIZE);

	if (!tables)
		panic("paging: no memory for the window's page tables");
	window_init(tables);
	for (; addr < WINDOW_END; addr += PMD_SIZE, tables += PTRS_PER_TABLE)
		kernel_directory[directory_index(addr)] = __pa(tables) | _PAGE_PRESENT | _PAGE_RW;
	kernel_directory[directory_index(FIXADDR_TOP)] =
		__pa(fixmap_table) | _PAGE_PRESENT | _PAGE_RW;
}

static void __init switch_to_final_tables(void)
{
	kernel_pointers[KERNEL_QUARTER] = __pa(kernel_directory) | _PAGE_PRESENT;
	kasan_init(kernel_pointers);
	write_cr3(__pa(kernel_pointers));
	if (boot_cpu.pge)
		write_cr4(read_cr4() | X86_CR4_PGE);
	descriptors_set_cr3(__pa(kernel_pointers));
	kasan_begin();
}

/*
 * RAM above @end_pfn is not used, as "highmem=" wants it. As in Linux it stays "System RAM" in
 * /proc/iomem, where nobody may put anything else, for it is still there.
 */
static void __init forget_ram_above(unsigned long end_pfn)
{
	phys_addr_t end = PFN_PHYS(end_pfn), before = memblock_phys_mem_size();

	memblock_remove(end, ~(phys_addr_t)0);
	pr_info("highmem=: %lluMB of RAM above %#llx are not used\n",
		(before - memblock_phys_mem_size()) >> 20, end);
}

static void __init find_the_line(void)
{
	unsigned long ram_end_pfn = PFN_DOWN(memblock_end_of_DRAM());
	struct lowmem_line line = draw_lowmem_line(ram_end_pfn, &lowmem_wish);

	if (line.max_pfn < ram_end_pfn)
		forget_ram_above(line.max_pfn);
	max_pfn = PFN_DOWN(memblock_end_of_DRAM());	/* there may be a hole below the cut */
	max_low_pfn = min(max_pfn, line.max_low_pfn);
	lowmem_end = line.lowmem_end;
	high_memory = __va(PFN_PHYS(max_low_pfn) - 1) + 1;
	memblock_set_current_limit(PFN_PHYS(max_low_pfn));
}

static void __init refuse_writable_code(void)
{
	unsigned long bad = boot_cpu.nx ? count_wx_pages() : 0;

	if (bad)
		panic("paging: %lu pages are both writable and executable", bad);
	if (boot_cpu.nx)
		pr_info("x86/mm: Checked W+X mappings: passed, no W+X pages found.\n");
}

void __init paging_init(void)
{
	find_the_line();
	guard_page_add(&boot_guard);
	kernel_directory = new_table();
	direct_map_ram();
	build_window();
	switch_to_final_tables();
	refuse_writable_code();
	pr_info("paging: %luMB LOWMEM mapped, %luMB HIGHMEM\n", max_low_pfn >> (20 - PAGE_SHIFT),
		(max_pfn - max_low_pfn) >> (20 - PAGE_SHIFT));
}

bool is_direct_mapped(unsigned long pfn)
{
	unsigned long addr = (unsigned long)__va(PFN_PHYS(pfn));
	pte_t entry;

	if (!kernel_directory)
		return true;		/* boot/start.S mapped all of it */
	entry = kernel_directory[directory_index(addr)];
	if (!(entry & _PAGE_PRESENT) || (entry & _PAGE_PSE))
		return entry & _PAGE_PRESENT;
	return table_of(entry)[table_index(addr)] & _PAGE_PRESENT;
}
