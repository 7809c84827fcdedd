// SPDX-License-Identifier: MIT
/*
 * percpu: what memory each CPU has of its own, and one variable on all of them. And in words, for
 * fault reports: whose copy of what lies at an address.
 */
#include <asm/sections.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>
#include <quarry/monitor.h>

#include "../percpu.h"
#include "show.h"

#define CELLS		64	/* of a picture: a row for each chunk */
#define WORDS_MAX	8	/* of a variable */

static unsigned long nr_variable_bytes(void)
{
	return __per_cpu_end - __per_cpu_start;
}

/* ---- chunks ---- */

/* '#': all in use; '+': some of it; '.': free; ' ': no page yet. */
static char cell(const struct pcpu_chunk *chunk, unsigned int from, unsigned int to)
{
	unsigned int populated = chunk->populated << (PAGE_SHIFT - PCPU_MIN_ALLOC_SHIFT);

	if (from >= populated)
		return ' ';
	if (find_next_zero_bit(chunk->map, to, from) >= to)
		return '#';
	return find_next_bit(chunk->map, to, from) >= to ? '.' : '+';
}

static void show_chunk(const struct pcpu_chunk *chunk, unsigned int nr)
{
	char row[CELLS + 1] = "";
	unsigned int i;

	for (i = 0; i < CELLS; i++)
		row[i] = cell(chunk, i * pcpu_unit_bits / CELLS, (i + 1) * pcpu_unit_bits / CELLS);
	monitor_printf("  chunk %u at %px: %u of %u pages, %u allocation%s, %u of %u bytes in use\n", nr,
		       chunk->base, chunk->populated, pcpu_unit_pages, chunk->nr,
		       chunk->nr == 1 ? "" : "s",
		       pcpu_unit_size - (chunk->free << PCPU_MIN_ALLOC_SHIFT), pcpu_unit_size);
	monitor_printf("    |%s|\n", row);
}

static void show_chunks(void)
{
	const struct pcpu_chunk *chunk;
	unsigned int nr = 0;

	monitor_printf("percpu: %u CPUs, units of %u bytes, %lu of them variables; %lu pages in all\n",
		       nr_cpu_ids, pcpu_unit_size, nr_variable_bytes(), pcpu_nr_pages());
	list_for_each_entry(chunk, &pcpu_chunks, list)
		show_chunk(chunk, nr++);
}

/* ---- a variable ---- */

static bool is_variable(unsigned long addr)
{
	return addr - (unsigned long)__per_cpu_start < nr_variable_bytes();
}

static int show_variable(const char *name)
{
	unsigned long addr = kallsyms_lookup_name(name), size, offset;
	unsigned int cpu, i, words;

	if (!is_variable(addr) || !kallsyms_lookup(addr, &size, &offset)) {
		monitor_printf("percpu: %s: not a per-CPU variable\n", name);
		return -ENOENT;
	}
	words = clamp(size / sizeof(long), 1UL, (unsigned long)WORDS_MAX);
	for_each_possible_cpu(cpu) {
		const unsigned long *copy = per_cpu_ptr((unsigned long *)addr, cpu);

		monitor_printf("CPU %u  %px:", cpu, copy);
		for (i = 0; i < words; i++)
			monitor_printf(" %08lx", READ_ONCE(copy[i]));
		monitor_printf(size > words * sizeof(long) ? " ... (%lu bytes)\n" : "\n", size);
	}
	return 0;
}

static int cmd_percpu(int argc, char **argv)
{
	if (argc > 2)
		return -EINVAL;
	if (argc == 2)
		return show_variable(argv[1]);
	show_chunks();
	return 0;
}

/* The @n-th of those symbols that are variables: kallsyms has them in the order of addresses. */
static const char *complete(int arg, unsigned int n)
{
	const char *name;

	for (unsigned int i = 0; arg == 1 && (name = kallsyms_nth(i)); i++)
		if (is_variable(kallsyms_lookup_name(name)) && !n--)
			return name;
	return NULL;
}

MONITOR_COMMAND_COMPLETE(percpu, "[VARIABLE]", "what each CPU has of its own", cmd_percpu, complete);

/* ---- addresses ---- */

/* In CPU @cpu's unit of the first chunk, or of another one: what is @offset bytes behind its beginning. */
static void describe_unit(const struct pcpu_chunk *chunk, unsigned int cpu, unsigned long offset,
			  char *buf, size_t size)
{
	int n = scnprintf(buf, size, "CPU %u's copy of ", cpu);

	if (!chunk->area && offset < nr_variable_bytes())
		scnprintf(buf + n, size - n, "%pS", __per_cpu_start + offset);
	else
		scnprintf(buf + n, size - n, "per-CPU memory, byte %lu of its unit: %s", offset,
			  test_bit(offset >> PCPU_MIN_ALLOC_SHIFT, chunk->map) ? "in use" : "free");
}

/* In the middle of faults: no lock. Chunks come and go seldom, and their descriptions stay readable. */
static enum address_place describe_percpu(unsigned long addr, char *buf, size_t size)
{
	const struct pcpu_chunk *chunk;
	unsigned long offset;

	if (!pcpu_unit_size)
		return PLACE_UNKNOWN;
	list_for_each_entry(chunk, &pcpu_chunks, list) {
		offset = addr - (unsigned long)chunk->base;
		if (offset >= nr_cpu_ids * pcpu_unit_size)
			continue;
		describe_unit(chunk, offset / pcpu_unit_size, offset % pcpu_unit_size, buf, size);
		return PLACE_KNOWN;
	}
	return PLACE_UNKNOWN;
}
ADDRESS_DESCRIBER(describe_percpu);
