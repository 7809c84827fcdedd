// SPDX-License-Identifier: MIT
/*
 * crash: commit a real crime, to see what the kernel makes of it. Nothing here calls the report
 * directly; the processor (or BUG, or the watchdog) must find out.
 *
 * The crimes stand behind things that the compiler may not see through: what C does not define
 * it would otherwise be free to leave out.
 */
#include <asm/pgtable.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "monitor.h"

static void crash_divide_error(void)
{
	unsigned int dividend = 1, remainder = 0;

	__asm__ __volatile__("divl %2" : "+a"(dividend), "+d"(remainder) : "r"(0));
}

static void crash_invalid_opcode(void)
{
	__asm__ __volatile__("ud2");
}

static void write_at(unsigned long addr)
{
	OPTIMIZER_HIDE_VAR(addr);
	WRITE_ONCE(*(int *)addr, 1);
}

/* In the gap between the direct map and the vmalloc area, where nothing is ever mapped. */
static void crash_page_fault(void)
{
	write_at(WINDOW_START);
}

struct house {
	char owner[16];
	int rooms;
};

static void crash_null(void)
{
	struct house *nobodys = NULL;

	OPTIMIZER_HIDE_VAR(nobodys);
	(void)READ_ONCE(nobodys->rooms);
}

/* A selector far behind the end of the table of descriptors. */
static void crash_general_protection(void)
{
	__asm__ __volatile__("movw %w0, %%gs" : : "r"(0x1238));
}

#define GATE_PRESENT		(1ULL << 47)
#define VECTOR_PAGE_FAULT	14

struct idt_pointer {
	u16 limit;
	u64 *gates;
} __packed;

/*
 * Take the page fault's gate out of a copy of the interrupt table, and then fault: the processor
 * finds no way to deliver the fault, and that is a fault of its own (Intel SDM volume 3,
 * section 6.15, "Interrupt 8").
 */
static void crash_double_fault(void)
{
	static u64 gates[256];
	struct idt_pointer idt;

	__asm__ __volatile__("sidt %0" : "=m"(idt));
	memcpy(gates, idt.gates, min((size_t)idt.limit + 1, sizeof(gates)));
	gates[VECTOR_PAGE_FAULT] &= ~GATE_PRESENT;
	idt.gates = gates;
	__asm__ __volatile__("lidt %0" : : "m"(idt) : "memory");
	write_at(WINDOW_START);
}

/* The condition never holds, and what follows the call keeps it from becoming a jump. */
static noinline int recurse(int depth)
{
	volatile int local = depth;

	if (local < 0)
		return 0;
	return recurse((depth + 1) & 0xffff) + local;
}

static void crash_stack_overflow(void)
{
	recurse(0);
}

static void crash_spinlock(void)
{
	static DEFINE_SPINLOCK(taken);

	spin_lock(&taken);
	spin_lock(&taken);
}

/* A page can be lost this way, and no more than a page. */
static noinline void crash_double_free(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return;
	__free_page(page);
	__free_page(page);
}

/* Everything that may be had without __GFP_NOFAIL and then one page with it. */
static void crash_nofail(void)
{
	for (int order = MAX_ORDER - 1; order >= 0; order--)
		while (alloc_pages(GFP_KERNEL | __GFP_NOWARN, order))
			touch_nmi_watchdog();
	while (alloc_page(GFP_KERNEL | __GFP_NOFAIL))
		touch_nmi_watchdog();
}

static void crash_bug(void)
{
	BUG();
}

/* `quiet` hides warnings, as in Linux; whoever asks for one wants to see it. */
static void crash_warn(void)
{
	int loglevel = console_loglevel;

	console_loglevel = max(console_loglevel, LOGLEVEL_INFO);
	WARN(1, "crash warn: this is what a warning looks like\n");
	console_loglevel = loglevel;
}

static void crash_hang(void)
{
	for (;;)
		barrier();
}

static const struct crash_kind {
	const char *name;
	void (*commit)(void);
	const char *what;
} kinds[] = {
	{ "bug", crash_bug, "BUG(): the code finds that something cannot be, and stops" },
	{ "divide-error", crash_divide_error, "divide by 0: exception 0" },
	{ "double-fault", crash_double_fault,
	  "a page fault that cannot be delivered: exception 8" },
	{ "double-free", crash_double_free,
	  "free a page twice: it is reported, and out of service from then on" },
	{ "general-protection", crash_general_protection,
	  "load a selector that names no descriptor: exception 13" },
	{ "hang", crash_hang, "an endless loop, until the watchdog sends an NMI" },
	{ "invalid-opcode", crash_invalid_opcode, "execute what is no instruction: exception 6" },
	{ "nofail", crash_nofail, "ask for a page with __GFP_NOFAIL when there is none left" },
	{ "null", crash_null, "read a member through a null pointer: exception 14" },
	{ "page-fault", crash_page_fault, "write where nothing is mapped: exception 14" },
	{ "spinlock", crash_spinlock, "take a spinlock twice: it would be waited for, for ever" },
	{ "stack-overflow", crash_stack_overflow,
	  "recursion, until the stack meets its guard page: exception 8" },
	{ "warn", crash_warn, "WARN(): the code finds something odd, says so, and goes on" },
};

static int commit(const struct crash_kind *kind)
{
	monitor_printf("crash %s: %s\n", kind->name, kind->what);
	kind->commit();
	if (kind->commit == crash_warn || kind->commit == crash_double_free)
		return 0;
	monitor_printf("crash %s: nothing happened; this machine let it pass\n", kind->name);
	return -EIO;
}

static int cmd_crash(int argc, char **argv)
{
	const struct crash_kind *kind;

	if (argc > 2)
		return -EINVAL;
	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++) {
		if (argc == 1)
			monitor_printf("  %-18s  %s\n", kind->name, kind->what);
		else if (!strcmp(argv[1], kind->name))
			return commit(kind);
	}
	if (argc == 1)
		return 0;
	monitor_printf("crash: %s: no such kind; \"crash\" lists them\n", argv[1]);
	return -ENOENT;
}

static const char *complete_crash(int arg, unsigned int n)
{
	return arg == 1 && n < ARRAY_SIZE(kinds) ? kinds[n].name : NULL;
}

MONITOR_COMMAND_COMPLETE(crash, "[KIND]", "fail on purpose; without KIND: list the ways", cmd_crash,
			 complete_crash);
