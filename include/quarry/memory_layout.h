/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_MEMORY_LAYOUT_H
#define _QUARRY_MEMORY_LAYOUT_H

#include <linux/types.h>
#include <quarry/registry.h>

/*
 * Say in words what lies at a virtual address: "kernel code", "the guard page below the boot
 * stack", "the direct map, not RAM" … Writes into @buf and returns it. Any context.
 */
const char *describe_address(unsigned long addr, char *buf, size_t size);

/*
 * Whoever hands out addresses registers how to say in words what lies at one: "vmalloc memory:
 * byte 12 of 8192, allocated by foo+0x12/0x40". Called in any context, with any lock held, also in
 * the middle of a fault: it takes no lock that it might wait for.
 */
enum address_place {
	PLACE_UNKNOWN,		/* not mine: nothing was written */
	PLACE_KNOWN,
	PLACE_GUARD,		/* unmapped on purpose, so that overrunning a neighbour is noticed */
};

struct address_describer {
	enum address_place (*describe)(unsigned long addr, char *buf, size_t size);
};

REGISTRY(address_describers, const struct address_describer);
#define ADDRESS_DESCRIBER(_describe) \
	static const struct address_describer address_describer_##_describe = { \
		.describe = _describe }; \
	REGISTER(address_describers, address_describer_##_describe)

/* As describe_address(), and what kind of place it is. */
enum address_place describe_place(unsigned long addr, char *buf, size_t size);

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
