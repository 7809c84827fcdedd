// SPDX-License-Identifier: MIT
/*
 * Pages that are not what they should be.
 *
 * 1. The idea
 * A page that is freed twice, or with the wrong order, or still in use, will be handed to
 * somebody while somebody else writes to it. Nothing can be saved of that page; what can be saved is
 * everything else. So the mistake is reported with all that is known, the page goes out of service,
 * and the kernel goes on. (Linux does the same: "Bad page state".)
 *
 * 2. Out of service
 * A quarantined block is on no list, has no owner and is never freed; zone->nr_quarantined counts
 * its pages. Of a block that is freed twice only the first page goes: no more of it is named for
 * sure, and megabytes should not be lost to one mistake. What cannot be quarantined is left as it
 * is: a slab's page still serves its cache, a reserved page and a hole were never in service, and a
 * block of which somebody freed a middle page still belongs to whoever allocated it.
 *
 * 3. Locking
 * Any context but NMI. Reports take no lock: what they show of a page in use may be changing. Taking
 * a free page out of its block takes the zone's lock. A page on another CPU's list cannot be taken
 * from there: it is only reported.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "internal.h"

/* ---- reports ---- */

static bool is_page(const struct page *page)
{
	return checked_pfn(page) < max_mapnr;
}

static void dump_block(const struct page *page)
{
	const struct page *head = block_head(page);

	if (head && head != page)
		pr_warn("block: pfn:%#lx order:%u state:%s flags: %pGp\n", page_to_pfn(head),
			page_block_order(head), page_state_names[page_state(head)], &head->flags);
}

void dump_page(const struct page *page, const char *reason)
{
	const u32 *raw = (const u32 *)page;

	if (!is_page(page)) {
		pr_warn("page:%px is not in the memory map (%px-%px)\n", page, mem_map,
			mem_map + max_mapnr - 1);
	} else {
		pr_warn("page:%px refcount:%d mapcount:0 mapping:00000000 index:%#lx pfn:%#lx\n",
			page, page_ref_count(page), page->index, page_to_pfn(page));
		pr_warn("flags: %pGp\n", &page->flags);
		pr_warn("raw: %08x %08x %08x %08x\n", raw[0], raw[1], raw[2], raw[3]);
		dump_block(page);
	}
	if (reason)
		pr_warn("page dumped because: %s\n", reason);
	if (is_page(page) && page_watchers)
		page_watched_report(page);
}

void bad_page(const struct page *page, const char *reason)
{
	if (is_page(page))
		pr_alert("BUG: Bad page state in process %s  pfn:%05lx\n", current->comm,
			 page_to_pfn(page));
	else
		pr_alert("BUG: Bad page state in process %s  pfn:?\n", current->comm);
	dump_page(page, reason);
	dump_stack();
}

/* ---- out of service ---- */

void quarantine_block(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (PageMemcgKmem(page))
		memory_charger->uncharge_page(page, order);
	spin_lock_irqsave(&zone->lock, flags);
	if (page_state(page) != PAGE_QUARANTINED) {
		page->flags &= ~PAGE_FLAGS_MASK;
		set_page_block(page, PAGE_QUARANTINED, order);
		zone->nr_quarantined += 1UL << order;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* The one page, out of the free block that it is in. */
static void quarantine_free_page(struct page *page)
{
	struct zone *zone = page_zone(page);
	const struct page *head;
	unsigned long flags;
	bool taken = false;

	if (!PageBuddy(block_head(page)))
		drain_local_pages(zone);
	spin_lock_irqsave(&zone->lock, flags);
	head = block_head(page);
	if (head && page_state(head) == PAGE_FREE) {
		buddy_take_out(zone, page_to_pfn(page));
		taken = true;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	if (taken)
		quarantine_block(page, 0);
}

/* ---- wrong frees ---- */

static void describe_allocated(const struct page *page, unsigned int order, char *why, size_t size)
{
	if (PageSlab(page))
		snprintf(why, size, "it belongs to a slab cache");
	else if (page_block_order(page) != order)
		snprintf(why, size, "freed with order %u, allocated with order %u", order,
			 page_block_order(page));
	else if (page_ref_count(page) <= 0)
		snprintf(why, size, "nobody holds it: its reference count is %d",
			 page_ref_count(page));
	else
		snprintf(why, size, "PAGE_FLAGS_CHECK_AT_FREE flag(s) set");
}

static void describe_interior(const struct page *head, char *why, size_t size)
{
	if (!head)
		snprintf(why, size, "it lies in no block: the memory map is damaged");
	else if (page_state(head) == PAGE_ALLOCATED)
		snprintf(why, size, "not the first page of its block, which is pfn %#lx, order %u",
			 page_to_pfn(head), page_block_order(head));
	else
		snprintf(why, size, "double free: it lies in a free block, pfn %#lx, order %u",
			 page_to_pfn(head), page_block_order(head));
}

static void describe(const struct page *page, unsigned int order, char *why, size_t size)
{
	switch (page_state(page)) {
	case PAGE_INTERIOR:
		describe_interior(block_head(page), why, size);
		break;
	case PAGE_FREE:
	case PAGE_PCP:
		snprintf(why, size, "double free: it is a free block of order %u",
			 page_block_order(page));
		break;
	case PAGE_ALLOCATED:
		describe_allocated(page, order, why, size);
		break;
	case PAGE_QUARANTINED:
		snprintf(why, size, "it is out of service");
		break;
	default:
		snprintf(why, size, "it was never allocated: %s",
			 page_state_names[page_state(page)]);
	}
}

static void take_out_of_service(struct page *page)
{
	const struct page *head = block_head(page);
	enum page_state state = head ? page_state(head) : PAGE_HOLE;

	if (state == PAGE_FREE || state == PAGE_PCP)
		quarantine_free_page(page);
	else if (state == PAGE_ALLOCATED && head == page && !PageSlab(page))
		quarantine_block(page, page_block_order(page));
}

void bad_free(struct page *page, unsigned int order)
{
	char why[96];

	if (!is_page(page)) {
		bad_page(page, "freed, but it is no page");
		return;
	}
	describe(page, order, why, sizeof(why));
	bad_page(page, why);
	take_out_of_service(page);
}
