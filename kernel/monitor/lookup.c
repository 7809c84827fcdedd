// SPDX-License-Identifier: MIT
/* lookup and mem: what is at an address. */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <quarry/memory_layout.h>

#include "monitor.h"

#define PLACE_SIZE	256		/* describe_address()'s words */
#define DUMP_ROW	16		/* bytes in a line of a dump */
#define DUMP_DEFAULT	(8 * DUMP_ROW)
#define DUMP_MAX	0x10000

/* Names go first: "add" is a symbol in some images, and a number in all. */
int parse_address(const char *word, unsigned long *addr)
{
	*addr = kallsyms_lookup_name(word);
	if (*addr)
		return 0;
	return kstrtoul(word, 16, addr) ? -EINVAL : 0;
}

static int no_address(const char *command, const char *word)
{
	monitor_printf("%s: %s: neither a symbol nor a hexadecimal address\n", command, word);
	return -ENOENT;
}

static int cmd_lookup(int argc, char **argv)
{
	unsigned long addr, size, offset;
	char place[PLACE_SIZE];
	const char *name;

	if (argc != 2)
		return -EINVAL;
	if (parse_address(argv[1], &addr))
		return no_address("lookup", argv[1]);

	monitor_printf("0x%08lx", addr);
	name = kallsyms_lookup(addr, &size, &offset);
	if (name && offset)
		monitor_printf("  %s+0x%lx, %lu bytes long", name, offset, size);
	else if (name)
		monitor_printf("  %s, %lu bytes long", name, size);
	monitor_printf("  (%s)\n", describe_address(addr, place, sizeof(place)));
	return 0;
}

/* One line: the address, the bytes in hexadecimal, and as text; "??" where nothing is mapped. */
static void dump_row(unsigned long addr, unsigned int count)
{
	char hex[3 * DUMP_ROW + 1] = "", text[DUMP_ROW + 1] = "";
	unsigned int i;
	u8 byte;

	for (i = 0; i < count; i++) {
		bool readable = !copy_from_kernel_nofault(&byte, (void *)(addr + i), 1);

		if (readable)
			sprintf(hex + 3 * i, " %02x", byte);
		else
			strcpy(hex + 3 * i, " ??");
		text[i] = readable && byte >= ' ' && byte < 0x7f ? byte : '.';
		text[i + 1] = '\0';
	}
	monitor_printf("%08lx:%-*s  |%s|\n", addr, 3 * DUMP_ROW, hex, text);
}

static int cmd_mem(int argc, char **argv)
{
	unsigned int count = DUMP_DEFAULT, row;
	unsigned long addr;

	if (argc < 2 || argc > 3 || (argc == 3 && kstrtouint(argv[2], 0, &count)))
		return -EINVAL;
	if (parse_address(argv[1], &addr))
		return no_address("mem", argv[1]);
	if (count > DUMP_MAX) {
		monitor_printf("mem: %u bytes at most\n", DUMP_MAX);
		return -E2BIG;
	}
	if (addr + count < addr)		/* ends with the address space */
		count = -addr;
	for (; count > 0; count -= row, addr += row) {
		row = min(count, (unsigned int)DUMP_ROW);
		touch_nmi_watchdog();
		dump_row(addr, row);
	}
	return 0;
}

MONITOR_COMMAND_COMPLETE(lookup, "ADDR|SYMBOL", "what lies at an address; where a symbol lies",
			 cmd_lookup, complete_symbol);
MONITOR_COMMAND_COMPLETE(mem, "ADDR|SYMBOL [COUNT]", "dump bytes of virtual memory", cmd_mem,
			 complete_symbol);
