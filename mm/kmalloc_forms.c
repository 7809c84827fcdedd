// SPDX-License-Identifier: MIT
/*
 * The forms of kmalloc(): other sizes, large sizes, copies, secrets.
 *
 * 1. The idea
 * All of these are kmalloc() (kmalloc.c), or vmalloc() (vmalloc.c), and a few lines that callers
 * would get wrong now and then: the old pointer lost when krealloc() fails, the terminating 0
 * forgotten, a secret left in freed memory, vmalloc() asked where nobody may sleep.
 *
 * 2. krealloc
 * A class has more room than was asked for, and ksize() says how much:
 *	ksize(p) >= new size	p stays where it is; so it does when it becomes smaller
 *	otherwise		more memory than that, ksize(p) bytes copied, kfree(p)
 * More, because who has grown once grows again: the next power of two, at most twice the new size.
 * A buffer that grows byte by byte, or by doubling, is then copied half as often. (Linux takes the
 * exact class here.)
 * With __GFP_ZERO, whatever lies beyond the size is kept zero, so that it is zero when it is
 * wanted. When there is no memory, the old piece is its owner's as before.
 *
 * 3. kvmalloc
 * Contiguous memory is cheaper to use, if it is there: no page tables, no TLB entries. So:
 *	size <= PAGE_SIZE	kmalloc(), with all that @flags promise
 *	otherwise		kmalloc() that does not try hard and does not complain;
 *				then vmalloc(), if the caller may sleep
 * By its address, kvfree() knows whose it is.
 *
 * 4. Contexts, locking
 * As kmalloc() with the same flags, and kfree(). What vmalloc() returned, vfree() frees: it may
 * sleep, or, in an interrupt, leaves it for later. There are no locks here.
 */
#include <asm/sections.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "slab_cpu.h"
#include "vmalloc.h"

/* ---- other sizes ---- */

/* Tell whoever watches objects how much of @p is in use now. */
static noinline void tell_size(const void *p, size_t size)
{
	struct page *page = slab_page(p);

	if (page && page->slab_cache->watched)
		slab_watched_resize(page->slab_cache, (void *)p, size);
}

/* For @size bytes that will be more: a class that is larger than @size. */
static __always_inline size_t with_room(size_t size)
{
	return likely(size < KMALLOC_MAX_CACHE_SIZE) ?
		       2UL << __fls(size | (KMALLOC_MIN_SIZE - 1)) : size;
}

/* If there is none with room, one without will do. */
static __always_inline void *alloc_larger(size_t size, gfp_t flags)
{
	void *p = __kmalloc(with_room(size), flags | __GFP_NOWARN);

	return likely(p) ? p : __kmalloc(size, flags);
}

/* @objp is @have bytes large, which is too few. */
static void *move(const void *objp, size_t have, size_t new_size, gfp_t flags)
{
	void *p = alloc_larger(new_size, flags);

	if (unlikely(!p))
		return NULL;
	memcpy(p, objp, have);
	kfree(objp);
	return p;
}

/* The same of an object of @cache: its slot is full of words. */
static noinline void *move_object(const void *objp, size_t new_size, gfp_t flags)
{
	struct kmem_cache *cache = virt_to_page(objp)->slab_cache;
	void *p = alloc_larger(new_size, flags);

	if (unlikely(!p))
		return NULL;
	__copy(p, objp, DIV_ROUND_UP(cache->object_size, sizeof(u32)), 0);
	cache_free(cache, (void *)objp);
	return p;
}

/* Everything that few objects are. */
static noinline void *krealloc_slow(const void *objp, size_t new_size, gfp_t flags)
{
	size_t have = ksize(objp);
	void *p = (void *)objp;

	if (!new_size) {
		kfree(objp);
		return ZERO_SIZE_PTR;
	}
	if (!have)		/* nothing, or not ours, and that has been reported */
		return ZERO_OR_NULL_PTR(objp) ? __kmalloc(new_size, flags) : NULL;
	if (have < new_size)
		p = move(objp, have, new_size, flags);
	else if (flags & __GFP_ZERO)
		memset(p + new_size, 0, have - new_size);
	tell_size(p, new_size);
	return p;
}

void *krealloc(const void *objp, size_t new_size, gfp_t flags)
{
	const struct page *page = object_page(objp);

	if (unlikely(!page) || unlikely(!page_is_slab(page)))
		return krealloc_slow(objp, new_size, flags);
	if (unlikely(flags & __GFP_ZERO) || unlikely(page->slab_cache->watched))
		return krealloc_slow(objp, new_size, flags);
	if (new_size > page->slab_cache->object_size)
		return move_object(objp, new_size, flags);
	return likely(new_size) ? (void *)objp : krealloc_slow(objp, new_size, flags);
}

/* ---- large sizes ---- */

/* How kmalloc() is asked while there is something else. */
static gfp_t without_trying_hard(gfp_t flags)
{
	flags |= __GFP_NOWARN;
	if (!(flags & __GFP_RETRY_MAYFAIL))
		flags |= __GFP_NORETRY;
	return flags & ~__GFP_NOFAIL;
}

void *kvmalloc_node(size_t size, gfp_t flags, int node)
{
	void *p;

	if (size <= PAGE_SIZE)
		return kmalloc(size, flags);
	p = kmalloc(size, without_trying_hard(flags));
	if (likely(p) || !gfpflags_allow_blocking(flags))
		return p;
	if (unlikely(size > INT_MAX)) {		/* a length that went below 0, and nothing else */
		WARN_ON_ONCE(!(flags & __GFP_NOWARN));
		return NULL;
	}
	return vm_alloc(size, 1, VM_ALLOC, flags, __builtin_return_address(0));
}

void kvfree(const void *addr)
{
	if (is_vmalloc_addr(addr))
		vfree(addr);
	else
		kfree(addr);
}

void *kvrealloc(const void *p, size_t oldsize, size_t newsize, gfp_t flags)
{
	void *moved;

	if (oldsize >= newsize)
		return (void *)p;
	moved = kvmalloc(newsize, flags);
	if (likely(moved)) {
		memcpy(moved, p, oldsize);
		kvfree(p);
	}
	return moved;
}

/* ---- secrets ---- */

/* All that is really there: the last owner may have used what was not his. */
void kfree_sensitive(const void *objp)
{
	memzero_explicit((void *)objp, ksize(objp));
	kfree(objp);
}

void kvfree_sensitive(const void *addr, size_t len)
{
	if (likely(!ZERO_OR_NULL_PTR(addr))) {
		memzero_explicit((void *)addr, len);
		kvfree(addr);
	}
}

/* ---- copies ---- */

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = __kmalloc(len, gfp);

	if (likely(p))
		memcpy(p, src, len);
	return p;
}

/* @len characters, and the 0 behind them. */
static __always_inline char *copy_text(const char *s, size_t len, gfp_t gfp)
{
	size_t room;
	char *p;

	if (unlikely(check_add_overflow(len, (size_t)1, &room)))
		return NULL;
	p = __kmalloc(room, gfp);
	if (likely(p)) {
		memcpy(p, s, len);
		p[len] = '\0';
	}
	return p;
}

char *kmemdup_nul(const char *s, size_t len, gfp_t gfp)
{
	return s ? copy_text(s, len, gfp) : NULL;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? copy_text(s, strlen(s), gfp) : NULL;
}

char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	return s ? copy_text(s, strnlen(s, max), gfp) : NULL;
}

const char *kstrdup_const(const char *s, gfp_t gfp)
{
	return is_kernel_rodata((unsigned long)s) ? s : kstrdup(s, gfp);
}

void kfree_const(const void *x)
{
	if (!is_kernel_rodata((unsigned long)x))
		kfree(x);
}

/* ---- text ---- */

char *kvasprintf(gfp_t gfp, const char *fmt, va_list args)
{
	int length, again;
	va_list same;
	char *p;

	va_copy(same, args);
	length = vsnprintf(NULL, 0, fmt, same);
	va_end(same);
	p = __kmalloc(length + 1, gfp);
	if (unlikely(!p))
		return NULL;
	again = vsnprintf(p, length + 1, fmt, args);
	WARN(again != length, "kvasprintf(\"%s\"): %d characters, and then %d: its arguments change\n",
	     fmt, length, again);
	return p;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	char *p;

	va_start(args, fmt);
	p = kvasprintf(gfp, fmt, args);
	va_end(args);
	return p;
}

const char *kvasprintf_const(gfp_t gfp, const char *fmt, va_list args)
{
	if (!strchr(fmt, '%'))
		return kstrdup_const(fmt, gfp);
	if (!strcmp(fmt, "%s"))
		return kstrdup_const(va_arg(args, const char *), gfp);
	return kvasprintf(gfp, fmt, args);
}
