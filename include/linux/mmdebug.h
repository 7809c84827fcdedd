/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H

#include <linux/bug.h>
#include <linux/mm_types.h>

/*
 * Everything about @page into the log: state, flags, raw words, and what checkers know about it.
 * @page may be damaged; one that is not in the memory map at all is reported as that.
 */
void dump_page(const struct page *page, const char *reason);

#define VM_BUG_ON(condition)		BUG_ON(condition)
#define VM_WARN_ON(condition)		WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition)	WARN_ON_ONCE(condition)
#define VM_BUG_ON_PAGE(condition, page) \
do { \
	if (unlikely(condition)) { \
		dump_page(page, "VM_BUG_ON_PAGE(" #condition ")"); \
		BUG(); \
	} \
} while (0)

#endif /* _LINUX_MMDEBUG_H */
