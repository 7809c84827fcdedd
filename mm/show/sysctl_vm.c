// SPDX-License-Identifier: MIT
/*
 * The page allocator's tunables: files of /proc/sys/vm, and words of the command line. Both take
 * Linux's numbers (decimal, 0x… or 0…), both of Linux's spellings work at boot: NAME= and
 * sysctl.vm.NAME=.
 *
 * What is not a list of such numbers, or is out of range, is -EINVAL, and nothing changes. In two
 * cases Linux is more careless: it keeps the numbers in front of the bad one, and drops what
 * follows the last that it has room for.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mmzone.h>
#include <linux/oom.h>
#include <linux/string.h>
#include <quarry/monitor.h>
#include <quarry/proc.h>

#define WATERMARK_SCALE_MAX	3000	/* in 10,000ths of a zone */
#define VALUE_SIZE		256	/* no line that is written is longer */

/*
 * One to @room integers with @separators between them: how many, or -EINVAL. Blanks may come in
 * any number, but between two commas there must be something.
 */
static int parse_numbers(const char *text, const char *separators, int *numbers, int room)
{
	char line[VALUE_SIZE], *rest = line, *word;
	int count = 0;

	if (strscpy(line, text, sizeof(line)) < 0)
		return -EINVAL;
	while ((word = strsep(&rest, separators))) {
		if (!*word && *separators != ',')
			continue;
		if (count == room || *word == '+' || kstrtoint(word, 0, &numbers[count++]))
			return -EINVAL;
	}
	return count ?: -EINVAL;
}

/* One number in [least, most] into *@number. */
static int parse_number(const char *text, int least, int most, int *number)
{
	int value, count = parse_numbers(text, " \t", &value, 1);

	if (count < 0 || value < least || value > most)
		return -EINVAL;
	*number = value;
	return 0;
}

/* Those that are left out stay as they are; negative ones mean 0, no reserve. */
static int parse_ratios(const char *text, const char *separators)
{
	int ratios[MAX_NR_ZONES];
	int i, count = parse_numbers(text, separators, ratios, MAX_NR_ZONES);

	if (count < 0)
		return count;
	for (i = 0; i < count; i++)
		sysctl_lowmem_reserve_ratio[i] = max(ratios[i], 0);
	return 0;
}

/* ---- /proc/sys/vm ---- */

/* As parse_number(), and whoever wrote the file is told what it takes. */
static int store_number(const char *name, const char *text, int least, int most, int *number)
{
	int error = parse_number(text, least, most, number);

	if (error)
		monitor_printf("%s takes one number, from %d to %d\n", name, least, most);
	return error;
}

static int min_free_kbytes_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", min_free_kbytes);
	return 0;
}

static int min_free_kbytes_store(const char *value)
{
	int error = store_number("min_free_kbytes", value, 0, INT_MAX, &min_free_kbytes);

	if (error)
		return error;
	user_min_free_kbytes = min_free_kbytes;
	setup_per_zone_wmarks();
	return 0;
}
PROC_FILE(min_free_kbytes, "sys/vm/min_free_kbytes", min_free_kbytes_show, min_free_kbytes_store);

static int scale_factor_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", watermark_scale_factor);
	return 0;
}

static int scale_factor_store(const char *value)
{
	int error = store_number("watermark_scale_factor", value, 1, WATERMARK_SCALE_MAX,
				 &watermark_scale_factor);

	if (error)
		return error;
	setup_per_zone_wmarks();
	return 0;
}
PROC_FILE(watermark_scale_factor, "sys/vm/watermark_scale_factor", scale_factor_show,
	  scale_factor_store);

static int reserve_ratio_show(struct seq_file *m, void *v)
{
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		seq_printf(m, "%s%d", i ? "\t" : "", sysctl_lowmem_reserve_ratio[i]);
	seq_putc(m, '\n');
	return 0;
}

static int reserve_ratio_store(const char *value)
{
	int error = parse_ratios(value, " \t");

	if (error) {
		monitor_printf("lowmem_reserve_ratio takes one to %d numbers, up to %d\n",
			       MAX_NR_ZONES, INT_MAX);
		return error;
	}
	setup_per_zone_lowmem_reserve();
	return 0;
}
PROC_FILE(lowmem_reserve_ratio, "sys/vm/lowmem_reserve_ratio", reserve_ratio_show,
	  reserve_ratio_store);

/* The OOM killer's. */
#define OOM_FILE(_name, _least, _most) \
	static int _name##_show(struct seq_file *m, void *v) \
	{ \
		seq_printf(m, "%d\n", sysctl_##_name); \
		return 0; \
	} \
	static int _name##_store(const char *value) \
	{ \
		return store_number(#_name, value, _least, _most, &sysctl_##_name); \
	} \
	PROC_FILE(_name, "sys/vm/" #_name, _name##_show, _name##_store)

OOM_FILE(panic_on_oom, 0, 2);
OOM_FILE(oom_kill_allocating_task, INT_MIN, INT_MAX);
OOM_FILE(oom_dump_tasks, INT_MIN, INT_MAX);

/* ---- the command line: before there are zones, so the variables are all there is to set ---- */

static int __init min_free_kbytes_setup(char *value)
{
	return value ? parse_number(value, 0, INT_MAX, &user_min_free_kbytes) : -EINVAL;
}
early_param("min_free_kbytes", min_free_kbytes_setup);

static int __init scale_factor_setup(char *value)
{
	return value ? parse_number(value, 1, WATERMARK_SCALE_MAX, &watermark_scale_factor) :
		       -EINVAL;
}
early_param("watermark_scale_factor", scale_factor_setup);

static int __init reserve_ratio_setup(char *value)
{
	if (!value)
		return -EINVAL;
	return parse_ratios(value, strchr(value, ',') ? "," : " \t");
}
early_param("lowmem_reserve_ratio", reserve_ratio_setup);

/* The second spelling: a name more for the same function. */
#define sysctl_param(_name, fn) \
	static const struct boot_param sysctl_##fn = { \
		.name = "sysctl.vm." _name, .setup = fn, \
	}; \
	REGISTER(boot_params, sysctl_##fn)

sysctl_param("min_free_kbytes", min_free_kbytes_setup);
sysctl_param("watermark_scale_factor", scale_factor_setup);
sysctl_param("lowmem_reserve_ratio", reserve_ratio_setup);
