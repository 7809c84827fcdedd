/* SPDX-License-Identifier: MIT */
/*
 * Files under /proc: `cat` and `echo VALUE >` in the monitor read and write them. A file is a
 * struct in a registry.
 *
 *	PROC_FILE(iomem, "iomem", iomem_show, NULL);
 *	PROC_FILE(vm_min_free_kbytes, "sys/vm/min_free_kbytes", show, store);
 */
#ifndef _QUARRY_PROC_H
#define _QUARRY_PROC_H

#include <linux/seq_file.h>
#include <quarry/registry.h>

struct proc_file {
	const char *path;	/* below /proc, no leading slash */

	/* Both return 0 or a negative errno. show is NULL: write-only; store is NULL: read-only. */
	int (*show)(struct seq_file *m, void *v);
	int (*store)(const char *value);	/* a trimmed, terminated line */
};

REGISTRY(proc_files, const struct proc_file);

#define PROC_FILE(id, _path, _show, _store) \
	static const struct proc_file proc_file_##id = { \
		.path = _path, .show = _show, .store = _store, \
	}; \
	REGISTER(proc_files, proc_file_##id)

/*
 * Paths are below /proc: "/proc/sys/kernel/printk" and "sys/kernel/printk" are the same file.
 * Errors: -ENOENT, no such file; -EISDIR, it is a directory; -EACCES, it cannot be read (written);
 * others come from the file's own function.
 */

/* Write the text of a file to @m. */
int proc_show(const char *path, struct seq_file *m);

/* Write @value, less the blanks around it. -EINVAL also when it is longer than a line. */
int proc_store(const char *path, const char *value);

/*
 * Call @entry for each name in a directory, in alphabetical order. For a file: -ENOTDIR.
 * @name is valid during the call.
 */
typedef void (*proc_entry_fn)(const char *name, bool is_directory, void *arg);
int proc_list(const char *path, proc_entry_fn entry, void *arg);

#endif /* _QUARRY_PROC_H */
