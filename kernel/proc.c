// SPDX-License-Identifier: MIT
/*
 * /proc: a tree of files that are functions. There is no tree, only the list of the registered
 * files with their whole paths; a directory is what a path has before a slash. Listing one looks
 * through all paths for each name it prints, which for some dozens of files costs nothing that a
 * person would notice, and no memory.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/exit.h>
#include <quarry/proc.h>
#include <quarry/version.h>

#define PROC_NAME_SIZE	64	/* one name of a path, with its end */
#define PROC_VALUE_SIZE	256	/* what is written to a file, with its end */

/* ---- the tree ---- */

/* Two files of one path, or one whose path is another's directory: say so, once. */
static void report_conflicts(void)
{
	const struct proc_file *const *a, *const *b;
	static bool done;

	if (done)
		return;
	done = true;
	for_each_registered(proc_files, a) {
		size_t length = strlen((*a)->path);

		for_each_registered(proc_files, b) {
			if (a == b || strncmp((*a)->path, (*b)->path, length))
				continue;
			if ((*b)->path[length] == '/')
				pr_err("proc: /proc/%s is a file and a directory\n", (*a)->path);
			else if (!(*b)->path[length] && a < b)
				pr_err("proc: two files are called /proc/%s\n", (*a)->path);
		}
	}
}

/* What @path is below /proc, and how long without slashes at its end; NULL when it is elsewhere. */
static const char *below_proc(const char *path, size_t *length)
{
	static const char root[] = "/proc";

	if (*path == '/') {
		if (strncmp(path, root, strlen(root)))
			return NULL;
		path += strlen(root);
		if (*path && *path != '/')
			return NULL;
	}
	while (*path == '/')
		path++;
	*length = strlen(path);
	while (*length > 0 && path[*length - 1] == '/')
		--*length;
	return path;
}

/* Does @file lie in the directory @dir? Then, what its path is from there on. */
static const char *inside(const struct proc_file *file, const char *dir, size_t length)
{
	if (length == 0)
		return file->path;
	if (strncmp(file->path, dir, length) || file->path[length] != '/')
		return NULL;
	return file->path + length + 1;
}

/* Returns 0 and the file, or -EISDIR, -ENOTDIR (a file's name with a slash behind it), -ENOENT. */
static int find_file(const char *path, const struct proc_file **found)
{
	const struct proc_file *const *f;
	size_t length;

	report_conflicts();
	path = below_proc(path, &length);
	if (!path)
		return -ENOENT;
	if (length == 0)
		return -EISDIR;
	for_each_registered(proc_files, f) {
		if (inside(*f, path, length))
			return -EISDIR;
		if (!strncmp((*f)->path, path, length) && !(*f)->path[length]) {
			*found = *f;
			return path[length] ? -ENOTDIR : 0;
		}
	}
	return -ENOENT;
}

int proc_show(const char *path, struct seq_file *m)
{
	const struct proc_file *file;
	int error = find_file(path, &file);

	if (error)
		return error;
	return file->show ? file->show(m, NULL) : -EACCES;
}

int proc_store(const char *path, const char *value)
{
	char line[PROC_VALUE_SIZE];
	const struct proc_file *file;
	int error = find_file(path, &file);

	if (error)
		return error;
	if (!file->store)
		return -EACCES;
	if (strscpy(line, value, sizeof(line)) < 0)
		return -EINVAL;
	return file->store(strim(line));
}

/* The first part of @rest, which is a directory's name if more follows. */
static bool first_name(const char *rest, char *name)
{
	const char *slash = strchrnul(rest, '/');

	strscpy(name, rest, min((size_t)(slash - rest) + 1, (size_t)PROC_NAME_SIZE));
	return *slash == '/';
}

/* Replaces @name by the next one of the directory in the alphabet; false behind the last. */
static bool next_name(const char *dir, size_t length, char *name, bool *is_directory)
{
	const struct proc_file *const *f;
	char least[PROC_NAME_SIZE] = "", this[PROC_NAME_SIZE];

	for_each_registered(proc_files, f) {
		const char *rest = inside(*f, dir, length);
		bool directory;

		if (!rest)
			continue;
		directory = first_name(rest, this);
		if (strcmp(this, name) > 0 && (!*least || strcmp(this, least) < 0)) {
			strcpy(least, this);
			*is_directory = directory;
		}
	}
	strcpy(name, least);
	return *name;
}

int proc_list(const char *path, proc_entry_fn entry, void *arg)
{
	char name[PROC_NAME_SIZE] = "";
	const struct proc_file *file;
	bool is_directory = false;
	size_t length;
	int error = find_file(path, &file);

	if (error != -EISDIR)
		return error ? error : -ENOTDIR;
	path = below_proc(path, &length);
	while (next_name(path, length, name, &is_directory))
		entry(name, is_directory, arg);
	return 0;
}

/* ---- files that belong to no chapter ---- */

static int cmdline_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", boot_info.command_line);
	return 0;
}
PROC_FILE(cmdline, "cmdline", cmdline_show, NULL);

static int version_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", quarry_banner);
	return 0;
}
PROC_FILE(version, "version", version_show, NULL);

static void show_seconds(struct seq_file *m, u64 ns, char end)
{
	u32 centiseconds;
	u64 seconds = div_u64_rem(div_u64(ns, 10000000), 100, &centiseconds);

	seq_printf(m, "%llu.%02u%c", seconds, centiseconds, end);
}

/* Seconds since boot, and seconds in which a CPU had nothing to do, of all CPUs together. */
static int uptime_show(struct seq_file *m, void *v)
{
	u64 idle = 0;
	int cpu;

	for_each_online_cpu(cpu)
		idle += task_sched_runtime(idle_task(cpu));
	show_seconds(m, local_clock(), ' ');
	show_seconds(m, idle, '\n');
	return 0;
}
PROC_FILE(uptime, "uptime", uptime_show, NULL);

/* Levels: the consoles', that of messages without one, the consoles' least, and their default. */
static int printk_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\t%d\t%d\t%d\n", console_printk[0], console_printk[1],
		   console_printk[2], console_printk[3]);
	return 0;
}

/* One to four numbers; those that are left out stay. Nothing changes when one of them is none. */
static int printk_store(const char *value)
{
	int levels[ARRAY_SIZE(console_printk)], error;
	char line[PROC_VALUE_SIZE], *rest = line, *word;
	unsigned int count = 0;

	strscpy(line, value, sizeof(line));
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (count == ARRAY_SIZE(levels))
			return -EINVAL;
		error = kstrtoint(word, 10, &levels[count++]);
		if (error)
			return error;
	}
	if (count == 0)
		return -EINVAL;
	memcpy(console_printk, levels, count * sizeof(levels[0]));
	return 0;
}
PROC_FILE(printk, "sys/kernel/printk", printk_show, printk_store);

/* Linux's emergency brake, as far as there is something to brake: b, c and o. */
static int sysrq_store(const char *value)
{
	if (!strcmp(value, "b"))
		machine_restart();
	if (!strcmp(value, "c"))
		panic("sysrq triggered crash\n");
	if (!strcmp(value, "o"))
		machine_exit(EXIT_OK);
	return -EINVAL;
}
PROC_FILE(sysrq_trigger, "sysrq-trigger", NULL, sysrq_store);
