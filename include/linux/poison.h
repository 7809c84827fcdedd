/* SPDX-License-Identifier: MIT */
/*
 * Values that are never right, so that whoever uses memory after its end is recognised by what
 * it read. Addresses among them lie in the first pages, which are never mapped.
 */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

/* What a list entry's links become when it is deleted. */
#define LIST_POISON1	((void *)0x100)
#define LIST_POISON2	((void *)0x122)

#define TIMER_ENTRY_STATIC	((void *)0x300)

/* Pages: filled when freed. */
#define PAGE_POISON	0xaa

/* Slab objects: the red zones' words beside them, and their bytes while free or not yet set. */
#define RED_INACTIVE	0x09F911029D74E35BULL	/* beside a free object */
#define RED_ACTIVE	0xD84156C5635688C0ULL	/* beside an allocated one */
#define SLUB_RED_INACTIVE	0xbb
#define SLUB_RED_ACTIVE		0xcc
#define POISON_INUSE	0x5a	/* allocated, not yet written */
#define POISON_FREE	0x6b	/* freed */
#define POISON_END	0xa5	/* the last byte of a poisoned object */

#endif /* _LINUX_POISON_H */
