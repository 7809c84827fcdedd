/* SPDX-License-Identifier: MIT */
/*
 * For the leak finder's tests: objects that are lost on purpose.
 *
 * Addresses that nobody may know are kept upside down. Functions that know one while they run are
 * not inlined, so that it stays in no register of ours, and what they leave on the stack is
 * overwritten. A number that happens to look like an address may still hide an object; so several
 * are lost each time, and one of them may be missed.
 */
#ifndef _TESTS_LOST_OBJECTS_H
#define _TESTS_LOST_OBJECTS_H

#include <kunit/test.h>
#include <linux/kmemleak.h>

#define NR_LOST	6

extern unsigned long hidden[NR_LOST];	/* ~address; 0: none */

void hide(struct kunit *test, unsigned int i, const void *object);

#define hide_all(test, alloc) \
do { \
	for (unsigned int __i = 0; __i < NR_LOST; __i++) \
		hide(test, __i, alloc); \
} while (0)

/* The @i-th of them. Whoever asks knows it. */
static __always_inline void *nth(unsigned int i)
{
	return (void *)~hidden[i];
}

/* All of them are objects of 100 bytes. */
void lose_small(struct kunit *test);

/* Each leads to the middle of the next one. */
void make_chain(void);
/* New ones, of 100 bytes, like that. An old note to one would lead to all behind it: none does. */
void lose_chain(struct kunit *test);
/* *@place leads to a byte of the @i-th. */
void lead_by(void **place, unsigned int i, unsigned long offset);

/* Free those that are hidden. */
void free_all(void (*release)(const void *addr));

/* How many were found the last time that somebody looked; and was the @i-th? */
unsigned int count_found(void);
bool was_found(unsigned int i);
/* Nothing of what lay below the caller's frame is left. */
void wipe_stack(void);

unsigned int lost_after_wiping(struct kunit *test);

/* Look for leaks: how many of those that are hidden are found. In line: nothing below us is left. */
static __always_inline unsigned int lost(struct kunit *test)
{
	wipe_stack();
	return lost_after_wiping(test);
}

#define EXPECT_LOST(test) KUNIT_EXPECT_GE(test, lost(test), NR_LOST / 2)
#define EXPECT_NONE_LOST(test) KUNIT_EXPECT_EQ(test, lost(test), 0)

/* A suite's init and exit. */
int lost_objects_init(struct kunit *test);
void lost_objects_exit(struct kunit *test);

#endif /* _TESTS_LOST_OBJECTS_H */
