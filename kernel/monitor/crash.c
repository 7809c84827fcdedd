// SPDX-License-Identifier: MIT
/*
 * crash: commit a real crime, to see what the kernel makes of it. Nothing here calls the report
 * directly; the processor (or BUG, or the watchdog) must find out.
 *
 * The crimes stand behind things that the compiler may not see through: what C does not define
 * it would otherwise be free to leave out.
 */
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

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

static void crash_write_code(void)
{
	write_at((unsigned long)_stext);
}

static void crash_write_constant(void)
{
	static const int constant = 1;

	write_at((unsigned long)&constant);
}

static void crash_execute_data(void)
{
	static unsigned char ret[] = { 0xc3 };
	void (*function)(void) = (void (*)(void))ret;

	OPTIMIZER_HIDE_VAR(function);
	function();
	barrier();			/* a call, not a jump: we want to be on the trace */
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
	current->mm->oom_score_adj = OOM_SCORE_ADJ_MIN;		/* or this process would be killed for it */
	for (int order = MAX_ORDER - 1; order >= 0; order--)
		while (alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, order))
			touch_nmi_watchdog();
	while (alloc_page(GFP_KERNEL | __GFP_NOFAIL))
		touch_nmi_watchdog();
}

/* ---- objects ---- */

#define ASKED	100	/* bytes: an object of kmalloc-128 */

/* One byte too many; kfree() finds it, if red zones are there. */
static noinline void crash_slab_overrun(void)
{
	char *object = kmalloc(ASKED, GFP_KERNEL);

	if (!object)
		return;
	OPTIMIZER_HIDE_VAR(object);
	object[ASKED] = 'x';
	kfree(object);
	barrier();			/* a call, not a jump */
}

/* Who comes to get it next finds it, if free objects are poisoned; and gets another one. */
static noinline void crash_slab_freed(void)
{
	char *object = kmalloc(ASKED, GFP_KERNEL), *next;

	if (!object)
		return;
	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	object[ASKED / 2] = 'x';
	next = kmalloc(ASKED, GFP_KERNEL);
	kfree(next);
	barrier();
}

static noinline void crash_slab_double_free(void)
{
	char *object = kmalloc(ASKED, GFP_KERNEL), *again = object;

	if (!object)
		return;
	OPTIMIZER_HIDE_VAR(again);
	kfree(object);
	kfree(again);
	barrier();
}

/* What kmalloc() never gave out. */
static noinline void crash_slab_foreign_free(void)
{
	static char variable[ASKED];
	char *object = variable;

	OPTIMIZER_HIDE_VAR(object);
	kfree(object);
	barrier();
}

/* The first bytes of a page of small objects are not anybody's: they say which of them are free. */
static noinline void crash_slab_description(void)
{
	char *object = kmalloc(8, GFP_KERNEL), *page;

	if (!object)
		return;
	page = (char *)((unsigned long)object & PAGE_MASK);
	OPTIMIZER_HIDE_VAR(page);
	memset(page, 'x', 24);
	kfree(object);
	barrier();
}

/* ---- virtual memory ---- */

#define AREA_PAGES	3

/* The byte behind an area's last one. What the last page has to spare would hide it. */
static void crash_vmalloc_overrun(void)
{
	char *area = vmalloc(AREA_PAGES * PAGE_SIZE);

	if (area)
		write_at((unsigned long)area + AREA_PAGES * PAGE_SIZE);
}

/* vfree() may leave the flush for later; then the CPU might still know the way. */
static void crash_vmalloc_freed(void)
{
	char *area = vmalloc(AREA_PAGES * PAGE_SIZE);

	vfree(area);
	vm_unmap_aliases();
	if (area)
		write_at((unsigned long)area + PAGE_SIZE);
}

/*
 * Go on at the end of another stack. The frames of our callers are taken along, so that the report
 * can name them; there is no way back.
 */
static __always_inline void move_to_stack(char *end)
{
	char *sp;
	size_t taken;

	__asm__ __volatile__("movl %%esp, %0" : "=r"(sp));
	taken = (char *)current->stack + current->stack_size - sp;
	memcpy(end - taken, sp, taken);
	__asm__ __volatile__("movl %0, %%esp" : : "r"(end - taken) : "memory");
}

/* Below every area there is a page that is not mapped: the guard of the one before, or nobody's. */
static noinline void crash_vmalloc_stack(void)
{
	char *stack = vmalloc(AREA_PAGES * PAGE_SIZE);

	if (!stack)
		return;
	move_to_stack(stack + AREA_PAGES * PAGE_SIZE);
	recurse(0);
	barrier();			/* a call, not a jump */
}

/* ---- high memory; where there is none, a page needs no slot, and nothing happens ---- */

/* The same page again and again: each mapping has its own slot. */
static void crash_kmap_deep(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	if (!page)
		return;
	for (int depth = 0; depth <= KM_MAX_IDX; depth++)
		(void)kmap_local_page(page);
	__free_page(page);
}

#define SLOTS_KEPT	(12 * HZ)	/* who waits loses patience after 10 seconds */

static void give_one_back(struct work_struct *work)
{
	kunmap(pfn_to_page(max_low_pfn));
}

/*
 * One page more than there are slots, all different: one that is mapped already would only be
 * counted. Whose they are does not matter, they are only mapped. The last one waits for a slot.
 */
static void crash_kmap_slots(void)
{
	static DECLARE_DELAYED_WORK(work, give_one_back);
	unsigned long first = max_low_pfn, pfn, end = min(first + LAST_PKMAP + 1, max_mapnr);

	schedule_delayed_work(&work, SLOTS_KEPT);
	for (pfn = first; pfn < end; pfn++)
		kmap(pfn_to_page(pfn));
	if (!cancel_delayed_work_sync(&work))
		first++;
	while (pfn > first)
		kunmap(pfn_to_page(--pfn));
	kmap_flush_unused();
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
	local_irq_disable();
	for (;;)
		barrier();
}

static const struct crash_kind {
	const char *name;
	void (*commit)(void);
	const char *what;
	bool lives_on;			/* it is reported, if that, and we return */
} kinds[] = {
	{ "bug", crash_bug, "BUG(): the code finds that something cannot be, and stops", false },
	{ "divide-error", crash_divide_error, "divide by 0: exception 0", false },
	{ "double-fault", crash_double_fault,
	  "a page fault that cannot be delivered: exception 8", false },
	{ "double-free", crash_double_free,
	  "free a page twice: it is reported, and out of service from then on", true },
	{ "execute-data", crash_execute_data,
	  "call a variable: exception 14, where the CPU has NX", false },
	{ "general-protection", crash_general_protection,
	  "load a selector that names no descriptor: exception 13", false },
	{ "hang", crash_hang, "an endless loop with interrupts off, until the watchdog sends an NMI", false },
	{ "interrupt-sleep", crash_interrupt_sleep, "kmalloc(GFP_KERNEL) in a timer", true },
	{ "interrupt-stack", crash_interrupt_stack,
	  "recursion in an interrupt, until its stack meets the guard page: exception 8", false },
	{ "invalid-opcode", crash_invalid_opcode, "execute what is no instruction: exception 6", false },
	{ "kmap-deep", crash_kmap_deep,
	  "nest kmap_local_page() once too often, in high memory", false },
	{ "kmap-slots", crash_kmap_slots,
	  "kmap() more pages of high memory than there are slots, and kunmap() none for long", true },
	{ "nofail", crash_nofail,
	  "ask for a page with __GFP_NOFAIL when there is none left, nor anybody to kill", false },
	{ "null", crash_null, "read a member through a null pointer: exception 14", false },
	{ "oom-deadlock", crash_oom_deadlock,
	  "run out of memory when no process may be killed for it", false },
	{ "oom-panic", crash_oom_panic, "run out of memory with panic_on_oom", false },
	{ "page-fault", crash_page_fault, "write where nothing is mapped: exception 14", false },
	{ "slab-description", crash_slab_description,
	  "write into a slab's description (seen with slub_debug)", true },
	{ "slab-double-free", crash_slab_double_free, "kfree() an object twice", true },
	{ "slab-foreign-free", crash_slab_foreign_free, "kfree() a variable", true },
	{ "slab-freed", crash_slab_freed,
	  "write into an object after kfree() (seen with slub_debug)", true },
	{ "slab-overrun", crash_slab_overrun,
	  "write behind the end of an object (seen with slub_debug)", true },
	{ "soft-lockup", crash_soft_lockup, "keep preemption off for more than 20 seconds", true },
	{ "spinlock", crash_spinlock, "take a spinlock twice: it would be waited for, for ever", false },
	{ "stack-overflow", crash_stack_overflow,
	  "recursion, until the stack meets its guard page: exception 8", false },
	{ "vmalloc-freed", crash_vmalloc_freed,
	  "write into an area after vfree(): exception 14", false },
	{ "vmalloc-overrun", crash_vmalloc_overrun,
	  "write behind the end of an area, into its guard page: exception 14", false },
	{ "vmalloc-stack", crash_vmalloc_stack,
	  "recursion on a stack in vmalloc memory, until it meets the guard page: exception 8", false },
	{ "warn", crash_warn, "WARN(): the code finds something odd, says so, and goes on", true },
	{ "write-code", crash_write_code, "write into the kernel's code: exception 14", false },
	{ "write-constant", crash_write_constant, "write to a constant: exception 14", false },
};

static int commit(const struct crash_kind *kind)
{
	monitor_printf("crash %s: %s\n", kind->name, kind->what);
	kind->commit();
	if (kind->lives_on)
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
