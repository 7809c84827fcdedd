/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_TYPECHECK_H
#define _LINUX_TYPECHECK_H

#include <linux/compiler.h>

/* 1; the compiler warns (comparison of distinct pointer types) unless @x has type @type. */
#define typecheck(type, x) \
({ \
	type __wanted; \
	__typeof__(x) __given; \
	(void)(&__wanted == &__given); \
	1; \
})

/* The same for a function's type. */
#define typecheck_fn(type, function) \
({ \
	__typeof__(type) __wanted_fn = function; \
	(void)__wanted_fn; \
})

/* 1; does not compile unless @x is a pointer. */
#define typecheck_pointer(x) \
({ \
	__typeof__(x) __pointer; \
	(void)sizeof(*__pointer); \
	1; \
})

#endif /* _LINUX_TYPECHECK_H */
