// SPDX-License-Identifier: MIT
/*
 * Damaged objects, for a test that only wants to know how many reports there are. It says so with a
 * resource of this name, whose data is an int; each report and each repair adds 1 to it, instead of
 * being printed. Any other test's are printed.
 */
#include <kunit/test-bug.h>
#include <quarry/slab_errors.h>

#include "internal.h"

#define COUNTER	"slab_errors"

static bool count_for_the_test(void)
{
	struct kunit_resource *res = kunit_find_named_resource(kunit_get_current_test(), COUNTER);

	if (!res)
		return false;
	++*(int *)res->data;
	kunit_put_resource(res);
	return true;
}

void kunit_count_slab_errors(const struct kunit *test)
{
	slab_error_counted = test ? count_for_the_test : NULL;
}
