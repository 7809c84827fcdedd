/* SPDX-License-Identifier: MIT */
#ifndef _TESTS_CPU_THREADS_H
#define _TESTS_CPU_THREADS_H

#include <kunit/test.h>
#include <linux/types.h>

/* Call @fn(@data) in a thread on each CPU, all at the same time, and wait until all have returned. */
void run_on_each_cpu(struct kunit *test, int (*fn)(void *data), void *data);

/* The same on CPU @cpu. */
void run_on_cpu(struct kunit *test, unsigned int cpu, int (*fn)(void *data), void *data);

/* A CPU that is online and not this one; the case is skipped where there is none. */
unsigned int other_cpu(struct kunit *test);

#endif /* _TESTS_CPU_THREADS_H */
