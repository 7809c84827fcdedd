// SPDX-License-Identifier: MIT
/*
 * /proc/meminfo: the machine's memory in KiB, by Linux's names and in its order.
 *
 * Lines that Linux always prints are all there. 0 because there is no such thing here: everything
 * about files, swap, processes and write-back (from Buffers to Mlocked, from SwapTotal to
 * WritebackTmp, but for slabs), what only processes commit themselves to (CommitLimit,
 * Committed_AS), and Percpu, whose allocator does not exist yet. VmallocChunk, once the largest
 * hole, is 0 in Linux as well since looking for it took too long; `vmalloc` shows it. PageTables,
 * as in Linux, are those of processes; the kernel's own were reserved at boot, and are not part of
 * MemTotal. Nor is anything else that was: MemTotal is what the page allocator was given.
 *
 * Slab is the pages of all slabs, their free objects included. What kmalloc() takes as whole pages
 * is in none of these lines; Linux counts it under SUnreclaim.
 */
#include <asm/pgtable.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <quarry/proc.h>

static void show_kb(struct seq_file *m, const char *name, unsigned long kbytes)
{
	seq_printf(m, "%-15s %8lu kB\n", name, kbytes);
}

static void show_pages(struct seq_file *m, const char *name, unsigned long pages)
{
	show_kb(m, name, pages << (PAGE_SHIFT - 10));
}

static void show_node_item(struct seq_file *m, const char *name, enum node_stat_item item)
{
	show_pages(m, name, global_node_page_state(item));
}

/*
 * What could be had without swapping: what is free, less what normal requests must leave alone.
 * (Linux adds about half of the page cache and of what shrinkers would give back; there is none.)
 */
long si_mem_available(void)
{
	return max((long)(global_zone_page_state(NR_FREE_PAGES) - totalreserve_pages), 0L);
}

/* ---- the lines, in Linux's groups ---- */

static void show_files(struct seq_file *m, const struct sysinfo *si)
{
	unsigned long files = global_node_page_state(NR_FILE_PAGES);

	show_pages(m, "Buffers:", si->bufferram);
	show_pages(m, "Cached:", files - si->bufferram);
	show_pages(m, "SwapCached:", 0);
}

static void show_lists(struct seq_file *m)
{
	unsigned long active_anon = global_node_page_state(NR_ACTIVE_ANON);
	unsigned long inactive_anon = global_node_page_state(NR_INACTIVE_ANON);
	unsigned long active_file = global_node_page_state(NR_ACTIVE_FILE);
	unsigned long inactive_file = global_node_page_state(NR_INACTIVE_FILE);

	show_pages(m, "Active:", active_anon + active_file);
	show_pages(m, "Inactive:", inactive_anon + inactive_file);
	show_pages(m, "Active(anon):", active_anon);
	show_pages(m, "Inactive(anon):", inactive_anon);
	show_pages(m, "Active(file):", active_file);
	show_pages(m, "Inactive(file):", inactive_file);
	show_node_item(m, "Unevictable:", NR_UNEVICTABLE);
	show_pages(m, "Mlocked:", global_zone_page_state(NR_MLOCK));
}

static void show_line(struct seq_file *m, const struct sysinfo *si)
{
	show_pages(m, "HighTotal:", si->totalhigh);
	show_pages(m, "HighFree:", si->freehigh);
	show_pages(m, "LowTotal:", si->totalram - si->totalhigh);
	show_pages(m, "LowFree:", si->freeram - si->freehigh);
}

static void show_owners(struct seq_file *m, const struct sysinfo *si)
{
	unsigned long reclaimable = global_node_page_state(NR_SLAB_RECLAIMABLE_B);
	unsigned long unreclaimable = global_node_page_state(NR_SLAB_UNRECLAIMABLE_B);
	unsigned long others = global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE);

	show_pages(m, "SwapTotal:", si->totalswap);
	show_pages(m, "SwapFree:", si->freeswap);
	show_node_item(m, "Dirty:", NR_FILE_DIRTY);
	show_node_item(m, "Writeback:", NR_WRITEBACK);
	show_node_item(m, "AnonPages:", NR_ANON_MAPPED);
	show_node_item(m, "Mapped:", NR_FILE_MAPPED);
	show_pages(m, "Shmem:", si->sharedram);
	show_pages(m, "KReclaimable:", reclaimable + others);
	show_pages(m, "Slab:", reclaimable + unreclaimable);
	show_pages(m, "SReclaimable:", reclaimable);
	show_pages(m, "SUnreclaim:", unreclaimable);
	show_kb(m, "KernelStack:", global_node_page_state(NR_KERNEL_STACK_KB));
	show_node_item(m, "PageTables:", NR_PAGETABLE);
	show_node_item(m, "SecPageTables:", NR_SECONDARY_PAGETABLE);
	show_pages(m, "NFS_Unstable:", 0);
	show_pages(m, "Bounce:", global_zone_page_state(NR_BOUNCE));
	show_node_item(m, "WritebackTmp:", NR_WRITEBACK_TEMP);
}

/* Add up the direct map's pages by their size. */
struct direct_map {
	unsigned long small_kb, large_kb;
};

static void add_range(const struct mapped_range *r, void *arg)
{
	unsigned long kbytes = (r->end - r->start) >> 10;
	struct direct_map *map = arg;

	if (r->start >= (unsigned long)high_memory)
		return;
	if (r->rights & _PAGE_PSE)
		map->large_kb += kbytes;
	else
		map->small_kb += kbytes;
}

static void show_addresses(struct seq_file *m)
{
	struct direct_map map = {};

	for_each_mapped_range(add_range, &map);
	show_kb(m, "VmallocTotal:", VMALLOC_TOTAL >> 10);
	show_pages(m, "VmallocUsed:", vmalloc_nr_pages());
	show_kb(m, "VmallocChunk:", 0);
	show_pages(m, "Percpu:", 0);
	show_kb(m, "DirectMap4k:", map.small_kb);
	show_kb(m, "DirectMap2M:", map.large_kb);
}

static int meminfo_show(struct seq_file *m, void *v)
{
	struct sysinfo si;

	si_meminfo(&si);
	show_pages(m, "MemTotal:", si.totalram);
	show_pages(m, "MemFree:", si.freeram);
	show_pages(m, "MemAvailable:", si_mem_available());
	show_files(m, &si);
	show_lists(m);
	show_line(m, &si);
	show_owners(m, &si);
	show_pages(m, "CommitLimit:", 0);
	show_pages(m, "Committed_AS:", 0);
	show_addresses(m);
	return 0;
}
PROC_FILE(meminfo, "meminfo", meminfo_show, NULL);
