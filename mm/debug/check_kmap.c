// SPDX-License-Identifier: MIT
/*
 * Checks what mm/highmem.h promises beside struct kmap_slot, and that kmap_local's slots are a
 * stack: four witnesses must agree. A slot's count says whether it is in use, the page tables
 * whether its address is mapped and where to, the chains whether it can be found, and the memory map
 * whether the page that somebody uses is somebody's.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "../highmem.h"
#include "../internal.h"
#include "checkers.h"


struct inquiry {
	struct complaints complaints;
	DECLARE_BITMAP(chained, LAST_PKMAP);
};

static const char *const state_words[] = {
	[WINDOW_EMPTY] = "empty", [WINDOW_MAPPED] = "mapped", [WINDOW_STALE] = "stale",
};

/* ---- kmap()'s slots ---- */

static bool is_highmem_page(const struct page *page)
{
	return checked_pfn(page) < max_mapnr && PageHighMem(page);
}

static bool is_free(const struct page *page)
{
	const struct page *head = block_head(page);

	return head && (page_state(head) == PAGE_FREE || page_state(head) == PAGE_PCP);
}

static void check_page(struct inquiry *q, unsigned int nr, unsigned long mapped_pfn)
{
	const struct kmap_slot *slot = &kmap_slots[nr];

	if (!is_highmem_page(slot->page))
		complain(q, "slot %u has page %px, which is not in high memory", nr, slot->page);
	else if (page_to_pfn(slot->page) != mapped_pfn)
		complain(q, "slot %u has pfn %#lx, but its address leads to %#lx", nr,
			 page_to_pfn(slot->page), mapped_pfn);
	else if (slot->count > 1 && is_free(slot->page))
		complain(q, "slot %u has %u users of pfn %#lx, which is free; kmap() was called by %pS",
			 nr, slot->count - 1, mapped_pfn, slot->caller);
}

/* What kmap()'s users count on, and W^X. */
static void check_rights(struct inquiry *q, unsigned int nr)
{
	u64 rights = *kernel_ptes(PKMAP_ADDR(nr), 1) & (_PAGE_RW | _PAGE_NX);
	u64 expected = supported_rights(kmap_prot) & (_PAGE_RW | _PAGE_NX);

	if (rights != expected)
		complain(q, "slot %u is %s and %sexecutable, which is not what kmap() maps", nr,
			 rights & _PAGE_RW ? "writable" : "read-only", rights & _PAGE_NX ? "not " : "");
}

static void check_slot(struct inquiry *q, unsigned int nr)
{
	const struct kmap_slot *slot = &kmap_slots[nr];
	enum window_page expected = slot->count ? WINDOW_MAPPED : WINDOW_EMPTY;
	unsigned long pfn;
	enum window_page state = window_page(PKMAP_ADDR(nr), &pfn);

	if (state != expected)
		complain(q, "slot %u has count %u, but its address is %s", nr, slot->count,
			 state_words[state]);
	else if (slot->count) {
		check_page(q, nr, pfn);
		check_rights(q, nr);
	}
}

/* ---- the chains ---- */

/* The first slot of the chain that has this page: @slot itself, or the page is there twice. */
static bool is_first_of_its_page(unsigned int chain, const struct kmap_slot *slot)
{
	const struct kmap_slot *first = kmap_chains[chain];

	while (first->page != slot->page)
		first = first->next;
	return first == slot;
}

/* Is it a slot from which the walk may go on? */
static bool check_chained(struct inquiry *q, unsigned int chain, const struct kmap_slot *slot)
{
	unsigned long offset = (unsigned long)slot - (unsigned long)kmap_slots;
	unsigned int nr = slot - kmap_slots;

	if (offset >= sizeof(kmap_slots) || offset % sizeof(*slot)) {
		complain(q, "chain %u leads to %px, which is no slot", chain, slot);
		return false;
	}
	if (__test_and_set_bit(nr, q->chained)) {
		complain(q, "chain %u leads to slot %u, which was on a chain already", chain, nr);
		return false;
	}
	if (!slot->count)
		complain(q, "chain %u has slot %u, which is free", chain, nr);
	if (kmap_hash(slot->page) != chain)
		complain(q, "chain %u has slot %u, whose page belongs on chain %u", chain, nr,
			 kmap_hash(slot->page));
	if (!is_first_of_its_page(chain, slot))
		complain(q, "chain %u has pfn %#lx twice", chain, page_to_pfn(slot->page));
	return true;
}

static void check_chain(struct inquiry *q, unsigned int chain)
{
	const struct kmap_slot *slot = kmap_chains[chain];

	while (slot && check_chained(q, chain, slot))
		slot = slot->next;
}

static void check_slots(struct inquiry *q)
{
	unsigned int i;

	if (last_pkmap_nr >= LAST_PKMAP)
		complain(q, "the slot taken last is %u, but there are %u", last_pkmap_nr, LAST_PKMAP);
	for (i = 0; i < LAST_PKMAP; i++)
		check_slot(q, i);
	for (i = 0; i < KMAP_CHAINS; i++)
		check_chain(q, i);
	for (i = 0; i < LAST_PKMAP; i++)
		if (kmap_slots[i].count && !test_bit(i, q->chained))
			complain(q, "slot %u has count %u, but is on no chain", i, kmap_slots[i].count);
}

/* ---- kmap_local's: this CPU's, which nobody else can be changing ---- */

static void check_local(struct inquiry *q)
{
	unsigned int cpu = raw_smp_processor_id(), depth = current->kmap_ctrl.idx, slot;

	if (depth > KM_MAX_IDX)
		complain(q, "kmap_local: the depth is %u, but there are %u slots", depth, KM_MAX_IDX);
	for (slot = 0; slot < KM_MAX_IDX; slot++) {
		enum window_page expected = slot < depth ? WINDOW_MAPPED : WINDOW_EMPTY;
		enum window_page state = window_page(fix_to_virt(kmap_local_index(cpu, slot)), NULL);

		if (state != expected)
			complain(q, "kmap_local: slot %u of CPU %u is %s at depth %u", slot, cpu,
				 state_words[state], depth);
	}
}

bool kmap_validate(void)
{
	struct inquiry q = { .complaints.of = "kmap" };

	spin_lock(&kmap_lock);
	check_slots(&q);
	check_local(&q);
	spin_unlock(&kmap_lock);
	return no_complaints(&q.complaints);
}
