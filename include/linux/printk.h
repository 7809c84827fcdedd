/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <stdarg.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kern_levels.h>
#include <linux/types.h>

/*
 * Format a line, keep it in the log and show it on the consoles when its level is below
 * console_loglevel. May be called anywhere: before paging, with interrupts off, in an exception
 * handler, from inside printk itself. Never allocates, never waits for anything but the UART.
 * Returns the number of characters.
 */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args) __printf(1, 0);
#define _printk printk

/*
 * Between the two, no other CPU prints a line: for reports of several lines. They nest. Interrupts are
 * off in between, and on, if they were, while another CPU is waited for. Any context.
 */
#define printk_cpu_sync_get_irqsave(flags) \
	for (;;) { \
		local_irq_save(flags); \
		if (__printk_cpu_sync_try_get()) \
			break; \
		local_irq_restore(flags); \
		__printk_cpu_sync_wait(); \
	}
#define printk_cpu_sync_put_irqrestore(flags) \
	do { __printk_cpu_sync_put(); local_irq_restore(flags); } while (0)
bool __printk_cpu_sync_try_get(void);
void __printk_cpu_sync_wait(void);
void __printk_cpu_sync_put(void);
void printk_cpu_sync_abandon(void);
void printk_cpu_sync_take_over(void);

/*
 * For the survival of a fault: this CPU is not between the two any more, and printk calls that it
 * happened in will not come to their end. For a panic: the same of the CPU that is, which has been
 * stopped, and this one is instead.
 */
void printk_abandon(void);
void printk_take_over(void);

extern int console_printk[4];
#define console_loglevel		(console_printk[0])
#define default_message_loglevel	(console_printk[1])
#define minimum_console_loglevel	(console_printk[2])
#define default_console_loglevel	(console_printk[3])

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_emerg(fmt, ...)	printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...)	printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...)	printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)	printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)	printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...)	printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)	printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)	printk(KERN_CONT fmt, ##__VA_ARGS__)
#ifdef DEBUG
#define pr_debug(fmt, ...)	printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#else
#define pr_debug(fmt, ...)	no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#endif
#define pr_devel pr_debug

/* Checked by the compiler, never printed. */
#define no_printk(fmt, ...)	({ if (0) printk(fmt, ##__VA_ARGS__); 0; })

#define printk_once(fmt, ...) \
({ \
	static bool __printed; \
	if (!__printed) { \
		__printed = true; \
		printk(fmt, ##__VA_ARGS__); \
	} \
})
#define pr_warn_once(fmt, ...)	printk_once(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_once(fmt, ...)	printk_once(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_once(fmt, ...)	printk_once(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice_once(fmt, ...) printk_once(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)

/* %pV: a format with its arguments, inside another. */
struct va_format {
	const char *fmt;
	va_list *va;
};

/* "CPU: 0 PID: 1 Comm: kernel_init …": which CPU and thread this is. */
void dump_stack_print_info(const char *log_lvl);
void dump_stack(void) __cold;
void dump_stack_lvl(const char *log_lvl) __cold;

/*
 * The log, oldest line first: calls @fn for each, with its level, its time in nanoseconds and
 * its text (terminated, no newline, valid during the call). kmsg_for_each_tail(): the last @lines.
 */
typedef void (*kmsg_line_fn)(void *arg, int level, u64 ns, const char *text);
void kmsg_for_each(kmsg_line_fn fn, void *arg);
void kmsg_for_each_tail(unsigned int lines, kmsg_line_fn fn, void *arg);

#endif /* _LINUX_PRINTK_H */
