// SPDX-License-Identifier: MIT
/*
 * map: all of memory as text, a cell a pageblock of 2 MiB, 64 cells and so 128 MiB a row. Rows
 * that are like the one above are counted instead of printed: 60 GiB have 480 rows.
 *
 * A letter is the pageblock's type: small where some of it is free and some is not, a capital where
 * nothing is free. A dot is a pageblock that is free as a whole.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../internal.h"

#define ROW_CELLS	64
#define NORMAL		0		/* no colour */

struct census {
	unsigned int pages[PAGE_QUARANTINED + 1];	/* by the state of their block */
};

static const char full_letters[MIGRATE_TYPES + 1] = "UMRHCI";
static const char part_letters[MIGRATE_TYPES + 1] = "umrhcI";

/* ---- one cell ---- */

/* Every page of [pfn, end) by the state of the block it is in; the first may be inside of one. */
static void count_pages(unsigned long pfn, unsigned long end, struct census *c)
{
	memset(c, 0, sizeof(*c));
	while (pfn < end) {
		const struct page *head = block_head(pfn_to_page(pfn));
		unsigned long next = head ? page_to_pfn(head) + (1UL << page_block_order(head)) : 0;

		if (next <= pfn)
			return;			/* damaged: `check pages` says how */
		next = min(next, end);
		if (page_state(head) <= PAGE_QUARANTINED)
			c->pages[page_state(head)] += next - pfn;
		pfn = next;
	}
}

static char cell_letter(unsigned long pfn)
{
	unsigned long end = min(pfn + pageblock_nr_pages, max_mapnr);
	enum migratetype type = get_pfnblock_migratetype(pfn);
	unsigned int ram, free;
	struct census c;

	count_pages(pfn, end, &c);
	ram = end - pfn - c.pages[PAGE_HOLE];
	free = c.pages[PAGE_FREE] + c.pages[PAGE_PCP];
	if (!ram)
		return ' ';
	if (c.pages[PAGE_QUARANTINED])
		return '!';
	if (c.pages[PAGE_RESERVED] == ram)
		return '#';
	if (type == MIGRATE_ISOLATE)
		return 'I';
	if (free == ram)
		return '.';
	return (free ? part_letters : full_letters)[type];
}

/* ECMA-48, section 8.3.117: the colours that every terminal has. */
static int letter_colour(char letter)
{
	switch (letter) {
	case 'u': case 'U':	return 33;	/* yellow */
	case 'm': case 'M':	return 32;	/* green */
	case 'r': case 'R':	return 36;	/* cyan */
	case 'h': case 'H': case 'c': case 'C': return 35;
	case 'I':		return 34;	/* blue */
	case '!':		return 31;	/* red */
	case '#':		return 90;	/* grey */
	}
	return NORMAL;
}

/* ---- rows ---- */

static void fill_row(unsigned long pfn, char *row)
{
	int i;

	for (i = 0; i < ROW_CELLS && pfn < max_mapnr; i++, pfn += pageblock_nr_pages)
		row[i] = cell_letter(pfn);
	row[i] = '\0';
}

/* Each run of one colour together. */
static void print_row(unsigned long pfn, const char *row, bool colours)
{
	monitor_printf("%09llx |", (u64)PFN_PHYS(pfn));
	while (*row) {
		int colour = letter_colour(*row), length = 1;

		while (row[length] && letter_colour(row[length]) == colour)
			length++;
		if (colours && colour != NORMAL)
			monitor_printf("\033[%dm%.*s\033[0m", colour, length, row);
		else
			monitor_printf("%.*s", length, row);
		row += length;
	}
	monitor_printf("|\n");
}

static void print_repeats(unsigned int repeats)
{
	if (repeats)
		monitor_printf("      ... |%u row%s more like this|\n", repeats,
			       repeats > 1 ? "s" : "");
}

static void print_map(bool colours)
{
	char row[ROW_CELLS + 1], previous[ROW_CELLS + 1] = "";
	unsigned int repeats = 0;
	unsigned long pfn;

	for (pfn = 0; pfn < max_mapnr; pfn += ROW_CELLS * pageblock_nr_pages) {
		touch_nmi_watchdog();
		fill_row(pfn, row);
		if (!strcmp(row, previous)) {
			repeats++;
			continue;
		}
		print_repeats(repeats);
		repeats = 0;
		print_row(pfn, row, colours);
		strcpy(previous, row);
	}
	print_repeats(repeats);
}

static int cmd_map(int argc, char **argv)
{
	bool plain = argc == 2 && !strcmp(argv[1], "plain");

	if (argc > 1 && !plain)
		return -EINVAL;
	print_map(!plain);
	monitor_printf("A cell is a pageblock of 2 MiB; a letter is the pageblock's type, not its owners':\n"
		       "u unmovable, m movable, r reclaimable; a capital where nothing is free. What boot\n"
		       "has taken keeps the type that all memory starts with. Others: . free, # reserved,\n"
		       "I isolated, ! has quarantined pages, blank no RAM.\n");
	return 0;
}

static const char *complete_map(int arg, unsigned int n)
{
	return arg == 1 && n == 0 ? "plain" : NULL;
}

MONITOR_COMMAND_COMPLETE(map, "[plain]", "draw all of memory, a letter for 2 MiB", cmd_map,
			 complete_map);
