// SPDX-License-Identifier: MIT
/*
 * KASAN's reports, in Linux's form: what was done, by whom, to what, and the shadow around it. Then
 * the kernel goes on; the access is made all the same.
 *
 * While a report is printed, nothing is checked: printing may well trip over the same damage.
 */
#include <asm/hardirq.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <linux/align.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <quarry/log_tap.h>
#include <quarry/version.h>

#include "kasan.h"

#define DEPTH		32	/* of a backtrace */
#define MOST_OF_A_KIND	8

#define RULE "=================================================================="

unsigned long kasan_reports, kasan_unwanted_reports;
void (*kasan_describe_memory)(const void *addr);

static bool on_stack(unsigned long addr)
{
	return addr - (unsigned long)current->stack < current->stack_size || on_irq_stack(addr);
}

/* ---- what has happened ---- */

/* Where some of a granule may be accessed, the next one says why the rest may not. */
static const char *bug_type(unsigned long bad)
{
	const u8 *shadow = shadow_of(bad);

	if (*shadow && *shadow < KASAN_GRANULE_SIZE)
		shadow++;
	switch (*shadow) {
	case 0 ... KASAN_GRANULE_SIZE - 1:
		return "out-of-bounds";
	case KASAN_PAGE_REDZONE:
	case KASAN_SLAB_REDZONE:
		return "slab-out-of-bounds";
	case KASAN_PAGE_FREE:
	case KASAN_SLAB_FREE:
		return "use-after-free";
	case KASAN_GLOBAL_REDZONE:
		return "global-out-of-bounds";
	case KASAN_STACK_LEFT ... KASAN_STACK_PARTIAL:
		return "stack-out-of-bounds";
	case KASAN_ALLOCA_LEFT:
	case KASAN_ALLOCA_RIGHT:
		return "alloca-out-of-bounds";
	case KASAN_VMALLOC_INVALID:		/* and KASAN_USE_AFTER_SCOPE */
		return on_stack(bad) ? "use-after-scope" : "vmalloc-out-of-bounds";
	}
	return "unknown-crash";
}

static void begin(const char *what, unsigned long ip)
{
	pr_err(RULE "\n");
	pr_err("BUG: KASAN: %s in %pS\n", what, (void *)ip);
}

/* From the access at @ip on: how the report came about is of no interest. */
static unsigned int backtrace(unsigned long *entries, unsigned int size, unsigned long ip)
{
	unsigned int n = stack_trace_save(entries, size, 0), i = 0;

	while (i < n && entries[i] != ip)
		i++;
	if (i == n)
		return n;
	memmove(entries, entries + i, (n - i) * sizeof(*entries));
	return n - i;
}

static void show_stack(unsigned long ip)
{
	unsigned long entries[DEPTH];
	unsigned int n = backtrace(entries, DEPTH, ip);

	pr_err("CPU: %d PID: %d Comm: %s Not tainted %s\n", raw_smp_processor_id(), current->pid,
	       current->comm, QUARRY_VERSION);
	pr_err("Call Trace:\n");
	for (unsigned int i = 0; i < n; i++)
		pr_err(" %pB\n", (void *)entries[i]);
	pr_err("\n");
}

/* ---- how often ---- */

/*
 * A loop that goes wrong does so a thousand times. What came to pass in the same way before (the
 * last few calls are the same, as far as a byte of hash can tell) is printed a few times only.
 */
static bool is_news(unsigned long ip)
{
	static u8 times[256];
	unsigned long entries[DEPTH], hash = 0;
	unsigned int n = min(backtrace(entries, DEPTH, ip), 6U);

	while (n)
		hash = hash * 31 + entries[--n];
	hash = hash ^ hash >> 8 ^ hash >> 16;
	if (times[hash % ARRAY_SIZE(times)] >= MOST_OF_A_KIND)
		return false;
	if (++times[hash % ARRAY_SIZE(times)] == MOST_OF_A_KIND)
		pr_err("KASAN: of this kind, the next is the last that is printed\n");
	return true;
}

/*
 * Every report counts; false: it shall not be printed. Otherwise the log belongs to this CPU until
 * finish().
 */
static bool may_report(unsigned long ip, unsigned long *flags)
{
	if (current->kasan_depth)
		return false;
	kasan_disable_current();
	printk_cpu_sync_get_irqsave(*flags);
	kasan_reports++;
	if (!log_is_tapped())
		kasan_unwanted_reports++;
	if (is_news(ip))
		return true;
	printk_cpu_sync_put_irqrestore(*flags);
	kasan_enable_current();
	return false;
}

/* ---- to what ---- */

static bool in_image_data(unsigned long addr)
{
	return addr >= (unsigned long)__start_rodata && addr < (unsigned long)_end;
}

/* The compiler's notes at the beginning of each frame that it watches. */
struct frame {
	unsigned long magic;
	const char *objects;	/* "count, then for each: begin size length-of-name name" */
	unsigned long pc;
};

#define FRAME_MAGIC	0x41b58ab3

/* The frame begins where the left red zone does, below. */
static const struct frame *find_frame(unsigned long addr)
{
	const struct frame *frame;

	addr &= ~KASAN_GRANULE_MASK;
	while (on_stack(addr) && *shadow_of(addr) != KASAN_STACK_LEFT)
		addr -= KASAN_GRANULE_SIZE;
	while (on_stack(addr) && *shadow_of(addr) == KASAN_STACK_LEFT)
		addr -= KASAN_GRANULE_SIZE;
	frame = (const struct frame *)(addr + KASAN_GRANULE_SIZE);
	return on_stack(addr) && frame->magic == FRAME_MAGIC ? frame : NULL;
}

static unsigned long next_number(const char **text)
{
	unsigned long number = 0;

	while (**text >= '0' && **text <= '9')
		number = number * 10 + *(*text)++ - '0';
	if (**text == ' ')
		++*text;
	return number;
}

/* " [32, 36) 'x:12'": a name may end with the line that it is declared in. */
static void show_frame(const struct frame *frame, unsigned long addr)
{
	const char *text = frame->objects;
	unsigned long count = next_number(&text), begin, size, length;

	pr_err(" and is located at offset %lu in frame:\n", addr - (unsigned long)frame);
	pr_err(" %pS\n\n", (void *)frame->pc);
	pr_err("This frame has %lu object%s:\n", count, count == 1 ? "" : "s");
	while (count--) {
		begin = next_number(&text);
		size = next_number(&text);
		length = next_number(&text);
		pr_err(" [%lu, %lu) '%.*s'\n", begin, begin + size,
		       (int)(strnchrnul(text, length, ':') - text), text);
		text += length;
		if (*text == ' ')
			text++;
	}
}

static void describe(unsigned long addr)
{
	const struct frame *frame;

	if (on_stack(addr)) {
		pr_err("The buggy address belongs to stack of task %s/%d\n", current->comm,
		       current->pid);
		frame = find_frame(addr);
		if (frame)
			show_frame(frame, addr);
		pr_err("\n");
	} else if (in_image_data(addr)) {
		pr_err("The buggy address belongs to the variable:\n");
		pr_err(" %pS\n\n", (void *)addr);
	} else if (kasan_describe_memory) {
		kasan_describe_memory((void *)addr);
	}
}

/* ---- the shadow around it ---- */

#define BYTES_A_ROW	16
#define ROWS_AROUND	2
#define SHADOWED_BY_ROW	(BYTES_A_ROW * KASAN_GRANULE_SIZE)

static void show_shadow(unsigned long addr)
{
	unsigned long row = addr & ~(SHADOWED_BY_ROW - 1);

	pr_err("Memory state around the buggy address:\n");
	for (int i = -ROWS_AROUND; i <= ROWS_AROUND; i++) {
		unsigned long at = row + i * SHADOWED_BY_ROW;

		pr_err("%c%08lx: %*ph\n", i ? ' ' : '>', at, BYTES_A_ROW, shadow_of(at));
		if (i == 0)	/* a sign, 8 digits, a colon and a blank; then 3 for each byte */
			pr_err("%*s\n", (int)(11 + 3 * ((addr - row) / KASAN_GRANULE_SIZE) + 2), "^");
	}
	pr_err(RULE "\n");
}

/* ---- the report ---- */

static void finish(unsigned long addr, unsigned long ip, unsigned long flags)
{
	pr_err("\n");
	show_stack(ip);
	describe(addr);
	show_shadow(addr);
	printk_cpu_sync_put_irqrestore(flags);
	kasan_enable_current();
}

void kasan_report_access(const struct kasan_access *access)
{
	unsigned long flags;

	if (!may_report(access->ip, &flags))
		return;
	begin(bug_type(access->bad), access->ip);
	pr_err("%s of size %zu at addr %08lx by task %s/%d\n", access->write ? "Write" : "Read",
	       access->size, access->addr, current->comm, current->pid);
	finish(access->bad, access->ip, flags);
}

void kasan_report_double_free(const void *addr, unsigned long ip)
{
	unsigned long flags;

	if (!may_report(ip, &flags))
		return;
	begin("double-free", ip);
	pr_err("Free of addr %px by task %s/%d\n", addr, current->comm, current->pid);
	finish((unsigned long)addr, ip, flags);
}
