/* SPDX-License-Identifier: MIT */
/*
 * What an allocation may do, and where its memory may come from: one bit each, with Linux 6.1's
 * values. ___GFP_x are plain numbers, __GFP_x the bits with their type, GFP_x the combinations
 * that callers should use.
 */
#ifndef _LINUX_GFP_TYPES_H
#define _LINUX_GFP_TYPES_H

#include <linux/tracepoint-defs.h>
#include <linux/types.h>

#define ___GFP_DMA		0x01u		/* from ZONE_DMA */
#define ___GFP_HIGHMEM		0x02u		/* may come from ZONE_HIGHMEM */
#define ___GFP_DMA32		0x04u		/* from below 4 GiB */
#define ___GFP_MOVABLE		0x08u		/* can be moved, once allocated */
#define ___GFP_RECLAIMABLE	0x10u		/* a shrinker can get it back */
#define ___GFP_HIGH		0x20u		/* urgent: may use half of the reserve */
#define ___GFP_IO		0x40u		/* reclaim may start I/O */
#define ___GFP_FS		0x80u		/* reclaim may call file systems */
#define ___GFP_ZERO		0x100u		/* give zeroed memory */
#define ___GFP_ATOMIC		0x200u		/* cannot wait: may use more of the reserve */
#define ___GFP_DIRECT_RECLAIM	0x400u		/* the caller may reclaim, and so sleep */
#define ___GFP_KSWAPD_RECLAIM	0x800u		/* wake kswapd when memory gets low */
#define ___GFP_WRITE		0x1000u		/* the page will be dirtied soon */
#define ___GFP_NOWARN		0x2000u		/* failure is no news */
#define ___GFP_RETRY_MAYFAIL	0x4000u		/* try hard, but give up in the end */
#define ___GFP_NOFAIL		0x8000u		/* never fail */
#define ___GFP_NORETRY		0x10000u	/* one round of reclaim at most */
#define ___GFP_MEMALLOC		0x20000u	/* may use the whole reserve */
#define ___GFP_COMP		0x40000u	/* a compound page */
#define ___GFP_NOMEMALLOC	0x80000u	/* must not touch the reserve */
#define ___GFP_HARDWALL		0x100000u	/* obey the cpuset's limits */
#define ___GFP_THISNODE		0x200000u	/* from this node or not at all */
#define ___GFP_ACCOUNT		0x400000u	/* charge the memory to its group */
#define ___GFP_ZEROTAGS		0x800000u	/* clear memory tags together with the memory */
/* Those that need hardware memory tags or lockdep do nothing here. */
#define ___GFP_SKIP_ZERO		0
#define ___GFP_SKIP_KASAN_UNPOISON	0
#define ___GFP_SKIP_KASAN_POISON	0
#define ___GFP_NOLOCKDEP		0

#define __GFP_DMA		((__force gfp_t)___GFP_DMA)
#define __GFP_HIGHMEM		((__force gfp_t)___GFP_HIGHMEM)
#define __GFP_DMA32		((__force gfp_t)___GFP_DMA32)
#define __GFP_MOVABLE		((__force gfp_t)___GFP_MOVABLE)
#define __GFP_RECLAIMABLE	((__force gfp_t)___GFP_RECLAIMABLE)
#define __GFP_HIGH		((__force gfp_t)___GFP_HIGH)
#define __GFP_IO		((__force gfp_t)___GFP_IO)
#define __GFP_FS		((__force gfp_t)___GFP_FS)
#define __GFP_ZERO		((__force gfp_t)___GFP_ZERO)
#define __GFP_ATOMIC		((__force gfp_t)___GFP_ATOMIC)
#define __GFP_DIRECT_RECLAIM	((__force gfp_t)___GFP_DIRECT_RECLAIM)
#define __GFP_KSWAPD_RECLAIM	((__force gfp_t)___GFP_KSWAPD_RECLAIM)
#define __GFP_WRITE		((__force gfp_t)___GFP_WRITE)
#define __GFP_NOWARN		((__force gfp_t)___GFP_NOWARN)
#define __GFP_RETRY_MAYFAIL	((__force gfp_t)___GFP_RETRY_MAYFAIL)
#define __GFP_NOFAIL		((__force gfp_t)___GFP_NOFAIL)
#define __GFP_NORETRY		((__force gfp_t)___GFP_NORETRY)
#define __GFP_MEMALLOC		((__force gfp_t)___GFP_MEMALLOC)
#define __GFP_COMP		((__force gfp_t)___GFP_COMP)
#define __GFP_NOMEMALLOC	((__force gfp_t)___GFP_NOMEMALLOC)
#define __GFP_HARDWALL		((__force gfp_t)___GFP_HARDWALL)
#define __GFP_THISNODE		((__force gfp_t)___GFP_THISNODE)
#define __GFP_ACCOUNT		((__force gfp_t)___GFP_ACCOUNT)
#define __GFP_ZEROTAGS		((__force gfp_t)___GFP_ZEROTAGS)
#define __GFP_SKIP_ZERO			((__force gfp_t)___GFP_SKIP_ZERO)
#define __GFP_SKIP_KASAN_UNPOISON	((__force gfp_t)___GFP_SKIP_KASAN_UNPOISON)
#define __GFP_SKIP_KASAN_POISON		((__force gfp_t)___GFP_SKIP_KASAN_POISON)
#define __GFP_NOLOCKDEP			((__force gfp_t)___GFP_NOLOCKDEP)

#define __GFP_RECLAIM	(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_ZONEMASK	(__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32 | __GFP_MOVABLE)

#define __GFP_BITS_SHIFT	27
#define __GFP_BITS_MASK		((__force gfp_t)((1 << __GFP_BITS_SHIFT) - 1))

/*
 * KERNEL: the normal case; may sleep. ATOMIC: may not sleep, and gets at a part of the reserve.
 * NOWAIT: may not sleep, and gets nothing extra. NOIO, NOFS: may sleep, but reclaim must not come
 * back into the block layer or the file system that is asking. USER: for a user process, with its
 * limits; HIGHUSER: the kernel needs no address for it; MOVABLE: and does not mind its moving.
 */
#define GFP_ATOMIC		(__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL		(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT	(GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT		(__GFP_KSWAPD_RECLAIM)
#define GFP_NOIO		(__GFP_RECLAIM)
#define GFP_NOFS		(__GFP_RECLAIM | __GFP_IO)
#define GFP_USER		(__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL)
#define GFP_DMA			__GFP_DMA
#define GFP_DMA32		__GFP_DMA32
#define GFP_HIGHUSER		(GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE	(GFP_HIGHUSER | __GFP_MOVABLE)
#define GFP_TRANSHUGE_LIGHT	((GFP_HIGHUSER_MOVABLE | __GFP_COMP | \
				  __GFP_NOMEMALLOC | __GFP_NOWARN) & ~__GFP_RECLAIM)
#define GFP_TRANSHUGE		(GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM)

/* Names from textbooks older than these bits. __GFP_COLD has no meaning any more. */
#define __GFP_WAIT		__GFP_RECLAIM
#define __GFP_REPEAT		__GFP_RETRY_MAYFAIL
#define __GFP_COLD		((__force gfp_t)0)

/* For %pGg: the combinations first, the largest of them in front. */
extern const struct trace_print_flags gfpflag_names[];

#endif /* _LINUX_GFP_TYPES_H */
