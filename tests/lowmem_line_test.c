// SPDX-License-Identifier: MIT
/*
 * The line between low and high memory: how it is drawn for any RAM and any wish, and that the
 * machine at hand has it where the command line wants it.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/lowmem.h>
#include <quarry/memory_layout.h>
#include <quarry/params.h>

#define LARGEST_BLOCK	SZ_4M

/* ------------------------------ drawn on paper ------------------------------ */

#define DEFAULT		SZ_128M
#define AS_IS		HIGHMEM_AS_IS
#define MB(n)		((u64)(n) << 20)

struct line_case {
	const char *name;
	u64 ram, vmalloc, highmem;		/* bytes */
	u64 lowmem_end, low, end;		/* what comes of it; in MiB, but end in bytes */
	const char *message;			/* NULL: none */
};

static const struct line_case cases[] = {
	{ "4M", MB(4), DEFAULT, AS_IS, 896, 4, MB(4), NULL },
	{ "128M", MB(128), DEFAULT, AS_IS, 896, 128, MB(128), NULL },
	{ "896M", MB(896), DEFAULT, AS_IS, 896, 896, MB(896), NULL },
	{ "896M and a page", MB(896) + SZ_4K, DEFAULT, AS_IS, 896, 896, MB(896) + SZ_4K, NULL },
	{ "61G", SZ_1G * 61ULL, DEFAULT, AS_IS, 896, 896, SZ_1G * 61ULL, NULL },

	{ "vmalloc=384M", MB(1024), MB(384), AS_IS, 640, 640, MB(1024), NULL },
	{ "vmalloc=700M", MB(512), MB(700), AS_IS, 324, 324, MB(512), NULL },
	{ "vmalloc=64M", MB(1024), MB(64), AS_IS, 960, 960, MB(1024), NULL },
	{ "vmalloc=16M", MB(2048), MB(16), AS_IS, 1008, 1008, MB(2048), NULL },
	{ "between two blocks", MB(2048), MB(381), AS_IS, 640, 640, MB(2048), NULL },
	{ "one byte more", MB(2048), MB(384) + 1, AS_IS, 636, 636, MB(2048), NULL },
	{ "as far as it goes", MB(2048), MB(960), AS_IS, 64, 64, MB(2048), NULL },
	{ "a little further", MB(2048), MB(961), AS_IS, 64, 64, MB(2048),
		"vmalloc=961MB leaves too little low memory, using 960MB" },
	{ "more than there is", MB(2048), ~0ULL, AS_IS, 64, 64, MB(2048),
		"vmalloc=*leaves too little low memory, using 960MB" },
	{ "next to nothing", MB(2048), 1, AS_IS, 1008, 1008, MB(2048),
		"vmalloc=0KB is too small, using 16MB" },
	{ "no room for the tables", MB(4), MB(900), AS_IS, 768, 4, MB(4),
		"vmalloc=900MB leaves too little low memory, using 256MB" },
	{ "no room for the map", SZ_1G * 61ULL, MB(900), AS_IS, 488, 488, SZ_1G * 61ULL,
		"vmalloc=900MB leaves too little low memory, using 536MB" },

	{ "highmem=32M", MB(128), DEFAULT, MB(32), 896, 96, MB(128), NULL },
	{ "rounded down", MB(128) - SZ_128K, DEFAULT, MB(32), 896, 92, MB(128) - SZ_128K, NULL },
	{ "64M are left", MB(128), DEFAULT, MB(64), 896, 64, MB(128), NULL },
	{ "60M would be left", MB(128), DEFAULT, MB(64) + 1, 896, 128, MB(128),
		"highmem size (64MB) leaves only 60MB of low memory, ignored" },
	{ "bigger than RAM", MB(128), DEFAULT, MB(128), 896, 128, MB(128),
		"highmem size (128MB) is bigger than memory (128MB), ignored" },
	{ "highmem=0 without any", MB(128), DEFAULT, 0, 896, 128, MB(128), NULL },
	{ "highmem=0 on a small machine", MB(4), DEFAULT, 0, 896, 4, MB(4), NULL },
	{ "up to the line", MB(896), DEFAULT, MB(100), 896, 796, MB(896), NULL },

	{ "highmem=1G", SZ_1G * 5ULL, DEFAULT, SZ_1G, 896, 896, MB(896 + 1024), NULL },
	{ "highmem=0", SZ_1G * 5ULL, DEFAULT, 0, 896, 896, MB(896), NULL },
	{ "all of it", MB(1024), DEFAULT, MB(128), 896, 896, MB(1024), NULL },
	{ "more than all of it", MB(1024), DEFAULT, MB(129), 896, 896, MB(1024),
		"only 128MB highmem available, highmem size of 129MB ignored" },
	{ "half a page", MB(1024), DEFAULT, SZ_2K, 896, 896, MB(896), NULL },

	{ "both, above", MB(2048), MB(384), MB(256), 640, 640, MB(896), NULL },
	{ "both, below", MB(512), MB(384), MB(256), 640, 256, MB(512), NULL },
};

static void describe_case(const struct line_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(line, cases, describe_case);

static void lowmem_line_is_drawn(struct kunit *test)
{
	const struct line_case *c = test->param_value;
	struct lowmem_wish wish = { .vmalloc = c->vmalloc, .highmem = c->highmem };
	volatile struct lowmem_line line;

	if (c->message)
		KUNIT_EXPECT_REPORT(test, c->message, line = draw_lowmem_line(PFN_DOWN(c->ram), &wish));
	else
		line = draw_lowmem_line(PFN_DOWN(c->ram), &wish);
	KUNIT_EXPECT_EQ(test, line.lowmem_end, MB(c->lowmem_end));
	KUNIT_EXPECT_EQ(test, PFN_PHYS(line.max_low_pfn), min_t(phys_addr_t, c->ram, MB(c->low)));
	KUNIT_EXPECT_EQ(test, PFN_PHYS(line.max_pfn), c->end);
}

/* Whatever is asked for, of whatever machine, the promises of kernel/x86/lowmem.c hold. */
static void lowmem_line_is_always_sound(struct kunit *test)
{
	static const u64 rams[] = { MB(3), MB(64) - SZ_4K, MB(65), MB(700), MB(896) - SZ_8K, MB(897),
				    MB(1009), SZ_4G + SZ_64K, 1ULL << 36 };
	static const u64 wishes[] = { 1, SZ_4M - 1, SZ_16M, SZ_128M + SZ_4K, MB(500) + 1, MB(959),
				      SZ_1G, SZ_4G, ~0ULL - 1 };
	int loglevel = console_loglevel;
	unsigned int r, v, h;

	console_loglevel = 0;		/* most of it is worth a message */
	for (r = 0; r < ARRAY_SIZE(rams); r++)
	for (v = 0; v < ARRAY_SIZE(wishes); v++)
	for (h = 0; h < ARRAY_SIZE(wishes); h++) {
		struct lowmem_wish wish = { .vmalloc = wishes[v], .highmem = wishes[h] };
		struct lowmem_line line = draw_lowmem_line(PFN_DOWN(rams[r]), &wish);
		u64 low = PFN_PHYS(line.max_low_pfn), end = PFN_PHYS(line.max_pfn);
		u64 window = SZ_1G - line.lowmem_end;
		bool good = low <= line.lowmem_end && low <= end && end <= rams[r] &&
			    line.lowmem_end >= LOWMEM_SURE && line.lowmem_end % LARGEST_BLOCK == 0 &&
			    window >= SZ_16M && window / 512 <= rams[r] / 8 &&
			    low >= min(end, (u64)LOWMEM_SURE) &&
			    (low == end || low % LARGEST_BLOCK == 0) &&
			    (low == end || low >= 2 * line.max_pfn * sizeof(struct page));

		if (!good)
			KUNIT_FAIL(test, "RAM %llx vmalloc %llx highmem %llx: %lx %llx %llx",
				   rams[r], wish.vmalloc, wish.highmem, line.lowmem_end, low, end);
	}
	console_loglevel = loglevel;
}

/* What is no size is no wish, and leaves the one that was made as it was. */
static void lowmem_line_words_without_a_size(struct kunit *test)
{
	static const char *const words[] = { "vmalloc", "vmalloc=", "vmalloc=x", "vmalloc=0",
					     "vmalloc=-1", "vmalloc=12Q", "vmalloc=64M,", "highmem",
					     "highmem=", "highmem=none", "highmem=1Mx" };
	const struct lowmem_wish before = lowmem_wish;
	char word[16], *volatile line = word;
	volatile unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		strscpy(word, words[i], sizeof(word));
		KUNIT_EXPECT_REPORT(test, "Malformed kernel command line parameter*", parse_params(line));
	}
	KUNIT_EXPECT_EQ(test, lowmem_wish.vmalloc, before.vmalloc);
	KUNIT_EXPECT_EQ(test, lowmem_wish.highmem, before.highmem);
}

/* ------------------------------ on this machine ------------------------------ */

/* The size that the command line gives @name, or @otherwise; the last one counts. */
static u64 word_of_command_line(const char *name, u64 otherwise)
{
	static char words[COMMAND_LINE_SIZE];
	char *at = words, *word, *value, *rest;
	u64 size;

	strscpy(words, boot_info.command_line, sizeof(words));
	at = skip_spaces(words);
	while (*at) {
		at = next_arg(at, &word, &value);
		if (strcmp(word, name) || !value || !*value)
			continue;
		size = memparse(value, &rest);
		if (!*rest && (size || strcmp(name, "vmalloc")))
			otherwise = size;
	}
	return otherwise;
}

/* The end of all RAM that the firmware offers and "mem=" leaves. */
static unsigned long firmware_end_pfn(void)
{
	const struct memblock_region *region;
	unsigned long end = 0;

	for_each_memblock_type_region(&memblock.firmware, region)
		if (region->flags == BOOT_MAP_RAM &&
		    PFN_UP(region->base) < PFN_DOWN(memblock_region_end(region)))
			end = PFN_DOWN(memblock_region_end(region));
	return end;
}

static void lowmem_line_is_where_it_was_wanted(struct kunit *test)
{
	struct lowmem_wish wish = {
		.vmalloc = word_of_command_line("vmalloc", SZ_128M),
		.highmem = word_of_command_line("highmem", HIGHMEM_AS_IS),
	};
	int loglevel = console_loglevel;
	struct lowmem_line want;

	console_loglevel = 0;		/* what cannot be had was said at boot */
	want = draw_lowmem_line(firmware_end_pfn(), &wish);
	console_loglevel = loglevel;
	KUNIT_EXPECT_EQ(test, lowmem_end, want.lowmem_end);
	KUNIT_EXPECT_EQ(test, max_low_pfn, min(max_pfn, want.max_low_pfn));
	if (want.max_pfn == firmware_end_pfn())
		KUNIT_EXPECT_EQ(test, max_pfn, want.max_pfn);
	else
		KUNIT_EXPECT_LE(test, max_pfn, want.max_pfn);	/* less, where the cut hits a hole */
}

static void lowmem_line_order_of_addresses(struct kunit *test)
{
	unsigned long window = WINDOW_START;

	KUNIT_EXPECT_LE(test, max_low_pfn, max_pfn);
	if (max_low_pfn < max_pfn)
		KUNIT_EXPECT_EQ(test, max_low_pfn % MAX_ORDER_NR_PAGES, 0UL);
	KUNIT_EXPECT_GE(test, max_low_pfn, min(max_pfn, PFN_DOWN(LOWMEM_SURE)));
	KUNIT_EXPECT_EQ(test, window % LARGEST_BLOCK, 0UL);
	KUNIT_EXPECT_LE(test, (unsigned long)high_memory, window);
	KUNIT_EXPECT_EQ(test, VMALLOC_START - window, SZ_8M);
	KUNIT_EXPECT_LT(test, VMALLOC_START, VMALLOC_END);
	KUNIT_EXPECT_LT(test, VMALLOC_END, PKMAP_BASE);
	KUNIT_EXPECT_LT(test, PKMAP_BASE, FIXADDR_START);
}

/* Nothing is mapped from the end of the direct map up to vmalloc, and all the words for it fit. */
static void lowmem_line_ends_the_direct_map(struct kunit *test)
{
	unsigned long addr = (unsigned long)high_memory;
	char text[96];

	while (addr < VMALLOC_START) {
		struct page_walk walk;

		if (walk_page_tables(addr, &walk)) {
			KUNIT_FAIL(test, "%lx is mapped", addr);
			return;
		}
		KUNIT_EXPECT_NULL(test, strstr(describe_address(addr, text, sizeof(text)),
					       "the direct map of RAM"));
		addr = (addr & PMD_MASK) + PMD_SIZE;
	}
}

/* memblock knows all usable RAM, none that is not used, and gives away what is mapped. */
static void lowmem_line_binds_memblock(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PFN_DOWN(memblock_end_of_DRAM()), max_pfn);
	KUNIT_EXPECT_EQ(test, memblock_get_current_limit(), PFN_PHYS(max_low_pfn));
}

/* The first frame of RAM at or above the line, or 0. */
static unsigned long first_above(void)
{
	unsigned long start, end;
	int i;

	for_each_mem_pfn_range(i, NUMA_NO_NODE, &start, &end, NULL)
		if (end > max_low_pfn)
			return max(start, max_low_pfn);
	return 0;
}

/* Low memory's last page has its address for good, the first behind it for the moment only. */
static void lowmem_line_parts_what_is_mapped(struct kunit *test)
{
	unsigned long below = 0, above = first_above(), start, end;
	struct page_walk walk;
	void *va;
	int i;

	for_each_mem_pfn_range(i, NUMA_NO_NODE, &start, &end, NULL)
		if (start < max_low_pfn)
			below = min(end, max_low_pfn) - 1;
	va = kmap_local_pfn(below);
	KUNIT_EXPECT_PTR_EQ(test, va, __va(PFN_PHYS(below)));
	KUNIT_EXPECT_TRUE(test, walk_page_tables((unsigned long)va, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, PFN_PHYS(below));
	kunmap_local(va);

	KUNIT_EXPECT_EQ(test, !above, max_low_pfn == max_pfn);
	if (!above)
		return;
	va = kmap_local_pfn(above);
	KUNIT_EXPECT_GE(test, (unsigned long)va, FIXADDR_START);
	KUNIT_EXPECT_TRUE(test, walk_page_tables((unsigned long)va, &walk));
	KUNIT_EXPECT_EQ(test, walk.phys, PFN_PHYS(above));
	kunmap_local(va);
	KUNIT_EXPECT_FALSE(test, walk_page_tables((unsigned long)va, &walk));
}

static struct kunit_case lowmem_line_cases[] = {
	KUNIT_CASE_PARAM(lowmem_line_is_drawn, line_gen_params),
	KUNIT_CASE(lowmem_line_is_always_sound),
	KUNIT_CASE(lowmem_line_words_without_a_size),
	KUNIT_CASE(lowmem_line_is_where_it_was_wanted),	/* ledger: P2 */
	KUNIT_CASE(lowmem_line_order_of_addresses),
	KUNIT_CASE(lowmem_line_ends_the_direct_map),
	KUNIT_CASE(lowmem_line_binds_memblock),
	KUNIT_CASE(lowmem_line_parts_what_is_mapped),	/* ledger: P2 */
	{}
};

static struct kunit_suite lowmem_line_suite = {
	.name = "lowmem_line",
	.test_cases = lowmem_line_cases,
};
kunit_test_suite(lowmem_line_suite);
