/* SPDX-License-Identifier: MIT */
/*
 * KASAN (`make KASAN=1`): each access to memory is checked, by code that the compiler puts in front
 * of it, against a shadow: a byte for each 8 bytes of memory (a granule), which says whether they
 * may be touched. docs/kasan.md tells how it is used.
 *
 *	shadow byte of addr: *(s8 *)(addr / 8 + KASAN_SHADOW_OFFSET)
 *	0		all 8 bytes may be accessed
 *	1 … 7		the first so many of them
 *	negative	none, and which number it is says why
 *
 * In any other build none of this is there, and the calls below are nothing.
 */
#ifndef _LINUX_KASAN_H
#define _LINUX_KASAN_H

#include <linux/types.h>

#ifdef CONFIG_KASAN

#define KASAN_SHADOW_SCALE_SHIFT	3
#define KASAN_SHADOW_OFFSET		0x80000000UL	/* Makefile: -fasan-shadow-offset */
#define KASAN_GRANULE_SIZE		(1UL << KASAN_SHADOW_SCALE_SHIFT)
#define KASAN_GRANULE_MASK		(KASAN_GRANULE_SIZE - 1)

/* Why memory must not be touched. The compiler's own are those of the stack. */
#define KASAN_PAGE_FREE		0xff	/* the page allocator has it */
#define KASAN_PAGE_REDZONE	0xfe	/* behind a kmalloc_large() block, up to its last page's end */
#define KASAN_SLAB_REDZONE	0xfc	/* between objects */
#define KASAN_SLAB_FREE		0xfb	/* an object that was freed, or never allocated */
#define KASAN_GLOBAL_REDZONE	0xf9	/* behind a variable */
#define KASAN_VMALLOC_INVALID	0xf8	/* a freed area, or behind the last byte of one */
#define KASAN_STACK_LEFT	0xf1
#define KASAN_STACK_MID		0xf2
#define KASAN_STACK_RIGHT	0xf3
#define KASAN_STACK_PARTIAL	0xf4
#define KASAN_USE_AFTER_SCOPE	0xf8	/* a variable whose block has been left */
#define KASAN_ALLOCA_LEFT	0xca
#define KASAN_ALLOCA_RIGHT	0xcb

/* In between, what is wrong is not reported: for who must look at memory that nobody owns. Nests. */
void kasan_disable_current(void);
void kasan_enable_current(void);

/*
 * The granules that [@addr, @addr + @size) lies in: not to be touched, because of @value; or all of
 * it, and the rest of its last granule not. @addr is a multiple of a granule. What has no shadow is
 * let be. Any context.
 */
void kasan_poison(const void *addr, size_t size, u8 value);
void kasan_unpoison(const void *addr, size_t size);

/* May all of [@addr, @addr + @size) be accessed? If not, it is reported as done by @ip. */
bool kasan_check_range(const void *addr, size_t size, bool write, unsigned long ip);
#define __kasan_check_read(addr, size) \
	kasan_check_range((const void *)(addr), size, false, (unsigned long)__builtin_return_address(0))
#define __kasan_check_write(addr, size) \
	kasan_check_range((const void *)(addr), size, true, (unsigned long)__builtin_return_address(0))

/* The same without a report; and what the shadow says of one address. */
bool kasan_byte_accessible(const void *addr);
u8 kasan_shadow_byte(const void *addr);

/* @size bytes of an area that is new, or whose size is now known; an area that is freed. */
void kasan_unpoison_vmalloc(const void *addr, unsigned long size);
void kasan_poison_vmalloc(const void *addr, unsigned long size);

/* kmalloc_large() gave @size bytes at @addr: what lies behind them, to the block's end, is nobody's. */
void kasan_kmalloc_large(const void *addr, size_t size);

/* @cache is about to shrink, or to end: what was freed, and waits, goes back. Any context but NMI. */
struct kmem_cache;
void kasan_cache_shrink(const struct kmem_cache *cache);

/* Do freed objects wait before they are used again? `kasan_quarantine=`. */
extern bool kasan_quarantine;

/* Report that @addr is being freed a second time, by @ip. */
void kasan_report_double_free(const void *addr, unsigned long ip);

/* How many reports there were; and how many while nobody listened to the log (<quarry/log_tap.h>). */
extern unsigned long kasan_reports, kasan_unwanted_reports;

/* Who knows more about memory than its shadow adds it to a report: mm/debug/kasan/. */
extern void (*kasan_describe_memory)(const void *addr);

#else

static inline void kasan_disable_current(void) {}
static inline void kasan_enable_current(void) {}
#define __kasan_check_read(addr, size)	do { } while (0)
#define __kasan_check_write(addr, size)	do { } while (0)
static inline void kasan_unpoison_vmalloc(const void *addr, unsigned long size) {}
static inline void kasan_poison_vmalloc(const void *addr, unsigned long size) {}
static inline void kasan_kmalloc_large(const void *addr, size_t size) {}
struct kmem_cache;
static inline void kasan_cache_shrink(const struct kmem_cache *cache) {}

#endif

#endif /* _LINUX_KASAN_H */
