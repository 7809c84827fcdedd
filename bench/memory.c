// SPDX-License-Identifier: MIT
/*
 * What memory management costs before anybody allocates: how much memory is left after boot, in KB,
 * and what building the memory map took. tools/bench --memory holds that against Linux.
 */
#include <linux/mm.h>
#include <quarry/bench.h>
#include <quarry/boot_memory.h>

static void bench_memory(void)
{
	struct sysinfo info;

	drain_all_pages(NULL);
	si_meminfo(&info);
	bench_row("memory_free_KB", "total", (u64)info.freeram * (PAGE_SIZE / 1024) * 10);
	bench_row("memory_free_KB", "low",
		  (u64)(info.freeram - info.freehigh) * (PAGE_SIZE / 1024) * 10);
}
BENCHMARK(memory, bench_memory);

/* The memory map and the hand-over of all RAM to the buddy allocator, for each page of RAM. */
static void bench_memory_map(void)
{
	bench_row("memory_map_per_page", "",
		  bench_tenths(mm_init_ticks, contig_page_data.node_present_pages));
}
BENCHMARK(memory_map, bench_memory_map);
