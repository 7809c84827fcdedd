// SPDX-License-Identifier: MIT
/*
 * When something must not be: WARN() says so and goes on, BUG() and panic() say so and stop.
 * A panic stops all other CPUs, prints its reason, the registers, the backtrace with names, where each
 * of the others was, and the last lines of the log (`quiet` may have kept them from the console), and
 * leaves QEMU with status 37. Reports of several CPUs come one after the other: each holds
 * printk's lock from its first line to its last.
 */
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/stacktrace.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/console.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <quarry/exit.h>
#include <quarry/log_tap.h>

#define TAIL_LINES	8
#define TAIL_WIDTH	100

/* What the log ended with when the panic began: its own report would fill it otherwise. */
static char tail[TAIL_LINES][TAIL_WIDTH];
static unsigned int tail_lines;

static void keep_line(void *arg, int level, u64 ns, const char *text)
{
	strscpy(tail[tail_lines++], text, TAIL_WIDTH);
}

static void show_log_tail(void)
{
	unsigned int i;

	pr_emerg("The log before this:\n");
	for (i = 0; i < tail_lines; i++)
		pr_emerg("  | %s\n", tail[i]);
}

/*
 * A fault inside panic() ends here again: say little, and leave. Of several CPUs the first one reports;
 * the others wait until it stops them.
 */
static void claim_panic(const char *why)
{
	static const char again[] = "\npanic: a second panic while reporting the first: ";
	static atomic_t panic_cpu = ATOMIC_INIT(-1);
	int cpu = raw_smp_processor_id(), first = atomic_cmpxchg(&panic_cpu, -1, cpu);

	if (first == -1)
		return;
	if (first != cpu)
		cpu_stop();
	console_write(again, sizeof(again) - 1);
	console_write(why, strlen(why));
	console_write("\n", 1);
	machine_exit(EXIT_PANIC);
}

/*
 * A fault is about to be reported. Whatever `quiet` said, the report is shown; what the log ended
 * with is kept for a panic that may follow.
 */
static bool in_oops;
static int oops_cpu, loglevel_before;

void oops_enter(void)
{
	while (!__printk_cpu_sync_try_get())	/* interrupts are off, and stay so */
		__printk_cpu_sync_wait();
	if (in_oops)
		return;
	in_oops = true;
	oops_cpu = raw_smp_processor_id();
	loglevel_before = console_loglevel;
	console_loglevel = max(console_loglevel, LOGLEVEL_DEBUG);
	tail_lines = 0;
	kmsg_for_each_tail(TAIL_LINES, keep_line, NULL);
}

/* The fault was survived. */
void oops_exit(void)
{
	in_oops = false;
	console_loglevel = loglevel_before;
	printk_abandon();
}

void panic(const char *fmt, ...)
{
	static char reason[512];
	bool reported;			/* the registers that matter have been shown */
	struct pt_regs regs;
	va_list args;
	int len;

	capture_regs(&regs);
	local_irq_disable();
	claim_panic(fmt);
	smp_send_stop();
	printk_take_over();
	reported = in_oops && oops_cpu == raw_smp_processor_id();
	oops_enter();
	console_tell();

	va_start(args, fmt);
	len = vscnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	if (len && reason[len - 1] == '\n')
		reason[len - 1] = '\0';

	pr_emerg("Kernel panic - not syncing: %s\n", reason);
	if (!reported)
		show_regs(&regs);
	show_stopped_cpus();
	show_log_tail();
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", reason);
	machine_exit(EXIT_PANIC);
}

void dump_stack_lvl(const char *log_lvl)
{
	struct pt_regs regs;
	unsigned long flags;

	capture_regs(&regs);
	printk_cpu_sync_get_irqsave(flags);
	dump_stack_print_info(log_lvl);
	show_trace(&regs, log_lvl);
	printk_cpu_sync_put_irqrestore(flags);
}

void dump_stack(void)
{
	dump_stack_lvl(KERN_DEFAULT);
}

/* ---- warnings ---- */

static void show_warning(const char *file, int line, const void *caller, const struct pt_regs *regs,
			 struct va_format *message)
{
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: CPU: %d PID: %d at %s:%d %pS\n", raw_smp_processor_id(), current->pid,
		file, line, caller);
	if (message)
		vprintk(message->fmt, *message->va);
	dump_stack_print_info(KERN_WARNING);
	show_trace(regs, KERN_WARNING);
	pr_warn("---[ end trace 0000000000000000 ]---\n");
	printk_cpu_sync_put_irqrestore(flags);
}

void __warn_plain(const char *file, int line)
{
	struct pt_regs regs;

	capture_regs(&regs);
	show_warning(file, line, __builtin_return_address(0), &regs, NULL);
}

void __warn_printf(const char *file, int line, const char *fmt, ...)
{
	struct pt_regs regs;
	va_list args;

	capture_regs(&regs);
	va_start(args, fmt);
	show_warning(file, line, __builtin_return_address(0), &regs,
		     &(struct va_format){ fmt, &args });
	va_end(args);
}
