// SPDX-License-Identifier: MIT
/*
 * The other CPUs come up. Each needs a thread that it runs when it has nothing to do, stacks, and tables;
 * all of it is allocated here, before the CPU takes its first step, since the rooms below this one
 * do not allocate. CPUs do not leave: what they were given is never freed.
 */
#include <asm/apic.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <quarry/irq_init.h>

#define TABLES_SIZE	(2 * PAGE_SIZE)		/* with the stack for double faults */

/* Below each area of the vmalloc range is a page that is not mapped: so stacks have their guard. */
static bool __init alloc_cpu(unsigned int cpu, struct cpu_memory *memory)
{
	memory->tables = vmalloc(TABLES_SIZE);
	memory->tables_size = TABLES_SIZE;
	memory->idle = fork_idle(cpu);
	if (memory->tables && memory->idle && !irq_stacks_alloc(cpu))
		return true;
	vfree(memory->tables);
	if (memory->idle)
		put_task_struct(memory->idle);
	return false;
}

static int __init start_cpu(unsigned int cpu, void *directory)
{
	struct cpu_memory memory = { .directory = directory };

	if (!alloc_cpu(cpu, &memory)) {
		pr_warn("smp: no memory for the stacks of CPU %u, it is not used\n", cpu);
		return -ENOMEM;
	}
	return arch_start_cpu(cpu, &memory);
}

/* After one that did not come no other is started: it may come yet, and they share a page. */
static void __init start_cpus(void *directory)
{
	unsigned int cpu;
	int err = 0;

	for_each_possible_cpu(cpu)
		if (!err && !cpu_online(cpu))
			err = start_cpu(cpu, directory);
	if (err != -ETIMEDOUT)
		free_page((unsigned long)directory);
}

void __init smp_init(void)
{
	void *directory;

	if (num_possible_cpus() == 1 || !apic_present)
		return;
	pr_info("smp: Bringing up secondary CPUs ...\n");
	directory = (void *)__get_free_page(GFP_KERNEL);
	arch_smp_prepare();
	if (directory)
		start_cpus(directory);
	if (tlb_record_enabled())
		tlb_record_enable(true);	/* their bits, too, from here on */
	pr_info("smp: Brought up 1 node, %u CPUs\n", num_online_cpus());
}
