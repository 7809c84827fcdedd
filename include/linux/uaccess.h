/* SPDX-License-Identifier: MIT */
/*
 * Copying between the kernel and a process (LDD3 chapter 3, "read and write"; LKD chapter 5): the
 * only way to touch a user's memory. A user's pointer is a number that the user chose, so it may
 * point nowhere, or at the kernel itself; and what lies on the kernel's side may be smaller than
 * the user says. Below TASK_SIZE lies the memory of the process whose thread calls (mm/memory.c); a
 * kernel thread has none, and each copy stops at its first byte. (Kernel code may act as its own user:
 * set_fs() below.)
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <asm/page.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/types.h>

/*
 * Between the two, a fault of this thread on a user's address is not served (which could sleep),
 * but ends the access as if nothing were there. They nest. Here it is so for pages that are there, too.
 */
static __always_inline void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

static __always_inline void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
}

static inline bool pagefault_disabled(void)
{
	return current->pagefault_disabled != 0;
}

/* Must a fault not be served: because of the above, or because nothing may sleep here? */
#define faulthandler_disabled()	(pagefault_disabled() || in_atomic())

/* ---- whose addresses ---- */

#define TASK_SIZE	PAGE_OFFSET	/* a user's end here */

/*
 * How far "user" addresses reach for this thread. As until Linux 5.9: code that reads and writes
 * for the kernel itself, through functions made for users, says set_fs(KERNEL_DS), and puts back
 * what get_fs() returned before.
 */
typedef struct {
	unsigned long seg;
} mm_segment_t;

#define MAKE_MM_SEG(s)	((mm_segment_t) { (s) })
#define KERNEL_DS	MAKE_MM_SEG(~0UL)
#define USER_DS		MAKE_MM_SEG(TASK_SIZE)

extern mm_segment_t user_limit;		/* mm/usercopy.c */
#define get_fs()	(user_limit)
#define set_fs(limit)	do { user_limit = (limit); } while (0)
#define uaccess_kernel()	(user_limit.seg == KERNEL_DS.seg)

/* Could [@addr, + @size) be a user's? It may be mapped nowhere all the same. Any context. */
static inline bool access_ok(const void __user *addr, unsigned long size)
{
	unsigned long limit = user_limit.seg;

	return size <= limit && (unsigned long)addr <= limit - size;
}

/* ---- copying. All of these may sleep, for a page that a process has swapped out ---- */

/*
 * @n bytes from @from, which is a user's, to @to, or the other way. Returns how many have not been
 * copied: 0 is success (and callers return -EFAULT otherwise). What copy_from_user() could not
 * read is zeros in the kernel's memory. The kernel's side is looked at first: check_object_size().
 */
unsigned long _copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long _copy_to_user(void __user *to, const void *from, unsigned long n);
/* Zeros. */
unsigned long clear_user(void __user *to, unsigned long n);
/* The same without access_ok(), which the caller has asked. */
unsigned long __copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __clear_user(void __user *to, unsigned long n);

/*
 * The @n bytes at @ptr, the kernel's, are about to go to a user, or to come from one. BUG() when
 * they are not all of one object that may be copied: they wrap around, begin at NULL, reach over the
 * end of a slab's object, of what its cache allows (kmem_cache_create_usercopy()), of an area, a
 * block of pages or the stack, or lie in the kernel's code. `hardened_usercopy=off`: not checked.
 */
void __check_object_size(const void *ptr, unsigned long n, bool to_user);

/* Sizes that are written in the source are the reader's to check. */
static __always_inline void check_object_size(const void *ptr, unsigned long n, bool to_user)
{
	if (!__builtin_constant_p(n))
		__check_object_size(ptr, n, to_user);
}

/* Prints what it is about, and is a BUG(). @name: of what; @detail: of which, or NULL. */
void __noreturn usercopy_abort(const char *name, const char *detail, bool to_user,
			       unsigned long offset, unsigned long len);

static __always_inline unsigned long __must_check
copy_from_user(void *to, const void __user *from, unsigned long n)
{
	check_object_size(to, n, false);
	return _copy_from_user(to, from, n);
}

static __always_inline unsigned long __must_check
copy_to_user(void __user *to, const void *from, unsigned long n)
{
	check_object_size(from, n, true);
	return _copy_to_user(to, from, n);
}

/* One number of 1, 2, 4 or 8 bytes, whose type is the pointer's. 0, or -EFAULT (and @x is 0). */
#define get_user(x, ptr) \
({ \
	__typeof__(*(ptr)) __gu_val; \
	int __gu_err = _copy_from_user(&__gu_val, ptr, sizeof(__gu_val)) ? -EFAULT : 0; \
	\
	(x) = __gu_val; \
	__gu_err; \
})
#define put_user(x, ptr) \
({ \
	__typeof__(*(ptr)) __pu_val = (x); \
	\
	_copy_to_user(ptr, &__pu_val, sizeof(__pu_val)) ? -EFAULT : 0; \
})
#define __get_user(x, ptr)	get_user(x, ptr)
#define __put_user(x, ptr)	put_user(x, ptr)

/*
 * Copy from an address that may be anything: a fault ends the copy instead of the kernel.
 * Returns 0, or -EFAULT when some of it could not be read (what could be, has been copied).
 */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size);

#endif /* _LINUX_UACCESS_H */
