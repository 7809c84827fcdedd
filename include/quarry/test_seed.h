/* SPDX-License-Identifier: MIT */
/*
 * Where the random stress engines begin, and how long they go on: `seed=N` on the command line
 * repeats a run, `soak` lengthens it.
 */
#ifndef _QUARRY_TEST_SEED_H
#define _QUARRY_TEST_SEED_H

#include <linux/types.h>

u64 kunit_seed(void);

/*
 * How many rounds a stress engine should run whose everyday dose is @rounds: `soak` asks for more.
 */
unsigned int kunit_rounds(unsigned int rounds);

#endif /* _QUARRY_TEST_SEED_H */
