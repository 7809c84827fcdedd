/* SPDX-License-Identifier: MIT */
/* What per-CPU memory's chapters know of each other; tests, checkers and shows see it too. */
#ifndef _MM_PERCPU_H
#define _MM_PERCPU_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "hooks.h"

/* A unit for each CPU, pcpu_unit_size apart. Bits of the two maps stand for PCPU_MIN_ALLOC_SIZE bytes. */
struct pcpu_chunk {
	struct list_head list;		/* pcpu_chunks */
	void *base;			/* CPU 0's unit */
	struct vm_struct *area;		/* NULL: the first chunk, which was there at boot */
	unsigned int populated;		/* pages of each unit, from its beginning on, that are there */
	unsigned int nr;		/* allocations */
	unsigned int free;		/* bits of map that are 0 */
	unsigned int first_free;	/* below it, map has no 0 */
	unsigned long *map;		/* what is in use */
	unsigned long *ends;		/* the last one of each allocation */
};

/* Guards all chunks and the list. Taken with interrupts off. */
extern spinlock_t pcpu_lock;
/* In the order in which they came: all but the last one are populated. */
extern struct list_head pcpu_chunks;
extern unsigned int pcpu_unit_size;

#define pcpu_unit_pages		(pcpu_unit_size >> PAGE_SHIFT)
#define pcpu_unit_bits		(pcpu_unit_size >> PCPU_MIN_ALLOC_SHIFT)
#define pcpu_map_size		BITS_TO_LONGS(pcpu_unit_bits)	/* longs of one map */

/* Where CPU @cpu's unit begins, and one of its pages. */
static inline void *pcpu_unit(const struct pcpu_chunk *chunk, unsigned int cpu)
{
	return chunk->base + cpu * pcpu_unit_size;
}

/* What callers hold, and the address of CPU 0's copy, lie so far apart. */
static inline unsigned long pcpu_addr(const void __percpu *ptr)
{
	return (unsigned long)ptr + __per_cpu_offset[0];
}

static inline void __percpu *pcpu_ptr(const struct pcpu_chunk *chunk, unsigned int bit)
{
	unsigned long addr = (unsigned long)chunk->base + (bit << PCPU_MIN_ALLOC_SHIFT);

	return (void __percpu *)(addr - __per_cpu_offset[0]);
}

/* With pcpu_lock held: how many bits the allocation that begins at @start has. */
static inline unsigned int pcpu_area_bits(const struct pcpu_chunk *chunk, unsigned int start)
{
	return find_next_bit(chunk->ends, pcpu_unit_bits, start) + 1 - start;
}

/* Chunks in which nothing is allocated go back to where they came from. Process context. */
void pcpu_reap(void);

/* percpu_init.c: the chunk that boot makes, its first @in_use bytes in use. @maps: for two maps. */
void pcpu_first_chunk(void *base, unsigned int unit_size, unsigned int in_use, unsigned long *maps);

/* mm/debug/check_percpu.c: check all that is promised here; each broken promise is printed. */
bool percpu_validate(void);

#endif /* _MM_PERCPU_H */
