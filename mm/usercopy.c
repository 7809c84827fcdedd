// SPDX-License-Identifier: MIT
/*
 * Between the kernel and a process.
 *
 * 1. The idea
 * A system call is handed an address and a length by a program that may be hostile. Two things can
 * go wrong. The user's side may be no memory of his: access_ok() keeps him out of the kernel's
 * addresses, and an exception table lets a copy end where nothing is mapped (<asm/uaccess.h>),
 * instead of the kernel. And the kernel's side may be smaller than the length that a buggy caller
 * passes on: then a copy gives away the neighbour's secrets, or overwrites them. That is what is
 * looked at here, before the first byte ("hardened usercopy", in Linux since 4.8).
 *
 * 2. What may be copied, [ptr, ptr + n)
 *	it does not wrap around, nor begin at NULL or at ZERO_SIZE_PTR
 *	a slab:		one object, and of that [useroffset, useroffset + usersize); for kmalloc()
 *			that is all of it, for kmem_cache_create() nothing
 *	a kmap:		one page		vmalloc:	one area, mapped or not
 *	pages:		one compound page; those of other blocks tell nothing of their owners
 *	the stack:	what is in use of it	the code:	never
 * Everything else, such as data and bss, may.
 *
 * 3. Contexts, locking
 * Looking: any, no locks; the object is its caller's, so it does not go away. Copying may sleep.
 *
 * 4. What is not checked
 * That an object is in use; where in the stack one frame ends and another begins; sizes that are
 * constants, as in Linux: they are seen in the source.
 */
#define pr_fmt(fmt) "usercopy: " fmt

#include <asm/sections.h>
#include <asm/uaccess.h>
#include <linux/bug.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "slab.h"

static bool switched_off;

static int __init parse_hardened_usercopy(char *value)
{
	bool on;

	if (!value || kstrtobool(value, &on))
		return -EINVAL;
	switched_off = !on;
	return 0;
}
early_param("hardened_usercopy", parse_hardened_usercopy);

void __noreturn usercopy_abort(const char *name, const char *detail, bool to_user,
			       unsigned long offset, unsigned long len)
{
	pr_emerg("Kernel memory %s attempt detected %s %s%s%s%s (offset %lu, size %lu)!\n",
		 to_user ? "exposure" : "overwrite", to_user ? "from" : "to",
		 name ? name : "unknown?!", detail ? " '" : "", detail ? detail : "",
		 detail ? "'" : "", offset, len);
	BUG();
}

/* ---- what lies where ---- */

static void check_address(const void *ptr, unsigned long n, bool to_user)
{
	if ((unsigned long)ptr + (n - 1) < (unsigned long)ptr)
		usercopy_abort("wrapped address", NULL, to_user, 0, (unsigned long)ptr + n);
	if (ZERO_OR_NULL_PTR(ptr))
		usercopy_abort("null address", NULL, to_user, (unsigned long)ptr, n);
}

static bool overlaps(const void *ptr, unsigned long n, const void *start, const void *end)
{
	return ptr < end && ptr + n > start;
}

/* True: it lies on the stack, as a whole, in the part that is in use. */
static bool is_on_stack(const void *ptr, unsigned long n, bool to_user)
{
	if (!overlaps(ptr, n, current->stack, current->stack + current->stack_size))
		return false;
	if (!object_is_on_stack(ptr) || !object_is_on_stack(ptr + n - 1) ||
	    (unsigned long)ptr < current_stack_pointer)
		usercopy_abort("process stack", NULL, to_user,
			       current_stack_pointer - (unsigned long)ptr, n);
	return true;
}

static void check_slab_object(const struct page *page, const void *ptr, unsigned long n,
			      bool to_user)
{
	const struct kmem_cache *cache = page->slab_cache;
	unsigned int index = slab_index(cache, page->slab, ptr);
	unsigned long offset;

	if (ptr < page->slab->objects || index >= cache->num)
		usercopy_abort("SLAB page outside of its objects", cache->name, to_user, 0, n);
	offset = ptr - slab_object(cache, page->slab, index);
	if ((long)offset < 0)
		usercopy_abort("SLAB object in left red zone", cache->name, to_user, offset, n);
	if (offset < cache->useroffset || offset - cache->useroffset > cache->usersize ||
	    n > cache->useroffset + cache->usersize - offset)
		usercopy_abort("SLAB object", cache->name, to_user, offset, n);
}

static void check_kmap(const void *ptr, unsigned long n, bool to_user)
{
	unsigned long offset = (unsigned long)ptr % PAGE_SIZE;

	if (n > PAGE_SIZE - offset)
		usercopy_abort("kmap", NULL, to_user, offset, n);
}

static void check_vmalloc(const void *ptr, unsigned long n, bool to_user)
{
	const struct vm_struct *area = find_vm_area(ptr);

	if (!area)
		usercopy_abort("vmalloc", "no area", to_user, 0, n);
	if (n > area->size - (ptr - area->addr))
		usercopy_abort("vmalloc", NULL, to_user, ptr - area->addr, n);
}

static void check_compound(const struct page *head, const void *ptr, unsigned long n, bool to_user)
{
	unsigned long offset = ptr - page_address(head);

	if (compound_order(head) && n > page_size(head) - offset)
		usercopy_abort("page alloc", NULL, to_user, offset, n);
}

static void check_heap(const void *ptr, unsigned long n, bool to_user)
{
	const struct page *page;

	if (is_kmap_addr(ptr)) {
		check_kmap(ptr, n, to_user);
	} else if (is_vmalloc_addr(ptr)) {
		check_vmalloc(ptr, n, to_user);
	} else if (virt_addr_valid(ptr)) {
		page = slab_page(ptr);
		if (page)
			check_slab_object(page, ptr, n, to_user);
		else
			check_compound(virt_to_head_page(ptr), ptr, n, to_user);
	}
}

static void check_text(const void *ptr, unsigned long n, bool to_user)
{
	if (overlaps(ptr, n, _stext, _etext))
		usercopy_abort("kernel text", NULL, to_user, ptr - (void *)_stext, n);
}

void __check_object_size(const void *ptr, unsigned long n, bool to_user)
{
	if (switched_off || !n)
		return;
	check_address(ptr, n, to_user);
	if (is_on_stack(ptr, n, to_user))
		return;
	check_heap(ptr, n, to_user);
	check_text(ptr, n, to_user);
}

/* ---- copying ---- */

mm_segment_t user_limit = USER_DS;

/* A process's memory is behind tables of its own (memory.c). */
static bool is_process_memory(const void __user *addr)
{
	return current->mm && (unsigned long)addr < TASK_SIZE;
}

/* Returns how many bytes were not copied. */
static unsigned long access_own(const void __user *addr, void *buf, unsigned long n, bool write)
{
	if (pagefault_disabled())
		return n;
	return n - access_mm(current->mm, (unsigned long)addr, buf, n, write);
}

unsigned long __copy_from_user(void *to, const void __user *from, unsigned long n)
{
	might_sleep();
	if (is_process_memory(from))
		return access_own(from, to, n, false);
	return copy_until_fault(to, from, n);
}

unsigned long __copy_to_user(void __user *to, const void *from, unsigned long n)
{
	might_sleep();
	if (is_process_memory(to))
		return access_own(to, (void *)from, n, true);
	return copy_until_fault(to, from, n);
}

unsigned long __clear_user(void __user *to, unsigned long n)
{
	might_sleep();
	if (is_process_memory(to))
		return access_own(to, NULL, n, true);
	return clear_until_fault(to, n);
}

unsigned long _copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long left = n;

	if (likely(access_ok(from, n)))
		left = __copy_from_user(to, from, n);
	if (unlikely(left))
		memset(to + (n - left), 0, left);
	return left;
}

unsigned long _copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return likely(access_ok(to, n)) ? __copy_to_user(to, from, n) : n;
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	return likely(access_ok(to, n)) ? __clear_user(to, n) : n;
}
