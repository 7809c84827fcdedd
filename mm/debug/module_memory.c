// SPDX-License-Identifier: MIT
/*
 * What modules have allocated and not freed.
 *
 * While a module is loaded, each allocation is asked whether code in modules/ is among its callers.
 * If so, a note keeps what it is and the nearest place in a module that asked for it. A note goes
 * when what it is about is freed. When a module ends, the notes from its code are its leaks.
 *
 * What allocators take for themselves while they serve a module is not the module's: pages for
 * slabs and for vmalloc areas, descriptions of areas. Such requests pass through one of a few
 * functions on their way, by which they are known.
 *
 *	a note is at notes[n], n the first place from the hash of its key on that was free
 *	from there to the note no place is free (so looking for it ends at the first free one)
 *	nr_notes < NR_NOTES
 *
 * The table is allocated with the first module and freed with the last, in process context, and
 * never touched while an allocator holds a lock of its own that the table would need. When it is
 * full, what comes is counted, and the count is told at the end. Looking at the callers takes some
 * thousands of instructions for each allocation, and objects pass by the CPUs' magazines: that is
 * the price while a module is loaded, and nothing otherwise.
 */
#include <asm/sections.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/printk.h>
#include <linux/stacktrace.h>
#include <quarry/module_memory.h>

#include "../internal.h"
#include "../slab.h"
#include "../vmalloc.h"

#define NOTES_SHIFT	11
#define NR_NOTES	(1U << NOTES_SHIFT)
#define STACK_DEPTH	24

/* What a note is about: its address, or, for pages, the frame's number; and the kind behind. */
enum noted { OBJECT, AREA, PAGES, NR_KINDS };
#define KIND_BITS	2
#define KEY(kind, number)	((unsigned long)(number) << KIND_BITS | (kind))
#define OBJECT_KEY(object)	KEY(OBJECT, (unsigned long)(object) / ARCH_SLAB_MINALIGN)
#define AREA_KEY(addr)		KEY(AREA, (unsigned long)(addr) >> PAGE_SHIFT)

struct note {
	unsigned long key;	/* 0: no note */
	const char *site;	/* in the module: where the call returns to */
	size_t size;
};

static struct note *notes;
static unsigned int nr_notes, nr_lost;
static unsigned int nr_begun;
static DEFINE_SPINLOCK(notes_lock);

/* ---- the table ---- */

static unsigned int hash_of(unsigned long key)
{
	return hash_long(key, NOTES_SHIFT);
}

static unsigned int after(unsigned int n)
{
	return (n + 1) % NR_NOTES;
}

/* The note, or the free place where it would be. */
static struct note *find_note(unsigned long key)
{
	unsigned int n = hash_of(key);

	while (notes[n].key && notes[n].key != key)
		n = after(n);
	return &notes[n];
}

static void add_note(unsigned long key, const char *site, size_t size)
{
	struct note *note;

	if (nr_notes == NR_NOTES - 1) {
		nr_lost++;
		return;
	}
	note = find_note(key);
	nr_notes += !note->key;
	*note = (struct note) { .key = key, .site = site, .size = size };
}

/* The notes behind it that would no longer be found move up. */
static void remove_note(struct note *note)
{
	unsigned int gap = note - notes, n;

	for (n = after(gap); notes[n].key; n = after(n)) {
		unsigned int home = hash_of(notes[n].key);

		/* may it stand at the gap: is its home there, or before it, counted round? */
		if ((n - home) % NR_NOTES >= (n - gap) % NR_NOTES) {
			notes[gap] = notes[n];
			gap = n;
		}
	}
	notes[gap].key = 0;
	nr_notes--;
}

/* ---- who asks ---- */

/* Functions through which allocators get memory for themselves, with where they end. */
static struct inner {
	const void *function;
	unsigned long size;
} inner[] = {
	{ .function = slab_alloc }, { .function = vm_alloc }, { .function = vm_area_get },
	{ .function = vmap_area_alloc },
};

static void find_inner_sizes(void)
{
	unsigned long offset;

	for (unsigned int i = 0; i < ARRAY_SIZE(inner); i++)
		kallsyms_lookup((unsigned long)inner[i].function, &inner[i].size, &offset);
}

static bool is_inner(unsigned long ip)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(inner); i++)
		if (ip - (unsigned long)inner[i].function - 1 < inner[i].size)
			return true;
	return false;
}

static bool in_modules(unsigned long ip)
{
	return ip > (unsigned long)__start_modules_text && ip <= (unsigned long)__stop_modules_text;
}

/* The nearest place in a module; NULL: there is none, or an allocator asks for itself. */
static const char *asking_site(bool inner_counts)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int i, n = stack_trace_save(entries, STACK_DEPTH, 0);

	for (i = 0; i < n; i++) {
		if (in_modules(entries[i]))
			return (const char *)entries[i];
		if (inner_counts && is_inner(entries[i]))
			return NULL;
	}
	return NULL;
}

static void note_alloc(unsigned long key, size_t size, const char *site)
{
	unsigned long flags;

	if (!site)
		return;
	spin_lock_irqsave(&notes_lock, flags);
	add_note(key, site, size);
	spin_unlock_irqrestore(&notes_lock, flags);
}

static void note_free(unsigned long key)
{
	unsigned long flags;
	struct note *note;

	spin_lock_irqsave(&notes_lock, flags);
	note = find_note(key);
	if (note->key)
		remove_note(note);
	spin_unlock_irqrestore(&notes_lock, flags);
}

/* ---- objects ---- */

static bool wants_cache(const struct kmem_cache *cache)
{
	return !(cache->flags & SLAB_NOLEAKTRACE);
}

static bool object_alloc(struct kmem_cache *cache, void *object, gfp_t gfp)
{
	note_alloc(OBJECT_KEY(object), cache->object_size, asking_site(true));
	return true;
}

static bool object_free(struct kmem_cache *cache, void *object)
{
	note_free(OBJECT_KEY(object));
	return true;
}

static struct slab_observer objects = {
	.name = "module_memory",
	.wants = wants_cache,
	.alloc = object_alloc,
	.free = object_free,
};

/* ---- areas ---- */

static void area_alloc(const struct vm_struct *area)
{
	note_alloc(AREA_KEY(area->addr), get_vm_area_size(area), asking_site(false));
}

static void area_free(const struct vm_struct *area, const void *caller)
{
	note_free(AREA_KEY(area->addr));
}

static struct vmalloc_observer areas = {
	.name = "module_memory",
	.alloc = area_alloc,
	.free = area_free,
};

/* ---- pages: a block may be freed in smaller ones than it was allocated in ---- */

static bool pages_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	note_alloc(KEY(PAGES, page_to_pfn(page)), PAGE_SIZE << order, asking_site(true));
	return true;
}

/* The note of the block that @pfn lies in, if it has not been split since. */
static struct note *find_block(unsigned long pfn)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		unsigned long first = pfn & ~((1UL << order) - 1);
		struct note *note = find_note(KEY(PAGES, first));

		if (note->key && pfn - first < note->size / PAGE_SIZE)
			return note;
	}
	return NULL;
}

/* The block of @note without the 2^@order pages from @pfn on: what is left, in halves. */
static void cut_out(struct note *note, unsigned long pfn, unsigned int order)
{
	unsigned long first = note->key >> KIND_BITS, pages = note->size / PAGE_SIZE;
	const char *site = note->site;

	remove_note(note);
	while (pages > 1UL << order) {
		pages /= 2;
		if (pfn < first + pages) {
			add_note(KEY(PAGES, first + pages), site, pages * PAGE_SIZE);
		} else {
			add_note(KEY(PAGES, first), site, pages * PAGE_SIZE);
			first += pages;
		}
	}
}

static bool pages_free(struct page *page, unsigned int order)
{
	unsigned long flags;
	struct note *note;

	spin_lock_irqsave(&notes_lock, flags);
	note = find_block(page_to_pfn(page));
	if (note)
		cut_out(note, page_to_pfn(page), order);
	spin_unlock_irqrestore(&notes_lock, flags);
	return true;
}

static struct page_observer pages = {
	.name = "module_memory",
	.alloc = pages_alloc,
	.free = pages_free,
};

/* ---- beginning ---- */

int module_memory_begin(void)
{
	if (nr_begun++)
		return 0;
	find_inner_sizes();
	nr_notes = nr_lost = 0;
	notes = kvcalloc(NR_NOTES, sizeof(*notes), GFP_KERNEL);
	if (!notes) {
		nr_begun = 0;
		return -ENOMEM;
	}
	page_observer_attach(&pages);
	vmalloc_observer_attach(&areas);
	slab_observer_attach(&objects);
	return 0;
}

/* ---- the end ---- */

/* The name of a cache that was not destroyed is not worth a line of its own. */
static bool is_cache_name(const struct note *note)
{
	struct kmem_cache *cache;

	for_each_cache(cache)
		if (note->key == OBJECT_KEY(cache->name))
			return true;
	return false;
}

/* The cache that is the object itself, or NULL. */
static const struct kmem_cache *as_cache(const struct note *note)
{
	const struct kmem_cache *cache;

	for_each_cache(cache)
		if (note->key == OBJECT_KEY(cache))
			return cache;
	return NULL;
}

static const struct kmem_cache *cache_of(const struct note *note)
{
	void *object = (void *)((note->key >> KIND_BITS) * ARCH_SLAB_MINALIGN);

	return slab_page(object)->slab_cache;
}

static enum noted kind_of(const struct note *note)
{
	return note->key % (1 << KIND_BITS);
}

/* Are the two told of in one line? Blocks of pages are, of whatever sizes. */
static bool alike(const struct note *a, const struct note *b)
{
	if (a->site != b->site || kind_of(a) != kind_of(b))
		return false;
	return kind_of(a) == PAGES || (a->size == b->size && !as_cache(a) && !as_cache(b));
}

/* @count like @note, with so many @bytes together. */
static void tell(const char *name, const struct note *note, unsigned int count, size_t bytes)
{
	static const char *const what[NR_KINDS] = { [AREA] = "vmalloc", [PAGES] = "pages" };
	const struct kmem_cache *cache = as_cache(note);

	if (cache)
		pr_warn("%s: not destroyed: cache %s, from %pB\n", name, cache->name, note->site);
	else if (kind_of(note) == OBJECT)
		pr_warn("%s: not freed: %u of %s, %zu bytes, from %pB\n", name, count,
			cache_of(note)->name, bytes, note->site);
	else
		pr_warn("%s: not freed: %zu bytes of %s, from %pB\n", name, bytes,
			what[kind_of(note)], note->site);
}

/* Tell of @note and of all that are like it, and forget them. Returns how many there were. */
static unsigned int tell_all_alike(const char *name, struct note *note)
{
	struct note this = *note;
	unsigned int count = 1;
	size_t bytes = this.size;

	remove_note(note);
	for (unsigned int n = 0; n < NR_NOTES; n++) {
		while (notes[n].key && alike(&notes[n], &this)) {
			bytes += notes[n].size;
			count++;
			remove_note(&notes[n]);
		}
	}
	tell(name, &this, count, bytes);
	return count;
}

static bool is_from(const struct note *note, const char *start, const char *end)
{
	return note->key && note->site > start && note->site <= end;
}

/* Of the notes from [@start, @end), one whose place is the lowest; NULL: there is none. */
static struct note *first_note(const char *start, const char *end)
{
	struct note *first = NULL;

	for (unsigned int n = 0; n < NR_NOTES; n++)
		if (is_from(&notes[n], start, end) && (!first || notes[n].site < first->site))
			first = &notes[n];
	return first;
}

static void forget_names(const char *start, const char *end)
{
	for (unsigned int n = 0; n < NR_NOTES; n++)
		while (is_from(&notes[n], start, end) && is_cache_name(&notes[n]))
			remove_note(&notes[n]);
}

unsigned int module_memory_end(const char *name, const char *start, const char *end)
{
	unsigned int count = 0;
	struct note *note;

	forget_names(start, end);
	while ((note = first_note(start, end)))
		count += tell_all_alike(name, note);
	if (nr_lost)
		pr_warn("%s: there was no room to note %u allocations\n", name, nr_lost);
	if (--nr_begun)
		return count;
	slab_observer_detach(&objects);
	vmalloc_observer_detach(&areas);
	page_observer_detach(&pages);
	kvfree(notes);
	notes = NULL;
	return count;
}
