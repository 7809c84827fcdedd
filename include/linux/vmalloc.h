/* SPDX-License-Identifier: MIT */
/*
 * Memory that is contiguous in virtual addresses, and need not be in physical ones (LDD3 chapter
 * 8, "vmalloc and Friends"; LKD chapter 12). For large areas that only the CPU looks at: each page
 * is mapped by itself, so it costs page-table entries, TLB entries and, in the end, a flush.
 *
 * Unless it says otherwise, everything here may sleep: process context only, without spinlocks.
 */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <asm/pgtable.h>
#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct page;

/* vm_struct.flags: what an area is for. */
#define VM_IOREMAP		0x00000001	/* device memory: ioremap() */
#define VM_ALLOC		0x00000002	/* vmalloc() */
#define VM_MAP			0x00000004	/* vmap() */
#define VM_USERMAP		0x00000008	/* vmalloc_user(): may be mapped for processes */
#define VM_DMA_COHERENT		0x00000010	/* Linux's; nothing here sets it … */
#define VM_UNINITIALIZED	0x00000020	/* … nor this */
#define VM_NO_GUARD		0x00000040	/* no guard page behind it */
#define VM_FLUSH_RESET_PERMS	0x00000100	/* has no effect: rights end with the area */
#define VM_MAP_PUT_PAGES	0x00000200	/* vfree() may free what vmap() has mapped */

/*
 * An area: [addr, addr + size) of the vmalloc range. Its last page is the guard, never mapped,
 * unless it has none (VM_NO_GUARD).
 */
struct vm_struct {
	struct rb_node rb_node;		/* mm/vmap_area.c: the tree, by address */
	unsigned long hole;		/* free bytes between the area before it and this one */
	unsigned long largest_hole;	/* of its subtree */
	struct vm_struct *next;		/* on one list: freed, waiting, spare or unused */

	void *addr;
	unsigned long size;		/* bytes, guard included */
	unsigned long flags;
	unsigned int nr_pages;		/* pages that belong to it, and go when it goes */
	union {
		phys_addr_t phys_addr;	/* VM_IOREMAP: of the device */
		struct page **pages;	/* VM_MAP_PUT_PAGES: the array that vmap() was given */
	};
	const void *caller;		/* who asked for it */
};

/* ---- allocating ---- */

/*
 * At least @size bytes of memory, not initialised, page-aligned, with a guard page behind. Pages
 * of high memory are taken first. NULL: memory, or room between VMALLOC_START and VMALLOC_END, is
 * short, or @size is 0 or more than the machine has; the log says which, once in ten seconds.
 */
void *vmalloc(unsigned long size) __alloc_size(1);
/* The same, filled with zeros. */
void *vzalloc(unsigned long size) __alloc_size(1);
/*
 * The same by flags: GFP_KERNEL, GFP_NOFS, GFP_NOIO, with __GFP_HIGHMEM (implied unless the flags
 * name a zone), __GFP_ZERO, __GFP_NOWARN, __GFP_NORETRY, __GFP_RETRY_MAYFAIL, __GFP_NOFAIL (which
 * panics when there is no room for the addresses). Not GFP_ATOMIC or GFP_NOWAIT: virtual memory is
 * never for those who cannot sleep.
 */
void *__vmalloc(unsigned long size, gfp_t gfp_mask) __alloc_size(1);
/* Zeroed, and marked VM_USERMAP: for remap_vmalloc_range(), when there are processes. */
void *vmalloc_user(unsigned long size) __alloc_size(1);
/* From memory below 4 GiB (below the line, here). */
void *vmalloc_32(unsigned long size) __alloc_size(1);
void *vmalloc_32_user(unsigned long size) __alloc_size(1);
/* There is one node. */
void *vmalloc_node(unsigned long size, int node) __alloc_size(1);
void *vzalloc_node(unsigned long size, int node) __alloc_size(1);
/* With pages of 2 MiB where that can be: nowhere, here. */
#define vmalloc_huge(size, gfp_mask) __vmalloc(size, gfp_mask)
/* @align: a power of two, or less than PAGE_SIZE for no matter; @caller: for /proc/vmallocinfo. */
void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp_mask, int node,
		     const void *caller) __alloc_size(1);

/* @n elements of @size bytes; NULL also when the product does not fit. */
void *__vmalloc_array(size_t n, size_t size, gfp_t flags) __alloc_size(1, 2);
void *vmalloc_array(size_t n, size_t size) __alloc_size(1, 2);
void *__vcalloc(size_t n, size_t size, gfp_t flags) __alloc_size(1, 2);
void *vcalloc(size_t n, size_t size) __alloc_size(1, 2);

/*
 * Free what one of the above returned, or unmap what vmap() has mapped: with VM_MAP_PUT_PAGES its
 * pages and their array are freed, without it they stay their owner's. NULL is nothing. Anything
 * else than the address that an area starts at is reported, and nothing happens. May sleep; but from
 * an interrupt it is put off, as vfree_atomic() does. The pages stay out of use until all CPUs have
 * flushed their translations, together with those of other areas: vm_unmap_aliases().
 */
void vfree(const void *addr);
/* The same from any context but NMI: a work item, or the next who uses this interface, does it. */
void vfree_atomic(const void *addr);

/*
 * When this returns, what was put off has been done. May sleep. Who sees to it that it is called soon
 * (kernel/vfree_work.c) is asked by vmalloc_ask_worker, in any context but NMI. NULL: nobody is.
 */
void vmalloc_do_deferred(void);
extern void (*vmalloc_ask_worker)(void);
/* main.c: when there are work queues. */
void vfree_work_init(void);

/* ---- mapping pages that somebody has ---- */

/*
 * Map the @count pages at @pages side by side. NULL: no room, rights that no page may have, or,
 * without a word in the log, @count is 0 or more than the machine has. @flags: VM_MAP, perhaps
 * with VM_MAP_PUT_PAGES: then vfree() drops the references to the pages, and frees the array
 * @pages, which kmalloc() or vmalloc() must have returned.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);
/* Unmap it; the pages stay their owner's. No CPU can reach them any more by these addresses. */
void vunmap(const void *addr);
/* The same for a short time: without an entry of its own in /proc/vmallocinfo. */
void *vm_map_ram(struct page **pages, unsigned int count, int node);
void vm_unmap_ram(const void *mem, unsigned int count);

/*
 * What vfree() has put off is done when this returns: translations flushed, pages and addresses
 * free again.
 */
void vm_unmap_aliases(void);

/* ---- asking; any context ---- */

static inline bool is_vmalloc_addr(const void *x)
{
	unsigned long addr = (unsigned long)x;

	return addr >= VMALLOC_START && addr < VMALLOC_END;
}

/* Nothing to do: what set_memory_*() did to an area ends with the area. */
static inline void set_vm_flush_reset_perms(void *addr)
{
}

/* The page behind an address of the vmalloc range; NULL and 0 when nothing is mapped there. */
struct page *vmalloc_to_page(const void *addr);
unsigned long vmalloc_to_pfn(const void *addr);

/* main.c: vmalloc() is legal from now on. */
void vmalloc_init(void);

/* The area that @addr lies in, guard page included; NULL when there is none. */
struct vm_struct *find_vm_area(const void *addr);

/* Bytes of an area that can be used. */
static inline size_t get_vm_area_size(const struct vm_struct *area)
{
	return area->flags & VM_NO_GUARD ? area->size : area->size - PAGE_SIZE;
}

unsigned long vmalloc_nr_pages(void);		/* pages that vmalloc() has given out */
#define VMALLOC_TOTAL (VMALLOC_END - VMALLOC_START)

/* ---- addresses only ---- */

/*
 * An area of @size bytes in which nothing is mapped, for whoever maps there himself. NULL: no room.
 */
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags);
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller);
/* Unmap what is mapped in it, flush, and give its addresses back. */
void free_vm_area(struct vm_struct *area);

#endif /* _LINUX_VMALLOC_H */
