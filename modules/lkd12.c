// SPDX-License-Identifier: MIT
/*
 * Snippets of LKD chapter 12 in its own forms: pages and their addresses, high memory mapped for
 * long and for a moment (with the slots' names of Linux 2.6), data of which each CPU has its own.
 */
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <compat/linux26.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("pages, kmap() and per-CPU data as in Linux Kernel Development");

/* ---- "Getting Pages" ---- */

static int pages_and_addresses(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	unsigned long zeroed = get_zeroed_page(GFP_KERNEL);
	int error = page && zeroed ? 0 : -ENOMEM;

	if (!error) {
		pr_info("lkd12: 2^3 pages at 0x%px, frame %lu; a page of zeros at 0x%lx\n",
			page_address(page), page_to_pfn(page), zeroed);
		if (memchr_inv((void *)zeroed, 0, PAGE_SIZE))
			error = -EIO;
	}
	if (page)
		__free_pages(page, 3);
	free_page(zeroed);
	return error;
}

/* ---- "High Memory Mappings" ---- */

/* GFP_HIGHUSER takes what has no address of its own first, where there is such. */
static int mappings(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	char *vaddr;
	int error;

	if (!page)
		return -ENOMEM;
	vaddr = kmap(page);		/* may sleep */
	strcpy(vaddr, "written through kmap()");
	pr_info("lkd12: %s memory, kmap()ped at 0x%px\n", PageHighMem(page) ? "high" : "low", vaddr);
	kunmap(page);

	vaddr = kmap_atomic(page, KM_USER0);	/* may not */
	error = strcmp(vaddr, "written through kmap()") ? -EIO : 0;
	kunmap_atomic(vaddr, KM_USER0);
	__free_page(page);
	return error;
}

/* ---- "Per-CPU Allocations": between get_cpu() and put_cpu() nobody else counts here ---- */

static unsigned long my_percpu[NR_CPUS];

static void count(void)
{
	int cpu = get_cpu();

	my_percpu[cpu]++;
	put_cpu();
}

static int __init lkd12_init(void)
{
	int error = pages_and_addresses();

	count();
	count();
	return error ?: mappings();
}

static void __exit lkd12_exit(void)
{
	unsigned long sum = 0;

	count();
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		sum += my_percpu[cpu];
	pr_info("lkd12: counted to %lu on all CPUs\n", sum);
}

module_init(lkd12_init);
module_exit(lkd12_exit);
