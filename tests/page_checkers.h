/* SPDX-License-Identifier: MIT */
/* What the tests of the page checkers share. */
#ifndef _TESTS_PAGE_CHECKERS_H
#define _TESTS_PAGE_CHECKERS_H

#include <kunit/report.h>
#include <kunit/test.h>

#include "../mm/internal.h"

/* The registered observer of that name. */
struct page_observer *find_page_observer(const char *name);

/*
 * Before and after a case: all zones are sound, and of the pages that were free then, @lost are
 * out of service and all others are free now.
 */
void page_balance_begin(void);
void expect_page_balance(struct kunit *test, unsigned long lost);

/*
 * Ask for blocks like the free one at @page until the allocator has come to it; the others go
 * back. True: it was handed out, and is the caller's. False: it went out of service.
 */
bool alloc_this(struct kunit *test, struct page *page, gfp_t gfp, unsigned int order);

/* A line of a wrong page's report, and the one that begins it. */
#define EXPECT_BAD_PAGE(test, why, statement) \
	KUNIT_EXPECT_REPORT(test, "BUG: Bad page state in process *  pfn:*", \
		KUNIT_EXPECT_REPORT(test, "page dumped because: " why, statement))

#endif /* _TESTS_PAGE_CHECKERS_H */
