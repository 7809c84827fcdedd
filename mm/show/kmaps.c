// SPDX-License-Identifier: MIT
/* kmaps: which pages of high memory are mapped, and where. And in words, for fault reports. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <quarry/memory_layout.h>
#include <quarry/monitor.h>

#include "../highmem.h"

/* ---- the command ---- */

static void show_totals(void)
{
	unsigned int used = 0, unused = 0;

	for (const struct kmap_slot *slot = kmap_slots; slot < kmap_slots + LAST_PKMAP; slot++) {
		used += slot->count > 1;
		unused += slot->count == 1;
	}
	monitor_printf("kmap: %u of %u slots in use, %u unused but still mapped, %u free\n", used,
		       LAST_PKMAP, unused, LAST_PKMAP - used - unused);
	monitor_printf("      next slot %u; unused ones were freed %lu times\n",
		       (last_pkmap_nr + 1) & LAST_PKMAP_MASK, kmap_flushes);
}

static void show_slots(void)
{
	char line[128];

	for (unsigned int next, nr = 0; nr < LAST_PKMAP; nr = next) {
		next = nr + kmap_describe_slots(nr, line, sizeof(line));
		if (kmap_slots[nr].count)
			monitor_printf("  %s\n", line);
	}
}

static void show_local(void)
{
	unsigned int cpu = raw_smp_processor_id(), depth = current->kmap_ctrl.idx, slot;
	unsigned long addr, pfn;

	monitor_printf("kmap_local: %u of %u slots in use on CPU %u\n", depth, KM_MAX_IDX, cpu);
	for (slot = 0; slot < depth; slot++) {
		addr = fix_to_virt(kmap_local_index(cpu, slot));
		if (window_page(addr, &pfn) == WINDOW_MAPPED)
			monitor_printf("  %3u     %08lx: pfn %#lx\n", slot, addr, pfn);
	}
}

static int cmd_kmaps(int argc, char **argv)
{
	if (argc > 1)
		return -EINVAL;
	show_totals();
	show_slots();
	show_local();
	return 0;
}
MONITOR_COMMAND(kmaps, "", "list the pages of high memory that are mapped", cmd_kmaps);

/* ---- addresses in words ---- */

static void describe_kmap(unsigned int nr, char *buf, size_t size)
{
	const struct kmap_slot *slot = &kmap_slots[nr];
	unsigned int count = READ_ONCE(slot->count);

	if (count > 1)
		scnprintf(buf, size, "kmap slot %u, pfn %#lx, %u user%s, mapped by %ps", nr,
			  page_to_pfn(slot->page), count - 1, count == 2 ? "" : "s", slot->caller);
	else if (count == 1)
		scnprintf(buf, size, "kmap slot %u, unused, but pfn %#lx is still mapped", nr,
			  page_to_pfn(slot->page));
	else if (slot->page)
		scnprintf(buf, size, "kmap slot %u, free, last page pfn %#lx", nr,
			  page_to_pfn(slot->page));
	else
		scnprintf(buf, size, "kmap slot %u, never used", nr);
}

static void describe_kmap_local(unsigned long addr, char *buf, size_t size)
{
	unsigned int nr = virt_to_fix(addr) - FIX_KMAP_BEGIN, cpu = nr / KM_MAX_IDX, slot;
	unsigned long pfn;
	int n;

	slot = kmap_local_index(cpu, 0) - virt_to_fix(addr);
	n = scnprintf(buf, size, "kmap_local slot %u of CPU %u, ", slot, cpu);
	if (window_page(addr, &pfn) == WINDOW_MAPPED)
		scnprintf(buf + n, size - n, "pfn %#lx", pfn);
	else
		scnprintf(buf + n, size - n, "unused");
}

static enum address_place describe_highmem(unsigned long addr, char *buf, size_t size)
{
	if (!is_kmap_addr((void *)addr))
		return PLACE_UNKNOWN;
	if (addr < PKMAP_ADDR(LAST_PKMAP))
		describe_kmap(PKMAP_NR(addr), buf, size);
	else
		describe_kmap_local(addr, buf, size);
	return PLACE_KNOWN;
}
ADDRESS_DESCRIBER(describe_highmem);
