// SPDX-License-Identifier: MIT
/*
 * Fault reports: what was accessed, by which instruction, what is there, and how the code came to
 * do it. The form is Linux's; the lines that begin "The address" are for people who read a page
 * fault for the first time.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/stacktrace.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <quarry/memory_layout.h>

#include "x86.h"

/* A page fault's error code (Intel SDM volume 3, section 4.7). */
#define PF_PROTECTION	0x01	/* the page is present, the access was forbidden */
#define PF_WRITE	0x02
#define PF_USER		0x04
#define PF_RESERVED	0x08	/* an entry has a bit set that must not be */
#define PF_FETCH	0x10

#define CODE_BEFORE	20
#define CODE_BYTES	48
#define PLACE_SIZE	256	/* describe_place()'s words, with the name of who allocated it */

static void show_code(unsigned long ip)
{
	unsigned int i;
	u8 byte;

	printk(KERN_EMERG "Code:");
	for (i = 0; i < CODE_BYTES; i++) {
		unsigned long addr = ip - CODE_BEFORE + i;

		if (copy_from_kernel_nofault(&byte, (void *)addr, 1))
			pr_cont(" ??");
		else if (addr == ip)
			pr_cont(" <%02x>", byte);
		else
			pr_cont(" %02x", byte);
	}
	pr_cont("\n");
}

void show_regs(const struct pt_regs *regs)
{
	unsigned long cr2 = read_cr2();		/* show_code() may fault, and change it */

	dump_stack_print_info(KERN_EMERG);
	pr_emerg("EIP: %pS\n", (void *)regs->ip);
	show_code(regs->ip);
	pr_emerg("EAX: %08lx EBX: %08lx ECX: %08lx EDX: %08lx\n",
		 regs->ax, regs->bx, regs->cx, regs->dx);
	pr_emerg("ESI: %08lx EDI: %08lx EBP: %08lx ESP: %08lx\n",
		 regs->si, regs->di, regs->bp, regs->sp);
	pr_emerg("DS: %04lx ES: %04lx FS: %04lx GS: %04lx SS: %04lx EFLAGS: %08lx\n",
		 regs->ds & 0xffff, regs->es & 0xffff, regs->fs & 0xffff, regs->gs & 0xffff,
		 regs->ss & 0xffff, regs->flags);
	pr_emerg("CR0: %08lx CR2: %08lx CR3: %08lx CR4: %08lx\n", read_cr0(), cr2, read_cr3(),
		 read_cr4());
	show_trace(regs, KERN_EMERG);
}

/* ---- page faults ---- */

/* Without NX the error code does not tell a fetch; but then the address is the instruction's. */
static const char *access_kind(unsigned long error, bool at_instruction)
{
	if (error & PF_FETCH || at_instruction)
		return "instruction fetch";
	return error & PF_WRITE ? "write access" : "read access";
}

static const char *refusal(unsigned long error)
{
	if (error & PF_RESERVED)
		return "reserved bit violation";
	return error & PF_PROTECTION ? "permissions violation" : "not-present page";
}

static void show_walk(unsigned long addr)
{
	static const char *const names[] = { "*pdpt", "*pde", "*pte" };
	struct page_walk walk;
	unsigned int i;

	walk_page_tables(addr, &walk);
	pr_emerg("");
	for (i = 0; i < walk.levels; i++)
		pr_cont("%s = %016llx ", names[i], walk.entry[i]);
	pr_cont("\n");
	if (walk.present)
		pr_emerg("The address is mapped: to physical 0x%llx, %s, %s\n", walk.phys,
			 walk.writable ? "writable" : "read-only",
			 walk.executable ? "executable" : "not executable");
	else
		pr_emerg("The address is not mapped\n");
}

static void show_place(unsigned long addr)
{
	char where[PLACE_SIZE];

	pr_emerg("The address lies in %s\n", describe_address(addr, where, sizeof(where)));
}

void report_page_fault(const struct pt_regs *regs, unsigned long addr)
{
	unsigned long error = regs->orig_ax;

	if (addr < PAGE_SIZE)
		pr_emerg("BUG: kernel NULL pointer dereference, address: %08lx\n", addr);
	else
		pr_emerg("BUG: unable to handle page fault for address: %08lx\n", addr);
	pr_emerg("#PF: supervisor %s in kernel mode\n", access_kind(error, addr == regs->ip));
	pr_emerg("#PF: error_code(0x%04lx) - %s\n", error, refusal(error));
	show_walk(addr);
	show_place(addr);
	pr_emerg("The instruction is at %pS\n", (void *)regs->ip);
}

/* ---- double faults ---- */

/* A stack that is part of the image has a guard page of its own. */
static bool report_static_stack(unsigned long sp)
{
	const struct guard_page *guard = guard_page_find(sp - 4);

	if (!guard || !guard->is_stack)
		return false;
	pr_emerg("BUG: stack guard page was hit: %s overflowed "
		 "(ESP %08lx is in its guard page at %08lx)\n", guard->owner, sp, guard->addr);
	return true;
}

/* The stack of the thread that this CPU runs: the page below it is not mapped. */
static bool report_thread_stack(unsigned long sp)
{
	unsigned long stack = (unsigned long)current->stack;

	if (!stack || sp - 4 >= stack || sp - 4 < stack - PAGE_SIZE)
		return false;
	pr_emerg("BUG: stack guard page was hit: the stack of %s/%d overflowed "
		 "(ESP %08lx is below its %u bytes at %08lx)\n", current->comm, current->pid, sp,
		 current->stack_size, stack);
	return true;
}

/* Another stack in the window: it begins with a mapped page, and the one below is not mapped. */
static bool report_window_stack(unsigned long sp)
{
	unsigned long guard = (sp - 4) & PAGE_MASK, stack = guard + PAGE_SIZE;
	char where[PLACE_SIZE];
	struct page_walk walk;

	if (stack < WINDOW_START || walk_page_tables(guard, &walk) ||
	    !walk_page_tables(stack, &walk))
		return false;
	pr_emerg("BUG: stack guard page was hit: ESP %08lx is at the end of a stack, in %s\n", sp,
		 describe_address(guard, where, sizeof(where)));
	pr_emerg("The page above it lies in %s\n", describe_address(stack, where, sizeof(where)));
	return true;
}

/* A stack has grown too far when ESP is in a guard page, or one push above it. */
void report_double_fault(const struct pt_regs *regs)
{
	if (report_static_stack(regs->sp) || report_thread_stack(regs->sp) ||
	    report_window_stack(regs->sp))
		return;
	pr_emerg("double fault: an exception could not be delivered (CR2 %08lx, ESP %08lx)\n",
		 read_cr2(), regs->sp);
	show_place(read_cr2());
}
