/* SPDX-License-Identifier: MIT */
/* Memory whose rights tests change, and what the tables say of it. */
#ifndef _TESTS_RIGHTS_BLOCK_H
#define _TESTS_RIGHTS_BLOCK_H

#include <asm/pgtable.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/mm.h>

/*
 * A suite's block, for all of its cases: two large pages if such can be had, or one, or small ones.
 * For suite_init and suite_exit.
 */
int rights_block_take(struct kunit_suite *suite);
void rights_block_give_back(struct kunit_suite *suite);

extern unsigned long block_addr;
extern unsigned int block_order;

static inline unsigned long page(unsigned int n)
{
	return block_addr + n * PAGE_SIZE;
}

#define LARGE_PAGES	(PMD_SIZE / PAGE_SIZE)	/* small pages in a large one */

/* Is @addr in a large page? */
bool is_large(unsigned long addr);

/* The last large page of the block, or the case is skipped. */
unsigned long large_page(struct kunit *test);

/*
 * init and exit of a case: the block can be written and not executed, and no page is lost but for
 * the tables of large pages that were split.
 */
int rights_before(struct kunit *test);
void rights_after(struct kunit *test);
extern unsigned long rights_splits_before;	/* direct_map_splits() when the case began */

#define EXPECT_RIGHTS(test, at, can_write, can_execute) \
do { \
	struct page_walk __walk; \
	\
	KUNIT_EXPECT_TRUE(test, walk_page_tables(at, &__walk)); \
	KUNIT_EXPECT_EQ(test, __walk.writable, can_write); \
	KUNIT_EXPECT_EQ(test, __walk.executable, (can_execute) || !boot_cpu.nx); \
} while (0)

#define EXPECT_READ_ONLY(test, at) \
	KUNIT_EXPECT_REPORT(test, "*permissions violation*", *(volatile u8 *)(at) = 1)

#endif /* _TESTS_RIGHTS_BLOCK_H */
