// SPDX-License-Identifier: MIT
/*
 * The flush record: has every CPU forgotten what nobody may use any more?
 *
 * 1. The idea
 * A flush that was left out does no harm that a test could rely on: the CPU may have lost the old
 * translation anyway, and emulators lose them all the time. So we do not wait for harm. With the
 * word "tlb_record" on the command line, a stale page's entry (<asm/pgtable.h>) says which CPUs
 * may still hold its translation, and whoever ends its staleness is held to it. An entry that is
 * not present belongs to software but for its first bit, so the record costs no memory:
 *
 *	bit 9			_PAGE_STALE
 *	bits 1 + c		CPU c may still hold the translation	(_PAGE_STALE_CPUS)
 *	bit 12 and up		the frame, as when it was mapped
 *
 * 2. What happens when
 *	a page becomes stale		all CPUs that run get their bits		(tlb_record_mask)
 *	CPU c flushes a range, or all	bit c goes, in the stale entries of that range
 *	a stale page is forgotten	no bit may be left; if one is, that is reported
 *	a frame is handed out		no stale mapping of it may have a bit left: the watcher
 *					knows (mm/debug/stale_frames.c)
 *
 * What a CPU forgets alone (flush_tlb_one_kernel()) clears no bit: it is for addresses that no other
 * CPU uses. Who does so for a page of everybody's is found out here even while there is one CPU.
 *
 * 3. Which entries
 * A full flush would have to look at all entries of the window, some 32,000. So for each CPU we
 * keep bounds, outside of which no entry has its bit:
 *
 *	an entry has bit c  =>  reach[c].start <= its page's number < reach[c].end
 *
 * 4. Several CPUs
 * A CPU clears its bits and then flushes. What is unmapped between the two keeps its bit, although
 * it will be forgotten; the other way round, a bit would go whose translation stays. The lock
 * makes bounds, bits and the watcher's calls one step: so while the record is on, it is the record
 * that makes pages stale.
 *
 * 5. What is not here
 * A page that is mapped again with other rights, without having been unmapped, does not become
 * stale; its flush is not checked. A CPU that starts while the record is on is not on it until it
 * is switched on again. Translations of kmap_local slots and of early_memremap(), which one CPU
 * forgets alone, are not entered.
 */
#include <asm/pgtable.h>
#include <asm/tlbflush.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "x86.h"

static_assert(STALE_CPU(NR_CPUS - 1) & _PAGE_STALE_CPUS, "a bit for each CPU");
static_assert(!(STALE_CPU(NR_CPUS) & _PAGE_STALE_CPUS), "and no more");

void (*tlb_record_watcher)(unsigned long pfn, bool stale);
unsigned long tlb_record_reports;

static DEFINE_SPINLOCK(record_lock);

/* Pages by number: their end may lie at 4 GiB. Empty: start >= end. */
struct reach {
	unsigned long start, end;
};

static struct reach reach[NR_CPUS];

static void widen(struct reach *r, unsigned long start, unsigned long end)
{
	if (r->start >= r->end) {
		*r = (struct reach){ start, end };
		return;
	}
	r->start = min(r->start, start);
	r->end = max(r->end, end);
}

/* The entries from @start to @end are done with. A hole in the middle is not kept. */
static void narrow(struct reach *r, unsigned long start, unsigned long end)
{
	if (start <= r->start)
		r->start = max(r->start, end);
	if (end >= r->end)
		r->end = min(r->end, start);
}

static bool is_kmap_slot(unsigned long page)
{
	return page >= PKMAP_BASE / PAGE_SIZE && page < FIXADDR_TABLE / PAGE_SIZE;
}

/*
 * Not of kmap()'s addresses: their pages may have other owners long before they are unmapped, and nobody
 * uses the address after kunmap(), whether it is still mapped, stale or flushed.
 */
static void tell(unsigned long page, pte_t entry, bool stale)
{
	if (tlb_record_watcher && !is_kmap_slot(page))
		tlb_record_watcher((entry & PTE_PFN_MASK) >> PAGE_SHIFT, stale);
}

/* ---- a page becomes stale ---- */

static bool is_recorded(const pte_t *entry)
{
	return entry && !(*entry & _PAGE_PRESENT) && (*entry & _PAGE_STALE) &&
	       (*entry & _PAGE_STALE_CPUS);
}

static void record_unmap(unsigned long addr, unsigned long nr)
{
	unsigned long page = addr >> PAGE_SHIFT, end = page + nr, flags;
	unsigned int cpu;

	spin_lock_irqsave(&record_lock, flags);
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		widen(&reach[cpu], page, end);
	for (; page < end; page++) {
		pte_t *entry = window_entry(page << PAGE_SHIFT);
		u32 *word = (u32 *)entry;

		if (!entry || !(*word & _PAGE_PRESENT))
			continue;
		WRITE_ONCE(*word, (*word & PAGE_MASK) | _PAGE_STALE | tlb_record_mask);
		tell(page, *entry, true);
	}
	spin_unlock_irqrestore(&record_lock, flags);
}

/* ---- a CPU forgets ---- */

/* The bits are all in the entry's lower word; the upper one stays as it is. */
static void clear_bit_in(unsigned long page, u32 bit)
{
	pte_t *entry = window_entry(page << PAGE_SHIFT);
	u32 *word = (u32 *)entry;

	if (!is_recorded(entry) || !(*word & bit))
		return;
	WRITE_ONCE(*word, *word & ~bit);
	if (!(*word & _PAGE_STALE_CPUS))
		tell(page, *entry, false);
}

/* With the lock held: this CPU's bit goes, in the entries from @start to @end. */
static void forget_pages(unsigned long start, unsigned long end)
{
	unsigned int cpu = smp_processor_id();
	struct reach *r = &reach[cpu];
	unsigned long page = max(start, r->start), last = min(end, r->end);

	for (; page < last; page++)
		clear_bit_in(page, STALE_CPU(cpu));
	narrow(r, start, end);
}

static void record_flushing(unsigned long addr, unsigned long nr)
{
	unsigned long page = addr >> PAGE_SHIFT, flags;

	spin_lock_irqsave(&record_lock, flags);
	forget_pages(page, page + nr);
	spin_unlock_irqrestore(&record_lock, flags);
}

/* ---- a stale page is forgotten ---- */

static void record_not_flushed(unsigned long addr, unsigned long pfn, u32 cpus)
{
	unsigned long numbers = cpus / STALE_CPU(0);

	tlb_record_reports++;
	WARN(1, "tlb_record: %08lx is to be used again, but the TLB of CPU %*pbl was not flushed "
	     "since it was mapped to pfn 0x%lx\n", addr, NR_CPUS, &numbers, pfn);
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
}

/* ---- on and off ---- */

static const struct tlb_recorder recorder = {
	.unmap = record_unmap,
	.flushing = record_flushing,
	.not_flushed = record_not_flushed,
};

static int __init parse_tlb_record(char *value)
{
	bool on = true;

	if (value && kstrtobool(value, &on))
		return -1;
	tlb_record_enable(on);
	return 0;
}
early_param("tlb_record", parse_tlb_record);

bool tlb_record_enabled(void)
{
	return tlb_record_mask != 0;
}

static u32 online_cpu_bits(void)
{
	unsigned int cpu;
	u32 bits = 0;

	for_each_online_cpu(cpu)
		bits |= STALE_CPU(cpu);
	return bits;
}

static void forget_all_here(void *unused)
{
	tlb_record_flushing_all();
	__flush_tlb_all();
}

/* Off: no more bits are set from here on, and then those that are set are cleared. */
void tlb_record_enable(bool on)
{
	unsigned long flags;

	tlb_recorder = &recorder;
	spin_lock_irqsave(&record_lock, flags);
	WRITE_ONCE(tlb_record_mask, on ? online_cpu_bits() : 0);
	spin_unlock_irqrestore(&record_lock, flags);
	/* On: what was stale before is in nobody's record. Off: what is, will be in nobody's. */
	on_each_cpu(forget_all_here, NULL, 1);
}
