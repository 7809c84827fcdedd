// SPDX-License-Identifier: MIT
/*
 * Rights of memory that is in use: read-only, executable, and back.
 *
 * 1. The idea
 * A page's rights lie in its page-table entry, and can be changed while it is mapped: code is
 * written as data, then made read-only, then executable; constants are filled in and then closed.
 * What goes wrong later, a stray write or a jump into data, becomes a fault at the instruction that
 * does it, instead of a riddle.
 *
 * 2. W^X
 *	no page is writable and executable
 * The image begins so (kernel/x86/paging.c), and this is where it could end: a request after which
 * a page of the range would be both is refused, and the log says which and whose. (Linux 6.2 and
 * later report it too, but then do as they were told.) The image's code stays executable, its
 * constants do not become so, and both stay read-only, whoever asks. A CPU without NX executes
 * whatever it can read. There is no W^X to be kept there, so no page is refused on its account, and
 * set_memory_x() and set_memory_nx() have nothing to do.
 *
 * 3. Splitting
 * Most of the direct map is mapped in pages of 2 MiB, which have one set of rights each. A range
 * that begins or ends inside one needs it in 4 KiB pages: a page table, one page, filled with the
 * large page's rights and put in its place. So
 *	at most two tables are needed: at the range's begin and at its end
 * and all that are needed are at hand before anything changes: -ENOMEM leaves no trace. A large
 * page that has the rights already is not split. The pieces are never merged again (neither are
 * Linux's): the table stays, and /proc/vmstat counts it in direct_map_level2_splits. The image and
 * the edges of RAM are mapped in small pages from boot on, and so is the whole window; only large
 * pages of the direct map can end in -ENOMEM.
 *
 * 4. Flushing
 * CPUs hold translations with the old rights. They are flushed before the call returns: when rights
 * are taken away, because until then they are not; when rights are given, because a CPU may fault
 * by an old entry although the new one allows the access (Intel SDM volume 3, 4.10.4.3), and our
 * fault handler does not ask again. After a split everything the large page covered is flushed
 * *before* rights change: a CPU must not hold two translations of an address that disagree (4.10.2).
 *
 * 5. Locking and contexts
 * rights_lock is held from the look at the entries to the flush, so no two callers see each other's
 * half: that a page is read-only for everybody is certain when the next one makes it executable. It is
 * a mutex, since a table may have to be waited for, and other CPUs' flushes are. Process context only.
 *
 * 6. What is not here
 * Other mappings of the same frames keep their rights: a page that vmalloc() has mapped has an
 * address in the direct map too (if it is low memory), and stays writable there. Linux changes both,
 * and has to change both back when the area is freed; here rights belong to the mapping, and end
 * with it. Cache attributes (set_memory_uc and its like), and pages given as an array.
 * Not checked: that the range belongs to the caller, and that he restores it before he frees it.
 */
#include <asm/rights.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/set_memory.h>

static DEFINE_MUTEX(rights_lock);
static unsigned long nr_splits;		/* under rights_lock */

/* One call, as its helpers see it. */
struct request {
	const char *name;		/* of the function that was called, … */
	unsigned long start;
	int numpages;			/* … its arguments … */
	const void *caller;		/* … and who called it */
	unsigned long end;
	struct rights_change change;
	struct rights_survey survey;
	struct list_head tables;	/* pages at hand for splits */
	unsigned int nr_tables;
};

unsigned long direct_map_splits(void)
{
	return READ_ONCE(nr_splits);
}

/* ---- may this be done? ---- */

static int refuse(const struct request *r, int error, const char *why)
{
	pr_err("%s(0x%08lx, %d): refused, %s; called by %pS\n", r->name, r->start, r->numpages, why,
	       r->caller);
	return error;
}

static bool overlaps(const struct request *r, const char *start, const char *end)
{
	return r->start < (unsigned long)end && r->end > (unsigned long)start;
}

/* The image's code stays code, its constants (and the boot page in front) stay constants. */
static bool spoils_the_image(const struct request *r)
{
	if (r->change.set & _PAGE_NX)
		return overlaps(r, _stext, _etext);
	if (r->change.set & _PAGE_RW)
		return overlaps(r, _image_start, __end_rodata);
	if (r->change.clear & _PAGE_NX)
		return overlaps(r, _image_start, _stext) ||
		       overlaps(r, __start_rodata, __end_rodata);
	return false;
}

/* With rights_lock held. */
static int look(struct request *r)
{
	survey_rights(r->start, r->end, r->change, &r->survey);
	if (!r->survey.mapped)
		return refuse(r, -EINVAL, "not all of it is mapped");
	if (r->survey.writable_code)
		return refuse(r, -EPERM, "pages would be writable and executable");
	if (spoils_the_image(r))
		return refuse(r, -EPERM, "the kernel's code and constants keep their rights");
	return 0;
}

/* ---- doing it ---- */

/* With rights_lock held, like all that follows. */
static int get_tables(struct request *r)
{
	while (r->nr_tables < r->survey.nr_large) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		list_add(&page->lru, &r->tables);
		r->nr_tables++;
	}
	return 0;
}

static struct page *take_table(struct request *r)
{
	struct page *page = list_first_entry(&r->tables, struct page, lru);

	list_del(&page->lru);
	r->nr_tables--;
	return page;
}

/* One of two could not be had. */
static void put_tables(struct request *r)
{
	while (r->nr_tables)
		__free_page(take_table(r));
}

static void split(struct request *r, unsigned long large)
{
	split_large_page(large, page_address(take_table(r)));
	WRITE_ONCE(nr_splits, nr_splits + 1);
	flush_tlb_kernel_range(large, large + PMD_SIZE);
}

/* The tables are there. */
static void apply(struct request *r)
{
	unsigned int i;

	if (!r->survey.changes)
		return;
	for (i = 0; i < r->survey.nr_large; i++)
		split(r, r->survey.large[i]);
	change_rights(r->start, r->end, r->change);
	flush_tlb_kernel_range(r->start, r->end);
}

static int look_and_apply(struct request *r)
{
	int error = look(r);

	if (!error)
		error = get_tables(r);
	if (!error)
		apply(r);
	return error;
}

static int request_rights(struct request *r)
{
	int error;

	INIT_LIST_HEAD(&r->tables);
	mutex_lock(&rights_lock);
	error = look_and_apply(r);
	mutex_unlock(&rights_lock);
	put_tables(r);
	return error;
}

/*
 * The direct map and the vmalloc range. What lies above (kmap(), kmap_local, the fixmap) is mapped
 * anew for every page that comes by, by those who take for granted which rights it has.
 */
static bool is_range(unsigned long addr, int numpages)
{
	return PAGE_ALIGNED(addr) && addr >= PAGE_OFFSET && addr < VMALLOC_END && numpages > 0 &&
	       numpages <= (VMALLOC_END - addr) >> PAGE_SHIFT;
}

static int set_rights(const char *name, unsigned long addr, int numpages,
		      struct rights_change change, const void *caller)
{
	struct request r = {
		.name = name, .start = addr, .numpages = numpages, .caller = caller,
		.end = addr + (unsigned long)numpages * PAGE_SIZE, .change = change,
	};

	might_sleep();
	if (!numpages)
		return 0;
	if (!is_range(addr, numpages))
		return refuse(&r, -EINVAL, "not a range of pages");
	return request_rights(&r);
}

#define SET_MEMORY(name, ...) \
int name(unsigned long addr, int numpages) \
{ \
	return set_rights(#name, addr, numpages, (struct rights_change){ __VA_ARGS__ }, \
			  __builtin_return_address(0)); \
}

SET_MEMORY(set_memory_ro, .clear = _PAGE_RW)
SET_MEMORY(set_memory_rw, .set = _PAGE_RW)
SET_MEMORY(set_memory_x, .clear = _PAGE_NX)
SET_MEMORY(set_memory_nx, .set = _PAGE_NX)
