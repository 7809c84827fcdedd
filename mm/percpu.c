// SPDX-License-Identifier: MIT
/*
 * Memory of which each CPU has a copy.
 *
 * 1. The idea
 * A counter that all CPUs increment is a cache line that travels. If each has its own, none
 * waits, and needs no lock either; a reader adds them up. Variables of the image have their copies
 * since boot (percpu_init.c): the same distance away from the image for each variable, so that one
 * number, the base of the segment in FS, leads each CPU to its own. What is allocated later has to be
 * found by the same number. So memory is taken for all CPUs at once, in *chunks*: a unit for each
 * CPU, as far from each other as the units of the first chunk. (Linux's mm/percpu.c; LKD chapter 12.)
 *
 *	chunk 0:   | CPU 0: variables, free | CPU 1: variables, free | …	direct map, since boot
 *	chunk 1:   | CPU 0: free            | CPU 1: free            | …	vmalloc range
 *
 *	CPU c's copy of ptr is at	ptr + __per_cpu_offset[c]
 *	__per_cpu_offset[c + 1]		== __per_cpu_offset[c] + pcpu_unit_size
 *	ptr of bit b of a chunk		== chunk->base + 4 * b - __per_cpu_offset[0]
 *
 * 2. Structure
 * What is said of a chunk is said of each of its units. Bit b of two maps stands for 4 bytes:
 *	map[b]			they are in use
 *	ends[b]			an allocation ends with them
 *	ends[b]			=> map[b]
 *	map[b], not map[b + 1]	=> ends[b]
 *	an allocation begins at b <=> map[b], and b == 0 or not map[b - 1] or ends[b - 1]
 *	free == number of bits of map that are 0;	nr == number of bits of ends that are 1
 *	map[b] == 1 for all b < first_free
 * Which free bytes are taken is decided by the lowest address that fits: so what is used stays
 * together, and chunks can become empty.
 *
 * 3. Growing
 * Most chunks would never be used up, if there were few small things and many CPUs. So a new
 * chunk has addresses only. When nothing fits anywhere, the last chunk gets one more page in each
 * unit, until it has all; then there is a new one. Only the last chunk's pages are not all there,
 * and everything in use lies in those that are:
 *	map[b] == 0 for all b >= populated * PAGE_SIZE / 4
 *
 * 4. Giving back
 * Empty chunks are kept for the next one who asks, until the page allocator is short of memory.
 *
 * 5. Locking, contexts
 * pcpu_lock, with interrupts off, guards maps and list. Pages and addresses come and go under pcpu_mutex,
 * which is taken first: so growing waits, and only those who may sleep do it. Others take what is
 * there. Between unlocking and returning, an allocation is its owner's: that is where it is cleared.
 *
 * 6. What is not checked
 * That nobody uses memory after free_percpu(), or beyond its end: the neighbour is somebody else's.
 */
#include <asm/tlbflush.h>
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <quarry/boot_level.h>

#include "core_lock.h"
#include "internal.h"
#include "percpu.h"

DEFINE_SPINLOCK(pcpu_lock);
struct core_lock_counts pcpu_lock_counts;
LIST_HEAD(pcpu_chunks);
unsigned int pcpu_unit_size;

static DEFINE_MUTEX(pcpu_mutex);

/* ---- the maps. pcpu_lock is held ---- */

/* The lowest @bits free ones in a row, from a multiple of @align on, are in use now. -1: none. */
static int chunk_take(struct pcpu_chunk *chunk, unsigned int bits, unsigned int align)
{
	unsigned int end = chunk->populated << (PAGE_SHIFT - PCPU_MIN_ALLOC_SHIFT);
	unsigned int start;

	if (chunk->free < bits)
		return -1;
	start = bitmap_find_next_zero_area(chunk->map, end, chunk->first_free, bits, align - 1);
	if (start >= end)
		return -1;
	bitmap_set(chunk->map, start, bits);
	__set_bit(start + bits - 1, chunk->ends);
	if (start == chunk->first_free)
		chunk->first_free += bits;
	chunk->free -= bits;
	chunk->nr++;
	return start;
}

static void chunk_put(struct pcpu_chunk *chunk, unsigned int start)
{
	unsigned int bits = pcpu_area_bits(chunk, start);

	bitmap_clear(chunk->map, start, bits);
	__clear_bit(start + bits - 1, chunk->ends);
	chunk->first_free = min(chunk->first_free, start);
	chunk->free += bits;
	chunk->nr--;
}

/* ---- pages ---- */

/* In each unit, @nr pages from page @first on are unmapped, flushed and freed, if they are there. */
static void unpopulate(struct pcpu_chunk *chunk, unsigned int first, unsigned int nr)
{
	unsigned long start = (unsigned long)pcpu_unit(chunk, 0) + first * PAGE_SIZE, addr, pfn;
	unsigned int cpu, i;

	for_each_possible_cpu(cpu)
		unmap_kernel_range(start + cpu * pcpu_unit_size, nr);
	flush_tlb_kernel_range(start, start + (nr_cpu_ids - 1) * pcpu_unit_size + nr * PAGE_SIZE);
	for_each_possible_cpu(cpu) {
		addr = start + cpu * pcpu_unit_size;
		for (i = 0; i < nr; i++, addr += PAGE_SIZE)
			if (forget_kernel_range(addr, 1, &pfn))
				__free_page(pfn_to_page(pfn));
	}
}

/* One more page in each unit of @chunk. */
static bool populate(struct pcpu_chunk *chunk, gfp_t gfp)
{
	unsigned int page_nr = chunk->populated, cpu;
	unsigned long addr, flags;
	struct page *page;

	for_each_possible_cpu(cpu) {
		page = alloc_page(gfp | __GFP_HIGHMEM | __GFP_NOWARN);
		if (!page) {
			unpopulate(chunk, page_nr, 1);
			return false;
		}
		addr = (unsigned long)pcpu_unit(chunk, cpu) + page_nr * PAGE_SIZE;
		BUG_ON(map_kernel_range(addr, page_to_pfn(page), 1, PAGE_KERNEL));
	}
	spin_lock_irqsave(&pcpu_lock, flags);
	chunk->populated++;
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return true;
}

/* ---- chunks. pcpu_mutex is held ---- */

static void chunk_init(struct pcpu_chunk *chunk, void *base, unsigned long *maps)
{
	chunk->base = base;
	chunk->free = pcpu_unit_bits;
	chunk->map = maps;
	chunk->ends = maps + pcpu_map_size;
	list_add_tail(&chunk->list, &pcpu_chunks);
}

/* Addresses, without a page. */
static bool chunk_create(gfp_t gfp)
{
	size_t maps = 2 * pcpu_map_size * sizeof(long);
	struct pcpu_chunk *chunk;
	unsigned long flags;

	chunk = kzalloc(sizeof(*chunk) + maps, gfp | __GFP_NOWARN);
	if (!chunk)
		return false;
	chunk->area = get_vm_area(nr_cpu_ids * pcpu_unit_size, VM_MAP);
	if (!chunk->area) {
		kfree(chunk);
		return false;
	}
	spin_lock_irqsave(&pcpu_lock, flags);
	chunk_init(chunk, chunk->area->addr, (unsigned long *)(chunk + 1));
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return true;
}

static void chunk_destroy(struct pcpu_chunk *chunk)
{
	mm_account_reclaimed_pages(chunk->populated * nr_cpu_ids);
	unpopulate(chunk, 0, chunk->populated);
	free_vm_area(chunk->area);
	kfree(chunk);
}

static bool grow(gfp_t gfp)
{
	struct pcpu_chunk *last = list_last_entry(&pcpu_chunks, struct pcpu_chunk, list);

	if (list_empty(&pcpu_chunks) || last->populated == pcpu_unit_pages)
		return chunk_create(gfp);
	return populate(last, gfp);
}

void pcpu_reap(void)
{
	struct pcpu_chunk *chunk, *next;
	unsigned long flags;
	LIST_HEAD(empty);

	if (!mutex_trylock(&pcpu_mutex))
		return;			/* somebody is growing: perhaps who asks us for memory */
	spin_lock_irqsave(&pcpu_lock, flags);
	list_for_each_entry_safe(chunk, next, &pcpu_chunks, list)
		if (chunk->area && !chunk->nr)
			list_move(&chunk->list, &empty);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	list_for_each_entry_safe(chunk, next, &empty, list)
		chunk_destroy(chunk);
	mutex_unlock(&pcpu_mutex);
}

/* ---- under pressure: its objects are chunks that nobody has anything in ---- */

static unsigned long count_unused(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long flags, count = 0;
	struct pcpu_chunk *chunk;

	spin_lock_irqsave(&pcpu_lock, flags);
	list_for_each_entry(chunk, &pcpu_chunks, list)
		if (chunk->area && !chunk->nr)
			count++;
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return count ? count : SHRINK_EMPTY;
}

static unsigned long free_unused(struct shrinker *shrinker, struct shrink_control *sc)
{
	pcpu_reap();
	return sc->nr_to_scan;
}

static struct shrinker pcpu_shrinker = {
	.count_objects = count_unused, .scan_objects = free_unused, .seeks = DEFAULT_SEEKS,
};

/* ---- allocating ---- */

static void __percpu *take(unsigned int bits, unsigned int align)
{
	void __percpu *ptr = NULL;
	struct pcpu_chunk *chunk;
	unsigned long flags = core_lock(&pcpu_lock, &pcpu_lock_counts);
	int start;

	list_for_each_entry(chunk, &pcpu_chunks, list) {
		start = chunk_take(chunk, bits, align);
		if (start >= 0) {
			ptr = pcpu_ptr(chunk, start);
			break;
		}
	}
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return ptr;
}

/* Two pages in each unit of a new chunk are enough for anything: so it ends. */
static noinline void __percpu *grow_and_take(unsigned int bits, unsigned int align, gfp_t gfp)
{
	void __percpu *ptr;

	if (boot_level < BOOT_VMALLOC)
		return NULL;
	mutex_lock(&pcpu_mutex);
	do
		ptr = take(bits, align);
	while (!ptr && grow(gfp));
	mutex_unlock(&pcpu_mutex);
	return ptr;
}

static bool is_legal(size_t size, size_t align, gfp_t gfp)
{
	if (likely(size - 1 < PCPU_MIN_UNIT_SIZE && align <= PAGE_SIZE && is_power_of_2(align)))
		return true;
	WARN(!(gfp & __GFP_NOWARN), "illegal size (%zu) or align (%zu) for percpu allocation\n",
	     size, align);
	return false;
}

static noinline void report_failure(size_t size, size_t align)
{
	static int reports_left = 10;

	if (!reports_left)
		return;
	pr_warn("percpu: allocation failed, size=%zu align=%zu atomic=0, no memory\n", size, align);
	dump_stack();
	if (!--reports_left)
		pr_info("percpu: limit reached, disable warning\n");
}

void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	unsigned int bits = DIV_ROUND_UP(size, PCPU_MIN_ALLOC_SIZE), cpu;
	unsigned int align_bits = DIV_ROUND_UP(align, PCPU_MIN_ALLOC_SIZE);
	bool may_sleep = (gfp & GFP_KERNEL) == GFP_KERNEL;
	void __percpu *ptr;

	if (!is_legal(size, align, gfp))
		return NULL;
	might_alloc(gfp);
	ptr = take(bits, align_bits);
	if (unlikely(!ptr) && may_sleep)
		ptr = grow_and_take(bits, align_bits, gfp);
	if (unlikely(!ptr)) {
		if (may_sleep && !(gfp & __GFP_NOWARN))
			report_failure(size, align);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		memset32(per_cpu_ptr(ptr, cpu), 0, bits);
	return ptr;
}

void __percpu *__alloc_percpu(size_t size, size_t align)
{
	return __alloc_percpu_gfp(size, align, GFP_KERNEL);
}

/* ---- freeing ---- */

/* The chunk in whose CPU 0's unit @addr lies, and how far behind its beginning. */
static struct pcpu_chunk *find_chunk(unsigned long addr, unsigned long *offset)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry(chunk, &pcpu_chunks, list) {
		*offset = addr - (unsigned long)chunk->base;
		if (*offset < pcpu_unit_size)
			return chunk;
	}
	return NULL;
}

/* Does something that was allocated begin at @offset? What begins at 0 in the first chunk was not. */
static bool begins_at(const struct pcpu_chunk *chunk, unsigned long offset)
{
	unsigned int bit = offset >> PCPU_MIN_ALLOC_SHIFT;

	if (!IS_ALIGNED(offset, PCPU_MIN_ALLOC_SIZE) || !test_bit(bit, chunk->map))
		return false;
	if (!bit)
		return chunk->area;
	return test_bit(bit - 1, chunk->ends) || !test_bit(bit - 1, chunk->map);
}

void free_percpu(void __percpu *ptr)
{
	struct pcpu_chunk *chunk;
	unsigned long flags, offset;
	bool sound;

	if (!ptr)
		return;
	flags = core_lock(&pcpu_lock, &pcpu_lock_counts);
	chunk = find_chunk(pcpu_addr(ptr), &offset);
	sound = chunk && begins_at(chunk, offset);
	if (likely(sound))
		chunk_put(chunk, offset >> PCPU_MIN_ALLOC_SHIFT);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	WARN(!sound, "free_percpu(%px): nothing that is allocated begins there\n", ptr);
}

/* ---- asking ---- */

phys_addr_t per_cpu_ptr_to_phys(void *addr)
{
	if (is_vmalloc_addr(addr))
		return PFN_PHYS(vmalloc_to_pfn(addr)) + ((unsigned long)addr & ~PAGE_MASK);
	return __pa(addr);
}

unsigned long pcpu_nr_pages(void)
{
	const struct pcpu_chunk *chunk;
	unsigned long flags, pages = 0;

	spin_lock_irqsave(&pcpu_lock, flags);
	list_for_each_entry(chunk, &pcpu_chunks, list)
		pages += chunk->populated * nr_cpu_ids;
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return pages;
}

/* ---- boot ---- */

void __init pcpu_first_chunk(void *base, unsigned int unit_size, unsigned int in_use,
			     unsigned long *maps)
{
	static struct pcpu_chunk first;

	pcpu_unit_size = unit_size;
	chunk_init(&first, base, maps);
	first.populated = pcpu_unit_pages;
	chunk_take(&first, DIV_ROUND_UP(in_use, PCPU_MIN_ALLOC_SIZE), 1);
}

/* Without a first chunk (tests/host), the image's copies are CPU 0's: __per_cpu_offset[0] is 0. */
void __init percpu_init(void)
{
	if (!pcpu_unit_size)
		pcpu_unit_size = 4 * PAGE_SIZE;
	register_shrinker(&pcpu_shrinker, "percpu");
}
