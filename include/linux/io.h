/* SPDX-License-Identifier: MIT */
/* Device memory: mapping it, reading and writing it (LDD3 chapter 9). */
#ifndef _LINUX_IO_H
#define _LINUX_IO_H

#include <asm/io.h>
#include <linux/compiler.h>
#include <linux/types.h>

/*
 * Map @size bytes of device memory at the physical address @phys_addr; neither needs to be a
 * multiple of the page size. Uncached. Returns the address, for the functions below; NULL with a
 * warning when there is RAM, or nothing the CPU can reach, or when there is no room. Process context.
 */
void __iomem *ioremap(resource_size_t phys_addr, unsigned long size);
#define ioremap_uc ioremap
/* Write-combining would need the PAT: uncached, which is always right. */
#define ioremap_wc ioremap
/* For what behaves like memory: ROMs, firmware tables. */
void __iomem *ioremap_cache(resource_size_t phys_addr, unsigned long size);
/* Undo it: any address within the first page. No CPU can reach the device by it any more. */
void iounmap(volatile void __iomem *addr);

#define __MMIO(suffix, type) \
static inline type read##suffix(const volatile void __iomem *addr) \
{ \
	type value; \
\
	barrier(); \
	value = *(const volatile type *)addr; \
	barrier(); \
	return value; \
} \
static inline void write##suffix(type value, volatile void __iomem *addr) \
{ \
	barrier(); \
	*(volatile type *)addr = value; \
	barrier(); \
}

__MMIO(b, u8)
__MMIO(w, u16)
__MMIO(l, u32)

#undef __MMIO

#endif /* _LINUX_IO_H */
