/* SPDX-License-Identifier: MIT */
/* Named as in Linux, whose own KUnit tests include it from the directory they lie in. */
#ifndef _KUNIT_TRY_CATCH_IMPL_H
#define _KUNIT_TRY_CATCH_IMPL_H

#include <kunit/try-catch.h>
#include <linux/types.h>

/* What kernel_setjmp() returns for the second time: the trap code's 1, or ours. */
enum { KUNIT_FAULTED = 1, KUNIT_THROWN = 2 };

static inline void kunit_try_catch_init(struct kunit_try_catch *try_catch, struct kunit *test,
					kunit_try_catch_func_t try, kunit_try_catch_func_t catch)
{
	*try_catch = (struct kunit_try_catch) { .test = test, .try = try, .catch = catch };
}

/* The run itself, without a message: 0 (returned), KUNIT_FAULTED or KUNIT_THROWN. */
int kunit_try(struct kunit_try_catch *try_catch);

#endif /* _KUNIT_TRY_CATCH_IMPL_H */
