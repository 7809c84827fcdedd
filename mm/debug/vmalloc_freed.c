// SPDX-License-Identifier: MIT
/*
 * The last areas of the vmalloc range that were freed, so that who touches one of them is told what
 * it was, who had allocated it and who has freed it. Always on: it costs a vfree() 19 instructions,
 * and 25 for being called. A longer past, with backtraces, would cost too much for that.
 *
 * Two CPUs that free at once may write into one record, and one of the two areas is forgotten. What
 * is read in a fault may be half written; it is numbers, and the worst is a wrong name in a report.
 */
#include <linux/kernel.h>

#include "../hooks.h"
#include "../vmalloc.h"

#define NR_FREED	128U

static struct freed_area {
	unsigned long page;		/* where it began. No address: nobody has what was there */
	unsigned long size, flags;	/* as in struct vm_struct */
	const void *allocated_by, *freed_by;
} freed[NR_FREED];

static struct freed_area *next_record = freed;	/* the oldest one, too */

static void remember(const struct vm_struct *area, const void *caller)
{
	struct freed_area *record = next_record;

	record->page = (unsigned long)area->addr >> PAGE_SHIFT;
	record->size = area->size;
	record->flags = area->flags;
	record->allocated_by = area->caller;
	record->freed_by = caller;
	next_record = record == &freed[NR_FREED - 1] ? freed : record + 1;
}

static unsigned long start_of(const struct freed_area *record)
{
	return record->page << PAGE_SHIFT;
}

static unsigned long usable_size(const struct freed_area *record)
{
	return record->size - (record->flags & VM_NO_GUARD ? 0 : PAGE_SIZE);
}

/* The latest one that had this address. */
static const struct freed_area *find_freed(unsigned long addr)
{
	const struct freed_area *record = next_record;

	for (unsigned int i = 0; i < NR_FREED; i++) {
		record = record == freed ? &freed[NR_FREED - 1] : record - 1;
		if (record->size && addr - start_of(record) < usable_size(record))
			return record;
	}
	return NULL;
}

static bool recall(unsigned long addr, char *buf, size_t size)
{
	const struct freed_area *record = find_freed(addr);

	if (!record)
		return false;
	scnprintf(buf, size,
		  "freed memory: byte %lu of the %lu-byte area 0x%lx, allocated by %pS, freed by %pS",
		  addr - start_of(record), usable_size(record), start_of(record), record->allocated_by,
		  record->freed_by);
	return true;
}

static struct vmalloc_observer vmalloc_freed = {
	.name = "vmalloc_freed",
	.free = remember,
	.recall = recall,
};
VMALLOC_OBSERVER(vmalloc_freed);
