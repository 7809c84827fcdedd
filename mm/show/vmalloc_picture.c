// SPDX-License-Identifier: MIT
/*
 * `vmalloc`: the vmalloc range as text, a cell a page, 64 cells a row; rows that are like the one
 * above are counted instead of printed. A letter is a page that is mapped, A for the first area, B
 * for the second, and after Z again A. What the other signs mean is printed below the picture,
 * whose cells are what the page tables say, not what the areas promise.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../vmalloc.h"
#include "show.h"

#define ROW_CELLS	64
#define ROW_BYTES	(ROW_CELLS * PAGE_SIZE)
#define LETTERS		26

/* ---- the picture ---- */

/* Where the walk over the cells has come to. */
struct walk {
	struct vm_struct area;	/* the first one that ends above the cell */
	bool any;		/* there is one */
	unsigned int used;	/* areas so far that are not freed, this one included */
};

static void step(struct walk *w, unsigned long addr)
{
	w->any = peek_vmap_area(addr, &w->area);
	w->used += w->any && !(w->area.flags & VM_LAZY);
}

static char area_letter(unsigned int number)
{
	return 'A' + (number - 1) % LETTERS;
}

static char freed_sign(const struct vm_struct *area)
{
	return area->flags & VM_SPARE ? ',' : '~';
}

static char cell(const struct walk *w, unsigned long addr)
{
	if (!w->any || addr < (unsigned long)w->area.addr)
		return window_page(addr, NULL) == WINDOW_EMPTY ? '.' : '!';
	if (w->area.flags & VM_LAZY)
		return freed_sign(&w->area);
	switch (window_page(addr, NULL)) {
	case WINDOW_MAPPED:	return area_letter(w->used);
	case WINDOW_STALE:	return '~';
	default:		return addr - (unsigned long)w->area.addr <
				       get_vm_area_size(&w->area) ? '_' : '-';
	}
}

static void fill_row(struct walk *w, unsigned long addr, char *row)
{
	int i;

	for (i = 0; i < ROW_CELLS && addr < VMALLOC_END; i++, addr += PAGE_SIZE) {
		if (w->any && addr >= vmap_area_end(&w->area))
			step(w, addr);
		row[i] = cell(w, addr);
	}
	row[i] = '\0';
}

static void print_repeats(unsigned int repeats)
{
	if (repeats)
		monitor_printf("     ... |%u row%s more like this|\n", repeats,
			       repeats > 1 ? "s" : "");
}

static void print_picture(void)
{
	char row[ROW_CELLS + 1], previous[ROW_CELLS + 1] = "";
	unsigned int repeats = 0;
	struct walk w = {};
	unsigned long addr;

	step(&w, VMALLOC_START);
	for (addr = VMALLOC_START; addr < VMALLOC_END; addr += ROW_BYTES) {
		touch_nmi_watchdog();
		fill_row(&w, addr, row);
		if (!strcmp(row, previous)) {
			repeats++;
			continue;
		}
		print_repeats(repeats);
		repeats = 0;
		monitor_printf("%08lx |%s|\n", addr, row);
		strcpy(previous, row);
	}
	print_repeats(repeats);
}

/* ---- the words around it ---- */

static void print_sums(void)
{
	unsigned long at, end = VMALLOC_START, taken = 0, largest = 0;
	unsigned int areas = 0, lazy = 0, spare = 0;
	struct vm_struct area;

	for (at = 0; peek_vmap_area(at, &area); at = end) {
		largest = max(largest, (unsigned long)area.addr - end);
		end = vmap_area_end(&area);
		if (area.flags & VM_SPARE) {
			spare++;
			continue;
		}
		taken += area.size;
		areas++;
		lazy += vm_area_waits(&area);
	}
	largest = max(largest, VMALLOC_END - end);
	monitor_printf("%lu KB from %#lx to %#lx: %u area%s in %lu KB; the largest hole has %lu KB\n",
		       VMALLOC_TOTAL >> 10, VMALLOC_START, VMALLOC_END, areas,
		       areas == 1 ? "" : "s", taken >> 10, largest >> 10);
	monitor_printf("lazily freed: %u of them, with %lu pages; at %lu pages all are flushed\n",
		       lazy, vmap_lazy_pages(), vmap_lazy_limit());
	if (spare)
		monitor_printf("and %u spare, for the next requests of their sizes\n", spare);
}

static void print_area(const struct vm_struct *area, char letter)
{
	monitor_printf("%c %08lx %8zu bytes, %s", letter, (unsigned long)area->addr,
		       get_vm_area_size(area),
		       area->flags & VM_SPARE ? "spare" : vmap_area_kind(area));
	if (area->nr_pages)
		monitor_printf(", %u page%s", area->nr_pages, area->nr_pages > 1 ? "s" : "");
	if ((area->flags & VM_IOREMAP) && area->phys_addr)
		monitor_printf(", physical %pa", &area->phys_addr);
	if (area->caller && !(area->flags & VM_SPARE))
		monitor_printf(", by %pS", area->caller);
	monitor_printf("\n");
}

/* Those that have a letter of their own, and the freed ones between them. */
static void print_areas(void)
{
	unsigned int used = 0, left_out = 0;
	struct vm_struct area;
	unsigned long at;

	for (at = 0; peek_vmap_area(at, &area); at = vmap_area_end(&area)) {
		bool lazy = area.flags & VM_LAZY;

		used += !lazy;
		if (used > LETTERS)
			left_out++;
		else
			print_area(&area, lazy ? freed_sign(&area) : area_letter(used));
	}
	if (left_out)
		monitor_printf("and %u more: \"cat /proc/vmallocinfo\" has them all\n", left_out);
}

/* ---- the command ---- */

static void flush(void)
{
	unsigned long before = vmap_lazy_pages();

	vm_unmap_aliases();
	monitor_printf("flushed: %lu of %lu lazily freed pages are back\n",
		       before - vmap_lazy_pages(), before);
}

static int cmd_vmalloc(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "flush")))
		return -EINVAL;
	if (argc == 2) {
		flush();
		return 0;
	}
	print_sums();
	print_picture();
	monitor_printf("A cell is a page: a letter mapped, _ not mapped though it has an owner, - guard,\n"
		       "~ freed and waiting for the flush, comma spare, . hole, "
		       "! in a hole but not empty.\n");
	print_areas();
	return 0;
}

static const char *complete_vmalloc(int arg, unsigned int n)
{
	return arg == 1 && n == 0 ? "flush" : NULL;
}

MONITOR_COMMAND_COMPLETE(vmalloc, "[flush]",
			 "draw the vmalloc range; flush: do what vfree() has put off",
			 cmd_vmalloc, complete_vmalloc);
