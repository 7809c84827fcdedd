/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_MEMORY_LAYOUT_H
#define _QUARRY_MEMORY_LAYOUT_H

#include <linux/types.h>

/*
 * Say in words what lies at a virtual address: "kernel code", "the guard page below the boot
 * stack", "the direct map, not RAM" … Writes into @buf and returns it. Any context.
 */
const char *describe_address(unsigned long addr, char *buf, size_t size);

/*
 * Guard pages: unmapped on purpose, so that running over the end of what lies beside them is a
 * fault with a name. The owner keeps @guard for as long as the page is a guard.
 */
struct guard_page {
	unsigned long addr;	/* the page */
	const char *owner;	/* "the boot stack" */
	bool is_stack;		/* hit from above, by a stack that grew too far */
	struct guard_page *next;
};

void guard_page_add(struct guard_page *guard);
void guard_page_remove(struct guard_page *guard);
const struct guard_page *guard_page_find(unsigned long addr);

#endif /* _QUARRY_MEMORY_LAYOUT_H */
