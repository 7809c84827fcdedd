// SPDX-License-Identifier: MIT
/* page: what is known about one page frame. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../internal.h"
#include "show.h"

/* ---- which page ---- */

static bool take_prefix(const char **word, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*word, prefix, length))
		return false;
	*word += length;
	return true;
}

static int frame_of_address(unsigned long addr, unsigned long *pfn)
{
	if (!virt_addr_valid(addr)) {
		monitor_printf("page: %#lx is not in the direct map; \"pt\" tells what it is\n",
			       addr);
		return -ENOENT;
	}
	*pfn = virt_to_pfn(addr);
	return 0;
}

static int frame_of_handle(const char *word, unsigned long *pfn)
{
	const struct held_memory *held = find_handle("page", word);

	if (!held)
		return -ENOENT;
	if (held->kind != &page_kind) {
		monitor_printf("page: %s: is not pages but %s; \"pt\" tells where its addresses lead\n",
			       word, held->kind->name);
		return -ENOENT;
	}
	*pfn = page_to_pfn(held->page);
	return 0;
}

/*
 * "pfn:N" and "phys:N" say what they are, "#N" is a handle. Of other numbers, one that could be
 * an address of the kernel is that: no frame's number is so large.
 */
static int parse_frame(const char *word, unsigned long *pfn)
{
	unsigned long long number;
	bool is_phys, is_frame;

	if (*word == '#')
		return frame_of_handle(word, pfn);
	is_phys = take_prefix(&word, "phys:");
	is_frame = !is_phys && take_prefix(&word, "pfn:");
	if (kstrtoull(word, 0, &number))
		return -EINVAL;
	if (!is_phys && !is_frame && number >= PAGE_OFFSET && number <= ULONG_MAX)
		return frame_of_address(number, pfn);
	if (is_phys)
		number >>= PAGE_SHIFT;
	if (number >= max_mapnr) {
		monitor_printf("page: frame %#llx is not in the memory map, which ends at %#lx\n",
			       number, max_mapnr);
		return -ENOENT;
	}
	*pfn = number;
	return 0;
}

/* ---- what it is ---- */

static const char *state_text(const struct page *head)
{
	switch (page_state(head)) {
	case PAGE_FREE:		return "free";
	case PAGE_PCP:		return "free, on a CPU's list";
	case PAGE_ALLOCATED:	return "allocated";
	case PAGE_RESERVED:	return "reserved: taken before there was an allocator";
	case PAGE_HOLE:		return "a hole: no RAM";
	case PAGE_QUARANTINED:	return "quarantined: out of service";
	default:		return "damaged";
	}
}

static void show_block(const struct page *page)
{
	const struct page *head = block_head(page);

	if (!head) {
		monitor_printf("  in no block: the memory map is damaged\n");
		return;
	}
	monitor_printf("  %s; block [%#lx,+%lu) of order %u%s%s", state_text(head),
		       page_to_pfn(head), 1UL << page_block_order(head), page_block_order(head),
		       PageHead(head) ? ", compound" : "", page == head ? "" : ", page ");
	if (page != head)
		monitor_printf("%lu of it", (unsigned long)(page - head));
	monitor_printf("\n");
}

static void show_place(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page), block = pageblock_start_pfn(pfn);
	const void *addr = page_address(page);

	monitor_printf("pfn %#lx: physical 0x%09llx, zone %s, ", pfn, (u64)page_to_phys(page),
		       page_zone(page)->name);
	if (addr)
		monitor_printf("at %px%s\n", addr, PageHighMem(page) ? ", by kmap()" : "");
	else
		monitor_printf("no address: high memory\n");
	show_block(page);
	monitor_printf("  pageblock [%#lx,+%lu) is %s\n", block, pageblock_nr_pages,
		       migratetype_names[get_pfnblock_migratetype(pfn)]);
}

static void show_struct(const struct page *page)
{
	const u32 *raw = (const u32 *)page;

	monitor_printf("  struct page at %px: %08x %08x %08x %08x\n", page, raw[0], raw[1], raw[2],
		       raw[3]);
	monitor_printf("  references %d, flags %pGp\n", page_ref_count(page), &page->flags);
}

static int cmd_page(int argc, char **argv)
{
	unsigned long pfn;
	int error;

	if (argc != 2)
		return -EINVAL;
	error = parse_frame(argv[1], &pfn);
	if (error)
		return error;
	show_place(pfn_to_page(pfn));
	show_struct(pfn_to_page(pfn));
	if (page_watchers)
		page_watched_report(pfn_to_page(pfn));
	return 0;
}

MONITOR_COMMAND(page, "PFN|pfn:N|ADDR|phys:N|#HANDLE", "all that is known about a page", cmd_page);
