// SPDX-License-Identifier: MIT
/*
 * page_owner=on: who allocated each page, and who freed it last. What is found damaged or leaked
 * can then be asked where it came from: dump_page() tells it of one page, /proc/page_owner of all
 * that are allocated, and /proc/page_owner_stacks adds them up by backtrace, the largest first:
 * call it twice, and the leak is what has grown.
 *
 * Every page of a block has a record, so that one that is split later keeps its history. 16 bytes
 * a page is as much as the memory map itself takes; the backtraces are in the stack depot. RAM
 * that was taken at boot, before there was an allocator, has no owner here.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/memblock.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <quarry/proc.h>

#include "../internal.h"

#define STACK_DEPTH	16
#define HOOK_FRAMES	2	/* of a backtrace: the hook below, and page_watched_*() */
#define NSEC_PER_MSEC	1000000

struct page_owner {
	u16 allocated_by;	/* stack depot handles; 0: never, or the depot is full */
	u16 freed_by;
	u32 gfp : __GFP_BITS_SHIFT;
	u32 order : 32 - __GFP_BITS_SHIFT;	/* as it was allocated */
	u32 when;		/* of the later one of the two, in milliseconds since boot */
	pid_t pid;		/* whose the allocation was */
};

static_assert(sizeof(struct page_owner) == 16, "as much as struct page");

/* Of the frames 0 … nr_owned - 1. */
static struct page_owner *owners;
static unsigned long nr_owned;

static bool want_page_owner;

static int __init parse_page_owner(char *value)
{
	return value ? kstrtobool(value, &want_page_owner) : -1;
}
early_param("page_owner", parse_page_owner);

/* ---- watching ---- */

static __always_inline depot_stack_handle_t save_stack(gfp_t gfp)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int n = stack_trace_save(entries, STACK_DEPTH, HOOK_FRAMES);

	return stack_depot_save(entries, n, gfp);
}

/* The records of a block, and how many of it there are. */
static struct page_owner *block_owners(struct page *page, unsigned int order, unsigned long *count)
{
	unsigned long pfn = page_to_pfn(page);

	*count = pfn < nr_owned ? min(1UL << order, nr_owned - pfn) : 0;
	return owners + pfn;
}

static u32 now_in_ms(void)
{
	return div_u64(local_clock(), NSEC_PER_MSEC);
}

static bool owner_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	depot_stack_handle_t handle = save_stack(gfp);
	unsigned long i, count;
	struct page_owner *owner = block_owners(page, order, &count);
	u32 now = now_in_ms();

	for (i = 0; i < count; i++) {
		owner[i].allocated_by = handle;
		owner[i].gfp = gfp;
		owner[i].order = order;
		owner[i].when = now;
		owner[i].pid = current->pid;
	}
	return true;
}

static bool owner_free(struct page *page, unsigned int order)
{
	depot_stack_handle_t handle = save_stack(0);
	unsigned long i, count;
	struct page_owner *owner = block_owners(page, order, &count);
	u32 now = now_in_ms();

	for (i = 0; i < count; i++) {
		owner[i].freed_by = handle;
		owner[i].when = now;
	}
	return true;
}

/* ---- telling: of one page ---- */

static const struct page_owner *owner_of(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	return pfn < nr_owned ? &owners[pfn] : NULL;
}

static bool is_allocated(const struct page *page)
{
	const struct page *head = block_head(page);

	return head && page_state(head) == PAGE_ALLOCATED;
}

static void owner_report(const struct page *page)
{
	const struct page_owner *owner = owner_of(page);
	gfp_t gfp;

	if (!owner || (!owner->allocated_by && !owner->freed_by)) {
		pr_alert("page_owner info is not present (never set?)\n");
		return;
	}
	pr_alert("page_owner tracks the page as %s\n", is_allocated(page) ? "allocated" : "freed");
	gfp = owner->gfp;
	pr_alert("page last allocated via order %u, migratetype %s, gfp_mask %#x(%pGg), "
		 "pid %d, tgid %d, ts %llu\n",
		 owner->order, migratetype_names[gfp_migratetype(gfp)], gfp, &gfp,
		 owner->pid, owner->pid, (u64)owner->when * NSEC_PER_MSEC);
	if (!owner->allocated_by)
		pr_alert("page_owner allocation stack trace missing\n");
	stack_depot_print(owner->allocated_by);
	pr_alert("%s\n", owner->freed_by ? "page last free stack trace:" :
					   "page_owner free stack trace missing");
	stack_depot_print(owner->freed_by);
}

/* ---- telling: of all ---- */

static void show_stack(struct seq_file *m, depot_stack_handle_t handle)
{
	unsigned long *entries;
	unsigned int i, n = stack_depot_fetch(handle, &entries);

	for (i = 0; i < n; i++)
		seq_printf(m, " %pB\n", (void *)entries[i]);
}

static void show_block(struct seq_file *m, const struct page *page, const struct page_owner *owner)
{
	unsigned long pfn = page_to_pfn(page);
	gfp_t gfp = owner->gfp;

	seq_printf(m, "Page allocated via order %u, mask %#x(%pGg), pid %d, tgid %d, ts %llu ns\n",
		   owner->order, gfp, &gfp, owner->pid, owner->pid,
		   (u64)owner->when * NSEC_PER_MSEC);
	seq_printf(m, "PFN %lu type %s Block %lu type %s Flags %pGp\n", pfn,
		   migratetype_names[gfp_migratetype(gfp)], pfn >> pageblock_order,
		   migratetype_names[get_pfnblock_migratetype(pfn)], &page->flags);
	show_stack(m, owner->allocated_by);
	seq_putc(m, '\n');
}

/* @page, the first of a block: its record if it is allocated and we saw that; or NULL. */
static const struct page_owner *allocated_owner(const struct page *page)
{
	const struct page_owner *owner = owner_of(page);

	return page_state(page) == PAGE_ALLOCATED && owner && owner->allocated_by ? owner : NULL;
}

static int not_watching(struct seq_file *m)
{
	seq_puts(m, "page_owner=on is not on the command line\n");
	return 0;
}

static int page_owner_show(struct seq_file *m, void *v)
{
	const struct page_owner *owner;
	struct zone *zone;
	struct page *page;
	unsigned long pfn;

	if (!owners)
		return not_watching(m);
	for_each_populated_zone(zone)
		for_each_block(zone, pfn, page)
			if ((owner = allocated_owner(page)))
				show_block(m, page, owner);
	return 0;
}
PROC_FILE(page_owner, "page_owner", page_owner_show, NULL);

static DEFINE_MUTEX(counting);		/* the numbers beside the backtraces */

/* While other CPUs allocate and free: a block that is just changing may be missed. */
static void count_pages_by_stack(void)
{
	const struct page_owner *owner;
	depot_stack_handle_t handle;
	struct zone *zone;
	struct page *page;
	unsigned long pfn;

	for (handle = stack_depot_next(0); handle; handle = stack_depot_next(handle))
		*stack_depot_count(handle) = 0;
	for_each_populated_zone(zone)
		for_each_block(zone, pfn, page)
			if ((owner = allocated_owner(page)))
				*stack_depot_count(owner->allocated_by) +=
					1 << page_block_order(page);
}

/*
 * The one with the largest count below *@count; among equals the one that comes next after @last.
 * There is no room to sort them, so each is looked for.
 */
static depot_stack_handle_t next_largest(depot_stack_handle_t last, u32 *count)
{
	depot_stack_handle_t handle, best = 0;
	u32 largest = 0;

	for (handle = stack_depot_next(0); handle; handle = stack_depot_next(handle)) {
		u32 n = *stack_depot_count(handle);

		if (n > *count || (n == *count && handle <= last) || n <= largest)
			continue;
		largest = n;
		best = handle;
	}
	*count = largest;
	return best;
}

static int page_owner_stacks_show(struct seq_file *m, void *v)
{
	depot_stack_handle_t handle = 0;
	u32 count = U32_MAX;

	if (!owners)
		return not_watching(m);
	mutex_lock(&counting);
	count_pages_by_stack();
	while ((handle = next_largest(handle, &count))) {
		show_stack(m, handle);
		seq_printf(m, "nr_base_pages: %u\n\n", count);
	}
	mutex_unlock(&counting);
	if (stack_depot.nr_lost)
		seq_printf(m, "%u more backtraces found no room\n", stack_depot.nr_lost);
	return 0;
}
PROC_FILE(page_owner_stacks, "page_owner_stacks", page_owner_stacks_show, NULL);

/* ---- starting ---- */

void page_owner_use(void *storage, size_t size)
{
	owners = storage;
	nr_owned = size / sizeof(*owners);
}

static bool __init owner_setup(void)
{
	size_t size = max_pfn * sizeof(*owners);
	void *storage;

	if (!want_page_owner)
		return false;
	storage = stack_depot_init() ? NULL : memblock_alloc(size, 0);
	if (!storage) {
		pr_err("page_owner: no room for %zu KB\n", size >> 10);
		return false;
	}
	page_owner_use(storage, size);
	pr_info("page_owner: %zu KB for records, %u KB for backtraces\n", size >> 10,
		stack_depot.size >> 6);
	return true;
}

static struct page_observer page_owner = {
	.name = "page_owner",
	.setup = owner_setup,
	.alloc = owner_alloc,
	.free = owner_free,
	.report = owner_report,
};
PAGE_OBSERVER(page_owner);
