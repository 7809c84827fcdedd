// SPDX-License-Identifier: MIT
/*
 * Reading the page tables as the CPU does: for `pt ADDR`, for fault reports, for the check that
 * nothing is both writable and executable. Starts at CR3, trusts nothing that was remembered, and
 * reads tables only where low memory is mapped.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <linux/kernel.h>

#include "x86.h"

#define POINTER_SHIFT	30
#define RIGHTS		(_PAGE_RW | _PAGE_USER | _PAGE_NX | _PAGE_PCD | _PAGE_GLOBAL)

static bool read_entry(phys_addr_t table, unsigned int index, u64 *entry)
{
	if (table >= lowmem_end)
		return false;
	*entry = ((const u64 *)__va(table))[index];
	return true;
}

static void note_leaf(struct page_walk *walk, unsigned long addr, unsigned long page_size)
{
	u64 leaf = walk->entry[walk->levels - 1];

	walk->present = true;
	walk->large = page_size > PAGE_SIZE;
	walk->phys = (leaf & PTE_PFN_MASK & ~(u64)(page_size - 1)) | (addr & (page_size - 1));
}

/* Pointer-table entries carry no rights with PAE; below, every level must agree. */
static void note_rights(struct page_walk *walk)
{
	unsigned int level;

	walk->writable = walk->user = walk->executable = true;
	for (level = 1; level < walk->levels; level++) {
		walk->writable &= !!(walk->entry[level] & _PAGE_RW);
		walk->user &= !!(walk->entry[level] & _PAGE_USER);
		walk->executable &= !(walk->entry[level] & _PAGE_NX);
	}
}

bool walk_page_tables(unsigned long addr, struct page_walk *walk)
{
	static const unsigned int shift[] = { POINTER_SHIFT, PMD_SHIFT, PAGE_SHIFT };
	phys_addr_t table = read_cr3() & ~31UL;
	unsigned int level;

	*walk = (struct page_walk){ 0 };
	for (level = 0; level < 3; level++) {
		unsigned int entries = level == 0 ? 4 : PTRS_PER_TABLE;
		u64 entry;

		if (!read_entry(table, (addr >> shift[level]) % entries, &entry))
			break;
		walk->entry[walk->levels++] = entry;
		if (!(entry & _PAGE_PRESENT))
			break;
		if (level == 2 || (level == 1 && (entry & _PAGE_PSE))) {
			note_leaf(walk, addr, 1UL << shift[level]);
			note_rights(walk);
			break;
		}
		table = entry & PTE_PFN_MASK;
	}
	return walk->present;
}

/* The range that @addr begins: one page, large or small. */
static void leaf_range(unsigned long addr, const struct page_walk *walk, struct mapped_range *r)
{
	u64 leaf = walk->entry[walk->levels - 1];

	r->start = addr;
	r->end = addr + (walk->large ? PMD_SIZE : PAGE_SIZE);
	r->phys = walk->phys;
	r->rights = (leaf & RIGHTS & ~_PAGE_RW) | (walk->writable ? _PAGE_RW : 0) |
		    (walk->large ? _PAGE_PSE : 0);
}

/* The next address that could be mapped when @addr is not: empty entries are passed by in a run. */
static unsigned long hole_end(unsigned long addr, const struct page_walk *walk)
{
	unsigned int index = (addr >> PAGE_SHIFT) % PTRS_PER_TABLE;
	const u64 *table;

	if (walk->levels < 3)
		return (addr & PMD_MASK) + PMD_SIZE;
	table = __va(walk->entry[1] & PTE_PFN_MASK);
	while (++index < PTRS_PER_TABLE && !(table[index] & _PAGE_PRESENT))
		;
	return (addr & PMD_MASK) + index * PAGE_SIZE;
}

void for_each_mapped_range(void (*range)(const struct mapped_range *r, void *arg), void *arg)
{
	struct mapped_range run = { 0 }, next;
	unsigned long addr = PAGE_OFFSET;
	struct page_walk walk;

	do {
		if (!walk_page_tables(addr, &walk)) {
			addr = hole_end(addr, &walk);
			continue;
		}
		leaf_range(addr, &walk, &next);
		if (run.rights == next.rights && run.end == next.start && run.start) {
			run.end = next.end;
		} else {
			if (run.start)
				range(&run, arg);
			run = next;
		}
		addr = next.end;
	} while (addr >= PAGE_OFFSET);		/* it wraps at 4 GiB */
	if (run.start)
		range(&run, arg);
}

static void count_wx(const struct mapped_range *r, void *arg)
{
	unsigned long *count = arg;

	if ((r->rights & _PAGE_RW) && !(r->rights & _PAGE_NX))
		*count += (r->end - r->start) >> PAGE_SHIFT;
}

unsigned long count_wx_pages(void)
{
	unsigned long count = 0;

	for_each_mapped_range(count_wx, &count);
	return count;
}
