// SPDX-License-Identifier: MIT
/*
 * The three ways to memory, each taken once: kmalloc(), __get_free_pages(), vmalloc(). insmod says
 * where what they return lies; rmmod gives it back.
 *
 * A kernel's text book has such a program, and three mistakes in it are worth making once by
 * oneself. An allocator that has nothing returns NULL, not an error code, so IS_ERR() sees no
 * failure (docs/myths.md, K2). What is printed as vmalloc()'s address must be vmalloc()'s. And "all
 * addresses lie between 3 and 4 GiB" is true, but not all of them in the same part of it.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("kmalloc(), __get_free_pages() and vmalloc(), side by side");

static unsigned int bytes = 100;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "what to ask kmalloc() for");

static unsigned int order = 4;
module_param(order, uint, 0444);
MODULE_PARM_DESC(order, "2^order pages are what to ask __get_free_pages() for");

static unsigned long area = 1024 * 1024;
module_param(area, ulong, 0444);
MODULE_PARM_DESC(area, "bytes to ask vmalloc() for");

static void *object, *vmalloced;
static unsigned long pages;

static void __exit memory_exit(void)
{
	vfree(vmalloced);
	free_pages(pages, order);
	kfree(object);
}

static int __init memory_init(void)
{
	object = kmalloc(bytes, GFP_KERNEL);
	pages = __get_free_pages(GFP_KERNEL, order);
	vmalloced = vmalloc(area);
	if (!object || !pages || !vmalloced) {
		memory_exit();		/* what is NULL may be freed: nothing happens */
		return -ENOMEM;
	}
	pr_info("memory: kmalloc(%u): 0x%px, physical %pa, %zu bytes\n", bytes, object,
		&(phys_addr_t){ __pa(object) }, ksize(object));
	pr_info("memory: 2^%u pages: 0x%lx, in a row from frame %lu on\n", order, pages,
		PFN_DOWN(__pa(pages)));
	pr_info("memory: vmalloc(%lu): 0x%px, its first pages are frames %lu and %lu\n", area,
		vmalloced, vmalloc_to_pfn(vmalloced), vmalloc_to_pfn(vmalloced + PAGE_SIZE));
	return 0;
}

module_init(memory_init);
module_exit(memory_exit);
