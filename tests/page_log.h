/* SPDX-License-Identifier: MIT */
/* Longer reports than one line: the log is copied while a statement runs, and then searched. */
#ifndef _TESTS_PAGE_LOG_H
#define _TESTS_PAGE_LOG_H

#include <kunit/test.h>

/* From here on, lines are copied. Does not nest. They are not printed as well: it is too much. */
void page_log_begin(void);

/* Stop copying; returns the lines, valid until the next time. */
const char *page_log_end(void);

/* The lines that @statement logs. */
#define PAGE_LOG(statement) ({ page_log_begin(); statement; page_log_end(); })

/* How many lines of @log begin with @start. */
unsigned int page_log_count(const char *log, const char *start);

/*
 * The place behind the first line of @log from @from on that matches the pattern @glob; NULL, and
 * a failure, when there is none. So a report's lines are looked for in their order.
 */
const char *page_log_expect(struct kunit *test, const char *from, const char *glob);

#endif /* _TESTS_PAGE_LOG_H */
