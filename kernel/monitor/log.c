// SPDX-License-Identifier: MIT
/* dmesg: the log once more. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/nmi.h>
#include <linux/printk.h>

#include "monitor.h"

static void print_line(void *arg, int level, u64 ns, const char *text)
{
	u32 nanoseconds;
	u64 seconds = div_u64_rem(ns, 1000000000, &nanoseconds);

	touch_nmi_watchdog();
	monitor_printf("[%5llu.%06u] %s\n", seconds, nanoseconds / 1000, text);
}

static int cmd_dmesg(int argc, char **argv)
{
	unsigned int lines;

	if (argc > 2 || (argc == 2 && kstrtouint(argv[1], 0, &lines)))
		return -EINVAL;
	if (argc == 2)
		kmsg_for_each_tail(lines, print_line, NULL);
	else
		kmsg_for_each(print_line, NULL);
	return 0;
}

MONITOR_COMMAND(dmesg, "[LINES]", "print the log, or its last lines", cmd_dmesg);
