/* SPDX-License-Identifier: MIT */
/*
 * Run a function that may be left from anywhere inside it: by a failed assertion or a skip, which
 * throw on purpose, and by a fault, which the trap code throws (<quarry/recover.h>). KUnit runs
 * each part of a test case so; a test rarely needs this header itself.
 */
#ifndef _KUNIT_TRY_CATCH_H
#define _KUNIT_TRY_CATCH_H

#include <linux/compiler.h>
#include <quarry/recover.h>

struct kunit;

typedef void (*kunit_try_catch_func_t)(void *context);

struct kunit_try_catch {
	struct kunit *test;		/* whose log gets the message about a fault */
	struct recovery *recovery;	/* where a throw goes to; NULL outside of a run */
	int try_result;			/* after a run: 0, or -EINTR when @try faulted */
	kunit_try_catch_func_t try;
	kunit_try_catch_func_t catch;	/* called with @context when @try did not return */
	void *context;
};

/*
 * Call @try_catch's try function with @context. When it returns, so does this. When it throws or
 * faults, its catch function is called; try_result tells the two apart. Runs nest.
 */
void kunit_try_catch_run(struct kunit_try_catch *try_catch, void *context);

/* Leave the innermost run of @try_catch. Outside of one it is a BUG(). */
void __noreturn kunit_try_catch_throw(struct kunit_try_catch *try_catch);

/* After a run: 0 when the try function returned or threw, -EINTR when it faulted. */
static inline int kunit_try_catch_get_result(struct kunit_try_catch *try_catch)
{
	return try_catch->try_result;
}

#endif /* _KUNIT_TRY_CATCH_H */
