// SPDX-License-Identifier: MIT
/*
 * The forms of vmalloc(): with zeros, by flags, below the line, for arrays. All are vm_alloc() of
 * vmalloc.c, whose contexts they have. Each names its own caller as the area's, for
 * /proc/vmallocinfo and for reports.
 */
#include <linux/mm.h>

#include "vmalloc.h"

#define VMALLOC(size, flags, gfp) \
	vm_alloc(size, 1, VM_ALLOC | (flags), gfp, __builtin_return_address(0))

void *vmalloc(unsigned long size)
{
	return VMALLOC(size, 0, GFP_KERNEL);
}

void *vzalloc(unsigned long size)
{
	return VMALLOC(size, 0, GFP_KERNEL | __GFP_ZERO);
}

void *__vmalloc(unsigned long size, gfp_t gfp_mask)
{
	return VMALLOC(size, 0, gfp_mask);
}

void *vmalloc_user(unsigned long size)
{
	return VMALLOC(size, VM_USERMAP, GFP_KERNEL | __GFP_ZERO);
}

/* Whatever lies below the line lies below 4 GiB. */
void *vmalloc_32(unsigned long size)
{
	return VMALLOC(size, 0, GFP_KERNEL | __GFP_DMA32);
}

void *vmalloc_32_user(unsigned long size)
{
	return VMALLOC(size, VM_USERMAP, GFP_KERNEL | __GFP_DMA32 | __GFP_ZERO);
}

static void check_node(int node)
{
	WARN_ONCE(node != 0 && node != NUMA_NO_NODE, "vmalloc_node: there is no node %d\n", node);
}

void *vmalloc_node(unsigned long size, int node)
{
	check_node(node);
	return VMALLOC(size, 0, GFP_KERNEL);
}

void *vzalloc_node(unsigned long size, int node)
{
	check_node(node);
	return VMALLOC(size, 0, GFP_KERNEL | __GFP_ZERO);
}

void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp_mask, int node,
		     const void *caller)
{
	check_node(node);
	return vm_alloc(size, align, VM_ALLOC, gfp_mask, caller);
}

void *__vmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : VMALLOC(bytes, 0, flags);
}

void *vmalloc_array(size_t n, size_t size)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : VMALLOC(bytes, 0, GFP_KERNEL);
}

void *__vcalloc(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	flags |= __GFP_ZERO;
	return check_mul_overflow(n, size, &bytes) ? NULL : VMALLOC(bytes, 0, flags);
}

void *vcalloc(size_t n, size_t size)
{
	return __vcalloc(n, size, GFP_KERNEL);
}
