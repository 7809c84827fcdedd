/* SPDX-License-Identifier: MIT */
/*
 * Memory of which each CPU has a copy, allocated while the kernel runs. A pointer to it is like the
 * address of a DEFINE_PER_CPU() variable: no address to be followed, but what this_cpu_*() and
 * per_cpu_ptr() of <linux/percpu-defs.h> take.
 *
 *	struct hits __percpu *hits = alloc_percpu(struct hits);		all copies are 0
 *	this_cpu_inc(hits->reads);
 *	per_cpu_ptr(hits, cpu)->reads
 *	free_percpu(hits);
 *
 * Allocating: process context; with GFP_ATOMIC or GFP_NOWAIT any but NMI, but then only from memory
 * that is there already. NULL: there is none, which is reported, unless __GFP_NOWARN or atomic.
 * Freeing: any context but NMI.
 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <asm/page.h>
#include <linux/gfp_types.h>
#include <linux/mmdebug.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/types.h>

/* Nothing is larger. */
#define PCPU_MIN_UNIT_SIZE	PAGE_SIZE
/* Sizes are rounded up to it, and alignments too. */
#define PCPU_MIN_ALLOC_SHIFT	2
#define PCPU_MIN_ALLOC_SIZE	(1 << PCPU_MIN_ALLOC_SHIFT)

/* @align: a power of two, at most PAGE_SIZE. */
void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp) __alloc_size(1);
void __percpu *__alloc_percpu(size_t size, size_t align) __alloc_size(1);
/* NULL is nothing. */
void free_percpu(void __percpu *ptr);

#define alloc_percpu_gfp(type, gfp) \
	((typeof(type) __percpu *)__alloc_percpu_gfp(sizeof(type), __alignof__(type), gfp))
#define alloc_percpu(type) \
	((typeof(type) __percpu *)__alloc_percpu(sizeof(type), __alignof__(type)))

/* Is @addr in some CPU's copy of the variables that are in the image? */
bool is_kernel_percpu_address(unsigned long addr);
/* @addr: of some CPU's copy, as per_cpu_ptr() returns it. */
phys_addr_t per_cpu_ptr_to_phys(void *addr);

/* How many pages all copies of everything take. */
unsigned long pcpu_nr_pages(void);

/* ---- boot ---- */

/* Each CPU that nr_cpu_ids counts gets its copies; memblock is legal. A little may be allocated. */
void setup_per_cpu_areas(void);
/* vmalloc() is legal: from now on, any amount. */
void percpu_init(void);

#endif /* _LINUX_PERCPU_H */
