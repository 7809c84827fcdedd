// SPDX-License-Identifier: MIT
/*
 * /proc/page_tables/kernel, which `pt dump` prints: every range of the address space and its
 * rights, by the tables that this CPU uses, in the form of Linux's ptdump (there in debugfs):
 *
 *	---[ vmalloc() Area ]---
 *	0xf8800000-0xf8802000           8K     RW                 GLB NX pte
 *	0xf8802000-0xf8a00000        2040K                               pte
 *
 * Neighbours with equal rights make one line, unless an area begins between them. The last column
 * is the level where the walk ended: pte a table, pmd a directory (there, with rights, it is a
 * 2 MiB page), pgd the pointer table. Without rights nothing is mapped; stale pages (<asm/pgtable.h>)
 * are not either. The columns: USR, RW or ro, PWT, PCD, PSE, PAT (not used here), GLB, NX or x.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <linux/kernel.h>
#include <quarry/proc.h>

#define SHOWN	(_PAGE_PRESENT | _PAGE_USER | _PAGE_RW | _PAGE_PWT | _PAGE_PCD | _PAGE_PSE | \
		 _PAGE_GLOBAL | _PAGE_NX)

struct run {
	unsigned long start;
	unsigned int levels;		/* of tables that were read */
	u64 rights;			/* of SHOWN; 0: not mapped */
};

static const struct level {
	const char *name;
	unsigned long size;		/* what an entry covers */
} levels[] = {
	[1] = { "pgd", 1UL << 30 }, [2] = { "pmd", PMD_SIZE }, [3] = { "pte", PAGE_SIZE },
};

/* The name of the area that begins at @addr, by Linux's names; NULL: none does. */
static const char *area_at(unsigned long addr)
{
	const struct {
		unsigned long start;
		const char *name;
	} areas[] = {
		{ 0, "User Space" }, { PAGE_OFFSET, "Kernel Mapping" },
		{ VMALLOC_START, "vmalloc() Area" }, { VMALLOC_END, "vmalloc() End" },
		{ PKMAP_BASE, "Persistent kmap() Area" }, { FIXADDR_START, "Fixmap area" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(areas); i++)
		if (areas[i].start == addr)
			return areas[i].name;
	return NULL;
}

/* ---- lines ---- */

static const char *word(u64 rights, u64 bit, const char *set)
{
	return rights & bit ? set : "   ";
}

static void show_rights(struct seq_file *m, u64 rights)
{
	if (!rights) {
		seq_printf(m, "%30s", "");
		return;
	}
	seq_printf(m, "%s %s %s %s %s     %s %s ", word(rights, _PAGE_USER, "USR"),
		   rights & _PAGE_RW ? "RW" : "ro", word(rights, _PAGE_PWT, "PWT"),
		   word(rights, _PAGE_PCD, "PCD"), word(rights, _PAGE_PSE, "PSE"),
		   word(rights, _PAGE_GLOBAL, "GLB"), rights & _PAGE_NX ? "NX" : "x ");
}

/* @end may be 0: 4 GiB. Sizes are given in the largest unit that needs no fraction. */
static void show_run(struct seq_file *m, const struct run *run, unsigned long end)
{
	unsigned long size = (end - run->start) >> 10;
	const char *unit = "KMG";

	while (size % 1024 == 0 && unit[1]) {
		size /= 1024;
		unit++;
	}
	seq_printf(m, "0x%08lx-0x%08lx   %9lu%c ", run->start, end, size, *unit);
	show_rights(m, run->rights);
	seq_printf(m, "%s\n", levels[run->levels].name);
}

/* ---- the walk ---- */

static struct run run_at(unsigned long addr)
{
	struct run run = { .start = addr };
	struct page_walk walk;

	walk_page_tables(addr, &walk);
	run.levels = walk.levels;
	if (walk.present)
		run.rights = walk.entry[walk.levels - 1] & SHOWN;
	return run;
}

static int page_tables_show(struct seq_file *m, void *v)
{
	const char *area = area_at(0);
	struct run run, next = run_at(0);
	unsigned long addr = 0;

	do {
		if (area)
			seq_printf(m, "---[ %s ]---\n", area);
		run = next;
		do {
			addr += levels[next.levels].size;
			next = run_at(addr);
			area = area_at(addr);
		} while (!area && next.levels == run.levels && next.rights == run.rights);
		show_run(m, &run, addr);
	} while (addr);			/* at 4 GiB it is 0 again, where an area begins */
	return 0;
}
PROC_FILE(kernel_page_tables, "page_tables/kernel", page_tables_show, NULL);
