/* SPDX-License-Identifier: MIT */
/* Cache lines: what CPUs fetch and take from each other. 64 bytes since the Pentium 4. */
#ifndef _LINUX_CACHE_H
#define _LINUX_CACHE_H

#include <linux/align.h>
#include <linux/compiler.h>

#define L1_CACHE_SHIFT	6
#define L1_CACHE_BYTES	(1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES	L1_CACHE_BYTES
#define cache_line_size()	L1_CACHE_BYTES

#define L1_CACHE_ALIGN(x)	ALIGN(x, L1_CACHE_BYTES)
#define ____cacheline_aligned	__aligned(L1_CACHE_BYTES)
#define ____cacheline_aligned_in_smp ____cacheline_aligned
#define __cacheline_aligned	____cacheline_aligned
#define __read_mostly
#define __ro_after_init

#endif /* _LINUX_CACHE_H */
