// SPDX-License-Identifier: MIT
/*
 * Boot, chapter by chapter. Each line says what becomes legal once it has run.
 */
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <kunit/test.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <quarry/bench.h>
#include <quarry/boot_info.h>
#include <quarry/boot_level.h>
#include <quarry/boot_memory.h>
#include <quarry/drivers.h>
#include <quarry/i8259.h>
#include <quarry/monitor.h>
#include <quarry/params.h>
#include <quarry/time.h>
#include <quarry/version.h>
#include <quarry/watchdog.h>

asmlinkage void __noreturn start_kernel(u32 magic, u32 boot_info_phys);

/*
 * boot/start.S calls this on the boot stack with @magic and @boot_info_phys as the loader left
 * them. All of low memory is mapped, writable and executable; interrupts are off and stay off.
 */
asmlinkage void __noreturn start_kernel(u32 magic, u32 boot_info_phys)
{
	vga_init();					/* what printk says can be seen … */
	uart8250_init();				/* … and read elsewhere, and typed back */
	pr_notice("%s\n", quarry_banner);
	traps_init();					/* a fault is a report, not a reset */
	boot_level_reached(BOOT_TRAPS);

	boot_info_from_multiboot(magic, boot_info_phys);	/* its memory may be reused */
	pr_notice("Kernel command line: %s\n", boot_info.command_line);
	parse_boot_params(boot_info.command_line);	/* parameters have their values */
	cpu_init();					/* boot_cpu knows what this CPU can do */
	clock_start();
	watchdog_start();				/* a hang is a report, too */

	memblock_setup(&boot_info);			/* memblock_alloc() is legal */
	boot_level_reached(BOOT_MEMBLOCK);
	paging_init();					/* all low memory has its rights … */
	boot_level_reached(BOOT_PAGING);		/* … and kmap_local_pfn() is legal */
	iomem_init();					/* /proc/iomem */
	mm_init();					/* alloc_pages() is legal */
	boot_level_reached(BOOT_PAGES);
	kmem_cache_init();				/* kmalloc() is legal, and kmem_cache_create() */
	boot_level_reached(BOOT_SLAB);
	vmalloc_init();					/* vmalloc() is legal, and so are vmap(), ioremap() */
	boot_level_reached(BOOT_VMALLOC);

	i8259_init();					/* no interrupt looks like an exception */
	clock_calibrate();				/* log lines carry the time */
	boot_level_reached(BOOT_DONE);

	if (kunit_requested())
		kunit_run_requested();			/* leaves with the tests' verdict */
	if (bench_requested())
		bench_run_requested();
	monitor();					/* reads commands for ever */
}
