// SPDX-License-Identifier: MIT
/*
 * Exceptions: what each vector means, and who answers it. All of them end in a report; a fault of
 * an instruction that is allowed to (extable.c) goes on behind it, and a fault inside a test goes
 * on in the test harness (<quarry/recover.h>). Everything else is a panic.
 */
#include <asm/bug.h>
#include <asm/hardirq.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <asm/stacktrace.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <quarry/exit.h>
#include <quarry/recover.h>
#include <quarry/watchdog.h>

#include "x86.h"

static const char *const exception_names[NR_EXCEPTIONS] = {
	"divide error", "debug", "NMI", "int3", "overflow", "bounds", "invalid opcode",
	"device not available", "double fault", "coprocessor segment overrun", "invalid TSS",
	"segment not present", "stack segment", "general protection fault", "page fault",
	"reserved vector 15", "x87 FPU error", "alignment check", "machine check", "SIMD exception",
	"virtualization exception", "control protection exception",
};

static const char *exception_name(unsigned long vector)
{
	if (vector < NR_EXCEPTIONS && exception_names[vector])
		return exception_names[vector];
	return "reserved exception";
}

/* A fault while a fault is being reported: the second is told in a line, then no more is tried. */
static void report_begin(const struct pt_regs *regs)
{
	if (++current->in_report <= 1) {
		oops_enter();
		return;
	}
	pr_emerg("%s at %pS while reporting another fault\n", exception_name(regs->trapnr),
		 (void *)regs->ip);
	if (current->in_report > 2)
		machine_exit(EXIT_PANIC);
	panic("fault while reporting a fault");
}

/* After the report: on in the test harness, or no further. */
static void report_end(void)
{
	struct recovery *r = recovery_take();

	if (!r)
		panic("Fatal exception");
	current->in_report--;
	oops_exit();
	kernel_longjmp(&r->env, 1);
}

static void oops(const struct pt_regs *regs, const char *what)
{
	static unsigned int count;

	pr_emerg("%s: %04lx [#%u]\n", what, regs->orig_ax, ++count);
	show_regs(regs);
}

/* ---- BUG() ---- */

extern const struct bug_entry __start___bug_table[], __stop___bug_table[];

static const struct bug_entry *find_bug(unsigned long ip)
{
	const struct bug_entry *bug;

	for (bug = __start___bug_table; bug < __stop___bug_table; bug++)
		if (bug->ip == ip)
			return bug;
	return NULL;
}

static void handle_invalid_opcode(const struct pt_regs *regs)
{
	const struct bug_entry *bug = find_bug(regs->ip);

	if (bug) {
		pr_emerg("------------[ cut here ]------------\n");
		pr_emerg("kernel BUG at %s:%u!\n", bug->file, bug->line);
	}
	oops(regs, "invalid opcode");
}

/* ---- the others ---- */

/* The error code of a bad segment names it (Intel SDM volume 3, figure 6-7). */
static void handle_selector_error(const struct pt_regs *regs)
{
	static const char *const tables[] = { "GDT", "IDT", "LDT", "IDT" };

	if (regs->orig_ax)
		pr_emerg("%s, segment %s[%lu] (error code 0x%lx)\n", exception_name(regs->trapnr),
			 tables[(regs->orig_ax >> 1) & 3], regs->orig_ax >> 3, regs->orig_ax);
	else
		pr_emerg("%s: not about a segment (error code 0)\n", exception_name(regs->trapnr));
	oops(regs, exception_name(regs->trapnr));
}

static void handle_exception(const struct pt_regs *regs)
{
	unsigned long fault_address = read_cr2();	/* before anything else may fault */

	report_begin(regs);
	switch (regs->trapnr) {
	case TRAP_PAGE_FAULT:
		report_page_fault(regs, fault_address);
		oops(regs, "Oops");
		break;
	case TRAP_INVALID_OPCODE:
		handle_invalid_opcode(regs);
		break;
	case 10 ... TRAP_GENERAL_PROTECTION:
		handle_selector_error(regs);
		break;
	default:
		oops(regs, exception_name(regs->trapnr));
	}
	report_end();
}

/*
 * Another CPU wants this one to stand still. Otherwise it is the watchdog, or somebody sent it by hand.
 * The CPU that hangs may be another; a panic also shows where those were.
 */
static void handle_nmi(const struct pt_regs *regs)
{
	int cpu;

	inc_irq_stat(__nmi_count);
	if (nmi_holds_cpu(regs))
		return;
	cpu = hardlockup_cpu();
	if (cpu < 0)
		return;
	oops_enter();
	pr_emerg("NMI watchdog: Watchdog detected hard LOCKUP on cpu %d: "
		 "it has taken no interrupt for more than %d seconds\n", cpu, watchdog_thresh);
	show_regs(regs);
	panic("Hard LOCKUP");
}

asmlinkage void trap_dispatch(struct pt_regs *regs)
{
	struct pt_regs copy;

	if (regs->trapnr != TRAP_NMI && fixup_exception(regs))
		return;
	memcpy(&copy, regs, offsetof(struct pt_regs, sp));	/* all that is there */
	copy.sp = kernel_stack_pointer(regs);
	copy.ss = SEGMENT_DATA;
	if (regs->trapnr == TRAP_NMI)
		handle_nmi(&copy);
	else
		handle_exception(&copy);
}

/* ---- double faults: another task, the registers are in the task state that it left ---- */

static void regs_from_tss(struct pt_regs *regs, const struct tss *tss)
{
	*regs = (struct pt_regs){
		.bx = tss->bx, .cx = tss->cx, .dx = tss->dx, .si = tss->si, .di = tss->di,
		.bp = tss->bp, .ax = tss->ax, .ds = tss->ds, .es = tss->es, .fs = tss->fs,
		.gs = tss->gs, .trapnr = TRAP_DOUBLE_FAULT, .ip = tss->ip, .cs = tss->cs,
		.flags = tss->flags, .sp = tss->sp, .ss = tss->ss,
	};
}

/* Let the main task go on as if it had called kernel_longjmp(), on the harness's stack. */
static void resume_main_task_at(struct recovery *r)
{
	unsigned long *stack = (unsigned long *)r->env.sp - 8;
	struct tss *tss = this_cpu_main_tss();

	stack[0] = 0;
	stack[1] = (unsigned long)&r->env;
	stack[2] = 1;
	tss->sp = (unsigned long)stack;
	tss->ip = (unsigned long)kernel_longjmp;
	tss->flags = 2;
	tss->ds = tss->es = tss->ss = SEGMENT_DATA;
	tss->fs = SEGMENT_PERCPU;
	tss->cs = SEGMENT_CODE;
}

asmlinkage void double_fault(void)
{
	struct recovery *r;
	struct pt_regs regs;

	regs_from_tss(&regs, this_cpu_main_tss());
	report_begin(&regs);
	report_double_fault(&regs);
	oops(&regs, "double fault");
	r = recovery_take();
	if (!r)
		panic("Fatal exception in the double-fault handler");
	current->in_report--;
	oops_exit();
	set_task_stack_end_magic(current);	/* what ran off the stack's end may have taken it along */
	resume_main_task_at(r);
}
