/* SPDX-License-Identifier: MIT */
/* Where the line between low and high memory is drawn: see kernel/x86/lowmem.c. */
#ifndef _QUARRY_LOWMEM_H
#define _QUARRY_LOWMEM_H

#include <asm/page.h>

struct lowmem_line {
	unsigned long lowmem_end;		/* bytes: where the direct map's room ends */
	unsigned long max_low_pfn, max_pfn;	/* as in <asm/page.h> */
};

/* What was asked for, in bytes. */
struct lowmem_wish {
	u64 vmalloc;		/* addresses behind the direct map */
	u64 highmem;		/* RAM above the line, or HIGHMEM_AS_IS */
};
#define HIGHMEM_AS_IS	(~0ULL)

/* The command line's wish: "vmalloc=" and "highmem=", or what holds without them. */
extern struct lowmem_wish lowmem_wish;

/*
 * Draw the line for RAM that ends at page frame @end_pfn. What of the wish cannot be had is logged,
 * and made smaller or passed over; every answer is one that the kernel can live with. Changes
 * nothing by itself. Any context.
 */
struct lowmem_line draw_lowmem_line(unsigned long end_pfn, const struct lowmem_wish *wish);

#endif /* _QUARRY_LOWMEM_H */
