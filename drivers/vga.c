// SPDX-License-Identifier: MIT
/*
 * The VGA's text screen, 80 columns by 25 rows, as a second console for a machine with a monitor
 * on the desk (IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"). It is only
 * written: keys are read from the serial line.
 *
 * The card shows 25 rows out of 32 KiB of cells, from a start address that can be set. Scrolling
 * by a row therefore moves the start address and clears one row; only at the end of the memory,
 * every 179 rows, are the visible ones copied back to its beginning.
 *
 * Of the control sequences that programs send to terminals only "clear the screen" is obeyed;
 * the others are left out, so that they do not show up as letters.
 */
#include <asm/io.h>
#include <asm/page.h>
#include <linux/console.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <quarry/drivers.h>

#define COLUMNS		80
#define ROWS		25
#define TAB_WIDTH	8

#define VGA_MEMORY	0xb8000
#define VGA_MEMORY_SIZE	(32 << 10)
#define VGA_ROWS	(VGA_MEMORY_SIZE / 2 / COLUMNS)

#define MISC_READ	0x3cc		/* miscellaneous output */
#define MISC_PORTS_3DX	0x01		/* the CRT controller listens at 0x3d4 */
#define MISC_MEMORY_ON	0x02
#define GRAPHICS_INDEX	0x3ce
#define GRAPHICS_DATA	0x3cf
#define GRAPHICS_MISC	6
#define GRAPHICS_MODE	0x01		/* pixels, not letters */
#define GRAPHICS_MAP	0x0c
#define GRAPHICS_MAP_B8000 0x0c		/* 32 KiB at VGA_MEMORY */
#define CRTC_INDEX	0x3d4
#define CRTC_DATA	0x3d5
#define CRTC_START	12		/* this register and the next: high byte, low byte */
#define CRTC_CURSOR	14

#define GREY		0x0700		/* a cell's upper byte: light grey on black */
#define BLANK		(GREY | ' ')

enum escape { ESCAPE_NONE, ESCAPE_SEEN, ESCAPE_CSI };

static volatile u16 *cells;		/* VGA_ROWS * COLUMNS of them */
static unsigned int top;		/* the row in memory that is the screen's first */
static unsigned int row, column;	/* of the cursor, on the screen; column may be COLUMNS */
static enum escape escape;

static void write_crtc_pair(u8 index, unsigned int value)
{
	outb(index, CRTC_INDEX);
	outb(value >> 8, CRTC_DATA);
	outb(index + 1, CRTC_INDEX);
	outb(value, CRTC_DATA);
}

static volatile u16 *cell(unsigned int r, unsigned int c)
{
	return cells + (top + r) * COLUMNS + c;
}

static void clear_row(unsigned int r)
{
	unsigned int c;

	for (c = 0; c < COLUMNS; c++)
		*cell(r, c) = BLANK;
}

static void clear_screen(void)
{
	top = row = column = 0;
	while (row < ROWS)
		clear_row(row++);
	row = 0;
}

/* Put the screen's last rows but one at the start of the memory, and show that. */
static void rewind(void)
{
	unsigned int i;

	for (i = 0; i < (ROWS - 1) * COLUMNS; i++)
		cells[i] = *cell(1, i);
	top = 0;
}

static void new_line(void)
{
	column = 0;
	if (row < ROWS - 1) {
		row++;
		return;
	}
	if (top + ROWS < VGA_ROWS)
		top++;
	else
		rewind();
	clear_row(ROWS - 1);
}

static void put_visible(u8 c)
{
	if (column == COLUMNS)		/* only now: a full line and its "\n" are one line */
		new_line();
	*cell(row, column++) = GREY | c;
}

static void put_plain(u8 c)
{
	switch (c) {
	case '\n':
		new_line();
		break;
	case '\r':
		column = 0;
		break;
	case '\b':
		if (column > 0)
			column--;
		break;
	case '\t':
		do {
			put_visible(' ');
		} while (column % TAB_WIDTH);
		break;
	case '\033':
		escape = ESCAPE_SEEN;
		break;
	default:
		if (c >= ' ')
			put_visible(c);
	}
}

/* Control sequences: ESC [ parameters letter (ECMA-48, section 5.4). */
static void put(u8 c)
{
	switch (escape) {
	case ESCAPE_NONE:
		put_plain(c);
		break;
	case ESCAPE_SEEN:
		escape = c == '[' ? ESCAPE_CSI : ESCAPE_NONE;
		break;
	case ESCAPE_CSI:
		if (c < '@')
			break;
		escape = ESCAPE_NONE;
		if (c == 'J')
			clear_screen();
	}
}

static void vga_write(struct console *con, const char *s, unsigned int count)
{
	while (count--)
		put(*s++);
	write_crtc_pair(CRTC_START, top * COLUMNS);
	write_crtc_pair(CRTC_CURSOR, (top + row) * COLUMNS + min(column, COLUMNS - 1U));
}

/* A card that is in a colour text mode: the others' ports answer with something else, or 0xff. */
static bool __init in_text_mode(void)
{
	u8 misc = inb(MISC_READ), map;

	if (misc == 0xff || (misc & (MISC_PORTS_3DX | MISC_MEMORY_ON)) !=
			    (MISC_PORTS_3DX | MISC_MEMORY_ON))
		return false;
	outb(GRAPHICS_MISC, GRAPHICS_INDEX);
	map = inb(GRAPHICS_DATA);
	return (map & (GRAPHICS_MODE | GRAPHICS_MAP)) == GRAPHICS_MAP_B8000;
}

/* Two patterns, so that neither a bus that keeps the last value nor one that reads 1s passes. */
static bool __init memory_holds(volatile u16 *word)
{
	u16 saved[2] = { word[0], word[1] };
	bool good;

	word[0] = 0x0755;
	word[1] = 0x07aa;
	good = word[0] == 0x0755 && word[1] == 0x07aa;
	word[0] = saved[0];
	word[1] = saved[1];
	return good;
}

static struct console vga_console = {
	.name = "tty",
	.write = vga_write,
};

void __init vga_init(void)
{
	volatile u16 *memory = __va(VGA_MEMORY);

	if (!in_text_mode() || !memory_holds(memory))
		return;
	cells = memory;
	clear_screen();
	register_console(&vga_console);
}
