// SPDX-License-Identifier: MIT
/*
 * The price of vmalloc(), taken apart: what one page costs at each step of its way through the
 * window (<asm/pgtable.h>), what a flush costs, and how many translations the CPU needs for
 * memory that is contiguous virtually, or physically too. Linux has no such rows.
 */
#include <asm/tlbflush.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>
#include <quarry/bench.h>

#define ORDER	8
#define PAGES	(1U << ORDER)		/* 1 MiB */

/* ---- one page's way: mapped, unmapped, flushed, forgotten ---- */

/* Frames are mapped in runs that follow each other; the runs themselves stand in reverse order. */
struct stage {
	struct vm_struct *area;
	unsigned long pfn;
	unsigned int run;		/* pages in a run */
};

static unsigned long page_addr(const struct stage *stage, unsigned int page)
{
	return (unsigned long)stage->area->addr + page * PAGE_SIZE;
}

static noinline u64 time_map(const struct stage *stage)
{
	u64 start = rdtsc();

	for (unsigned int page = 0; page < PAGES; page += stage->run)
		map_kernel_range(page_addr(stage, page), stage->pfn + PAGES - page - stage->run,
				 stage->run, PAGE_KERNEL);
	return rdtsc() - start;
}

static noinline u64 time_unmap(const struct stage *stage)
{
	u64 start = rdtsc();

	unmap_kernel_range(page_addr(stage, 0), PAGES);
	return rdtsc() - start;
}

static noinline u64 time_flush(unsigned long start_addr, unsigned int nr_pages)
{
	u64 start = rdtsc();

	flush_tlb_kernel_range(start_addr, start_addr + nr_pages * PAGE_SIZE);
	return rdtsc() - start;
}

static noinline u64 time_forget(const struct stage *stage)
{
	unsigned long pfn, page, n;
	u64 start = rdtsc();

	for (page = 0; page < PAGES; page += n) {
		n = forget_kernel_range(page_addr(stage, page), PAGES - page, &pfn);
		if (!n)
			break;
	}
	return rdtsc() - start;
}

enum step { MAP, UNMAP, FORGET, STEPS };

static const char *const step_rows[STEPS] = {
	[MAP] = "map_per_page", [UNMAP] = "unmap_per_page", [FORGET] = "forget_per_page",
};

static void measure_steps(const struct stage *stage, const char *param)
{
	u64 samples[STEPS][BENCH_REPETITIONS];

	for (unsigned int i = 0; i < BENCH_REPETITIONS; i++) {
		samples[MAP][i] = time_map(stage);
		samples[UNMAP][i] = time_unmap(stage);
		time_flush(page_addr(stage, 0), PAGES);
		samples[FORGET][i] = time_forget(stage);
	}
	for (unsigned int step = 0; step < STEPS; step++)
		bench_row(step_rows[step], param,
			  bench_tenths(bench_median(samples[step], BENCH_REPETITIONS), PAGES));
}

/* One page each, until it is cheaper to forget everything; instructions are not time. */
static void measure_flushes(const struct stage *stage)
{
	static const struct { const char *param; unsigned int nr_pages; } ranges[] = {
		{ "1page", 1 }, { "32pages", 32 }, { "256pages", 256 },
	};
	u64 samples[BENCH_REPETITIONS];

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (unsigned int rep = 0; rep < BENCH_REPETITIONS; rep++)
			samples[rep] = time_flush(page_addr(stage, 0), ranges[i].nr_pages);
		bench_row("flush_tlb_kernel_range", ranges[i].param,
			  bench_tenths(bench_median(samples, BENCH_REPETITIONS), 1));
	}
}

/* ---- how many entries of the TLB it takes to reach all of it ---- */

static unsigned int translations(const void *memory, unsigned long size)
{
	unsigned long addr = (unsigned long)memory, end = addr + size;
	unsigned int count = 0;
	struct page_walk walk;

	while (addr < end && walk_page_tables(addr, &walk)) {
		addr += walk.large ? PMD_SIZE - addr % PMD_SIZE : PAGE_SIZE;
		count++;
	}
	return count;
}

static void measure_translations(const void *contiguous)
{
	void *area = vmalloc(PAGES * PAGE_SIZE);

	if (area)
		bench_row("translations_vmalloc", "1M", 10 * translations(area, PAGES * PAGE_SIZE));
	bench_row("translations_alloc_pages", "1M",
		  10 * translations(contiguous, PAGES * PAGE_SIZE));
	vfree(area);
}

static void bench_mapping(void)
{
	struct page *block = alloc_pages(GFP_KERNEL | __GFP_NOWARN, ORDER);
	struct stage stage = {
		.area = get_vm_area(PAGES * PAGE_SIZE, VM_MAP), .run = PAGES,
	};

	if (block && stage.area) {
		stage.pfn = page_to_pfn(block);
		measure_steps(&stage, "in_one_run");
		stage.run = 1;
		measure_steps(&stage, "scattered");
		measure_flushes(&stage);
		measure_translations(page_address(block));
	} else {
		pr_err("bench: mapping: no memory\n");
	}
	if (stage.area)
		free_vm_area(stage.area);
	if (block)
		__free_pages(block, ORDER);
}
BENCHMARK(mapping, bench_mapping);
