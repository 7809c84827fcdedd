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
#include <quarry/exit.h>

#define TAIL_LINES 12

static void tail_line(void *arg, int level, u64 ns, const char *text)
{
	char buf[256];

	console_write(buf, scnprintf(buf, sizeof(buf), "  <%d> %s\n", level, text));
}

static void show_log_tail(void)
{
	static const char title[] = "Last lines of the log:\n";

	console_write(title, sizeof(title) - 1);
	kmsg_for_each_tail(TAIL_LINES, tail_line, NULL);
}

/* A fault inside panic() ends here again: say little, and leave. */
static void leave_if_panicking(void)
{
	static bool panicking;
	static const char again[] = "\npanic: a second panic while reporting the first\n";

	if (panicking) {
		console_write(again, sizeof(again) - 1);
		machine_exit(EXIT_PANIC);
	}
	panicking = true;
}

void panic(const char *fmt, ...)
{
	static char reason[512];
	struct pt_regs regs;
	va_list args;

	capture_regs(&regs);
	local_irq_disable();
	leave_if_panicking();
	if (console_loglevel < LOGLEVEL_DEBUG)
		console_loglevel = LOGLEVEL_DEBUG;	/* whatever `quiet` said */

	va_start(args, fmt);
	vscnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);

	pr_emerg("Kernel panic - not syncing: %s\n", reason);
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
