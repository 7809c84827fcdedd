// SPDX-License-Identifier: MIT
/*
 * Backtraces, without frame pointers.
 *
 * 1. The idea
 * The compiler knows, for each instruction, how far above ESP the return address lies, and writes
 * it into the debug information (DWARF, "call frame information"). tools/link boils that down
 * to one table, two bytes for each place where it changes, which is part of the image. A running
 * kernel pays nothing for it; Linux's ORC unwinder is the same trade.
 *
 * 2. A step
 * The row for an address gives the frame's end (CFA, "canonical frame address") as ESP or EBP
 * plus an offset. The return address is the word below it; behind it the caller's frame goes on.
 * EBP, where it was saved, is restored on the way.
 *
 * 3. Exceptions
 * Where entry.S calls trap_dispatch(), the table has a row of its own (tools/link puts it there):
 * an exception came in, the saved struct pt_regs lies above the argument that points to it, and
 * the walk goes on at the interrupted instruction.
 *
 * 4. Other stacks
 * Interrupts are handled on stacks of their own; call_on_stack() keeps the way back in EBP.
 * There, and at most as often as there are stacks, the stack pointer may become smaller.
 *
 * 5. What is not checked
 * Memory may be damaged: it is read with copy_from_kernel_nofault(), addresses must lie in the
 * code, the stack pointer must grow, and the walk ends at the first thing that is odd.
 */
#include <asm/hardirq.h>
#include <asm/sections.h>
#include <asm/stacktrace.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "x86.h"

#define TRACE_MAX	32
#define CFA_FROM_BP	1		/* bit 0 of cfa; offsets are multiples of 4 */
#define CFA_UNKNOWN	0xffff
#define CFA_TRAP	0xfffe
#define CROSSINGS_MAX	2		/* from interrupt to softirq to thread */

/* What holds for a piece of code. There are few different ones. */
struct unwind_rule {
	u16 cfa;		/* offset of the CFA from ESP, or from EBP with bit 0 set */
	s16 bp;			/* where EBP was saved, from the CFA; 0: not saved */
};

/*
 * The code is divided into small blocks, so that places in them are numbers of one byte. The rows
 * of block b are unwind_rows[unwind_blocks[b]] up to, without it, [unwind_blocks[b + 1]]; the
 * first of them stands for the block's first byte. The rules are in the order of how often they
 * are used: a row almost always has room for the number of its. Where it has not, it says
 * UNWIND_RARE, and the number is in the two bytes of the row behind it.
 */
struct unwind_row {
	u8 offset;		/* in the block: holds from here to the next row */
	u8 rule;
};

#define UNWIND_BLOCK	256
#define UNWIND_RARE	255

extern const struct unwind_rule unwind_rules[];
extern const struct unwind_row unwind_rows[];
extern const u32 unwind_blocks[];
extern const u32 unwind_start, unwind_nr_blocks;	/* the first block's address */

extern const char call_on_stack_end[];	/* call_on_stack.S */

struct frame {
	unsigned long ip, sp, bp;
	bool called;		/* ip is a return address: what matters is the call before it */
	unsigned char crossings;	/* how often the stack has changed */
};

static bool in_code(unsigned long ip)
{
	return ip >= (unsigned long)_stext && ip < (unsigned long)_etext;
}

static bool read_word(unsigned long addr, unsigned long *word)
{
	return !(addr & 3) && !copy_from_kernel_nofault(word, (void *)addr, sizeof(*word));
}

static const struct unwind_rule *find_rule(unsigned long ip)
{
	u32 block = (ip - unwind_start) / UNWIND_BLOCK, at, number = 0;
	const struct unwind_rule *rule;

	if (ip < unwind_start || block >= unwind_nr_blocks)
		return NULL;
	for (at = unwind_blocks[block]; at < unwind_blocks[block + 1]; at++) {
		if (unwind_rows[at].offset > (ip - unwind_start) % UNWIND_BLOCK)
			break;
		number = unwind_rows[at].rule;
		if (number == UNWIND_RARE) {
			at++;
			number = unwind_rows[at].offset + 256 * unwind_rows[at].rule;
		}
	}
	rule = &unwind_rules[number];
	return rule->cfa == CFA_UNKNOWN ? NULL : rule;
}

static bool is_trap(unsigned long return_address)
{
	const struct unwind_rule *rule = find_rule(return_address - 1);

	return rule && rule->cfa == CFA_TRAP;
}

static void frame_from_regs(struct frame *f, const struct pt_regs *regs)
{
	f->ip = regs->ip;
	f->bp = regs->bp;
	f->called = false;
}

/* entry.S pushed the frame and, as the argument, its address: so it lies right above that. */
static bool step_over_trap(struct frame *f, unsigned long argument_at)
{
	const struct pt_regs *regs = (const struct pt_regs *)(argument_at + sizeof(argument_at));
	struct pt_regs saved;

	if (copy_from_kernel_nofault(&saved, regs, offsetof(struct pt_regs, sp)))
		return false;
	frame_from_regs(f, &saved);
	f->sp = kernel_stack_pointer(regs);
	return true;
}

/* Is this the place where one stack ends, and its caller's lies elsewhere? */
static bool crosses(struct frame *f)
{
	return f->ip >= (unsigned long)call_on_stack && f->ip < (unsigned long)call_on_stack_end &&
	       f->crossings++ < CROSSINGS_MAX;
}

/* From a frame to its caller's. False: this was the last one. */
static bool step(struct frame *f)
{
	const struct unwind_rule *rule = in_code(f->ip) ? find_rule(f->ip - f->called) : NULL;
	unsigned long cfa, ip;

	if (rule)
		cfa = (rule->cfa & CFA_FROM_BP ? f->bp : f->sp) + (rule->cfa & ~CFA_FROM_BP);
	else if (!in_code(f->ip) && !f->called)
		cfa = f->sp + 4;	/* a call to a bad address: its return address is on top */
	else
		return false;
	if ((cfa <= f->sp && !crosses(f)) || !read_word(cfa - 4, &ip))
		return false;
	if (rule && rule->bp && !read_word(cfa + rule->bp, &f->bp))
		return false;
	f->sp = cfa;
	if (is_trap(ip))
		return step_over_trap(f, cfa);
	f->ip = ip;
	f->called = true;
	return in_code(ip);
}

/* From @regs outwards, the instruction itself first. Returns how many, at most @size. */
static unsigned int stack_trace_regs(const struct pt_regs *regs, unsigned long *store,
				     unsigned int size)
{
	struct frame f = { .sp = regs->sp };
	unsigned int n = 0;

	frame_from_regs(&f, regs);
	do {
		if (n == size)
			break;
		store[n++] = f.ip;
	} while (step(&f));
	return n;
}

unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	unsigned long trace[TRACE_MAX];
	struct pt_regs regs;
	unsigned int n;

	capture_regs(&regs);
	n = stack_trace_regs(&regs, trace, TRACE_MAX);
	skipnr++;				/* ourselves */
	if (n <= skipnr)
		return 0;
	n = min(n - skipnr, size);
	memcpy(store, trace + skipnr, n * sizeof(*store));
	return n;
}

struct trace_line {
	unsigned long ip;
	bool called;		/* ip is a return address: %pB names the function the call is in */
	unsigned int times;	/* more than 1 for a function that called itself that often */
};

static void show_line(const char *log_lvl, const struct trace_line *line)
{
	char times[24] = "";

	if (line->times > 1)
		scnprintf(times, sizeof(times), " (%u times)", line->times);
	if (line->called)
		printk("%s %pB%s\n", log_lvl, (void *)line->ip, times);
	else
		printk("%s %pS%s\n", log_lvl, (void *)line->ip, times);
}

/* Straight recursion is one line, so that a stack overflow still shows where it began. */
void show_trace(const struct pt_regs *regs, const char *log_lvl)
{
	struct frame f = { .sp = regs->sp };
	struct trace_line line = { regs->ip, false, 1 };
	unsigned int lines = 0;

	printk("%sCall Trace:\n", log_lvl);
	frame_from_regs(&f, regs);
	while (step(&f) && lines < TRACE_MAX) {
		if (f.ip == line.ip) {
			line.times++;
			continue;
		}
		show_line(log_lvl, &line);
		lines++;
		line = (struct trace_line){ f.ip, f.called, 1 };
	}
	if (lines < TRACE_MAX)
		show_line(log_lvl, &line);
	else
		printk("%s ... and so on\n", log_lvl);
}
