// SPDX-License-Identifier: MIT
/*
 * A process's memory: pages that come when they are touched, and can be taken away.
 *
 * 1. The idea
 * A process's addresses are its own: the same number means another page in each process. On the way
 * stand tables, two levels of them as the i386 walks them. Here it is this file that walks them, since
 * there is no user mode: a process's threads call copy_to_user() and copy_from_user(), which come here
 * (usercopy.c). What that makes possible is what matters for memory: the kernel knows every page that
 * a process owns, and no pointer leads to them but through the tables. So it can take all of them away
 * at any moment; the owner's next access just fails, as a user program's would.
 *
 * 2. Structure
 *	mm->pgd			a page, an entry for 4 MiB each: the address of a table, or 0
 *	table			a page, an entry for a page each: its frame number, or 0
 *	an entry that is not 0	<=>  the process holds one reference to that page
 *	MM_ANONPAGES		how many such entries there are
 *	pgtables_bytes		the pages of pgd and tables
 *	[start_brk, brk)	what the process has asked for; no entry is set elsewhere
 * All in it is zeros at first, and no page is there before it is touched: memory that nobody touches
 * costs nothing. The pages are from high memory, where there is some.
 *
 * 3. A copy, and the reaper
 * Who copies takes a reference to the page, under page_table_lock, and drops it afterwards. So a page
 * that is taken away meanwhile is freed when the copy has ended. An mm that is MMF_UNSTABLE gets no
 * page any more: where one was taken away, there would otherwise be zeros that the process never wrote.
 *
 * 4. Locking
 *	mmap_lock		for writing: brk. For reading: touching pages, and taking them away
 *	page_table_lock		the tables; inside it, nothing. Pages are allocated and freed without it
 * MMF_UNSTABLE is set with mmap_lock held for reading, before the first page is taken away; who has
 * looked before it was set may still install one, so that is looked at again under page_table_lock.
 *
 * 5. Contexts
 * Process; everything may sleep, but for zap_pages().
 *
 * 6. What is not here
 * Areas with rights of their own, files, sharing, copy on write, swap.
 */
#include <asm/page.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>

#define ENTRIES		(PAGE_SIZE / sizeof(unsigned long))
#define TABLE_SHIFT	(PAGE_SHIFT + 10)
#define TABLE_SIZE	(1UL << TABLE_SHIFT)		/* what a table leads to */
static_assert(ENTRIES == TABLE_SIZE / PAGE_SIZE);

/* ---- tables ---- */

static unsigned long *table_of(const struct mm_struct *mm, unsigned long addr)
{
	return mm->pgd ? (unsigned long *)mm->pgd[addr >> TABLE_SHIFT] : NULL;
}

/* page_table_lock is held. NULL: there is no table. */
static unsigned long *entry_of(const struct mm_struct *mm, unsigned long addr)
{
	unsigned long *table = table_of(mm, addr);

	return table ? &table[(addr >> PAGE_SHIFT) % ENTRIES] : NULL;
}

/* Put a new page of zeros into *@place, unless somebody was faster. 0 or -ENOMEM. */
static int fill_place(struct mm_struct *mm, unsigned long *place)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!page)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (!*place) {
		*place = page;
		page = 0;
		atomic_long_add(PAGE_SIZE, &mm->pgtables_bytes);
		mod_node_page_state(&contig_page_data, NR_PAGETABLE, 1);
	}
	spin_unlock(&mm->page_table_lock);
	free_page(page);
	return 0;
}

static int make_tables(struct mm_struct *mm, unsigned long addr)
{
	int error = 0;

	if (!mm->pgd)
		error = fill_place(mm, (unsigned long *)&mm->pgd);
	if (!error && !table_of(mm, addr))
		error = fill_place(mm, &mm->pgd[addr >> TABLE_SHIFT]);
	return error;
}

/* ---- one page ---- */

/* The page at @addr with a reference, or NULL. */
static struct page *get_present(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = NULL;
	unsigned long *entry;

	spin_lock(&mm->page_table_lock);
	entry = entry_of(mm, addr);
	if (entry && *entry) {
		page = pfn_to_page(*entry);
		get_page(page);
	}
	spin_unlock(&mm->page_table_lock);
	return page;
}

static void count_anon(struct mm_struct *mm, const struct page *page, long delta)
{
	atomic_long_add(delta, &mm->rss_stat[MM_ANONPAGES]);
	mod_zone_page_state(page_zone(page), NR_ZONE_INACTIVE_ANON, delta);
	mod_node_page_state(&contig_page_data, NR_INACTIVE_ANON, delta);
	mod_node_page_state(&contig_page_data, NR_ANON_MAPPED, delta);
}

/* Enter @page, unless there is one, or there must not be one any more. */
static bool install(struct mm_struct *mm, unsigned long addr, struct page *page)
{
	unsigned long *entry;
	bool is_in;

	spin_lock(&mm->page_table_lock);
	entry = entry_of(mm, addr);
	is_in = !*entry && !test_bit(MMF_UNSTABLE, &mm->flags);
	if (is_in) {
		*entry = page_to_pfn(page);
		count_anon(mm, page, 1);
	}
	spin_unlock(&mm->page_table_lock);
	return is_in;
}

/* There is no page at @addr: let there be one. mmap_lock is held for reading. */
static int fault_in(struct mm_struct *mm, unsigned long addr)
{
	struct page *page;

	if (addr < mm->start_brk || addr >= mm->brk || test_bit(MMF_UNSTABLE, &mm->flags))
		return -EFAULT;
	if (make_tables(mm, addr))
		return -ENOMEM;
	page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ZERO | __GFP_ACCOUNT);
	if (!page)
		return -ENOMEM;
	if (!install(mm, addr, page))
		put_page(page);
	return 0;
}

/* The page at @addr with a reference; NULL, and why. mmap_lock is held for reading. */
static struct page *get_touched(struct mm_struct *mm, unsigned long addr, int *error)
{
	struct page *page;

	*error = 0;
	while (!(page = get_present(mm, addr)) && !*error)
		*error = fault_in(mm, addr);
	return page;
}

/* ---- taking pages away ---- */

/* The first page in [*@addr, @end), whose entry is cleared; *@addr is its. NULL: there is none. */
static struct page *take_first(struct mm_struct *mm, unsigned long *addr, unsigned long end)
{
	struct page *page = NULL;

	spin_lock(&mm->page_table_lock);
	while (!page && *addr < end) {
		unsigned long *entry = entry_of(mm, *addr);

		if (!entry) {
			*addr = (*addr | (TABLE_SIZE - 1)) + 1;
		} else if (!*entry) {
			*addr += PAGE_SIZE;
		} else {
			page = pfn_to_page(*entry);
			*entry = 0;
			count_anon(mm, page, -1);
		}
	}
	spin_unlock(&mm->page_table_lock);
	return page;
}

static void zap_range(struct mm_struct *mm, unsigned long addr, unsigned long end)
{
	struct page *page;

	while ((page = take_first(mm, &addr, end))) {
		put_page(page);
		cond_resched();
	}
}

void zap_pages(struct mm_struct *mm)
{
	zap_range(mm, mm->start_brk, mm->brk);
}

static void free_tables(struct mm_struct *mm)
{
	mod_node_page_state(&contig_page_data, NR_PAGETABLE,
			    -(long)(mm_pgtables_bytes(mm) / PAGE_SIZE));
	for (unsigned int i = 0; mm->pgd && i < ENTRIES; i++)
		free_page(mm->pgd[i]);
	free_page((unsigned long)mm->pgd);
	mm->pgd = NULL;
	atomic_long_set(&mm->pgtables_bytes, 0);
}

void exit_mmap(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
	zap_pages(mm);
	free_tables(mm);
	mm->brk = mm->start_brk;
	up_write(&mm->mmap_lock);
}

/* ---- what a process asks for ---- */

unsigned long do_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;

	brk = PAGE_ALIGN(brk);
	if (brk < mm->start_brk || brk > TASK_SIZE || down_write_killable(&mm->mmap_lock))
		return READ_ONCE(mm->brk);
	zap_range(mm, brk, mm->brk);
	WRITE_ONCE(mm->brk, brk);
	up_write(&mm->mmap_lock);
	return brk;
}

int mm_populate(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = addr + len;
	struct page *page;
	int error = 0;

	if (len > TASK_SIZE || addr > TASK_SIZE - len)
		return -EFAULT;
	for (addr &= PAGE_MASK; !error && addr < end; addr += PAGE_SIZE) {
		if (fatal_signal_pending(current) || down_read_killable(&mm->mmap_lock))
			return -EINTR;
		page = get_touched(mm, addr, &error);
		up_read(&mm->mmap_lock);
		if (page)
			put_page(page);
	}
	return error;
}

/* ---- copying ---- */

static void copy_page_part(struct page *page, unsigned long offset, void *buf, unsigned long len,
			   bool write)
{
	if (!buf)
		memzero_page(page, offset, len);
	else if (write)
		memcpy_to_page(page, offset, buf, len);
	else
		memcpy_from_page(buf, page, offset, len);
}

unsigned long access_mm(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long len,
			bool write)
{
	unsigned long done = 0;
	int error = 0;

	down_read(&mm->mmap_lock);
	while (done < len) {
		unsigned long offset = (addr + done) % PAGE_SIZE;
		unsigned long part = min(len - done, PAGE_SIZE - offset);
		struct page *page = get_touched(mm, addr + done, &error);

		if (!page)
			break;
		copy_page_part(page, offset, buf ? buf + done : NULL, part, write);
		put_page(page);
		done += part;
	}
	up_read(&mm->mmap_lock);
	return done;
}
