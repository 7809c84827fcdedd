/* SPDX-License-Identifier: MIT */
/*
 * For tests of the monitor's commands: type a line, and read the answer, which a console of our own
 * overhears.
 */
#ifndef _TESTS_MONITOR_EAR_H
#define _TESTS_MONITOR_EAR_H

#include <kunit/test.h>

/* A suite's suite_init and suite_exit. */
int ears_init(struct kunit_suite *suite);
void ears_exit(struct kunit_suite *suite);

/* Run a line as if it had been typed. Returns what the command did. */
int ask(const char *line);

/* What the last one printed; what is too long is cut off. */
extern char answer[];

/* Lines of the answer that begin like that. */
unsigned int count_lines(const char *beginning);

/* The number that follows the words in the answer; 0 when they are not there. */
unsigned long number_after(const char *words);

#endif /* _TESTS_MONITOR_EAR_H */
