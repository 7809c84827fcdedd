// SPDX-License-Identifier: MIT
/* Which lines of the log the consoles show: the words for it on the command line. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>

static int __init loglevel_setup(char *value)
{
	int level;

	if (!value || kstrtoint(value, 0, &level))
		return -EINVAL;
	console_loglevel = clamp(level, minimum_console_loglevel, 8);
	return 0;
}
early_param("loglevel", loglevel_setup);

static int __init quiet_setup(char *value)
{
	console_loglevel = LOGLEVEL_WARNING;
	return 0;
}
early_param("quiet", quiet_setup);

static int __init debug_setup(char *value)
{
	console_loglevel = LOGLEVEL_DEBUG + 1;
	return 0;
}
early_param("debug", debug_setup);
