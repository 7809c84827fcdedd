/* SPDX-License-Identifier: MIT */
/*
 * Looking afterwards. What must hold after every test, whatever it was about ("no checker has
 * complained of something that nobody did on purpose"), is registered once:
 *
 *	static void look(struct kunit *test) { KUNIT_EXPECT_EQ(test, complaints, 0); }
 *	KUNIT_AFTERWARDS(look);
 *
 * It is called after each run of each case, when exit has run and all resources are freed, and
 * may fail it. This is Quarry's own, not Linux's.
 */
#ifndef _KUNIT_AFTERWARDS_H
#define _KUNIT_AFTERWARDS_H

#include <kunit/test.h>
#include <quarry/registry.h>

struct kunit_afterwards {
	void (*look)(struct kunit *test);
};

REGISTRY(kunit_afterwards, const struct kunit_afterwards);
#define KUNIT_AFTERWARDS(_look) \
	static const struct kunit_afterwards kunit_afterwards_##_look = { .look = _look }; \
	REGISTER(kunit_afterwards, kunit_afterwards_##_look)

#endif /* _KUNIT_AFTERWARDS_H */
