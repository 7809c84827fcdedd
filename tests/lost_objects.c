// SPDX-License-Identifier: MIT
/* Objects that are lost on purpose: see lost_objects.h. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "lost_objects.h"

unsigned long hidden[NR_LOST];

/* KASAN's red zones at the end of this frame would be a gap that nobody wipes: it has none. */
__attribute__((no_sanitize_address))
noinline void wipe_stack(void)
{
#ifdef CONFIG_KASAN
	volatile char dust[8000];	/* frames are larger */
#else
	volatile char dust[1500];
#endif

	for (unsigned int i = 0; i < sizeof(dust); i++)
		dust[i] = 0;
}

noinline bool was_found(unsigned int i)
{
	struct kmemleak_leak leak;

	for (unsigned int n = 0; kmemleak_found(n, &leak); n++)
		if (hidden[i] == ~leak.addr)
			return true;
	return false;
}

unsigned int count_found(void)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < NR_LOST; i++)
		found += was_found(i);
	return found;
}

noinline unsigned int lost_after_wiping(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, kmemleak_scan(), 0);
	return count_found();
}

noinline void hide(struct kunit *test, unsigned int i, const void *object)
{
	KUNIT_ASSERT_NOT_NULL(test, object);
	hidden[i] = ~(unsigned long)object;
}

noinline void free_all(void (*release)(const void *addr))
{
	for (unsigned int i = 0; i < NR_LOST; i++) {
		if (hidden[i])
			release(nth(i));
		hidden[i] = 0;
	}
}

noinline void lose_small(struct kunit *test)
{
	hide_all(test, kzalloc(100, GFP_KERNEL));	/* their last owners' links do not count */
}

noinline void make_chain(void)
{
	for (unsigned int i = 0; i + 1 < NR_LOST; i++)
		*(void **)(nth(i) + 8) = nth(i + 1) + 16;
}

/* Those that an old note leads to; others are lost instead of them. */
static noinline unsigned int put_reached_aside(struct kunit *test, void **aside, unsigned int room)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < NR_LOST && n < room; i++) {
		if (was_found(i))
			continue;
		aside[n++] = nth(i);
		hide(test, i, kzalloc(100, GFP_KERNEL));
	}
	return n;
}

noinline void lose_chain(struct kunit *test)
{
	void *aside[3 * NR_LOST];
	unsigned int n = 0;

	lose_small(test);
	while (n < ARRAY_SIZE(aside) && lost(test) < NR_LOST)
		n += put_reached_aside(test, aside + n, ARRAY_SIZE(aside) - n);
	make_chain();
	while (n)
		kfree(aside[--n]);
}

noinline void lead_by(void **place, unsigned int i, unsigned long offset)
{
	WRITE_ONCE(*place, nth(i) + offset);
}

int lost_objects_init(struct kunit *test)
{
	memset(hidden, 0, sizeof(hidden));
	wipe_stack();
	return 0;
}

void lost_objects_exit(struct kunit *test)
{
	free_all(kfree);
	EXPECT_NONE_LOST(test);
}
