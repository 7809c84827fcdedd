/* SPDX-License-Identifier: MIT */
/*
 * A memblock of one's own. The functions under test work on the one global "memblock", which the
 * running kernel lives on; so a test puts it aside, plays with empty lists, and puts it back.
 */
#ifndef _TESTS_MEMBLOCK_SANDBOX_H
#define _TESTS_MEMBLOCK_SANDBOX_H

#include <kunit/test.h>
#include <linux/memblock.h>

#define SANDBOX_REGIONS	600	/* the largest list that memblock_sandbox_enter() can be asked for */
#define WINDOW_SIZE	(64UL << 10)

/*
 * Empty lists with room for @max regions of RAM and of reservations, and a current limit of 0, so
 * that nothing on the invented RAM is touched. Leaving restores everything; it may be called twice.
 * For a suite's init and exit.
 */
void memblock_sandbox_enter(unsigned long max);
void memblock_sandbox_leave(void);

/*
 * Make real, page-aligned memory of WINDOW_SIZE bytes known as RAM and allow allocations up to
 * its end: from then on memblock_alloc() works and lists can grow. Returns its physical address.
 */
phys_addr_t memblock_sandbox_open_window(void);

#endif /* _TESTS_MEMBLOCK_SANDBOX_H */
