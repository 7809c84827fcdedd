/* SPDX-License-Identifier: MIT */
/* highmem.c's inside: what its checker, its shows and its tests see. */
#ifndef _MM_HIGHMEM_H
#define _MM_HIGHMEM_H

#include <asm/fixmap.h>
#include <linux/hash.h>
#include <linux/highmem.h>
#include <linux/spinlock.h>

/*
 * One of kmap()'s addresses: PKMAP_ADDR(its index in kmap_slots[]).
 *
 * What must hold whenever kmap_lock is free; kmap_validate() checks it:
 *
 *	count == 0	free: nothing is mapped at its address, and it is on no chain
 *	count == 1	unused: page is still mapped there, and it is on a chain; the next flush frees it
 *	count == n + 1	page is mapped there for n users, and it is on a chain
 *	"on a chain": on kmap_chains[kmap_hash(page)], once; no page is on a chain twice
 */
struct kmap_slot {
	const struct page *page;	/* when free: the one that it mapped last, or NULL */
	unsigned int count;
	struct kmap_slot *next;		/* on its chain */
	const void *caller;		/* who called kmap() for it last */
};

#define KMAP_HASH_BITS		9
#define KMAP_CHAINS		(1U << KMAP_HASH_BITS)

extern struct kmap_slot kmap_slots[LAST_PKMAP];
extern struct kmap_slot *kmap_chains[KMAP_CHAINS];
extern unsigned int last_pkmap_nr;	/* the slot that was taken last; 0 at first */
extern unsigned long kmap_flushes;	/* how often unused slots were freed */
extern spinlock_t kmap_lock;		/* for all of these; never taken in an interrupt */

static __always_inline unsigned int slot_nr(const struct kmap_slot *slot)
{
	return slot - kmap_slots;
}

static __always_inline void *slot_address(const struct kmap_slot *slot)
{
	return (void *)PKMAP_ADDR(slot_nr(slot));
}

/* The chain that @page is on if it is mapped. */
static inline unsigned int kmap_hash(const struct page *page)
{
	return hash_ptr(page, KMAP_HASH_BITS);
}

/*
 * A line of text, not ended, about slot @first and those behind it that continue it (same count,
 * same caller, one frame after the other). Returns how many slots that are.
 */
unsigned int kmap_describe_slots(unsigned int first, char *buf, size_t size);

/* mm/debug/check_kmap.c: check all of the above, and kmap_local's slots; what is broken is printed. */
bool kmap_validate(void);

#endif /* _MM_HIGHMEM_H */
