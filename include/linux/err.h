/* SPDX-License-Identifier: MIT */
/*
 * Error codes as pointers. The last 4095 addresses are never those of an object, so a function
 * that returns a pointer can say there *why* it failed. NULL is not an error pointer: functions
 * that fail with NULL (kmalloc) and those that fail with ERR_PTR() are two families.
 */
#ifndef _LINUX_ERR_H
#define _LINUX_ERR_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

#define MAX_ERRNO	4095

#define IS_ERR_VALUE(x)	unlikely((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)

static inline void * __must_check ERR_PTR(long error)
{
	return (void *)error;
}

static inline long __must_check PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool __must_check IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE((unsigned long)ptr);
}

static inline bool __must_check IS_ERR_OR_NULL(const void *ptr)
{
	return unlikely(!ptr) || IS_ERR_VALUE((unsigned long)ptr);
}

/* The same error in a pointer of another type. */
static inline void * __must_check ERR_CAST(const void *ptr)
{
	return (void *)ptr;
}

/* The error in @ptr, 0 when it is none. */
static inline int __must_check PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? PTR_ERR(ptr) : 0;
}

#endif /* _LINUX_ERR_H */
