/* SPDX-License-Identifier: MIT */
#ifndef _TESTS_INJECT_FAILURES_H
#define _TESTS_INJECT_FAILURES_H

/* From now on so many of a hundred requests fail, of pages and of objects, whatever the flags; 0: none. */
void inject_failures(unsigned int percent);

#endif /* _TESTS_INJECT_FAILURES_H */
