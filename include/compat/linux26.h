/* SPDX-License-Identifier: MIT */
/*
 * For code from the days of Linux 2.6: forms that LDD3 and LKD print and Linux 6.1 no longer has.
 * A file that includes this header, after or before any other, may use the older and the newer form
 * side by side.
 */
#ifndef _COMPAT_LINUX26_H
#define _COMPAT_LINUX26_H

#include <asm/kmap_types.h>
#include <linux/highmem.h>
#include <linux/vmalloc.h>

/* ---- atomic kmaps: each purpose had its slot, until slots became a stack (2.6.37) ---- */

/* The type, where one is given, is looked at by the compiler and by nobody else. */
#define __KM_TYPE(type...)	((void)(const enum km_type []){ KM_USER0, ##type })

#define kmap_atomic(page, type...)		(__KM_TYPE(type), kmap_atomic(page))
#define kmap_atomic_pfn(pfn, type...)		(__KM_TYPE(type), kmap_atomic_pfn(pfn))

#undef kunmap_atomic
#define kunmap_atomic(vaddr, type...) \
do { \
	BUILD_BUG_ON(__same_type((vaddr), struct page *)); \
	__KM_TYPE(type); \
	__kunmap_atomic(vaddr); \
} while (0)
#define kunmap_atomic_notypecheck(vaddr, type)	__kunmap_atomic(vaddr)

/* kmap_atomic_prot() had its type in the middle. */
#define __kmap_atomic_prot2(page, prot)		kmap_atomic_prot(page, prot)
#define __kmap_atomic_prot3(page, type, prot)	(__KM_TYPE(type), kmap_atomic_prot(page, prot))
#define kmap_atomic_prot(page, args...) \
	__PASTE(__kmap_atomic_prot, COUNT_ARGS(page, args))(page, args)

/* And so had its form for a frame, which is gone since 5.11. */
#define __kmap_atomic_prot_pfn2(pfn, prot)	kmap_atomic_pfn_prot(pfn, prot)
#define __kmap_atomic_prot_pfn3(pfn, type, prot) \
	(__KM_TYPE(type), kmap_atomic_pfn_prot(pfn, prot))
#define kmap_atomic_prot_pfn(pfn, args...) \
	__PASTE(__kmap_atomic_prot_pfn, COUNT_ARGS(pfn, args))(pfn, args)

#define kmap_atomic_to_page(vaddr)		kmap_to_page(vaddr)

/* zero_user() before 2.6.23, and in between (2.6.23 and 2.6.24). */
#define memclear_highpage_flush(page, offset, size)	zero_user(page, offset, size)
#define zero_user_page(page, offset, size, km_type)	zero_user(page, offset, size)

/* ---- vmalloc: rights were an argument, until Linux 5.8 ---- */

#define ____vmalloc2(size, gfp)			__vmalloc(size, gfp)
#define ____vmalloc3(size, gfp, prot)		((void)(prot), __vmalloc(size, gfp))
#define __vmalloc(size, args...) \
	__PASTE(____vmalloc, COUNT_ARGS(size, args))(size, args)

/* ioremap() has always been without the cache on this machine. */
#define ioremap_nocache(offset, size)		ioremap(offset, size)

#endif /* _COMPAT_LINUX26_H */
