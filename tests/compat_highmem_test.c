// SPDX-License-Identifier: MIT
/* The forms that the textbooks print (LDD3 chapter 15, LKD chapter 12), beside today's. */
#include <asm/kmap_types.h>
#include <compat/linux26.h>
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/mm.h>

static struct page *page[2];

static int begin(struct kunit *test)
{
	for (int i = 0; i < 2; i++) {
		page[i] = alloc_page(GFP_HIGHUSER);
		if (!page[i])
			return -ENOMEM;
		clear_highpage(page[i]);
	}
	return 0;
}

static void end(struct kunit *test)
{
	for (int i = 0; i < 2; i++)
		if (page[i])
			__free_page(page[i]);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_FALSE(test, pagefault_disabled());
}

static unsigned long frame_at(const void *addr)
{
	struct page_walk walk;

	return walk_page_tables((unsigned long)addr, &walk) ? PFN_DOWN(walk.phys) : 0;
}

/* ledger: H2. As LDD3 copies a page: two types, so two slots, and undone in the reverse order. */
static void kmap_atomic_with_types(struct kunit *test)
{
	char *from, *to;

	memset_page(page[0], 0, 0x33, PAGE_SIZE);
	from = kmap_atomic(page[0], KM_USER0);
	to = kmap_atomic(page[1], KM_USER1);
	KUNIT_EXPECT_EQ(test, frame_at(from), page_to_pfn(page[0]));
	KUNIT_EXPECT_EQ(test, frame_at(to), page_to_pfn(page[1]));
	KUNIT_EXPECT_EQ(test, preempt_count(), 2);
	memcpy(to, from, PAGE_SIZE);
	kunmap_atomic(to, KM_USER1);
	kunmap_atomic(from, KM_USER0);

	to = kmap(page[1]);
	KUNIT_EXPECT_EQ(test, to[0], 0x33);
	KUNIT_EXPECT_EQ(test, to[PAGE_SIZE - 1], 0x33);
	kunmap(page[1]);
}

/* ledger: H2. One type used twice was a mistake once; slots are a stack now, whatever the type. */
static void types_do_not_choose_the_slot(struct kunit *test)
{
	void *outer = kmap_atomic(page[0], KM_IRQ0), *inner = kmap_atomic(page[1], KM_IRQ0);

	KUNIT_EXPECT_EQ(test, frame_at(outer), page_to_pfn(page[0]));
	KUNIT_EXPECT_EQ(test, frame_at(inner), page_to_pfn(page[1]));
	kunmap_atomic(inner, KM_IRQ0);
	kunmap_atomic(outer, KM_IRQ0);
}

/* Old and new forms in one file, nested in each other. */
static void both_forms_side_by_side(struct kunit *test)
{
	u32 *local = kmap_local_page(page[0]), *old = kmap_atomic(page[0], KM_USER0);
	u32 *new = kmap_atomic(page[0]);

	*old = 5;
	KUNIT_EXPECT_EQ(test, READ_ONCE(*local), 5);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*new), 5);
	KUNIT_EXPECT_PTR_EQ(test, kmap_atomic_to_page(new), page[0]);
	kunmap_atomic(new);
	kunmap_atomic(old, KM_USER0);
	kunmap_local(local);
}

/* Each of Linux 2.6's names can be written, in its old order of arguments. */
static void other_old_forms(struct kunit *test)
{
	u32 *words = kmap_atomic_prot(page[0], KM_USER0, PAGE_KERNEL);

	*words = 7;
	kunmap_atomic(words, KM_USER0);
	words = kmap_atomic_pfn(page_to_pfn(page[0]), KM_USER0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*words), 7);
	kunmap_atomic(words, KM_USER0);
	words = kmap_atomic_prot_pfn(page_to_pfn(page[0]), KM_USER0, PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*words), 7);
	kunmap_atomic(words, KM_USER0);
	words = kmap_atomic_prot_pfn(page_to_pfn(page[0]), PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*words), 7);
	kunmap_atomic(words);
	memclear_highpage_flush(page[0], 1, 2);
	words = kmap_atomic_prot(page[0], PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*words), 7);
	*words = 0x01020304;
	kunmap_atomic(words);
	zero_user_page(page[0], 1, 2, KM_USER0);
	words = kmap(page[0]);
	KUNIT_EXPECT_EQ(test, *words, 0x01000004);
	kunmap(page[0]);
}

static struct kunit_case compat_highmem_cases[] = {
	KUNIT_CASE(kmap_atomic_with_types),
	KUNIT_CASE(types_do_not_choose_the_slot),
	KUNIT_CASE(both_forms_side_by_side),
	KUNIT_CASE(other_old_forms),
	{}
};

static struct kunit_suite compat_highmem_suite = {
	.name = "compat_highmem",
	.init = begin,
	.exit = end,
	.test_cases = compat_highmem_cases,
};
kunit_test_suite(compat_highmem_suite);
