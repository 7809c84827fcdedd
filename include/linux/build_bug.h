/* SPDX-License-Identifier: MIT */
/* Mistakes that the compiler can see are reported by the compiler. */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler.h>

/*
 * Refuses to compile when @condition is true. Unlike static_assert(), @condition may depend on
 * an inlined function's arguments, if the optimiser can work it out: the call that stays behind
 * otherwise is to a function that may not be called.
 */
#define BUILD_BUG_ON_MSG(condition, msg) \
	__build_bug_on(condition, msg, __PASTE(__build_bug_, __COUNTER__))
#define __build_bug_on(condition, msg, function) \
do { \
	__attribute__((error(msg))) extern void function(void); \
	if (!(!(condition))) \
		function(); \
} while (0)

#define BUILD_BUG_ON(condition) BUILD_BUG_ON_MSG(condition, "BUILD_BUG_ON failed: " #condition)
#define BUILD_BUG()		BUILD_BUG_ON_MSG(1, "BUILD_BUG failed")
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) \
	BUILD_BUG_ON((n) == 0 || (((n) & ((n) - 1)) != 0))

/* An expression: 0, or it does not compile because @e is true. */
#define BUILD_BUG_ON_ZERO(e)	((int)(sizeof(struct { int : (-!!(e)); })))

/* @e must compile; it makes no code. */
#define BUILD_BUG_ON_INVALID(e)	((void)(sizeof((__force long)(e))))

#endif /* _LINUX_BUILD_BUG_H */
