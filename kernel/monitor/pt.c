// SPDX-License-Identifier: MIT
/* `pt`: the page tables, walked for one address. All of them: pt_dump.c. */
#include <asm/pgtable.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>
#include <quarry/monitor.h>

static const char *const level_names[] = { "pointer table", "directory", "table" };

static void print_entry(const char *name, u64 entry)
{
	monitor_printf("  %-13s entry %016llx", name, entry);
	if (!(entry & _PAGE_PRESENT)) {
		monitor_printf("  not present\n");
		return;
	}
	monitor_printf("  -> %09llx%s%s%s%s%s%s\n", entry & PTE_PFN_MASK,
		       entry & _PAGE_RW ? " RW" : "", entry & _PAGE_USER ? " USER" : "",
		       entry & _PAGE_PSE ? " 2M/PAT" : "", entry & _PAGE_PCD ? " PCD" : "",
		       entry & _PAGE_GLOBAL ? " GLB" : "", entry & _PAGE_NX ? " NX" : "");
}

static void print_walk(unsigned long addr)
{
	struct page_walk walk;
	char where[256];
	unsigned int i;

	walk_page_tables(addr, &walk);
	monitor_printf("%08lx: %s\n", addr, describe_address(addr, where, sizeof(where)));
	for (i = 0; i < walk.levels; i++)
		print_entry(level_names[i], walk.entry[i]);
	if (walk.present)
		monitor_printf("  physical 0x%09llx, a page of %s, %s, %s\n",
			       walk.phys, walk.large ? "2 MiB" : "4 KiB",
			       walk.writable ? "writable" : "read-only",
			       walk.executable ? "executable" : "not executable");
	else
		monitor_printf("  not mapped\n");
}

static int parse_address(const char *word, unsigned long *addr)
{
	if (!kstrtoul(word, 16, addr))
		return 0;
	*addr = kallsyms_lookup_name(word);
	return *addr ? 0 : -ENOENT;
}

static int cmd_pt(int argc, char **argv)
{
	unsigned long addr;

	if (argc != 2)
		return -EINVAL;
	if (!strcmp(argv[1], "dump"))
		return monitor_execute("cat /proc/page_tables/kernel");
	if (parse_address(argv[1], &addr)) {
		monitor_printf("pt: %s is neither a hexadecimal address nor a symbol\n", argv[1]);
		return -ENOENT;
	}
	print_walk(addr);
	return 0;
}

static const char *complete_pt(int arg, unsigned int n)
{
	if (arg != 1)
		return NULL;
	return n ? kallsyms_nth(n - 1) : "dump";
}
MONITOR_COMMAND_COMPLETE(pt, "ADDR|SYMBOL|dump",
			 "walk the page tables for an address, or list all ranges",
			 cmd_pt, complete_pt);
