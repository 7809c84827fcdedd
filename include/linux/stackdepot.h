/* SPDX-License-Identifier: MIT */
/*
 * The stack depot: backtraces, each kept once, under a number that fits into 16 bits. Checkers
 * that note who did something for every page (or object) store the number.
 *
 * Nothing is ever taken out again, and the storage is fixed. When it is full, new backtraces get
 * the handle 0, which stands for "not known", and are counted. Any context but NMI.
 */
#ifndef _LINUX_STACKDEPOT_H
#define _LINUX_STACKDEPOT_H

#include <linux/compiler.h>
#include <linux/types.h>

typedef u32 depot_stack_handle_t;

/* Longer backtraces are cut here: the callers that matter are the nearest. */
#define STACK_DEPOT_MAX_ENTRIES	32

/* Boot, with memblock: give the depot its storage, once. 0, or -ENOMEM. */
int stack_depot_init(void);

/* The handle of this backtrace; 0 when it is empty, or new and the depot is full. @gfp_flags: none. */
depot_stack_handle_t stack_depot_save(unsigned long *entries, unsigned int nr_entries,
				      gfp_t gfp_flags);

/* The backtrace behind @handle, in the depot's storage. Returns its length; 0 for no such one. */
unsigned int stack_depot_fetch(depot_stack_handle_t handle, unsigned long **entries);

/* Into the log, a line each; into @buf of @size bytes, each line after @spaces blanks. */
void stack_depot_print(depot_stack_handle_t handle);
int stack_depot_snprint(depot_stack_handle_t handle, char *buf, size_t size, int spaces);

/* ---- Quarry's own ---- */

/* Go through all of them, in the order in which they came: from 0 to 0. */
depot_stack_handle_t stack_depot_next(depot_stack_handle_t handle);

/* A number beside each backtrace, to count with. NULL for no such one. */
u32 *stack_depot_count(depot_stack_handle_t handle);

/*
 * The depot itself, so that a test can put one of its own in this one's place for a while.
 *
 *	0 < used <= size
 *	a record begins at every handle h: those from handle 1 up to "used" lie close together
 *	each record is in the bucket of its hash, exactly once
 */
struct stack_depot {
	void *records;		/* NULL: no storage; every save fails */
	u16 *buckets;		/* handles: the heads of the chains */
	u32 nr_buckets;		/* a power of 2 */
	u32 size, used;		/* in units of 16 bytes */
	u32 nr_stacks;
	u32 nr_lost;		/* saves that found it full */
};

extern struct stack_depot stack_depot;

/* An empty depot in @size bytes at @storage, 1 KiB at least and aligned to 16, all of them 0. */
void stack_depot_use(void *storage, size_t size);

#endif /* _LINUX_STACKDEPOT_H */
