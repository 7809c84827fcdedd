// SPDX-License-Identifier: MIT
/*
 * A few windows of 64 pages each on physical memory that is not in the direct map. They are fixmap
 * addresses, so they need no allocator and work before the final page tables do.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/page.h>
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>

static unsigned long slot_size[EARLY_MAP_SLOTS];	/* bytes asked for; 0: the slot is free */

static unsigned int first_index(unsigned int slot)
{
	/* indices count downwards in address: a slot's lowest page has its largest index */
	return FIX_EARLY_BEGIN + (slot + 1) * EARLY_MAP_SLOT_PAGES - 1;
}

static int __init free_slot(void)
{
	unsigned int slot;

	for (slot = 0; slot < EARLY_MAP_SLOTS; slot++)
		if (!slot_size[slot])
			return slot;
	return -1;
}

static unsigned int pages_touched(phys_addr_t phys, unsigned long size)
{
	return ((phys & ~PAGE_MASK) + size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static bool __init can_be_mapped(phys_addr_t phys, unsigned long size)
{
	return size && size <= EARLY_MAP_MAX && phys < cpu_phys_limit &&
	       phys + size <= cpu_phys_limit && pages_touched(phys, size) <= EARLY_MAP_SLOT_PAGES;
}

void *__init early_memremap(phys_addr_t phys, unsigned long size)
{
	int slot = free_slot();
	unsigned int i;

	if (slot < 0 || !can_be_mapped(phys, size)) {
		pr_warn("early_memremap: cannot map %lu bytes at 0x%llx: %s\n", size, phys,
			slot < 0 ? "all slots are in use" : "bad size or address");
		return NULL;
	}
	slot_size[slot] = size;
	for (i = 0; i < pages_touched(phys, size); i++)
		set_fixmap(first_index(slot) - i, (phys & PTE_PFN_MASK) + i * PAGE_SIZE);
	return (void *)(fix_to_virt(first_index(slot)) + (unsigned long)(phys & ~PAGE_MASK));
}

void __init early_memunmap(void *addr, unsigned long size)
{
	unsigned long start = (unsigned long)addr;
	unsigned int i, slot;

	for (slot = 0; slot < EARLY_MAP_SLOTS; slot++)
		if (fix_to_virt(first_index(slot)) == (start & PAGE_MASK))
			break;
	if (WARN(slot == EARLY_MAP_SLOTS || slot_size[slot] != size || !size,
		 "early_memunmap: %px was not mapped with %lu bytes\n", addr, size))
		return;
	for (i = 0; i < pages_touched(start & ~PAGE_MASK, size); i++)
		clear_fixmap(first_index(slot) - i);
	slot_size[slot] = 0;
}
