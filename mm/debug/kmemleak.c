// SPDX-License-Identifier: MIT
/*
 * The leak finder: what was allocated, and cannot be freed any more, because nobody knows where it
 * is.
 *
 * 1. The idea
 * Whoever wants to free an object needs its address. So the address must be somewhere: in a
 * variable, on a stack, in a register, or in another object that can itself be reached so. We look
 * at all of these, word by word; each word that is an address in some object reaches it, and then
 * that object's words are looked at. What is not reached is a leak. A garbage collector would free
 * it (this is its mark phase); we report it. C does not tell a pointer from a number, so each word
 * counts as a pointer: a number that looks like an address can hide a leak, for a while.
 *
 * 2. Objects
 * They need not be noted when they are allocated, as Linux does it: the allocators know them.
 *	slabs		what is free neither in its slab nor in a magazine is somebody's
 *	kmalloc()	of more than the classes have: blocks of pages, marked so
 *	vmalloc()	areas in the tree, and not freed
 *	told		by kmemleak_alloc()
 * An address anywhere in an object reaches it, since lists link objects in their middle.
 *
 * 3. Roots: where the search begins
 *	data and bss, but not what is ours (struct kmemleak_own) or below the stack pointer
 *	each CPU's copies of per-CPU variables
 *	the stack, from the caller's frame on, and registers. Other threads' stacks are areas, to which
 *	their task_struct leads; who does not run has left his registers there, also when it was an
 *	interrupt that stopped him
 *	the two words of its owner in the struct page of each allocated page (page->private …)
 *	objects that are no leaks because somebody has said so: "grey"
 * A white object is not reached, a grey one is, and a black one does not take part. Caches with
 * SLAB_NOLEAKTRACE are black as a whole: the allocator's own descriptions, which have the address
 * of everything.
 *
 * 4. Files
 *	kmemleak.c		what is told to us, which stays; which addresses are objects
 *	kmemleak_scan.c		one scan: its notes end with it
 *	kmemleak_trace.c	kmemleak=on: who allocated each object, and when
 *	kmemleak_show.c		/proc/kmemleak
 *
 * 5. Contexts, locking
 * A scan runs in process context, with all other CPUs stopped (<linux/stop_machine.h>): nothing
 * changes while it looks. So there is no object whose address is just on its way from one register to
 * another, and no need for Linux's second look, and for its age of five seconds. kmemleak_own.lock
 * guards the notes; who only asks about an address, while others go on, may get an old answer.
 *
 * 6. What it does not see
 * Pages that somebody has from alloc_pages() are neither objects nor looked into (as in Linux),
 * unless kmemleak_alloc() says so. An object to which an address is kept in another form (shifted,
 * or with flags) looks like a leak. Two leaked objects that refer to each other are both found:
 * nothing leads to them. Objects that a checker has set aside cannot be told from others in their
 * slab, so none of those is reported. Without kmemleak=on we do not see objects go: what somebody
 * has said about one is dropped by the next scan, and so may be believed of its successor.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include "kmemleak.h"

struct kmemleak_own kmemleak_own;

/* ---- which addresses are objects ---- */

static size_t slab_object_size(const struct page *page, const void *addr)
{
	struct kmem_cache *cache = READ_ONCE(page->slab_cache);
	const struct slab *slab = READ_ONCE(page->slab);
	unsigned int i;

	if (!cache || !slab)		/* its slab has just gone */
		return 0;
	i = slab_index(cache, slab, addr - cache->object_offset);
	if (i >= cache->num || slab_object(cache, slab, i) != addr ||
	    slab_object_is_free(slab, i) || slab_object_in_magazine(cache, addr))
		return 0;
	return cache->object_size;
}

static size_t lowmem_object_size(unsigned long addr)
{
	const struct page *page = virt_to_page(addr);

	if (PageSlab(page))
		return slab_object_size(page, (const void *)addr);
	if (page_state(page) == PAGE_ALLOCATED && PageHead(page) &&
	    page->slab_cache == KMALLOC_LARGE && PAGE_ALIGNED(addr))
		return page_size(page);
	return 0;
}

static size_t area_size(unsigned long addr)
{
	const struct vm_struct *area;
	unsigned long flags;
	size_t size = 0;

	spin_lock_irqsave(&vmap_lock, flags);
	area = vmap_area_at((const void *)addr);
	if (area && (area->flags & (VM_ALLOC | VM_LAZY)) == VM_ALLOC)
		size = get_vm_area_size(area);
	spin_unlock_irqrestore(&vmap_lock, flags);
	return size;
}

/* With the lock held: the note of that kind at @addr; NULL: there is none. */
static struct kmemleak_note *find_note(unsigned long addr, unsigned int area)
{
	struct kmemleak_note *note;

	for_each_note(note)
		if (note->addr == addr && (note->what & NOTE_AREA) == area)
			return note;
	return NULL;
}

/* How large the block is that we were told of; 0: of none at @addr. */
static size_t told_size(unsigned long addr)
{
	const struct kmemleak_note *note;
	unsigned long flags;
	size_t size = 0;

	spin_lock_irqsave(&kmemleak_own.lock, flags);
	note = find_note(addr, 0);
	if (note && (note->what & NOTE_BLOCK))
		size = note->size;
	spin_unlock_irqrestore(&kmemleak_own.lock, flags);
	return size;
}

size_t kmemleak_object_size(unsigned long addr)
{
	size_t told = told_size(addr);

	if (told)
		return told;
	if (is_vmalloc_addr((const void *)addr))
		return area_size(addr);
	return virt_addr_valid(addr) ? lowmem_object_size(addr) : 0;
}

/* ---- what somebody says about them ---- */

/* A note that is not in use; NULL: there is none, which is reported once. */
static struct kmemleak_note *new_note(unsigned long addr)
{
	struct kmemleak_note *note;

	for (note = kmemleak_own.notes; note < kmemleak_own.notes + NR_NOTES; note++) {
		if (note->addr)
			continue;
		*note = (struct kmemleak_note){ .addr = addr };
		kmemleak_own.nr_notes++;
		return note;
	}
	if (!kmemleak_own.notes_lost++)
		pr_warn("kmemleak: no room for more than %u notes; 0x%08lx is the first without\n",
			NR_NOTES, addr);
	return NULL;
}

/* With NOTE_AREA, several may begin at the same address; without, there is one for each object. */
static void add_note(unsigned long addr, size_t size, unsigned int what)
{
	struct kmemleak_note *note;
	unsigned long flags;

	spin_lock_irqsave(&kmemleak_own.lock, flags);
	note = find_note(addr, what & NOTE_AREA) ?: new_note(addr);
	if (note) {
		note->what |= what;
		note->size = max(note->size, (unsigned long)size);
	}
	spin_unlock_irqrestore(&kmemleak_own.lock, flags);
}

/* About an object that must be there; @words for the complaint are Linux's. */
static void note_object(const void *ptr, unsigned int what, const char *words)
{
	unsigned long addr = (unsigned long)ptr;

	if (ZERO_OR_NULL_PTR(ptr) || IS_ERR(ptr))
		return;
	if (kmemleak_object_size(addr))
		add_note(addr, 0, what);
	else
		pr_warn("kmemleak: %s 0x%08lx\n", words, addr);
}

void kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp)
{
	unsigned int colour = min_count > 0 ? 0 : min_count ? NOTE_BLACK : NOTE_GREY;

	if (ZERO_OR_NULL_PTR(ptr) || IS_ERR(ptr) || !size)
		return;
	if (kmemleak_object_size((unsigned long)ptr))		/* an allocator has told us */
		size = 0;
	add_note((unsigned long)ptr, size, size ? NOTE_BLOCK | colour : colour);
}

void kmemleak_free(const void *ptr)
{
	size_t size;

	if (ZERO_OR_NULL_PTR(ptr) || IS_ERR(ptr))
		return;
	size = told_size((unsigned long)ptr);
	if (size)
		kmemleak_forget((unsigned long)ptr, size);
	else
		pr_warn("kmemleak: Freeing unknown object at 0x%08lx\n", (unsigned long)ptr);
}

void kmemleak_not_leak(const void *ptr)
{
	note_object(ptr, NOTE_GREY, "Trying to color as Grey an unknown object at");
}

void kmemleak_ignore(const void *ptr)
{
	note_object(ptr, NOTE_BLACK, "Trying to color as Black an unknown object at");
}

void kmemleak_no_scan(const void *ptr)
{
	note_object(ptr, NOTE_NO_SCAN, "Not scanning unknown object at");
}

void kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp)
{
	if (!ZERO_OR_NULL_PTR(ptr) && !IS_ERR(ptr) && size)
		add_note((unsigned long)ptr, size, NOTE_AREA);
}

/* The object at @addr of @size bytes, or a part of it? */
static bool is_about(const struct kmemleak_note *note, unsigned long addr, size_t size)
{
	return note->addr == addr || ((note->what & NOTE_AREA) && note->addr - addr < size);
}

void kmemleak_forget(unsigned long addr, size_t size)
{
	struct kmemleak_note *note;
	unsigned long flags;

	if (!kmemleak_own.nr_notes)
		return;
	spin_lock_irqsave(&kmemleak_own.lock, flags);
	for_each_note(note) {
		if (!is_about(note, addr, size))
			continue;
		note->addr = 0;
		kmemleak_own.nr_notes--;
	}
	spin_unlock_irqrestore(&kmemleak_own.lock, flags);
}

/* ---- what was found ---- */

/* What has been freed since then is no leak any more. */
bool kmemleak_found(unsigned int n, struct kmemleak_leak *leak)
{
	for (unsigned int i = 0; i < kmemleak_own.nr_leaks; i++) {
		*leak = kmemleak_own.leaks[i];
		if (kmemleak_object_size(leak->addr) == leak->size && !n--)
			return true;
	}
	return false;
}
