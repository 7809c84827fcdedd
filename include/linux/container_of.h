/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CONTAINER_OF_H
#define _LINUX_CONTAINER_OF_H

#include <linux/compiler.h>
#include <linux/stddef.h>

#define typeof_member(type, member)	__typeof__(((type *)0)->member)

/*
 * The structure of type @type whose @member @ptr points to. This one step back from a member to
 * its owner is what lets a list link, a timer or a node of a tree be embedded in anything.
 * Does not compile when @ptr does not have the member's type (const aside; void * is let pass).
 * The step is made with a number: with a pointer, gcc 12 warns that it leaves the object where a
 * list's head is taken for an entry, as the loops of <linux/list.h> do at their end.
 */
#define container_of(ptr, type, member) \
({ \
	unsigned long __member_at = (unsigned long)(ptr); \
	static_assert(__same_type(*(ptr), ((type *)0)->member) || \
		      __same_type(*(ptr), void), \
		      "pointer type mismatch in container_of()"); \
	(type *)(__member_at - offsetof(type, member)); \
})

/* The same, except that NULL and error pointers stay what they are. */
#define container_of_safe(ptr, type, member) \
({ \
	__typeof__(ptr) __safe_ptr = (ptr); \
	IS_ERR_OR_NULL(__safe_ptr) ? (type *)ERR_CAST(__safe_ptr) : \
		container_of(__safe_ptr, type, member); \
})

#endif /* _LINUX_CONTAINER_OF_H */
