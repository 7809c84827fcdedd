// SPDX-License-Identifier: MIT
/*
 * Changing the rights of pages that are mapped: <asm/rights.h>.
 *
 * These entries are in use. Another CPU may walk them at any moment, and so may this one: its
 * stack, the code that runs or the tables themselves may lie in that very page. So an entry goes
 * from one present value to another in a single step. Written as two words, as window.c may write
 * entries that are not present before or after, it would be another right, or another frame, for a
 * moment; cleared first, it would be a fault that cannot be delivered. cmpxchg8b writes all
 * 64 bits at once. It also fails when the entry is no longer what was read: walking CPUs set the
 * accessed and dirty bits in it, and then it is tried again, so that none of these is lost.
 *
 * A split copies the large page's entry into 512 small ones before its directory entry, in one
 * step, is made to point at them. A dirty bit that a CPU sets meanwhile may be missing in the
 * copies; nobody asks for those of kernel pages. (Intel SDM volume 3, 4.10 and 9.1.1.)
 */
#include <asm/rights.h>
#include <linux/kernel.h>

#include "x86.h"

static pte_t *table_of(pte_t directory_entry)
{
	return __va(directory_entry & PTE_PFN_MASK);
}

/* The entry that maps @addr, and how much it maps; NULL when none does. */
static pte_t *present_entry(unsigned long addr, unsigned long *size)
{
	pte_t *entry = kernel_directory_entry(addr);

	if (!entry || !(*entry & _PAGE_PRESENT))
		return NULL;
	*size = PMD_SIZE;
	if (*entry & _PAGE_PSE)
		return entry;
	*size = PAGE_SIZE;
	entry = &table_of(*entry)[(addr >> PAGE_SHIFT) % PTRS_PER_TABLE];
	return *entry & _PAGE_PRESENT ? entry : NULL;
}

static pte_t changed(pte_t entry, struct rights_change change)
{
	return (entry & ~change.clear) | supported_rights(__pgprot(change.set));
}

/* If *@entry is *@old, make it @new; otherwise fetch it into *@old. */
static bool try_replace(pte_t *entry, pte_t *old, pte_t new)
{
	bool done;

	__asm__ __volatile__("lock cmpxchg8b %1"
			     : "=@ccz"(done), "+m"(*entry), "+A"(*old)
			     : "b"((u32)new), "c"((u32)(new >> 32)) : "memory");
	return done;
}

/* ---- the contract ---- */

static void survey_entry(pte_t entry, struct rights_change change, struct rights_survey *survey)
{
	pte_t new = changed(entry, change);

	survey->changes |= new != entry;
	if ((__supported_pte_mask & _PAGE_NX) && (new & _PAGE_RW) && !(new & _PAGE_NX))
		survey->writable_code = true;
}

void survey_rights(unsigned long start, unsigned long end, struct rights_change change,
		   struct rights_survey *survey)
{
	unsigned long addr, page, size;

	*survey = (struct rights_survey){ 0 };
	for (addr = start; addr < end; addr = page + size) {
		const pte_t *entry = present_entry(addr, &size);

		if (!entry)
			return;
		survey_entry(*entry, change, survey);
		page = addr & ~(size - 1);
		if ((page < start || end - page < size) && changed(*entry, change) != *entry)
			survey->large[survey->nr_large++] = page;
	}
	survey->mapped = true;
}

void split_large_page(unsigned long addr, pte_t *table)
{
	pte_t *entry = kernel_directory_entry(addr);
	pte_t small = *entry & ~_PAGE_PSE, old = *entry;
	unsigned int i;

	for (i = 0; i < PTRS_PER_TABLE; i++)
		table[i] = small + i * PAGE_SIZE;
	while (!try_replace(entry, &old, __pa(table) | _PAGE_PRESENT | _PAGE_RW))
		;
}

void change_rights(unsigned long start, unsigned long end, struct rights_change change)
{
	unsigned long addr, size;

	for (addr = start; addr < end; addr += size) {
		pte_t *entry = present_entry(addr, &size);
		pte_t old = *entry;

		while (!try_replace(entry, &old, changed(old, change)))
			;
	}
}
