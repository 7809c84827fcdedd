// SPDX-License-Identifier: MIT
/* The words in which %pGp and the reports tell what page->flags says. */
#include <linux/page-flags.h>
#include <linux/stddef.h>

#define NAME(flag) { BIT(PG_##flag), #flag }

/* In the order of the bits, as Linux prints them. */
const struct trace_print_flags pageflag_names[] = {
	NAME(locked),
	NAME(referenced),
	NAME(uptodate),
	NAME(dirty),
	NAME(lru),
	NAME(active),
	NAME(workingset),
	NAME(waiters),
	NAME(error),
	NAME(slab),
	NAME(owner_priv_1),
	NAME(arch_1),
	NAME(reserved),
	NAME(private),
	NAME(private_2),
	NAME(writeback),
	NAME(head),
	NAME(poisoned),
	NAME(memcg_kmem),
	{ 0, NULL }
};

/* One for each value that the field can have, so that a damaged one has a name as well. */
const char *const page_state_names[] = {
	[PAGE_INTERIOR]		= "interior",
	[PAGE_FREE]		= "buddy",
	[PAGE_PCP]		= "pcp",
	[PAGE_ALLOCATED]	= "allocated",
	[PAGE_RESERVED]		= "reserved",
	[PAGE_HOLE]		= "hole",
	[PAGE_QUARANTINED]	= "quarantined",
	[PAGE_STATE_MASK >> PAGE_STATE_SHIFT] = "damaged",
};
