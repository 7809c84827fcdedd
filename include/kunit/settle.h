/* SPDX-License-Identifier: MIT */
/* Quiet between two cases. */
#ifndef _KUNIT_SETTLE_H
#define _KUNIT_SETTLE_H

#include <linux/compiler.h>

/*
 * Wait until what others do late has been done: threads that are ending have gone, works have run, and
 * areas that waited for that are free. Two seconds at most. The runner calls it before each case.
 * Process context. Weak: as a program on the host, the tests have no threads to wait for.
 */
void kunit_settle(void) __weak;

#endif /* _KUNIT_SETTLE_H */
