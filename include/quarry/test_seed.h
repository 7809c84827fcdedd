/* SPDX-License-Identifier: MIT */
/* Where the random stress engines begin: `seed=N` on the command line repeats a run. */
#ifndef _QUARRY_TEST_SEED_H
#define _QUARRY_TEST_SEED_H

#include <linux/types.h>

u64 kunit_seed(void);

#endif /* _QUARRY_TEST_SEED_H */
