// SPDX-License-Identifier: MIT
/*
 * What needs an address for a moment only, clear_highpage() to memcpy_to_page(): against the same on
 * plain arrays, at random, and at the ends of a page.
 */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/prandom.h>
#include <quarry/test_seed.h>

#include "../mm/highmem.h"

static u8 model[2][PAGE_SIZE], buffer[PAGE_SIZE];
static struct rnd_state rnd;

static u32 below(u32 limit)
{
	return prandom_u32_max_state(&rnd, limit);
}

/* Ends of the page, odd offsets, no bytes at all: each often enough. */
static size_t some_offset(void)
{
	switch (below(4)) {
	case 0:
		return 0;
	case 1:
		return PAGE_SIZE - below(9);
	}
	return below(PAGE_SIZE);
}

static size_t some_length(size_t offset)
{
	size_t room = PAGE_SIZE - offset;

	return below(4) ? below(min(room, (size_t)200) + 1) : room;
}

static void change_all(struct page *page[2], unsigned int i)
{
	switch (below(4)) {
	case 0:
		clear_highpage(page[i]);
		memset(model[i], 0, PAGE_SIZE);
		break;
	case 1:
		clear_user_highpage(page[i], 0x8048000);
		memset(model[i], 0, PAGE_SIZE);
		break;
	case 2:
		copy_highpage(page[i], page[!i]);
		memcpy(model[i], model[!i], PAGE_SIZE);
		break;
	default:
		copy_user_highpage(page[i], page[!i], 0x8048000, NULL);
		memcpy(model[i], model[!i], PAGE_SIZE);
	}
}

static void zero_two_segments(struct page *page, unsigned int i)
{
	size_t start[2] = { some_offset(), some_offset() };
	size_t length[2] = { some_length(start[0]), some_length(start[1]) };

	zero_user_segments(page, start[0], start[0] + length[0], start[1], start[1] + length[1]);
	memset(model[i] + start[0], 0, length[0]);
	memset(model[i] + start[1], 0, length[1]);
}

static void zero_some(struct page *page, unsigned int i)
{
	size_t offset = some_offset(), length = some_length(offset);

	switch (below(4)) {
	case 0:
		zero_user(page, offset, length);
		break;
	case 1:
		zero_user_segment(page, offset, offset + length);
		break;
	case 2:
		memzero_page(page, offset, length);
		break;
	default:
		zero_two_segments(page, i);
		return;
	}
	memset(model[i] + offset, 0, length);
}

static void copy_some(struct page *page[2], unsigned int i)
{
	size_t to = some_offset(), length = some_length(to), from = below(PAGE_SIZE - length + 1);

	memcpy_page(page[i], to, page[!i], from, length);
	memcpy(model[i] + to, model[!i] + from, length);
}

static void write_some(struct page *page, unsigned int i)
{
	size_t offset = some_offset(), length = some_length(offset);

	if (below(2)) {
		prandom_bytes_state(&rnd, buffer, length);
		memcpy_to_page(page, offset, (char *)buffer, length);
		memcpy(model[i] + offset, buffer, length);
	} else {
		int byte = below(256);

		memset_page(page, offset, byte, length);
		memset(model[i] + offset, byte, length);
	}
}

static void read_some(struct kunit *test, struct page *page, unsigned int i)
{
	size_t offset = some_offset(), length = some_length(offset);

	memset(buffer, 0x5a, PAGE_SIZE);
	memcpy_from_page((char *)buffer, page, offset, length);
	KUNIT_EXPECT_MEMEQ(test, buffer, model[i] + offset, length);
	if (length < PAGE_SIZE)
		KUNIT_EXPECT_EQ(test, buffer[length], 0x5a);
}

static void expect_model(struct kunit *test, struct page *page, unsigned int i)
{
	u8 *bytes = kmap_local_page(page);

	KUNIT_ASSERT_MEMEQ(test, bytes, model[i], PAGE_SIZE);
	kunmap_local(bytes);
}

static void try_helpers(struct kunit *test, struct page *page[2])
{
	unsigned int i = below(2);

	switch (below(6)) {
	case 0:
		change_all(page, i);
		break;
	case 1:
		zero_some(page[i], i);
		break;
	case 2:
		copy_some(page, i);
		break;
	case 3:
		read_some(test, page[i], i);
		break;
	default:
		write_some(page[i], i);
	}
}

/* ledger: H3. Low to low, low to high, high to high; and nothing stays mapped or switched off. */
static void helpers_do_as_plain_memory(struct kunit *test)
{
	static const gfp_t kinds[][2] = {
		{ GFP_KERNEL, GFP_KERNEL },
		{ GFP_KERNEL, GFP_HIGHUSER },
		{ GFP_HIGHUSER, GFP_HIGHUSER },
	};
	unsigned int depth = current->kmap_ctrl.idx;

	prandom_seed_state(&rnd, kunit_seed());
	for (int kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		struct page *page[2] = { alloc_page(kinds[kind][0]), alloc_page(kinds[kind][1]) };

		KUNIT_ASSERT_TRUE(test, page[0] && page[1]);
		for (int i = 0; i < 2; i++) {
			clear_highpage(page[i]);
			memset(model[i], 0, PAGE_SIZE);
		}
		for (unsigned int round = 0; round < kunit_rounds(150); round++) {
			try_helpers(test, page);
			expect_model(test, page[0], 0);
			expect_model(test, page[1], 1);
		}
		__free_page(page[0]);
		__free_page(page[1]);
	}
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_EQ(test, current->kmap_ctrl.idx, depth);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
}

/* ledger: H3. Whatever they are asked to do, they do it in the page or not at all. */
static void helpers_stay_in_the_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_REPORT(test, "kernel BUG at *highmem.?:*", zero_user(page, PAGE_SIZE - 1, 2));
	KUNIT_EXPECT_REPORT(test, "kernel BUG at *highmem.?:*",
			    memcpy_to_page(page, 1, (char *)buffer, PAGE_SIZE));
	KUNIT_EXPECT_REPORT(test, "kernel BUG at *highmem.?:*",
			    memcpy_from_page((char *)buffer, page, PAGE_SIZE, 1));
	KUNIT_EXPECT_REPORT(test, "kernel BUG at *highmem.?:*",
			    memset_page(page, 2, 0, PAGE_SIZE - 1));
	KUNIT_EXPECT_REPORT(test, "kernel BUG at *highmem.?:*",
			    memcpy_page(page, 0, page, 1, PAGE_SIZE));
	__free_page(page);
}

/* ledger: H3. The pages of a compound page have addresses one by one. */
static void zero_user_across_a_compound_page(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_HIGHUSER | __GFP_COMP, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (int i = 0; i < 4; i++)
		memset_page(page + i, 0, 0xff, PAGE_SIZE);
	zero_user(page, PAGE_SIZE - 1, PAGE_SIZE + 2);
	for (int i = 0; i < 4; i++) {
		memcpy_from_page((char *)buffer, page + i, 0, PAGE_SIZE);
		memset(model[0], i == 1 ? 0 : 0xff, PAGE_SIZE);
		if (i == 0)
			model[0][PAGE_SIZE - 1] = 0;
		if (i == 2)
			model[0][0] = 0;
		KUNIT_EXPECT_MEMEQ(test, buffer, model[0], PAGE_SIZE);
	}
	__free_pages(page, 2);
}

static struct kunit_case highmem_helpers_cases[] = {
	KUNIT_CASE(helpers_do_as_plain_memory),
	KUNIT_CASE(helpers_stay_in_the_page),
	KUNIT_CASE(zero_user_across_a_compound_page),
	{}
};

static struct kunit_suite highmem_helpers_suite = {
	.name = "highmem_helpers",
	.test_cases = highmem_helpers_cases,
};
kunit_test_suite(highmem_helpers_suite);
