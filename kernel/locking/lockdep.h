/* SPDX-License-Identifier: MIT */
/* Between lockdep.c, which finds what is wrong, and lockdep_report.c, which tells it. */
#ifndef _CORE_LOCKDEP_H
#define _CORE_LOCKDEP_H

#include <linux/lockdep.h>
#include <linux/sched.h>

#define MAX_CLASSES	192
#define MAX_EDGES	1024
#define TRACE_LENGTH	5

/* How a class was used: for interrupts, then for softirqs; each alone (W) and with others (R). */
enum {
	IN_HARDIRQ, IN_HARDIRQ_READ,		/* taken in an interrupt */
	HARDIRQ_ON, HARDIRQ_ON_READ,		/* taken while interrupts are on */
	IN_SOFTIRQ, IN_SOFTIRQ_READ,
	SOFTIRQ_ON, SOFTIRQ_ON_READ,
	NR_USAGES,
};
#define USAGES_OF_SOFTIRQ	IN_SOFTIRQ	/* from here on */

struct lock_class {
	const void *key;			/* NULL: not used yet */
	const char *name;
	u16 subclass;
	u16 next;				/* of its hash chain; 0 ends it */
	u8 usage;				/* bits of the above */
	unsigned long ip[NR_USAGES];		/* where each was first seen */
};

/* A lock of class @from was held when one of class @to was taken. */
struct lock_edge {
	u16 from, to;
	unsigned long trace[TRACE_LENGTH];
};

/* The way from one class to another, along edges. */
struct lock_path {
	unsigned int length;
	u16 class[8];				/* first … last; longer ones are cut */
};

/* ---- lockdep_graph.c ---- */

extern struct lock_class lock_classes[MAX_CLASSES];
extern unsigned long lock_after[MAX_CLASSES][BITS_TO_LONGS(MAX_CLASSES)];

/*
 * The place where the lock was initialised. One that was so in the image is its own key; the name of
 * another initializer is a string of that place. NULL: neither.
 */
const void *lockdep_key(const struct lockdep_map *map);

/* 0: there is none, or no room for it. */
unsigned int lockdep_find_class(const void *key, unsigned int subclass);
unsigned int lockdep_add_class(const struct lockdep_map *map, const void *key, unsigned int subclass);

/* Note the order, with the backtrace from @ip on. False: no room. */
bool lockdep_add_edge(unsigned int from, unsigned int to, unsigned long ip);
/* NULL: none was noted. */
const struct lock_edge *lockdep_find_edge(unsigned int from, unsigned int to);

/*
 * Breadth first from @start along the orders (or, @back, against them), until a class is @wanted, which is
 * returned. 0: none. @start itself may be it.
 */
typedef bool (*wanted_t)(unsigned int class, unsigned int what);
unsigned int lockdep_search(unsigned int start, bool back, wanted_t wanted, unsigned int what);

/* The way of the last search, from @found to where it began; and the classes from @from on, turned round. */
void lock_path_add_found(struct lock_path *path, unsigned int found);
void lock_path_reverse(struct lock_path *path, unsigned int from);

/* ---- lockdep_report.c ---- */

void lockdep_report_recursion(const struct held_lock *next, const struct held_lock *held);
void lockdep_report_circle(const struct held_lock *next, const struct held_lock *held,
			   const struct lock_path *path);
void lockdep_report_usage(const struct held_lock *next, unsigned int before, unsigned int now);
void lockdep_report_irq_order(const struct lock_path *path, unsigned int safe, unsigned int unsafe);
void lockdep_report_unlock(const struct lockdep_map *map, unsigned long ip);

#endif /* _CORE_LOCKDEP_H */
