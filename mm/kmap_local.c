// SPDX-License-Identifier: MIT
/*
 * kmap_local: high memory for a moment.
 *
 * 1. The idea
 * Most mappings of high memory last for a few lines of code: clear a page, copy one. They need no
 * address that others know, so they need no lock and no search either. Each CPU has 16 slots, and
 * uses them as a stack: what was mapped last is unmapped first.
 *	slots [0, depth) are mapped, slots [depth, KM_MAX_IDX) are not
 * Only this CPU ever used the address, so it is flushed here alone, at once: the slot is empty, not
 * stale. That is why it is cheap. (LWN, "Atomic kmaps become local", 2020.)
 *
 * 2. Threads
 * The depth belongs to the thread, current->kmap_ctrl.idx, not to the CPU, for a thread may be preempted,
 * or sleep, with mappings open. Whoever switches threads takes the entries of the one away and puts those of
 * the other back (kernel/x86/kmap_local.c); so whoever runs meanwhile has all 16 slots for himself. And a
 * thread whose depth is not 0 stays on its CPU, so that addresses stay true.
 *
 * 3. Contexts
 * Any. An interrupt uses the slots above those of what it interrupted; therefore the depth goes up
 * before a slot is filled, and down after it was emptied.
 *
 * 4. What is not checked
 * That only this thread uses the address.
 */
#include <asm/fixmap.h>
#include <asm/tlbflush.h>
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/percpu.h>
#include <linux/pfn.h>
#include <quarry/boot_level.h>

#include "highmem.h"

/* Go one deeper. Returns the slot's virtual page, which an interrupt leaves alone from here on. */
static __always_inline unsigned int push_local(struct task_struct *task)
{
	unsigned int depth = task->kmap_ctrl.idx + 1, vpn;

	if (unlikely(depth > KM_MAX_IDX))
		panic("kmap_local: more than %d nested mappings", KM_MAX_IDX);
	task->kmap_ctrl.idx = depth;
	barrier();			/* from here on, this thread stays on this CPU */
	vpn = arch_percpu_plus(kmap_local_base, depth);
	OPTIMIZER_HIDE_VAR(vpn);	/* one register, for the entry and for the address */
	return vpn;
}

static __always_inline void *map_local(unsigned int vpn, unsigned long pfn, u64 rights)
{
	set_fixmap_local(vpn, pfn, rights);
	return (void *)(vpn * PAGE_SIZE);
}

static noinline __cold void report_kunmap_local(unsigned long addr)
{
	unsigned int depth = current->kmap_ctrl.idx;
	void *vaddr = (void *)addr;
	const char *mistake = "not the mapping made last";

	if (addr >= PKMAP_BASE && addr < PKMAP_ADDR(LAST_PKMAP))
		mistake = "this is kmap()'s address; kunmap() takes the page";
	else if (!is_kmap_addr(vaddr))
		mistake = "not an address that kmap_local gives";
	WARN(1, "kunmap_local(%px): %s (%u open, the last one at %px)\n", vaddr, mistake, depth,
	     depth ? (void *)((arch_percpu_plus(kmap_local_base, depth)) * PAGE_SIZE) : NULL);
}

/* False: it is not @vaddr's turn, which was reported. */
static __always_inline bool unmap_local(struct task_struct *task, const void *vaddr)
{
	unsigned int vpn = (unsigned long)vaddr >> PAGE_SHIFT, depth = task->kmap_ctrl.idx;

	OPTIMIZER_HIDE_VAR(vpn);
	if (unlikely(!depth || vpn != arch_percpu_plus(kmap_local_base, depth))) {
		report_kunmap_local(vpn * PAGE_SIZE);
		return false;
	}
	clear_fixmap_local(vpn);
	barrier();
	task->kmap_ctrl.idx--;
	return true;
}

void *kmap_local_high(const struct page *page)
{
	unsigned int vpn = push_local(current);

	return map_local(vpn, page_to_pfn(page), page_kernel_rights);
}

void kunmap_local_high(const void *vaddr)
{
	unmap_local(current, vaddr);
}

/* pagefault_disable() is in here because "current" is at hand. */
void *kmap_atomic_high(const struct page *page)
{
	struct task_struct *task = current;
	unsigned int vpn;

	task->pagefault_disabled++;
	vpn = push_local(task);
	return map_local(vpn, page_to_pfn(page), page_kernel_rights);
}

/* With preempt_enable(), as both counts go down only if there was something to undo. */
void kunmap_atomic_high(const void *vaddr)
{
	struct task_struct *task = current;

	if (unlikely(!unmap_local(task, vaddr)))
		return;
	task->pagefault_disabled--;
	preempt_enable();
}

void report_kunmap_atomic(const void *vaddr)
{
	WARN(1, "kunmap_atomic(%px): there was no kmap_atomic()\n", vaddr);
}

void *kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot)
{
	if (pfn < max_low_pfn && is_direct_mapped(pfn))
		return __va(PFN_PHYS(pfn));
	if (WARN(!pgprot_is_sane(prot), "kmap_local_pfn: frame 0x%lx with bad rights %#llx\n", pfn,
		 pgprot_val(prot)))
		return NULL;
	if (WARN(pfn >= PFN_DOWN(cpu_phys_limit), "kmap_local_pfn: frame 0x%lx is out of reach\n", pfn))
		return NULL;
	if (!boot_level_needed(BOOT_PAGING, "kmap_local_pfn()"))
		return NULL;
	return map_local(push_local(current), pfn, supported_rights(prot));
}
