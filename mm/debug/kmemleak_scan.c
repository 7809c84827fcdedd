// SPDX-License-Identifier: MIT
/*
 * One scan for leaks (kmemleak.c tells what that is).
 *
 *	1. collect	each slab, block and area becomes a region, sorted by address
 *	2. live		a bit for each object of a region that is somebody's
 *	3. roots	a bit for each object to which something leads, and for each to which that
 *			leads (kmemleak_mark.c)
 *	4. report	what is live and was not reached
 *
 * Regions, bits and a stack stand in one block of pages, which is counted out before and given back
 * afterwards. No other checker allocates; this one must, since what it needs depends on how many
 * objects there are. Without the pages there is no scan. All CPUs are stopped twice: to count, and for
 * the scan, which counts once more: if there are too many by now, it begins anew.
 */
#include <asm/ptrace.h>
#include <asm/sections.h>
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include "../internal.h"
#include "kmemleak.h"

#define STACK_ROOM	256		/* objects, at least */

/* ---- what we were told ---- */

/* Notes on what has been freed meanwhile are dropped. False: it was. */
static bool note_holds(struct scan *s, const struct kmemleak_note *note, struct scan_object *object)
{
	if (scan_find(s, note->addr, object) && test_bit(object->bit, s->live))
		return true;
	kmemleak_forget(note->addr, 0);
	return false;
}

static void heed_notes(struct scan *s)
{
	const struct kmemleak_note *note;
	struct scan_object object;

	for_each_note(note) {
		if (!note_holds(s, note, &object))
			continue;
		if (note->what & (NOTE_AREA | NOTE_NO_SCAN))
			s->picky = true;
		if (note->what & NOTE_BLACK)
			__clear_bit(object.bit, s->live);
		else if (note->what & NOTE_GREY)
			scan_reach(s, note->addr);
	}
}

/* ---- roots ---- */

/* The stack is not for all of them at once. */
static void scan_root(struct scan *s, unsigned long start, unsigned long end)
{
	scan_words(s, start, end);
	scan_follow(s);
}

struct span {
	unsigned long start, end;
};

/* [start, end) without the @nr spans in @but. */
static void scan_image(struct scan *s, unsigned long start, unsigned long end,
		       const struct span *but, unsigned int nr)
{
	for (; nr; but++, nr--) {
		if (but->end <= start || but->start >= end)
			continue;
		if (but->start > start)
			scan_image(s, start, but->start, but + 1, nr - 1);
		if (but->end >= end)
			return;
		start = but->end;
	}
	scan_root(s, start, end);
}

/* From s->sp on. Of the stack that boot has set up, nothing below is in use if we run on it. */
static void scan_stack(struct scan *s)
{
	unsigned long start = (unsigned long)boot_stack, end = (unsigned long)boot_stack_top;
	struct scan_object object;

	if (s->sp >= start && s->sp < end)
		start = s->sp;
	else if (scan_find(s, s->sp, &object))
		scan_root(s, s->sp, object.end);
	scan_root(s, start, end);
}

/* Those that are not the image's own, which is data. */
static void scan_percpu(struct scan *s)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu_offset(cpu))
			scan_root(s, (unsigned long)__per_cpu_start + per_cpu_offset(cpu),
				  (unsigned long)__per_cpu_end + per_cpu_offset(cpu));
}

/* An owner has two words in its page. In a slab's they are the allocator's. */
static void scan_page(struct scan *s, const struct page *page)
{
	if (!PageSlab(page))
		scan_root(s, (unsigned long)&page->private, (unsigned long)(page + 1));
}

static void scan_map(struct scan *s)
{
	struct zone *zone;
	struct page *page;
	unsigned long pfn;

	for_each_populated_zone(zone)
		for_each_block(zone, pfn, page) {
			if (page_state(page) != PAGE_ALLOCATED)
				continue;
			for (unsigned long i = 0; i < 1UL << page_block_order(page); i++)
				scan_page(s, page + i);
		}
}

static void scan_roots(struct scan *s)
{
	const struct span but[] = {
		{ (unsigned long)boot_stack, (unsigned long)boot_stack_top },
		{ (unsigned long)&kmemleak_own, (unsigned long)(&kmemleak_own + 1) },
	};

	scan_image(s, (unsigned long)_sdata, (unsigned long)_edata, but, ARRAY_SIZE(but));
	scan_image(s, (unsigned long)__bss_start, (unsigned long)__bss_stop, but, ARRAY_SIZE(but));
	scan_percpu(s);
	scan_stack(s);
	scan_map(s);
}

/* ---- what is left ---- */

/* In a slab of which something was set aside, these may be it. */
static void reach_doubtful(struct scan *s)
{
	const struct scan_region *region;
	struct scan_object object;
	unsigned int n;

	for_each_object(s, region, n, object, false)
		if (scan_slab_of(region) && scan_slab_of(region)->slab->nr_aside)
			scan_reach(s, object.start);
}

static void report(struct scan *s)
{
	const struct scan_region *region;
	struct scan_object object;
	unsigned int n;

	kmemleak_own.nr_leaks = 0;
	kmemleak_own.nr_found = 0;
	kmemleak_own.bytes_found = 0;
	for_each_object(s, region, n, object, false) {
		if (kmemleak_own.nr_leaks < NR_LEAKS)
			kmemleak_own.leaks[kmemleak_own.nr_leaks++] = (struct kmemleak_leak){
				object.start, object.end - object.start };
		kmemleak_own.nr_found++;
		kmemleak_own.bytes_found += object.end - object.start;
	}
}

/* ---- all of it ---- */

static size_t notes_size(const struct scan *s)
{
	return s->nr_regions * sizeof(struct scan_region) + 2 * bitmap_size(s->nr_bits) +
	       STACK_ROOM * sizeof(struct scan_object);
}

/* All that is needed, in @size bytes at @notes, which are 0. */
static void lay_out(struct scan *s, void *notes, size_t size)
{
	void *end = notes + size;

	s->regions = notes;
	s->live = notes + s->nr_regions * sizeof(struct scan_region);
	s->reached = (void *)s->live + bitmap_size(s->nr_bits);
	s->stack = (void *)s->reached + bitmap_size(s->nr_bits);
	s->room = (end - (void *)s->stack) / sizeof(struct scan_object);
}

/* NULL: there are none. */
static struct page *get_pages(size_t size, int *order)
{
	*order = get_order(size);
	if (*order >= MAX_ORDER)
		return NULL;
	return alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN, *order);
}

struct attempt {
	unsigned long sp;
	void *notes;			/* NULL: only count */
	size_t size;			/* of them; or how many are needed */
};

/* With all CPUs stopped. -EAGAIN: there are not notes enough. */
static noinline int run(void *arg)
{
	struct attempt *attempt = arg;
	struct scan s = { .sp = attempt->sp };
	size_t needed;

	scan_collect(&s);
	needed = notes_size(&s);
	if (!attempt->notes || needed > attempt->size) {
		attempt->size = needed;
		return -EAGAIN;
	}
	lay_out(&s, attempt->notes, attempt->size);
	scan_collect(&s);
	scan_mark_live(&s);
	heed_notes(&s);
	scan_roots(&s);
	reach_doubtful(&s);
	scan_follow(&s);
	report(&s);
	return 0;
}

static noinline long scan_from(unsigned long sp)
{
	struct attempt attempt = { .sp = sp };
	int order, result = stop_machine_if_possible(run, &attempt);

	while (result == -EAGAIN) {
		struct page *pages = get_pages(attempt.size, &order);

		if (!pages)
			return -ENOMEM;
		attempt.notes = page_address(pages);
		attempt.size = PAGE_SIZE << order;
		result = stop_machine_if_possible(run, &attempt);
		__free_pages(pages, order);
	}
	return kmemleak_own.nr_found;
}

/*
 * What the caller has only in registers is looked at as well: it lies where the search begins. In
 * three of them a function may leave anything: nobody expects to find there what he had.
 */
long kmemleak_scan(void)
{
	struct pt_regs regs;

	capture_regs(&regs);
	regs.ax = 0;
	regs.cx = 0;
	regs.dx = 0;
	return scan_from((unsigned long)&regs);
}
