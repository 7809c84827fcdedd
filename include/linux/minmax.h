/* SPDX-License-Identifier: MIT */
/*
 * Smaller and larger of two values: each argument is evaluated once, and both must have the same
 * type, because `min(-1, 1U)` is 1. Of constants they are constants again.
 */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/compiler.h>
#include <linux/const.h>

#define __pick(x, op, y)	((x) op (y) ? (x) : (y))
#define __pick_once(x, op, y, ux, uy) \
({ \
	__typeof__(x) ux = (x); \
	__typeof__(y) uy = (y); \
	(void)(&ux == &uy);	/* warns when the types differ */ \
	__pick(ux, op, uy); \
})
#define __pick_checked(x, op, y) \
	__builtin_choose_expr(__is_constexpr(x) && __is_constexpr(y) && __same_type(x, y), \
			      __pick(x, op, y), \
			      __pick_once(x, op, y, __UNIQUE_ID(left), __UNIQUE_ID(right)))

#define min(x, y)		__pick_checked(x, <, y)
#define max(x, y)		__pick_checked(x, >, y)
#define min3(x, y, z)		min((__typeof__(x))min(x, y), z)
#define max3(x, y, z)		max((__typeof__(x))max(x, y), z)

/* Compare as @type, whatever the arguments' types are. */
#define min_t(type, x, y)	__pick_checked((type)(x), <, (type)(y))
#define max_t(type, x, y)	__pick_checked((type)(x), >, (type)(y))

/* The smaller of the two that are not zero; 0 when both are. */
#define min_not_zero(x, y) \
({ \
	__typeof__(x) __nz_x = (x); \
	__typeof__(y) __nz_y = (y); \
	__nz_x == 0 ? __nz_y : (__nz_y == 0 ? __nz_x : min(__nz_x, __nz_y)); \
})

/* @val, but at least @lo and at most @hi. */
#define clamp(val, lo, hi)		min((__typeof__(val))max(val, lo), hi)
#define clamp_t(type, val, lo, hi)	min_t(type, max_t(type, val, lo), hi)
#define clamp_val(val, lo, hi)		clamp_t(__typeof__(val), val, lo, hi)

#define swap(a, b) \
do { \
	__typeof__(a) __swapped = (a); \
	(a) = (b); \
	(b) = __swapped; \
} while (0)

#endif /* _LINUX_MINMAX_H */
