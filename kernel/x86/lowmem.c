// SPDX-License-Identifier: MIT
/*
 * The line between low and high memory.
 *
 * 1. The idea
 * The kernel's gigabyte of addresses serves two purposes. Its lower part is the direct map, where
 * RAM has its address for good; the upper part is the window, where things are mapped on demand.
 * What the window gets the direct map loses, and RAM that the direct map has no room for is high
 * memory: reached page by page, through the window. So one line divides addresses and RAM alike.
 *
 *	PAGE_OFFSET                          WINDOW_START            4 GiB
 *	|------------- direct map ------------|------- window -------|
 *	0          max_low_pfn           lowmem_end
 *
 * 2. Moving it
 * "vmalloc=SIZE"	the window's size, 128 MiB unless said: the line lies at 1 GiB - SIZE. The
 *			vmalloc area gets all of it but 12 MiB, for the guard in front, kmap and
 *			fixmap. (Linux counts otherwise: there SIZE is the area without its guard.)
 * "highmem=SIZE"	how much RAM is to be high memory, even on a machine that has none otherwise.
 *			With RAM below the line only, the last SIZE bytes of it become high memory:
 *			max_low_pfn sinks, and the addresses behind it stay empty. With RAM above
 *			the line, what is more than SIZE bytes above it is not used at all.
 * As in Linux, "bytes above the line" are counted with the holes between them.
 *
 * 3. What is promised
 *	lowmem_end, and max_low_pfn if there is RAM above it, are multiples of the largest block
 *	(4 MiB): none lies in two zones. So a zone made by "highmem=" may be 4 MiB larger.
 *	lowmem_end >= LOWMEM_SURE, and RAM below LOWMEM_SURE is low memory
 *	low memory is at least twice as large as the memory map, which must lie in it
 *	the window's page tables take no more than an eighth of RAM
 * A wish against these is logged; "vmalloc=" is then met as far as it goes, "highmem=" is ignored.
 */
#include <asm/pgtable.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <quarry/lowmem.h>

#define LINE_STEP	(MAX_ORDER_NR_PAGES << PAGE_SHIFT)
#define KERNEL_SPACE	(0UL - PAGE_OFFSET)
#define WINDOW_DEFAULT	SZ_128M
#define WINDOW_LEAST	SZ_16M		/* leaves 4 MiB to vmalloc */

static_assert(LINE_STEP % PMD_SIZE == 0 && LOWMEM_SURE % LINE_STEP == 0);

/* Until the line is drawn, fault reports and walks of tables take it to be where it mostly is. */
unsigned long lowmem_end = KERNEL_SPACE - WINDOW_DEFAULT;
unsigned long max_low_pfn, max_pfn;
void *high_memory;

struct lowmem_wish lowmem_wish = { .vmalloc = WINDOW_DEFAULT, .highmem = HIGHMEM_AS_IS };

static int __init parse_size(char *value, u64 *size)
{
	char *rest = value;
	u64 bytes = value ? memparse(value, &rest) : 0;

	if (rest == value || *rest)
		return -EINVAL;
	*size = bytes;
	return 0;
}

static int __init vmalloc_setup(char *value)
{
	u64 size;

	if (parse_size(value, &size) || !size)
		return -EINVAL;
	lowmem_wish.vmalloc = size;
	return 0;
}
early_param("vmalloc", vmalloc_setup);

static int __init highmem_setup(char *value)
{
	return parse_size(value, &lowmem_wish.highmem);
}
early_param("highmem", highmem_setup);

static unsigned long long megabytes(u64 bytes)
{
	return bytes / SZ_1M;
}

/* The memory map lies in low memory, and is not all that does. */
static u64 lowmem_least(unsigned long end_pfn)
{
	u64 map = (u64)end_pfn * sizeof(struct page);

	return max_t(u64, LOWMEM_SURE, round_up(2 * map, LINE_STEP));
}

/* A page table maps 2 MiB, and all of the window's are made at boot: an eighth of RAM at most. */
static u64 window_most(unsigned long end_pfn)
{
	u64 tables = round_down(PFN_PHYS(end_pfn) / 8, PAGE_SIZE);

	return min(KERNEL_SPACE - lowmem_least(end_pfn),
		   round_down(tables * PTRS_PER_TABLE, LINE_STEP));
}

static unsigned long window_size(unsigned long end_pfn, u64 wish)
{
	u64 most = window_most(end_pfn);
	u64 size = clamp(wish, (u64)WINDOW_LEAST, most);

	if (size < wish)
		pr_warn("vmalloc=%lluMB leaves too little low memory, using %lluMB\n",
			megabytes(wish), megabytes(size));
	else if (size > wish)
		pr_warn("vmalloc=%lluKB is too small, using %lluMB\n",
			wish / SZ_1K, megabytes(size));
	return round_up(size, LINE_STEP);
}

/* All RAM is below the line: some of it becomes high memory. */
static void make_highmem(struct lowmem_line *line, u64 wish)
{
	u64 ram = PFN_PHYS(line->max_pfn), low;

	if (wish >= ram) {
		pr_err("highmem size (%lluMB) is bigger than memory (%lluMB), ignored\n",
		       megabytes(wish), megabytes(ram));
		return;
	}
	low = round_down(ram - wish, LINE_STEP);
	if (wish && low < lowmem_least(line->max_pfn))
		pr_err("highmem size (%lluMB) leaves only %lluMB of low memory, ignored\n",
		       megabytes(wish), megabytes(low));
	else if (wish)
		line->max_low_pfn = PFN_DOWN(low);
}

/* There is RAM above the line: less of it is used. */
static void limit_highmem(struct lowmem_line *line, u64 wish)
{
	u64 there = PFN_PHYS(line->max_pfn) - line->lowmem_end;

	if (wish > there)
		pr_warn("only %lluMB highmem available, highmem size of %lluMB ignored\n",
			megabytes(there), megabytes(wish));
	else
		line->max_pfn = PFN_DOWN(line->lowmem_end + wish);
}

struct lowmem_line draw_lowmem_line(unsigned long end_pfn, const struct lowmem_wish *wish)
{
	unsigned long end = KERNEL_SPACE - window_size(end_pfn, wish->vmalloc);
	struct lowmem_line line = {
		.lowmem_end = end,
		.max_low_pfn = min(end_pfn, PFN_DOWN(end)),
		.max_pfn = end_pfn,
	};

	if (wish->highmem == HIGHMEM_AS_IS)
		return line;
	if (end_pfn <= PFN_DOWN(end))
		make_highmem(&line, wish->highmem);
	else
		limit_highmem(&line, wish->highmem);
	return line;
}
