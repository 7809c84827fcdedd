// SPDX-License-Identifier: MIT
/*
 * When something must not be: WARN() says so and goes on, BUG() and panic() say so and stop.
 * A panic prints its reason, the registers, the backtrace with names, and the last lines of the
 * log (`quiet` may have kept them from the console), and leaves QEMU with status 37.
 */
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/stacktrace.h>
#include <linux/bug.h>
#include <linux/console.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
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

/* A fault inside panic() ends here again: say little, and leave. */
static void leave_if_panicking(const char *why)
{
	static bool panicking;
	static const char again[] = "\npanic: a second panic while reporting the first: ";

	if (panicking) {
		console_write(again, sizeof(again) - 1);
		console_write(why, strlen(why));
		console_write("\n", 1);
		machine_exit(EXIT_PANIC);
	}
	panicking = true;
}

/*
 * A fault is about to be reported. Whatever `quiet` said, the report is shown; what the log ended
 * with is kept for a panic that may follow.
 */
static bool in_oops;
static int loglevel_before;

void oops_enter(void)
{
	if (in_oops)
		return;
	in_oops = true;
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
	bool reported = in_oops;	/* the registers that matter have been shown */
	struct pt_regs regs;
	va_list args;
	int len;

	capture_regs(&regs);
	local_irq_disable();
	leave_if_panicking(fmt);
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
	show_log_tail();
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", reason);
	machine_exit(EXIT_PANIC);
}

void dump_stack_lvl(const char *log_lvl)
{
	struct pt_regs regs;

	capture_regs(&regs);
	show_trace(&regs, log_lvl);
}

void dump_stack(void)
{
	dump_stack_lvl(KERN_DEFAULT);
}

static void warn_begin(const char *file, int line, const void *caller)
{
	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: CPU: 0 PID: 0 at %s:%d %pS\n", file, line, caller);
}

static void warn_end(const struct pt_regs *regs)
{
	show_trace(regs, KERN_WARNING);
	pr_warn("---[ end trace 0000000000000000 ]---\n");
}

void __warn_plain(const char *file, int line)
{
	struct pt_regs regs;

	capture_regs(&regs);
	warn_begin(file, line, __builtin_return_address(0));
	warn_end(&regs);
}

void __warn_printf(const char *file, int line, const char *fmt, ...)
{
	struct pt_regs regs;
	va_list args;

	capture_regs(&regs);
	warn_begin(file, line, __builtin_return_address(0));
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	warn_end(&regs);
}
