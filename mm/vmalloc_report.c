// SPDX-License-Identifier: MIT
/* What is said when vmalloc cannot, or when somebody frees what he must not. (vmalloc.c) */
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>

#include "internal.h"
#include "vmalloc.h"

void vmalloc_refuse(const void *addr, const char *who, unsigned long irq_flags)
{
	const struct vm_struct *area = vmap_area_from((unsigned long)addr);
	struct vm_struct copy = { 0 };

	if (area && addr >= area->addr)
		copy = *area;
	spin_unlock_irqrestore(&vmap_lock, irq_flags);
	if (!copy.addr)
		WARN(true, "%s(%px): no area begins there\n", who, addr);
	else if (copy.flags & VM_LAZY)
		WARN(true, "%s(%px): it has been freed already\n", who, addr);
	else if (copy.addr != addr)
		WARN(true, "%s(%px): not the beginning of its area, which is %px\n", who, addr,
		     copy.addr);
	else
		WARN(true, "%s(%px): not for what is there: %lu pages, flags %#lx, made by %pS\n",
		     who, addr, vm_area_extent(&copy), copy.flags, copy.caller);
}

void vmalloc_report_failure(gfp_t gfp, unsigned long size, const char *why)
{
	if ((gfp & __GFP_NOWARN) || !__ratelimit(&nopage_rs))
		return;
	pr_warn("%s: vmalloc error: size %lu, %s, mode:%#x(%pGg), nodemask=(null)\n",
		current->comm, size, why, gfp, &gfp);
	dump_stack();
	show_mem();
}

struct vm_struct *vmalloc_no_room(unsigned long size, gfp_t gfp)
{
	if (gfp & __GFP_NOFAIL)
		panic("vmalloc with __GFP_NOFAIL: no room for %lu bytes of addresses", size);
	if (!(gfp & __GFP_NOWARN) && __ratelimit(&nopage_rs))
		pr_warn("vmap allocation for size %lu failed: "
			"use vmalloc=<size> to increase size\n", size);
	return NULL;
}
