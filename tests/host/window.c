// SPDX-License-Identifier: MIT
/*
 * The window of a program. Its entries are those of the machine (kernel/x86/window.c is linked in),
 * and what they map is really there: RAM is a file in memory, of which any page can be mapped a
 * second time. There is no CPU that could remember a translation: what is unmapped is gone at
 * once, and whoever touches it is caught.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>
#include <linux/compiler.h>
#include <linux/pfn.h>
#include <linux/smp.h>

#include "../../kernel/x86/x86.h"
#include "host.h"

unsigned long lowmem_end = HOST_WINDOW_START - PAGE_OFFSET;
u64 __supported_pte_mask = ~_PAGE_GLOBAL;
pte_t fixmap_table[PTRS_PER_TABLE];

static pte_t window[(PKMAP_BASE - HOST_WINDOW_START) >> PAGE_SHIFT];

void host_window_init(void)
{
	os_reserve(HOST_WINDOW_START, PKMAP_BASE - HOST_WINDOW_START);
	window_init(window);
}

/* The linker sends the chapters' calls here first (--wrap). */
int __real_map_kernel_range(unsigned long addr, unsigned long pfn, unsigned long nr, pgprot_t prot);
int __wrap_map_kernel_range(unsigned long addr, unsigned long pfn, unsigned long nr, pgprot_t prot);
void __real_unmap_kernel_range(unsigned long addr, unsigned long nr);
void __wrap_unmap_kernel_range(unsigned long addr, unsigned long nr);

void __real_revoke_kernel_range(unsigned long addr, unsigned long nr);
void __wrap_revoke_kernel_range(unsigned long addr, unsigned long nr);

/* Devices have no memory here. */
static void map_for_real(unsigned long addr, unsigned long pfn, unsigned long nr, u64 rights)
{
	if (pfn + nr <= PFN_DOWN(HOST_RAM_BYTES))
		os_map_again(addr, pfn << PAGE_SHIFT, nr << PAGE_SHIFT, rights & _PAGE_RW);
}

int __wrap_map_kernel_range(unsigned long addr, unsigned long pfn, unsigned long nr, pgprot_t prot)
{
	int error = __real_map_kernel_range(addr, pfn, nr, prot);

	if (!error)
		map_for_real(addr, pfn, nr, pgprot_val(prot));
	return error;
}

void host_map_entry(const pte_t *pte, unsigned long pfn, u64 rights)
{
	map_for_real(HOST_WINDOW_START + (pte - window) * PAGE_SIZE, pfn, 1, rights);
}

void __wrap_unmap_kernel_range(unsigned long addr, unsigned long nr)
{
	__real_unmap_kernel_range(addr, nr);
	if (nr)
		os_reserve(addr, nr << PAGE_SHIFT);
}

void __wrap_revoke_kernel_range(unsigned long addr, unsigned long nr)
{
	__real_revoke_kernel_range(addr, nr);
	if (nr)
		os_reserve(addr, nr << PAGE_SHIFT);
}

/* Nobody here has page tables that could be walked. */
void for_each_mapped_range(void (*range)(const struct mapped_range *r, void *arg), void *arg)
{
}

/* ---- for the flush record ---- */

u32 tlb_record_mask;
const struct tlb_recorder *tlb_recorder;

void __flush_tlb_all(void)
{
	if (tlb_record_mask)
		tlb_record_flushing_all();
}

void flush_tlb_all(void)
{
	__flush_tlb_all();
}

void __flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	if (tlb_record_mask)
		tlb_record_flushing(start, PAGE_ALIGN(end - start) >> PAGE_SHIFT);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	__flush_tlb_kernel_range(start, end);
}
