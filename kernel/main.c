// SPDX-License-Identifier: MIT
/*
 * Boot, chapter by chapter. Each line says what becomes legal once it has run.
 */
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/memblock.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/panic.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <quarry/bench.h>
#include <quarry/boot_info.h>
#include <quarry/boot_level.h>
#include <quarry/boot_memory.h>
#include <quarry/drivers.h>
#include <quarry/irq_init.h>
#include <quarry/madt.h>
#include <quarry/monitor.h>
#include <quarry/params.h>
#include <quarry/rcu.h>
#include <quarry/scheduler.h>
#include <quarry/tick.h>
#include <quarry/time.h>
#include <quarry/version.h>
#include <quarry/watchdog.h>

/* The first thread: the rest of boot may sleep. */
static int kernel_init(void *unused)
{
	smp_init();					/* the other CPUs run threads, too */
	workqueue_init();				/* schedule_work() is legal, … */
	vfree_work_init();				/* … and so is vfree() in interrupts */
	kswapd_run(0);					/* memory is got back before it is short */
	oom_reaper_start();				/* who is killed for memory gives it back */
	boot_level_reached(BOOT_DONE);

	if (kunit_requested())
		kunit_run_requested();			/* leaves with the tests' verdict */
	if (bench_requested())
		bench_run_requested();
	monitor();					/* reads commands for ever */
}

static void first_thread(void)
{
	if (IS_ERR(kthread_run(kernel_init, NULL, "kernel_init")))
		panic("no memory for the first thread");
}

asmlinkage void __noreturn start_kernel(u32 magic, u32 boot_info_phys);

/*
 * boot/start.S calls this on the boot stack with @magic and @boot_info_phys as the loader left
 * them. All of low memory is mapped, writable and executable; interrupts are off.
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
	madt_init();					/* which CPUs there are is known, … */
	setup_per_cpu_areas();				/* … and each has variables of its own */
	iomem_init();					/* /proc/iomem */
	mm_init();					/* alloc_pages() is legal */
	boot_level_reached(BOOT_PAGES);
	kmem_cache_init();				/* kmalloc() is legal, and kmem_cache_create() */
	boot_level_reached(BOOT_SLAB);
	mem_cgroup_init();				/* memory can be charged to groups */
	vmalloc_init();					/* vmalloc() is legal, and so are vmap(), ioremap() */
	boot_level_reached(BOOT_VMALLOC);

	percpu_init();					/* alloc_percpu() is legal */

	irq_init();					/* request_irq() is legal; no line is open yet */
	time_init();					/* jiffies, timers, log lines with the time */
	rcu_init();					/* call_rcu() is legal … */
	kfree_rcu_init();				/* … and so is kfree_rcu() */
	sched_init_cpu(&init_task);			/* schedule() is legal … */
	local_irq_enable();				/* … and the tick calls it */
	boot_level_reached(BOOT_INTERRUPTS);
	uart8250_listen();				/* what is typed is not lost while nobody polls */
	kthreads_init();				/* kthread_run() is legal */
	boot_level_reached(BOOT_THREADS);
	first_thread();					/* goes on with what is above */
	cpu_idle_loop();				/* from here on this thread is CPU 0's idle one */
}
