// SPDX-License-Identifier: MIT
/*
 * The page tables as they are shown: `pt dump` (/proc/page_tables/kernel) line by line against
 * walks of single addresses, and the figure that `addresses` draws.
 */
#include <asm/fixmap.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <kunit/test.h>
#include <linux/console.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "text_lines.h"

static u8 page[3 * PAGE_SIZE] __aligned(PAGE_SIZE);	/* in small pages, as all of the image */

/* ---- page_tables/kernel ---- */

/* The columns between size and level, as they should be at @addr. */
static const char *rights_at(unsigned long addr, const struct page_walk *walk)
{
	static char columns[31];
	u64 entry = walk->entry[walk->levels - 1];

	memset(columns, ' ', 30);
	if (!walk->present)
		return columns;
	memcpy(columns + 4, walk->writable ? "RW" : "ro", 2);
	if (entry & _PAGE_PWT)
		memcpy(columns + 7, "PWT", 3);
	if (entry & _PAGE_PCD)
		memcpy(columns + 11, "PCD", 3);
	if (walk->large)
		memcpy(columns + 15, "PSE", 3);
	if (entry & _PAGE_GLOBAL)
		memcpy(columns + 23, "GLB", 3);
	memcpy(columns + 27, walk->executable ? "x " : "NX", 2);
	return columns;
}

static unsigned long hex_field(const char *at)
{
	return simple_strtoul(at, NULL, 16);
}

/* "        8K": nine columns and a unit. */
static unsigned long bytes_field(const char *at)
{
	char *unit;
	unsigned long number = simple_strtoul(skip_spaces(at), &unit, 10);

	return number << (*unit == 'G' ? 30 : *unit == 'M' ? 20 : 10);
}

static void expect_as_walked(struct kunit *test, const char *line, unsigned long addr)
{
	static const char *const levels[] = { "", "pgd", "pmd", "pte" };
	struct page_walk walk;

	walk_page_tables(addr, &walk);
	KUNIT_EXPECT_EQ_MSG(test, strncmp(line + 35, rights_at(addr, &walk), 30), 0,
			    "at %08lx: %s", addr, line);
	KUNIT_EXPECT_STREQ(test, line + 65, levels[walk.levels]);
}

/* Every byte of the address space is in one line, and the line is right all along. */
static void dump_is_what_a_walk_finds(struct kunit *test)
{
	unsigned long at = 0, lines = 0;
	const char *line;

	read_proc(test, "/proc/page_tables/kernel");
	while ((line = next_line())) {
		unsigned long end, offset;

		if (!strncmp(line, "---[ ", 5))
			continue;
		KUNIT_ASSERT_TRUE_MSG(test, !lines++ || at, "beyond 4 GiB: %s", line);
		KUNIT_ASSERT_EQ_MSG(test, strlen(line), 68, "%s", line);
		KUNIT_EXPECT_EQ_MSG(test, hex_field(line), at, "%s", line);
		end = hex_field(line + 11);
		KUNIT_EXPECT_EQ_MSG(test, bytes_field(line + 24), end - at, "%s", line);
		for (offset = 0; offset < end - at; offset += PMD_SIZE)
			expect_as_walked(test, line, at + offset);
		expect_as_walked(test, line, end - PAGE_SIZE);
		at = end;
	}
	KUNIT_EXPECT_EQ(test, at, 0UL);
	KUNIT_EXPECT_GT(test, lines, 6);
}

/* Each heading stands right before the line that begins where its area does. */
static void dump_has_headings(struct kunit *test)
{
	const struct {
		const char *name;
		unsigned long start;
	} areas[] = {
		{ "User Space", 0 }, { "Kernel Mapping", PAGE_OFFSET },
		{ "vmalloc() Area", VMALLOC_START }, { "vmalloc() End", VMALLOC_END },
		{ "Persistent kmap() Area", PKMAP_BASE }, { "Fixmap area", FIXADDR_START },
	};
	const char *line;
	unsigned int i = 0;

	read_proc(test, "page_tables/kernel");
	while ((line = next_line())) {
		if (strncmp(line, "---[ ", 5))
			continue;
		KUNIT_ASSERT_LT(test, i, ARRAY_SIZE(areas));
		KUNIT_EXPECT_STREQ(test, line, expected("---[ %s ]---", areas[i].name));
		line = next_line();
		KUNIT_ASSERT_NOT_NULL(test, line);
		KUNIT_EXPECT_EQ(test, hex_field(line), areas[i++].start);
	}
	KUNIT_EXPECT_EQ(test, i, ARRAY_SIZE(areas));
}

/* A page with rights of its own has a line of its own, and its neighbours' lines end there. */
static void dump_shows_a_change(struct kunit *test)
{
	unsigned long addr = (unsigned long)page + PAGE_SIZE;
	const char *global = boot_cpu.pge ? "GLB" : "   ";

	KUNIT_ASSERT_EQ(test, set_memory_ro(addr, 1), 0);
	read_proc(test, "page_tables/kernel");
	KUNIT_ASSERT_EQ(test, set_memory_rw(addr, 1), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(whole_text(),
		expected("-0x%08lx ", addr)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(whole_text(),
		expected("\n0x%08lx-0x%08lx           4K     ro                 %s %s pte\n", addr,
			 addr + PAGE_SIZE, global, boot_cpu.nx ? "NX" : "x ")));
	read_proc(test, "page_tables/kernel");
	KUNIT_EXPECT_NULL(test, strstr(whole_text(), expected("0x%08lx", addr)));
}

/* ---- on the console ---- */

static char answer[4096];
static size_t answer_length;
static bool listening;

static void listen(struct console *con, const char *s, unsigned int count)
{
	if (!listening)
		return;			/* to the log's past, which every new console gets */
	count = min_t(size_t, count, sizeof(answer) - 1 - answer_length);
	memcpy(answer + answer_length, s, count);
	answer_length += count;
	answer[answer_length] = '\0';
}

static int ask(const char *line)
{
	static struct console ear = { .name = "ear", .write = listen };
	int error;

	register_console(&ear);
	answer_length = 0;
	listening = true;
	error = monitor_execute(line);
	listening = false;
	unregister_console(&ear);
	read_text(answer);
	return error;
}

static void dump_is_printed(struct kunit *test)
{
#ifdef CONFIG_KASAN
	kunit_skip(test, "KASAN's shadow is mapped below the kernel");
#endif
	KUNIT_EXPECT_EQ(test, ask("pt dump"), 0);
	EXPECT_LINE(test, "---[ User Space ]---");
	EXPECT_LINE(test, "0x00000000-0xc0000000           3G%31spgd", "");
	EXPECT_LINE(test, "---[ Kernel Mapping ]---");
}

static void add_range(const struct mapped_range *r, void *arg)
{
	*(unsigned long *)arg += (r->end - r->start) >> 10;
}

/* Borders ascend; each area's size is the distance to the next; the amounts make up the tables. */
static void addresses_are_a_map(struct kunit *test)
{
	unsigned long at = 0, size = 0, mapped = 0, in_tables = 0, borders = 0;
	const char *line;

	KUNIT_EXPECT_EQ(test, ask("addresses"), 0);
	for_each_mapped_range(add_range, &in_tables);
	while ((line = next_line()) && strncmp(line, "4 GiB", 5)) {
		const char *amount;

		if (*line == '0') {
			KUNIT_EXPECT_EQ_MSG(test, hex_field(line), at + size, "%s", line);
			at = hex_field(line);
			borders++;
			continue;
		}
		amount = strrchr(line, '|');
		KUNIT_ASSERT_NOT_NULL(test, amount);
		if (!strncmp(line + 11, "|   0x", 6))
			continue;			/* a part of the image */
		size = bytes_field(amount + 1);
		if (strstr(amount, " mapped"))
			mapped += bytes_field(strstr(amount, ", ") + 2) >> 10;
	}
	KUNIT_ASSERT_NOT_NULL(test, line);
	KUNIT_EXPECT_EQ(test, at + size, 0UL);
	KUNIT_EXPECT_GE(test, borders, 9);
	KUNIT_EXPECT_EQ(test, mapped, in_tables);
	EXPECT_LINE(test, "%lu pages are both writable and executable", count_wx_pages());
}

/* The image's rights are the tables': where there is no NX, all of it is executable. */
static void addresses_tell_the_images_rights(struct kunit *test)
{
	const char *x = boot_cpu.nx ? "" : ", executable";
	unsigned long addr = (unsigned long)_sdata;

	KUNIT_EXPECT_EQ(test, ask("addresses"), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, "K, read-only, executable\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, expected("K, read-only%s\n", x)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, expected("0x%08lx data", addr)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(answer, expected("K, writable%s\n", x)));
}

static struct kunit_case pt_dump_cases[] = {
	KUNIT_CASE(dump_is_what_a_walk_finds),
	KUNIT_CASE(dump_has_headings),
	KUNIT_CASE(dump_shows_a_change),
	KUNIT_CASE(dump_is_printed),
	KUNIT_CASE(addresses_are_a_map),
	KUNIT_CASE(addresses_tell_the_images_rights),
	{}
};

static struct kunit_suite pt_dump_suite = {
	.name = "pt_dump",
	.test_cases = pt_dump_cases,
};
kunit_test_suite(pt_dump_suite);
