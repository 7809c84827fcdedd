// SPDX-License-Identifier: MIT
/*
 * /proc/kmemleak, in Linux's words (where it is a file of debugfs), and `leaks`.
 *
 *	unreferenced object 0xc1403a40 (size 64):
 *	  comm "swapper", pid 0, jiffies 1204 (age 3.180s)
 *	  hex dump (first 32 bytes):
 *	    6f 6e 65 20 66 6f 72 20 74 68 65 20 72 6f 61 64  one for the road
 *	    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
 *	  backtrace:
 *	    [<c0123456>] careless+0x12/0x40
 *
 * Reading shows what the last scan has found and nobody has freed since. Writing "scan" looks anew;
 * "clear" makes grey what was found, so that later scans show only what is new; "dump=ADDRESS" tells
 * the log of one object; "off" ends the notes of kmemleak=on. Without these, the second line is
 * not there, and only areas have a backtrace, of one line.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/nmi.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <quarry/monitor.h>
#include <quarry/proc.h>

#include "kmemleak.h"

#define ROW		16
#define DUMPED_MAX	(2 * ROW)

static void show_row(struct seq_file *m, const u8 *bytes, unsigned int count)
{
	unsigned int i;

	seq_puts(m, "    ");
	for (i = 0; i < ROW; i++)
		if (i < count)
			seq_printf(m, "%02x ", bytes[i]);
		else
			seq_puts(m, "   ");
	seq_putc(m, ' ');
	for (i = 0; i < count; i++)
		seq_putc(m, isascii(bytes[i]) && isprint(bytes[i]) ? bytes[i] : '.');
	seq_putc(m, '\n');
}

static void show_bytes(struct seq_file *m, const struct kmemleak_leak *leak)
{
	size_t size = min_t(size_t, leak->size, DUMPED_MAX);
	u8 bytes[DUMPED_MAX];

	seq_printf(m, "  hex dump (first %zu bytes):\n", size);
	if (copy_from_kernel_nofault(bytes, (void *)leak->addr, size))
		return;
	for (size_t i = 0; i < size; i += ROW)
		show_row(m, bytes + i, min_t(size_t, size - i, ROW));
}

static void show_time(struct seq_file *m, const struct kmemleak_trace *trace)
{
	u32 age = (u32)div_u64(local_clock(), 1000000) - trace->when;

	seq_printf(m, "  comm \"%s\", pid %d, jiffies %u (age %u.%03us)\n",
		   trace->pid == current->pid ? current->comm : "?", trace->pid, trace->when,
		   age / 1000, age % 1000);
}

static void show_frame(struct seq_file *m, unsigned long addr)
{
	seq_printf(m, "    [<%08lx>] %pS\n", addr, (void *)addr);
}

static void show_backtrace(struct seq_file *m, const struct kmemleak_leak *leak,
			   const struct kmemleak_trace *trace)
{
	unsigned int n = 0;
	unsigned long *entries;
	const struct vm_struct *area = NULL;

	if (trace)
		n = stack_depot_fetch(trace->stack, &entries);
	else if (is_vmalloc_addr((void *)leak->addr))
		area = find_vm_area((void *)leak->addr);
	seq_puts(m, "  backtrace:\n");
	for (unsigned int i = 0; i < n; i++)
		show_frame(m, entries[i]);
	if (area && area->caller)
		show_frame(m, (unsigned long)area->caller);
}

static void show_leak(struct seq_file *m, const struct kmemleak_leak *leak)
{
	struct kmemleak_trace noted, *trace = kmemleak_trace_of(leak->addr, &noted) ? &noted : NULL;

	touch_nmi_watchdog();
	seq_printf(m, "unreferenced object 0x%08lx (size %zu):\n", leak->addr, leak->size);
	if (trace)
		show_time(m, trace);
	show_bytes(m, leak);
	show_backtrace(m, leak, trace);
}

static int kmemleak_show(struct seq_file *m, void *v)
{
	struct kmemleak_leak leak;

	for (unsigned int n = 0; kmemleak_found(n, &leak); n++)
		show_leak(m, &leak);
	return 0;
}

/* ---- writing ---- */

static int clear(void)
{
	struct kmemleak_leak leak;

	for (unsigned int n = 0; kmemleak_found(n, &leak); n++)
		kmemleak_not_leak((void *)leak.addr);
	kmemleak_own.nr_leaks = 0;
	return 0;
}

static int dump(const char *number)
{
	struct kmemleak_trace trace;
	unsigned long addr;
	size_t size;

	if (kstrtoul(number, 0, &addr))
		return -EINVAL;
	size = kmemleak_object_size(addr);
	if (!size) {
		pr_notice("kmemleak: Unknown object at 0x%08lx\n", addr);
		return -EINVAL;
	}
	pr_notice("kmemleak: Object 0x%08lx (size %zu):\n", addr, size);
	if (kmemleak_trace_of(addr, &trace))
		stack_depot_print(trace.stack);
	return 0;
}

static int scan(void)
{
	long found = kmemleak_scan();

	if (found > 0)
		pr_info("kmemleak: %ld unreferenced objects, %lu bytes (see /proc/kmemleak)\n",
			found, kmemleak_own.bytes_found);
	return min(found, 0L);
}

static int kmemleak_store(const char *value)
{
	if (!strcmp(value, "scan"))
		return scan();
	if (!strcmp(value, "clear"))
		return clear();
	if (!strncmp(value, "dump=", 5))
		return dump(value + 5);
	if (strcmp(value, "off"))
		return -EINVAL;
	kmemleak_use(NULL, 0);
	return 0;
}
PROC_FILE(kmemleak, "kmemleak", kmemleak_show, kmemleak_store);

/* ---- leaks ---- */

static void to_monitor(struct seq_file *m, const char *s, size_t count)
{
	monitor_printf("%.*s", (int)count, s);
}

static void say_what_is_missing(void)
{
	if (kmemleak_own.nr_found > kmemleak_own.nr_leaks)
		monitor_printf("and %lu more\n", kmemleak_own.nr_found - kmemleak_own.nr_leaks);
	if (!kmemleak_traces())
		monitor_printf("Boot with kmemleak=on to see who allocated them.\n");
	else if (kmemleak_traces_lost())
		monitor_printf("There was no room to note who allocated %lu objects.\n",
			       kmemleak_traces_lost());
}

static int cmd_leaks(int argc, char **argv)
{
	struct seq_file out = { .sink = to_monitor };
	long found;

	if (argc > 1)
		return -EINVAL;
	found = kmemleak_scan();
	if (found < 0) {
		monitor_printf("leaks: there are no pages to take notes on\n");
		return found;
	}
	kmemleak_show(&out, NULL);
	monitor_printf("%ld unreferenced objects, %lu bytes\n", found, kmemleak_own.bytes_found);
	if (found)
		say_what_is_missing();
	return 0;
}
MONITOR_COMMAND(leaks, "", "look for memory to which nothing leads any more", cmd_leaks);
