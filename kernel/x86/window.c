// SPDX-License-Identifier: MIT
/*
 * The window's page tables: map, unmap, forget.
 *
 * All of them were made at boot, behind each other in memory, so that they are one array with an
 * entry for each page of the window, and no operation has to walk or to allocate. (The fixmap's
 * table, in the image, is a second such array.)
 *
 * A page that was unmapped is stale until every CPU has flushed it (<asm/pgtable.h>). Its entry
 * remembers the frame meanwhile: of an entry that is not present, the CPU ignores all other bits
 * (Intel SDM volume 3, section 4.4.2).
 *	empty	0 in the half with those bits
 *	mapped	_PAGE_PRESENT
 *	stale	_PAGE_STALE, not _PAGE_PRESENT; the frame's number where it was
 * So the half of the entry with those bits is 0 only when the page is empty; what the other half
 * is then does not matter.
 *
 * An entry is written as two words. The CPU must never see a present one that is half another: the
 * word with the present bit goes last when it is set, and first when it is cleared.
 */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/pfn.h>

#include "x86.h"

/* An entry as it is written. */
struct entry {
	u32 low;		/* state, rights, the lower bits of the frame's address; 0: empty */
	u32 high;		/* the upper ones, and NX */
};

#define NX_BIT	((u32)(_PAGE_NX >> 32))

static struct entry *window;		/* of WINDOW_START */
static unsigned long window_start = WINDOW_END, window_pages;
static unsigned long frame_limit;	/* frames from here on are out of the CPU's reach */

void __init window_init(pte_t *tables)
{
	window = (struct entry *)tables;
	window_start = WINDOW_START;
	window_pages = (WINDOW_END - WINDOW_START) >> PAGE_SHIFT;
	frame_limit = PFN_DOWN(cpu_phys_limit);
}

/* The entries of a range, from that of @addr on; NULL when they are not all of one table. */
static __always_inline struct entry *range_entries(unsigned long addr, unsigned long nr)
{
	unsigned long index = (addr - window_start) >> PAGE_SHIFT;

	if (likely(index < window_pages && nr <= window_pages - index))
		return window + index;
	if (addr >= FIXADDR_START && addr < FIXADDR_TOP && nr <= (FIXADDR_TOP - addr) >> PAGE_SHIFT)
		return (struct entry *)&fixmap_table[(addr >> PAGE_SHIFT) % PTRS_PER_TABLE];
	return NULL;
}

pte_t *kernel_ptes(unsigned long addr, unsigned long nr)
{
	return (pte_t *)range_entries(addr, nr);
}

static __always_inline unsigned long frame_of(const struct entry *entry)
{
	return (entry->high & ~NX_BIT) << (32 - PAGE_SHIFT) | entry->low >> PAGE_SHIFT;
}

/* ---- empty to mapped ---- */

static __always_inline void forget(struct entry *entry)
{
	WRITE_ONCE(entry->low, 0);	/* the other half means nothing now */
}

static __always_inline bool all_empty(const struct entry *entry, unsigned long nr)
{
	const struct entry *end = entry + nr;
	u32 used = 0;

	for (; entry < end; entry++)
		used |= entry->low;
	return likely(!used);
}

int map_kernel_range(unsigned long addr, unsigned long pfn, unsigned long nr, pgprot_t prot)
{
	struct entry *entry = range_entries(addr, nr), *end = entry + nr;
	u64 value = PFN_PHYS(pfn) | supported_rights(prot);

	if (unlikely(!entry || !PAGE_ALIGNED(addr) || nr > frame_limit || pfn > frame_limit - nr))
		return -EINVAL;
	if (unlikely(!all_empty(entry, nr)))
		return -EEXIST;
	for (; entry < end; entry++) {
		WRITE_ONCE(entry->high, value >> 32);
		WRITE_ONCE(entry->low, value);
		value += PAGE_SIZE;
	}
	return 0;
}

/* ---- mapped to stale ---- */

void unmap_kernel_range(unsigned long addr, unsigned long nr)
{
	struct entry *entry = range_entries(addr, nr), *end = entry + nr;

	if (unlikely(!entry))
		return;
	if (unlikely(tlb_record_mask)) {
		tlb_record_unmap(addr, nr);
		return;
	}
	for (; entry < end; entry++) {
		u32 low = entry->low;

		if (likely(low & _PAGE_PRESENT))
			WRITE_ONCE(entry->low, (low & PAGE_MASK) | _PAGE_STALE);
	}
}

/* ---- stale to empty ---- */

static __always_inline bool is_stale(const struct entry *entry)
{
	return (entry->low & (_PAGE_STALE | _PAGE_PRESENT)) == _PAGE_STALE;
}

/* With the record on: the page must not be forgotten yet. Whoever is told sees to it that it may. */
static noinline unsigned long forget_too_early(struct entry *entry, unsigned long addr)
{
	tlb_record_not_flushed(addr, frame_of(entry), entry->low & _PAGE_STALE_CPUS);
	forget(entry);
	return 1;
}

unsigned long forget_kernel_range(unsigned long addr, unsigned long nr, unsigned long *pfn)
{
	struct entry *first = range_entries(addr, nr), *entry = first, *end = entry + nr;
	u64 expected;

	if (unlikely(!entry || !nr || !is_stale(entry)))
		return 0;
	*pfn = frame_of(entry);
	if (unlikely(entry->low & _PAGE_STALE_CPUS))
		return forget_too_early(entry, addr);
	expected = (u64)entry->high << 32 | entry->low;
	do {
		forget(entry++);
		expected += PAGE_SIZE;
	} while (entry < end && entry->low == (u32)expected && entry->high == expected >> 32);
	return entry - first;
}

void forget_kernel_pages(unsigned long addr, unsigned long nr)
{
	struct entry *entry = range_entries(addr, nr), *end = entry + nr;

	if (unlikely(!entry))
		return;
	for (; entry < end; entry++, addr += PAGE_SIZE) {
		if (unlikely(entry->low & _PAGE_STALE_CPUS) && is_stale(entry))
			forget_too_early(entry, addr);
		else if (is_stale(entry))
			forget(entry);
	}
}

/* With the record on it takes all the steps, which the record follows. */
static noinline void revoke_recorded(unsigned long addr, unsigned long nr)
{
	unmap_kernel_range(addr, nr);
	flush_tlb_kernel_range(addr, addr + nr * PAGE_SIZE);
	forget_kernel_pages(addr, nr);
}

/* Nobody maps anything there before this returns: so the pages can be empty before the flush. */
void revoke_kernel_range(unsigned long addr, unsigned long nr)
{
	struct entry *entry = range_entries(addr, nr), *end = entry + nr;

	if (unlikely(!entry))
		return;
	if (unlikely(tlb_record_mask)) {
		revoke_recorded(addr, nr);
		return;
	}
	for (; entry < end; entry++)
		forget(entry);
	flush_tlb_kernel_range(addr, addr + nr * PAGE_SIZE);
}

/* ---- asking ---- */

enum window_page window_page(unsigned long addr, unsigned long *pfn)
{
	const struct entry *entry = range_entries(addr, 1);

	if (!entry || !entry->low)
		return WINDOW_EMPTY;
	if (pfn)
		*pfn = frame_of(entry);
	return entry->low & _PAGE_PRESENT ? WINDOW_MAPPED : WINDOW_STALE;
}

/* ---- the fixmap's contract: <asm/fixmap.h> ---- */

void clear_fixmap(unsigned int index)
{
	BUG_ON(index >= __end_of_fixed_addresses);
	clear_fixmap_local(fix_to_vpn(index));
}

void __set_fixmap(unsigned int index, phys_addr_t phys, pgprot_t prot)
{
	clear_fixmap(index);
	set_fixmap_local(fix_to_vpn(index), PFN_DOWN(phys), supported_rights(prot));
}
