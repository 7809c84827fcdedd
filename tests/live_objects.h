/* SPDX-License-Identifier: MIT */
/* For tests of what stands on kmalloc(): how much of it there is, and making it fail. */
#ifndef _TESTS_LIVE_OBJECTS_H
#define _TESTS_LIVE_OBJECTS_H

#include <kunit/test.h>

/* Objects that kmalloc() has given out, of all its classes; larger blocks are not counted. */
unsigned long live_objects(void);

/*
 * From now on, classes have no objects for anybody, and there are no blocks of 2^@order pages and
 * more. kmalloc_works() ends it.
 */
void kmalloc_fails(unsigned int order);
void kmalloc_works(void);

/* What was asked of the page allocator since kmalloc_fails(), and refused: how often, how last. */
extern unsigned int pages_refused;
extern gfp_t pages_refused_gfp;

/*
 * For a suite's init and exit: nothing of kmalloc()'s or vmalloc()'s is left over, and there is
 * memory again.
 */
int live_objects_enter(struct kunit *test);
void live_objects_leave(struct kunit *test);

#endif /* _TESTS_LIVE_OBJECTS_H */
