// SPDX-License-Identifier: MIT
/* Going over the areas of the vmalloc range without keeping anybody from changing them. */
#include "../vmalloc.h"
#include "show.h"

bool peek_vmap_area(unsigned long addr, struct vm_struct *area)
{
	const struct vm_struct *found;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	found = vmap_area_from(addr);
	if (found)
		*area = *found;
	spin_unlock_irqrestore(&vmap_lock, flags);
	return found;
}

unsigned long vmap_area_end(const struct vm_struct *area)
{
	return (unsigned long)area->addr + area->size;
}

const char *vmap_area_kind(const struct vm_struct *area)
{
	switch (area->flags & VM_KIND_MASK) {
	case VM_ALLOC:		return "vmalloc";
	case VM_MAP:		return "vmap";
	case VM_IOREMAP:	return "ioremap";
	case VM_RAM:		return "vm_map_ram";
	default:		return "reserved";
	}
}
