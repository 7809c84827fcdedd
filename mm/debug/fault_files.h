/* SPDX-License-Identifier: MIT */
/*
 * What a fault attribute shows under /proc, in a directory of its own; in Linux, in debugfs.
 * Whoever uses these has a function
 *
 *	static void watch_if_wanted(void);
 *
 * which attaches or detaches its observer: it is called after each change.
 */
#ifndef _MM_DEBUG_FAULT_FILES_H
#define _MM_DEBUG_FAULT_FILES_H

#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <quarry/proc.h>

/* A file that shows and sets one number; @parse is the kstrto function of @type. */
#define FAULT_FILE(dir, id, file, type, parse, fmt, get, set) \
static int dir##_##id##_show(struct seq_file *m, void *v) \
{ \
	seq_printf(m, fmt "\n", get); \
	return 0; \
} \
static int dir##_##id##_store(const char *text) \
{ \
	type value; \
	int error = parse(text, 0, &value); \
	\
	if (!error) { \
		set; \
		watch_if_wanted(); \
	} \
	return error; \
} \
PROC_FILE(dir##_##id, #dir "/" file, dir##_##id##_show, dir##_##id##_store)

#define FAULT_FILE_UL(dir, id, file, where) \
	FAULT_FILE(dir, id, file, unsigned long, kstrtoul, "%lu", where, where = value)
#define FAULT_FILE_ATOMIC(dir, id, file, where) \
	FAULT_FILE(dir, id, file, int, kstrtoint, "%d", atomic_read(&(where)), \
		   atomic_set(&(where), value))
#define fault_parse_bool(text, base, value) kstrtobool(text, value)
#define FAULT_FILE_BOOL(dir, id, file, where) \
	FAULT_FILE(dir, id, file, bool, fault_parse_bool, "%c", where ? 'Y' : 'N', where = value)

/* Those that each attribute has. */
#define FAULT_ATTR_FILES(dir, attr) \
	FAULT_FILE_UL(dir, probability, "probability", (attr).probability); \
	FAULT_FILE_UL(dir, interval, "interval", (attr).interval); \
	FAULT_FILE_ATOMIC(dir, times, "times", (attr).times); \
	FAULT_FILE_ATOMIC(dir, space, "space", (attr).space); \
	FAULT_FILE_UL(dir, verbose, "verbose", (attr).verbose); \
	FAULT_FILE(dir, seed, "seed", u64, kstrtou64, "%llu", (attr).seed, \
		   fault_attr_seed(&(attr), value))

#endif /* _MM_DEBUG_FAULT_FILES_H */
