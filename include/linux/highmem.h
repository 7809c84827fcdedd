/* SPDX-License-Identifier: MIT */
/*
 * Reaching a page wherever it lies. Low memory always has an address; a page of high memory gets
 * one for a while (LKD chapter 12, "High Memory Mappings"; LDD3 chapter 15, "The Memory Map and
 * Struct Page").
 *
 *			who may use the address		context		how many
 *	kmap()		everybody, for as long		may sleep	512 pages in all
 *	kmap_local…()	this thread			any		16 at a time, like a stack
 *	kmap_atomic()	this thread, not sleeping	any		the same 16
 *
 * For a page of low memory all of them return its address and use up nothing.
 */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct vm_area_struct;

/* Who knows that his page lies in low memory need not ask: "likely" is the other case. */

/* ---- kmap(): an address for everybody ---- */

/* The slots: one page each, from PKMAP_BASE on. */
#define LAST_PKMAP		512
#define LAST_PKMAP_MASK		(LAST_PKMAP - 1)
#define PKMAP_NR(virt)		(((virt) - PKMAP_BASE) >> PAGE_SHIFT)
#define PKMAP_ADDR(nr)		(PKMAP_BASE + ((unsigned long)(nr) << PAGE_SHIFT))

#define kmap_prot		PAGE_KERNEL

void *kmap_high(struct page *page);
void kunmap_high(struct page *page);

/*
 * The address of @page until kunmap(@page), as often as kmap() was called; while it is mapped it
 * is the same one for all callers. Sleeps while all slots are in use, until one has lost its last
 * user. Process context, without spinlocks.
 */
static __always_inline void *kmap(struct page *page)
{
	might_sleep();
	return likely(PageHighMem(page)) ? kmap_high(page) : lowmem_page_address(page);
}

/*
 * One user less. (The page, not its address!) The mapping itself stays until slots run out. A page
 * that is not mapped, or was unmapped often enough: a warning, nothing changed.
 */
static __always_inline void kunmap(struct page *page)
{
	might_sleep();
	if (likely(PageHighMem(page)))
		kunmap_high(page);
}

/* Unmap what kunmap() has left mapped, and flush. Process context, without spinlocks. */
void kmap_flush_unused(void);

/*
 * The page behind an address that kmap(), kmap_local…() or low memory has. Another address, or one
 * whose frame has no page: a warning, and NULL. Any context.
 */
struct page *kmap_to_page(void *addr);

/* Is @x an address that high memory is mapped at, or could be? Any context. */
static inline bool is_kmap_addr(const void *x)
{
	unsigned long addr = (unsigned long)x;

	return (addr >= PKMAP_BASE && addr < PKMAP_ADDR(LAST_PKMAP)) ||
	       (addr >= fix_to_virt(FIX_KMAP_END) && addr < fix_to_virt(FIX_KMAP_BEGIN - 1));
}

/* ---- kmap_local: an address for this thread ---- */

void *kmap_local_high(const struct page *page);
void kunmap_local_high(const void *vaddr);

/*
 * The address of @page for this thread, until kunmap_local(). Mappings nest, KM_MAX_IDX deep (one
 * more is a panic), and are undone in the reverse order. Any context; never waits.
 */
static __always_inline void *kmap_local_page(struct page *page)
{
	return likely(PageHighMem(page)) ? kmap_local_high(page) : lowmem_page_address(page);
}

/*
 * The same for any frame, in the memory map or not, and with these rights. What the direct map
 * leaves out of low memory gets a slot, too; what lies in it has the rights that it has there. A
 * frame that the CPU cannot address, and rights to write and to execute, or that are none: a
 * warning, and NULL.
 */
void *kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot);

static inline void *kmap_local_pfn(unsigned long pfn)
{
	return kmap_local_pfn_prot(pfn, kmap_prot);
}

static inline void *kmap_local_page_prot(struct page *page, pgprot_t prot)
{
	return !PageHighMem(page) ? lowmem_page_address(page) :
				    kmap_local_pfn_prot(page_to_pfn(page), prot);
}

/*
 * Undo the mapping that @vaddr, any address within it, came from. Not the one made last, or none at
 * all: a warning, nothing changed.
 */
static __always_inline void __kunmap_local(const void *vaddr)
{
	if (likely(vaddr >= high_memory))
		kunmap_local_high(vaddr);
}

#define kunmap_local(vaddr) \
do { \
	BUILD_BUG_ON(__same_type((vaddr), struct page *));	/* the address, not the page! */ \
	__kunmap_local(vaddr); \
} while (0)

/* ---- kmap_atomic: the same with preemption and page faults switched off; older ---- */

void *kmap_atomic_high(const struct page *page);
void kunmap_atomic_high(const void *vaddr);
void report_kunmap_atomic(const void *vaddr) __cold;

static __always_inline void *kmap_atomic(struct page *page)
{
	preempt_disable();
	if (likely(PageHighMem(page)))
		return kmap_atomic_high(page);
	pagefault_disable();
	return lowmem_page_address(page);
}

/* NULL, as kmap_local_pfn_prot() says, leaves everything as it was. */
static inline void *kmap_atomic_pfn_prot(unsigned long pfn, pgprot_t prot)
{
	void *addr = kmap_local_pfn_prot(pfn, prot);

	if (addr) {
		preempt_disable();
		pagefault_disable();
	}
	return addr;
}

static inline void *kmap_atomic_prot(struct page *page, pgprot_t prot)
{
	return kmap_atomic_pfn_prot(page_to_pfn(page), prot);
}

static inline void *kmap_atomic_pfn(unsigned long pfn)
{
	return kmap_atomic_pfn_prot(pfn, kmap_prot);
}

/* As kunmap_local(); and a warning, nothing changed, where there is no kmap_atomic() to undo. */
static __always_inline void __kunmap_atomic(const void *vaddr)
{
	if (likely(vaddr >= high_memory)) {
		kunmap_atomic_high(vaddr);
	} else if (unlikely(!pagefault_disabled())) {
		report_kunmap_atomic(vaddr);
	} else {
		pagefault_enable();
		preempt_enable();
	}
}

#define kunmap_atomic(vaddr) \
do { \
	BUILD_BUG_ON(__same_type((vaddr), struct page *));	/* the address, not the page! */ \
	__kunmap_atomic(vaddr); \
} while (0)

/* ---- how much there is, in pages ---- */

static inline unsigned int nr_free_highpages(void)
{
	return READ_ONCE(contig_page_data.node_zones[ZONE_HIGHMEM].nr_free_pages);
}

/* ---- what needs no more than an address for a moment; any context ---- */

/* Caches here are coherent, so there is nothing to do. */
static inline void flush_dcache_page(struct page *page)
{
}

static inline void clear_page(void *addr)
{
	memset(addr, 0, PAGE_SIZE);
}

static inline void copy_page(void *to, const void *from)
{
	memcpy(to, from, PAGE_SIZE);
}

static inline void clear_user_page(void *addr, unsigned long vaddr, struct page *page)
{
	clear_page(addr);
}

static inline void copy_user_page(void *to, void *from, unsigned long vaddr, struct page *topage)
{
	copy_page(to, from);
}

static inline void clear_highpage(struct page *page)
{
	void *kaddr = kmap_local_page(page);

	clear_page(kaddr);
	kunmap_local(kaddr);
}

/* For a page that a process has, or will have, at @vaddr. */
static inline void clear_user_highpage(struct page *page, unsigned long vaddr)
{
	clear_highpage(page);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	char *src = kmap_local_page(from), *dst = kmap_local_page(to);

	copy_page(dst, src);
	kunmap_local(dst);
	kunmap_local(src);
}

static inline void copy_user_highpage(struct page *to, struct page *from, unsigned long vaddr,
				      struct vm_area_struct *vma)
{
	copy_highpage(to, from);
}

/* Zeros into the bytes [@start1, @end1) and [@start2, @end2) of a page, or of a compound page. */
void zero_user_segments(struct page *page, unsigned int start1, unsigned int end1,
			unsigned int start2, unsigned int end2);

static inline void zero_user_segment(struct page *page, unsigned int start, unsigned int end)
{
	zero_user_segments(page, start, end, 0, 0);
}

static inline void zero_user(struct page *page, unsigned int start, unsigned int size)
{
	zero_user_segments(page, start, start + size, 0, 0);
}

/* Offsets and lengths in bytes; all of it lies in the page, or it is a BUG. */
#define __lies_in_page(offset, len) \
	((offset) <= PAGE_SIZE && (len) <= PAGE_SIZE - (offset))

static inline void memcpy_page(struct page *dst_page, size_t dst_off, struct page *src_page,
			       size_t src_off, size_t len)
{
	char *dst, *src;

	VM_BUG_ON(!__lies_in_page(dst_off, len) || !__lies_in_page(src_off, len));
	dst = kmap_local_page(dst_page);
	src = kmap_local_page(src_page);
	memcpy(dst + dst_off, src + src_off, len);
	kunmap_local(src);
	kunmap_local(dst);
}

static inline void memset_page(struct page *page, size_t offset, int val, size_t len)
{
	char *addr;

	VM_BUG_ON(!__lies_in_page(offset, len));
	addr = kmap_local_page(page);
	memset(addr + offset, val, len);
	kunmap_local(addr);
}

static inline void memzero_page(struct page *page, size_t offset, size_t len)
{
	memset_page(page, offset, 0, len);
}

static inline void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len)
{
	const char *from;

	VM_BUG_ON(!__lies_in_page(offset, len));
	from = kmap_local_page(page);
	memcpy(to, from + offset, len);
	kunmap_local(from);
}

static inline void memcpy_to_page(struct page *page, size_t offset, const char *from, size_t len)
{
	char *to;

	VM_BUG_ON(!__lies_in_page(offset, len));
	to = kmap_local_page(page);
	memcpy(to + offset, from, len);
	kunmap_local(to);
}

#endif /* _LINUX_HIGHMEM_H */
