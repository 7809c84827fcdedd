// SPDX-License-Identifier: MIT
/*
 * Leaving a function from the middle. Linux gives each test case a thread and ends the thread;
 * here a case runs on its caller's stack, and a saved register set is where it goes on.
 */
#include <kunit/test.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include "try-catch-impl.h"

/* Nothing here may change between the two returns of kernel_setjmp() and be read after them. */
int kunit_try(struct kunit_try_catch *try_catch)
{
	struct recovery *outer = try_catch->recovery;
	struct recovery here;
	int outcome = kernel_setjmp(&here.env);

	if (outcome == 0) {
		recovery_push(&here);
		try_catch->recovery = &here;
		try_catch->try(try_catch->context);
		recovery_pop(&here);
	}
	try_catch->recovery = outer;
	return outcome;
}

static void say_where(struct kunit *test)
{
	if (test->last_seen)
		kunit_err(test, "try faulted: last line seen %s:%d\n",
			  test->last_seen->file, test->last_seen->line);
	else
		kunit_err(test, "try faulted\n");
}

void kunit_try_catch_run(struct kunit_try_catch *try_catch, void *context)
{
	int outcome;

	try_catch->context = context;
	try_catch->try_result = 0;
	outcome = kunit_try(try_catch);
	if (outcome == 0)
		return;
	if (outcome == KUNIT_FAULTED) {
		try_catch->try_result = -EINTR;
		say_where(try_catch->test);
	}
	try_catch->catch(try_catch->context);
}

void __noreturn kunit_try_catch_throw(struct kunit_try_catch *try_catch)
{
	struct recovery *target = try_catch->recovery;

	BUG_ON(!target);
	while (recovery_take() != target)
		;		/* those that were armed inside the one we leave */
	kernel_longjmp(&target->env, KUNIT_THROWN);
}
