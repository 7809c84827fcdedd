// SPDX-License-Identifier: MIT
/*
 * High memory: how the kernel touches a page that the direct map does not reach.
 *
 * 1. The idea
 * A 32-bit kernel sees 1 GiB, and the machine may own sixty. To read or write a page above the
 * line, it is mapped for a while at one of a few fixed addresses. There are two kinds of them
 * (LKD chapter 12, "High Memory Mappings"):
 *	kmap()		512 slots for all; the address is good everywhere, for as long as one likes
 *	kmap_local	16 slots for each CPU; the address is this thread's, and given back soon: kmap_local.c
 * A page of low memory needs neither: <linux/highmem.h> returns its address without coming here.
 *
 * 2. kmap(): slots, counts, chains
 * mm/highmem.h says what a slot is, and which invariants hold. When its last user is gone, a slot
 * stays mapped: unmapping would mean a flush, on every CPU, for one page. Slots are taken one after
 * the other instead, and when the end is reached, all unused ones are freed by one flush. Until
 * then, a page that is wanted again is still there.
 *
 * Which slot a page has is found by hashing: struct page has no room for an address, its words
 * belong to the page's owner. A chain starts at each hash value, linked through the slots.
 *
 * 3. The life of a slot, and the flush
 *	          take_slot()     kmap() ──>
 *	count 0 ─────────────> 1 <───────────> 2, 3 …
 *	        <─────────────     <── kunmap()
 *	         free_unused()
 * free_unused() goes over the unused slots in four steps, each for all of them: off the chains;
 * unmap; flush, so that no CPU can use the old translation; forget. Only then does the count become
 * 0, and the address can be given to another page. (Before that, mapping there would be refused.)
 *
 * 4. Waiting for a slot
 * When all slots have users, kmap() sleeps until a kunmap() leaves one without. Who is about to sleep
 * enters the queue with the lock still held; so a kunmap() comes either before his last look at the
 * slots, or finds him in the queue. It wakes all who wait: they may want the same page, and then
 * one slot is enough for them. Who may not sleep, since interrupts are off, would wait for ever.
 *
 * 5. Locking and contexts
 * kmap() may sleep, so it is for process context; its lock is never taken by an interrupt, and
 * interrupts stay on under it. They must: a flush asks other CPUs, and waits for their answer.
 * page_address(), however, may be asked by anybody, interrupts included, which must not wait for
 * a lock that may be held by what they have interrupted. So it reads the chains without lock:
 *	- a slot joins its chain by one store, when all of it is filled in, and leaves it by one
 *	  store; so at any moment, somebody who starts at the head finds every slot that is in use
 *	- what has left keeps its "next": who stands on it finds the way back into the chain …
 *	- … unless it is used again meanwhile, in another chain. That takes a flush: so who finds
 *	  nothing and sees that there was one, starts again.
 *
 * 6. What is not checked
 * Use of an address after kunmap(): until the next flush it reaches the page all the same. Who
 * unmaps: kunmap() by somebody who has not mapped takes the page from somebody who has.
 */
#include <asm/fixmap.h>
#include <asm/tlbflush.h>
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/wait.h>
#include <quarry/boot_level.h>

#include "highmem.h"

/* ---- kmap(): finding ---- */

struct kmap_slot kmap_slots[LAST_PKMAP];
struct kmap_slot *kmap_chains[KMAP_CHAINS];
unsigned int last_pkmap_nr;
unsigned long kmap_flushes;
DEFINE_SPINLOCK(kmap_lock);

static __always_inline struct kmap_slot *find_slot(const struct page *page)
{
	struct kmap_slot *slot = READ_ONCE(kmap_chains[kmap_hash(page)]);

	while (slot && READ_ONCE(slot->page) != page)
		slot = READ_ONCE(slot->next);
	return slot;
}

void *highmem_page_address(const struct page *page)
{
	const struct kmap_slot *slot;
	unsigned long flushes;

	do {
		flushes = READ_ONCE(kmap_flushes);
		barrier();
		slot = find_slot(page);
		barrier();
	} while (!slot && flushes != READ_ONCE(kmap_flushes));
	return slot ? slot_address(slot) : NULL;
}

struct page *kmap_to_page(void *vaddr)
{
	unsigned long addr = (unsigned long)vaddr, pfn;

	if (!is_kmap_addr(vaddr)) {
		if (WARN(!virt_addr_valid(vaddr), "kmap_to_page(%px): not an address of a page\n", vaddr))
			return NULL;
		return virt_to_page(vaddr);
	}
	if (WARN(window_page(addr & PAGE_MASK, &pfn) != WINDOW_MAPPED,
		 "kmap_to_page(%px): nothing is mapped there\n", vaddr))
		return NULL;
	if (WARN(!pfn_valid(pfn), "kmap_to_page(%px): frame 0x%lx is not memory\n", vaddr, pfn))
		return NULL;
	return pfn_to_page(pfn);
}

/* ---- kmap(): freeing unused slots ---- */

/* Where the next run of unused slots begins, at @nr or behind it, and how long it is; 0: no more. */
static unsigned int unused_run(unsigned int *nr)
{
	unsigned int first = *nr, end;

	while (first < LAST_PKMAP && kmap_slots[first].count != 1)
		first++;
	for (end = first; end < LAST_PKMAP && kmap_slots[end].count == 1; end++)
		;
	*nr = first;
	return end - first;
}

/* Every run of unused slots: [first, first + nr). */
#define for_each_unused_run(first, nr) \
	for ((first) = 0; ((nr) = unused_run(&(first))) != 0; (first) += (nr))

static void unchain_unused(void)
{
	struct kmap_slot **chain, **link, *slot;

	for (chain = kmap_chains; chain < kmap_chains + KMAP_CHAINS; chain++) {
		for (link = chain; (slot = *link) != NULL; ) {
			if (slot->count == 1)
				WRITE_ONCE(*link, slot->next);
			else
				link = &slot->next;
		}
	}
}

static void make_free(unsigned int first, unsigned int nr)
{
	forget_kernel_pages(PKMAP_ADDR(first), nr);
	for (struct kmap_slot *slot = &kmap_slots[first]; slot < &kmap_slots[first + nr]; slot++)
		slot->count = 0;
}

static noinline void free_unused(void)
{
	unsigned int first, nr, lowest = LAST_PKMAP, end = 0;

	unchain_unused();
	for_each_unused_run(first, nr) {
		unmap_kernel_range(PKMAP_ADDR(first), nr);
		lowest = min(lowest, first);
		end = first + nr;
	}
	if (!end)
		return;
	flush_tlb_kernel_range(PKMAP_ADDR(lowest), PKMAP_ADDR(end));
	WRITE_ONCE(kmap_flushes, kmap_flushes + 1);
	for_each_unused_run(first, nr)
		make_free(first, nr);
}

void kmap_flush_unused(void)
{
	spin_lock(&kmap_lock);
	free_unused();
	spin_unlock(&kmap_lock);
}

/* ---- kmap(): taking a slot ---- */

/* Does @next go on where @slot ends? */
static bool continues(const struct kmap_slot *slot, const struct kmap_slot *next)
{
	return next->count == slot->count &&
	       (!slot->count || (next->caller == slot->caller && next->page == slot->page + 1));
}

unsigned int kmap_describe_slots(unsigned int first, char *buf, size_t size)
{
	const struct kmap_slot *slot = &kmap_slots[first];
	unsigned int nr = 1;
	int n;

	while (first + nr < LAST_PKMAP && continues(&slot[nr - 1], &slot[nr]))
		nr++;
	if (nr == 1)
		n = scnprintf(buf, size, "%3u     %px: ", first, slot_address(slot));
	else
		n = scnprintf(buf, size, "%3u…%-3u %px: ", first, first + nr - 1, slot_address(slot));
	if (!slot->count)
		scnprintf(buf + n, size - n, "free");
	else
		scnprintf(buf + n, size - n, "pfn %#lx%s, %u user%s, kmap() by %pS",
			  page_to_pfn(slot->page), nr == 1 ? "" : "…", slot->count - 1,
			  slot->count == 2 ? "" : "s", slot->caller);
	return nr;
}

/* The next free slot, the unused ones freed whenever the end is reached. NULL: all are in use. */
static __always_inline struct kmap_slot *next_free_slot(void)
{
	unsigned int nr = last_pkmap_nr, left = LAST_PKMAP;

	do {
		nr = (nr + 1) & LAST_PKMAP_MASK;
		if (unlikely(!nr)) {
			free_unused();
			left = LAST_PKMAP;
		}
		if (likely(!kmap_slots[nr].count)) {
			last_pkmap_nr = nr;
			return &kmap_slots[nr];
		}
	} while (--left);
	return NULL;
}

/* A slot for a page that is not mapped; it has no user yet. NULL: all are in use. */
static noinline struct kmap_slot *take_slot(const struct page *page)
{
	struct kmap_slot *slot = next_free_slot(), **chain = &kmap_chains[kmap_hash(page)];
	pte_t *pte;

	if (unlikely(!slot))
		return NULL;
	pte = kernel_ptes(PKMAP_BASE, LAST_PKMAP) + slot_nr(slot);
	if (unlikely(kernel_pte_used(pte)))
		panic("kmap slot %u: something is mapped there already", slot_nr(slot));
	set_kernel_pte(pte, page_to_pfn(page), page_kernel_rights);
	slot->page = page;
	slot->count = 1;
	slot->next = *chain;
	barrier();
	WRITE_ONCE(*chain, slot);	/* now it can be found */
	return slot;
}

/* ---- kmap(): waiting for a slot ---- */

#define PATIENCE	(10 * HZ)	/* after so long, it is said who has the slots, and who waits */

static DECLARE_WAIT_QUEUE_HEAD(slot_without_users);

static __cold void list_slots(void)
{
	char line[128];

	pr_emerg("kmap: all %u slots are in use:\n", LAST_PKMAP);
	for (unsigned int nr = 0; nr < LAST_PKMAP; ) {
		nr += kmap_describe_slots(nr, line, sizeof(line));
		pr_emerg("%s\n", line);
	}
}

static __cold void report_patience_lost(const struct page *page)
{
	list_slots();
	pr_emerg("kmap: %s/%d still waits for one, for pfn %#lx\n", current->comm, current->pid,
		 page_to_pfn(page));
	dump_stack();
}

/* With nothing but kmap_lock held. */
static bool may_sleep(void)
{
	return boot_level >= BOOT_THREADS && preempt_count() == PREEMPT_OFFSET && !irqs_disabled();
}

/*
 * All slots are in use. With the lock, but without it while others run: sleep until @page has one, be
 * it that somebody else has mapped it meanwhile.
 */
static noinline __cold struct kmap_slot *wait_for_slot(const struct page *page)
{
	struct kmap_slot *slot;
	DEFINE_WAIT(wait);

	if (!may_sleep()) {
		list_slots();
		panic("kmap: no slot for pfn %#lx, and nobody else runs who could kunmap()",
		      page_to_pfn(page));
	}
	do {
		prepare_to_wait(&slot_without_users, &wait, TASK_UNINTERRUPTIBLE);
		spin_unlock(&kmap_lock);
		if (!schedule_timeout(PATIENCE))
			report_patience_lost(page);
		spin_lock(&kmap_lock);
		slot = find_slot(page);
		if (!slot)
			slot = take_slot(page);
	} while (!slot);
	finish_wait(&slot_without_users, &wait);
	return slot;
}

/* ---- kmap(): in and out ---- */

void *kmap_high(struct page *page)
{
	struct kmap_slot *slot;

	spin_lock(&kmap_lock);
	slot = find_slot(page);
	if (!slot)
		slot = take_slot(page);
	if (unlikely(!slot))
		slot = wait_for_slot(page);
	slot->count++;
	slot->caller = __builtin_return_address(0);
	spin_unlock(&kmap_lock);
	return slot_address(slot);
}

static __cold void report_kunmap(const struct page *page)
{
	const struct kmap_slot *slot = find_slot(page);

	if (slot)
		WARN(1, "kunmap(pfn %#lx): it has no users left; kmap() was last called by %pS\n",
		     page_to_pfn(page), slot->caller);
	else
		WARN(1, "kunmap(pfn %#lx): it is not mapped\n", page_to_pfn(page));
}

void kunmap_high(struct page *page)
{
	struct kmap_slot *slot;
	bool good;

	spin_lock(&kmap_lock);
	slot = find_slot(page);
	good = slot && slot->count > 1;
	if (likely(good) && --slot->count == 1 && unlikely(waitqueue_active(&slot_without_users)))
		wake_up(&slot_without_users);
	spin_unlock(&kmap_lock);
	if (unlikely(!good))
		report_kunmap(page);
}

/* ---- what is too long for the header ---- */

static void zero_range(struct page *page, unsigned int start, unsigned int end)
{
	for (unsigned int next; start < end; start = next) {
		next = min_t(unsigned int, end, PAGE_ALIGN(start + 1));
		memzero_page(page + start / PAGE_SIZE, start % PAGE_SIZE, next - start);
	}
}

void zero_user_segments(struct page *page, unsigned int start1, unsigned int end1,
			unsigned int start2, unsigned int end2)
{
	BUG_ON(end1 > page_size(page) || end2 > page_size(page));
	zero_range(page, start1, end1);
	zero_range(page, start2, end2);
}
