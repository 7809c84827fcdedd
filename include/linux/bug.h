/* SPDX-License-Identifier: MIT */
/*
 * BUG(): this cannot be, stop. WARN(): this should not be, say so with a backtrace and go on.
 * BUG is one instruction, ud2, whose address a table maps to file and line.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/printk.h>
#include <asm/bug.h>

#define BUG_ON(condition) do { if (unlikely(condition)) BUG(); } while (0)

/* Prints the warning's block: place, message, backtrace. Any context. */
void __warn_printf(const char *file, int line, const char *fmt, ...) __printf(3, 4) __cold;
void __warn_plain(const char *file, int line) __cold;

#define WARN(condition, format...) \
({ \
	bool __ret_warn = !!(condition); \
	if (unlikely(__ret_warn)) \
		__warn_printf(__FILE__, __LINE__, format); \
	unlikely(__ret_warn); \
})

#define WARN_ON(condition) \
({ \
	bool __ret_warn = !!(condition); \
	if (unlikely(__ret_warn)) \
		__warn_plain(__FILE__, __LINE__); \
	unlikely(__ret_warn); \
})

#define __WARN_ONCE(condition, warn) \
({ \
	static bool __section("data_once") __warned; \
	bool __ret_once = !!(condition); \
	if (unlikely(__ret_once && !__warned)) { \
		__warned = true; \
		warn; \
	} \
	unlikely(__ret_once); \
})
/* Forget which of them have warned: each may warn once more. */
void clear_warn_once(void);

#define WARN_ON_ONCE(condition) \
	__WARN_ONCE(condition, __warn_plain(__FILE__, __LINE__))
#define WARN_ONCE(condition, format...) \
	__WARN_ONCE(condition, __warn_printf(__FILE__, __LINE__, format))

#endif /* _LINUX_BUG_H */
