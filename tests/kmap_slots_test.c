// SPDX-License-Identifier: MIT
/*
 * kmap() of high memory: 512 slots, counted users, and unused slots that stay mapped until the next
 * flush. Each case begins with all slots free and the flush record on, and ends so; a translation
 * that was not flushed before its slot was used again fails it.
 */
#include <kunit/report.h>
#include <linux/glob.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>

#include "../mm/highmem.h"
#include "high_pages.h"

#define PAGES	(LAST_PKMAP + 88)	/* more than there are slots */

static struct page **pages;
static unsigned long free_before;

static int begin(struct kunit *test)
{
	kmap_flush_unused();
	drain_all_pages(NULL);
	free_before = nr_free_pages();
	pages = high_pages_get(test, PAGES);
	watch_flushes_begin();
	return 0;
}

static void end(struct kunit *test)
{
	if (test->status == KUNIT_SKIPPED)
		return;
	kmap_flush_unused();
	expect_no_warning(test);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		KUNIT_EXPECT_EQ_MSG(test, kmap_slots[i].count, 0, "slot %u", i);
	high_pages_put();
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* What is at @addr? The page's frame, and through it the page's own words. */
static void expect_page_at(struct kunit *test, struct page *page, const void *addr)
{
	unsigned long pfn;

	KUNIT_EXPECT_EQ(test, window_page((unsigned long)addr, &pfn), WINDOW_MAPPED);
	KUNIT_EXPECT_EQ(test, pfn, page_to_pfn(page));
	EXPECT_WORDS(test, (const u32 *)addr, page, 0);
}

static void expect_empty(struct kunit *test, const void *addr)
{
	KUNIT_EXPECT_EQ(test, window_page((unsigned long)addr, NULL), WINDOW_EMPTY);
}

/* ---- one page ---- */

/* ledger: H1 P6 */
static void an_address_for_as_long_as_it_has_users(struct kunit *test)
{
	struct page *page = pages[0];
	void *addr;

	KUNIT_EXPECT_NULL(test, page_address(page));
	addr = kmap(page);
	KUNIT_EXPECT_PTR_EQ(test, page_address(page), addr);
	KUNIT_EXPECT_TRUE(test, (unsigned long)addr >= PKMAP_BASE &&
				(unsigned long)addr < PKMAP_ADDR(LAST_PKMAP));
	expect_page_at(test, page, addr);
	for (int users = 2; users < 10; users++)
		KUNIT_EXPECT_PTR_EQ(test, kmap(page), addr);
	for (int users = 9; users > 1; users--) {
		kunmap(page);
		kmap_flush_unused();
		KUNIT_EXPECT_PTR_EQ(test, page_address(page), addr);
		expect_page_at(test, page, addr);
	}
	kunmap(page);
	kmap_flush_unused();
	KUNIT_EXPECT_NULL(test, page_address(page));
	expect_empty(test, addr);
	KUNIT_EXPECT_REPORT(test, "BUG: unable to handle page fault for address: *",
			    (void)*(volatile u8 *)addr);
}

/* ledger: H1. Until slots run out a page is still where it was, and costs no flush. */
static void an_unused_page_comes_back_to_its_address(struct kunit *test)
{
	void *addr[8];
	unsigned long flushes;

	do {					/* once more, if they run out meanwhile */
		flushes = kmap_flushes;
		for (int i = 0; i < ARRAY_SIZE(addr); i++) {
			addr[i] = kmap(pages[i]);
			kunmap(pages[i]);
		}
	} while (kmap_flushes != flushes);
	for (int i = ARRAY_SIZE(addr) - 1; i >= 0; i--) {
		KUNIT_EXPECT_PTR_EQ(test, kmap(pages[i]), addr[i]);
		expect_page_at(test, pages[i], addr[i]);
		kunmap(pages[i]);
	}
	KUNIT_EXPECT_EQ(test, kmap_flushes, flushes);
}

/* ledger: H1. Any page of a block, compound or not, has an address of its own. */
static void pages_within_a_block(struct kunit *test)
{
	static const gfp_t kinds[] = { GFP_HIGHUSER, GFP_HIGHUSER | __GFP_COMP };

	for (int kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		struct page *block = alloc_pages(kinds[kind], 2);

		KUNIT_ASSERT_NOT_NULL(test, block);
		for (int i = 0; i < 4; i++)
			fill_words(kmap(block + i), page_to_pfn(block + i), 0);
		for (int i = 0; i < 4; i++)
			if (PageHighMem(block))
				expect_page_at(test, block + i, page_address(block + i));
		for (int i = 0; i < 4; i++)
			kunmap(block + i);
		kmap_flush_unused();
		__free_pages(block, 2);
	}
}

/* ledger: P6 */
static void from_addresses_to_pages(struct kunit *test)
{
	char *shared = kmap(pages[0]), *local = kmap_local_page(pages[1]);
	char *again = kmap_local_page(pages[0]);

	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(shared), pages[0]);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(shared + PAGE_SIZE - 1), pages[0]);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(local), pages[1]);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(local + 77), pages[1]);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(again), pages[0]);
	/* A local address is nobody else's. */
	KUNIT_EXPECT_NULL(test, page_address(pages[1]));
	kunmap_local(again);
	kunmap_local(local);
	kunmap(pages[0]);
	KUNIT_EXPECT_EQ(test, page_to_phys(pages[0]), PFN_PHYS(page_to_pfn(pages[0])));
	KUNIT_EXPECT_PTR_EQ(test, phys_to_page(page_to_phys(pages[0])), pages[0]);
}

/* What the validator says of a slot that somebody has opened or closed behind kmap()'s back. */
static void rights_of_a_slot_are_checked(struct kunit *test)
{
	void *addr = kmap(pages[0]);
	pte_t *pte = kernel_ptes((unsigned long)addr, 1), before = *pte;

	*pte ^= _PAGE_RW;
	KUNIT_EXPECT_REPORT(test, "kmap: slot * is read-only and *executable, which is not what *",
			    KUNIT_EXPECT_FALSE(test, kmap_validate()));
	*pte = before;
	if (before & _PAGE_NX) {
		*pte ^= _PAGE_NX;
		KUNIT_EXPECT_REPORT(test, "kmap: slot * is writable and executable, which is not *",
				    KUNIT_EXPECT_FALSE(test, kmap_validate()));
	}
	*pte = before;
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	kunmap(pages[0]);
}

/* The same slot with two users, one, none, and free; and what `page` says of its page. */
static void slots_in_words(struct kunit *test)
{
	struct page *page = pages[0];
	unsigned int nr = PKMAP_NR((unsigned long)kmap(page));
	char words[128];

	kmap_describe_slots(nr, words, sizeof(words));
	KUNIT_EXPECT_TRUE_MSG(test, glob_match("*[0-9]     ????????: pfn 0x*[0-9a-f], 1 user, kmap() by *",
					       words), "%s", words);
	kmap(page);
	kmap_describe_slots(nr, words, sizeof(words));
	KUNIT_EXPECT_NOT_NULL(test, strstr(words, ", 2 users, kmap() by "));
	kunmap(page);
	kunmap(page);
	describe_address(PKMAP_ADDR(nr), words, sizeof(words));
	KUNIT_EXPECT_TRUE_MSG(test, glob_match("kmap slot *, unused, but pfn 0x* is still mapped", words),
			      "%s", words);
	kmap_flush_unused();
	describe_address(PKMAP_ADDR(nr), words, sizeof(words));
	KUNIT_EXPECT_TRUE_MSG(test, glob_match("kmap slot *, free, last page pfn 0x*", words), "%s", words);
}

/* ---- many pages ---- */

/* ledger: H1. Every slot at once, each its own page; one given back is enough for one more. */
static void every_slot_is_used(struct kunit *test)
{
	static const void *addr[LAST_PKMAP];

	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		addr[i] = kmap(pages[i]);
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	for (unsigned int i = 0; i < LAST_PKMAP; i++) {
		KUNIT_EXPECT_PTR_EQ(test, page_address(pages[i]), addr[i]);
		expect_page_at(test, pages[i], addr[i]);
	}
	for (unsigned int i = 0; i < LAST_PKMAP; i += 97) {
		kunmap(pages[i]);
		KUNIT_EXPECT_PTR_EQ(test, kmap(pages[LAST_PKMAP]), addr[i]);
		expect_page_at(test, pages[LAST_PKMAP], addr[i]);
		kunmap(pages[LAST_PKMAP]);
		KUNIT_EXPECT_PTR_EQ(test, kmap(pages[i]), addr[i]);
	}
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		kunmap(pages[i]);
}

/*
 * ledger: H1. More pages one after the other than there are slots, several times over: whatever
 * had a slot before, its new page is found there.
 */
static void slots_wrap_around(struct kunit *test)
{
	unsigned long flushes = kmap_flushes;

	for (unsigned int round = 0; round < 4; round++) {
		for (unsigned int i = 0; i < PAGES; i++) {
			const void *addr = kmap(pages[i]);

			expect_page_at(test, pages[i], addr);
			kunmap(pages[i]);
		}
		KUNIT_EXPECT_TRUE(test, kmap_validate());
	}
	KUNIT_EXPECT_GE(test, kmap_flushes, flushes + 4 * PAGES / LAST_PKMAP);
	KUNIT_EXPECT_LE(test, kmap_flushes, flushes + 4 * PAGES / LAST_PKMAP + 1);
}

/* ledger: H1. Those that are in use stay where they are while all others come and go. */
static void pinned_slots_stay(struct kunit *test)
{
	static const void *addr[PAGES];

	for (unsigned int i = 0; i < PAGES; i += 40)
		addr[i] = kmap(pages[i]);
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < PAGES; i++) {
			expect_page_at(test, pages[i], kmap(pages[i]));
			kunmap(pages[i]);
		}
		for (unsigned int i = 0; i < PAGES; i += 40)
			KUNIT_EXPECT_PTR_EQ(test, page_address(pages[i]), addr[i]);
	}
	KUNIT_EXPECT_TRUE(test, kmap_validate());
	for (unsigned int i = 0; i < PAGES; i += 40) {
		expect_page_at(test, pages[i], addr[i]);
		kunmap(pages[i]);
	}
}

/* ledger: H1. One slot left: it is flushed again and again, and all others are left in peace. */
static void the_last_slot(struct kunit *test)
{
	const void *addr = NULL;

	for (unsigned int i = 0; i < LAST_PKMAP - 1; i++)
		kmap(pages[i]);
	for (unsigned int i = LAST_PKMAP; i < LAST_PKMAP + 20; i++) {
		const void *its = kmap(pages[i]);

		KUNIT_EXPECT_TRUE(test, !addr || its == addr);
		addr = its;
		expect_page_at(test, pages[i], addr);
		kunmap(pages[i]);
	}
	for (unsigned int i = 0; i < LAST_PKMAP - 1; i++) {
		expect_page_at(test, pages[i], page_address(pages[i]));
		kunmap(pages[i]);
	}
}

/* ledger: H1 */
static void flush_takes_what_is_unused(struct kunit *test)
{
	static const void *addr[100];

	for (unsigned int i = 0; i < ARRAY_SIZE(addr); i++)
		addr[i] = kmap(pages[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(addr); i++)
		if (i % 7)
			kunmap(pages[i]);
	kmap_flush_unused();
	for (unsigned int i = 0; i < ARRAY_SIZE(addr); i++) {
		KUNIT_EXPECT_PTR_EQ(test, page_address(pages[i]), i % 7 ? NULL : addr[i]);
		if (i % 7) {
			expect_empty(test, addr[i]);
		} else {
			expect_page_at(test, pages[i], addr[i]);
			kunmap(pages[i]);
		}
	}
}

/* ledger: H1 H2. Both kinds at once, of the same pages: one memory. */
static void kmap_and_kmap_local_interleaved(struct kunit *test)
{
	u32 *local[KM_MAX_IDX], *shared[KM_MAX_IDX];

	for (int i = 0; i < KM_MAX_IDX; i++) {
		shared[i] = kmap(pages[i]);
		local[i] = i & 1 ? kmap_local_page(pages[i]) : kmap_atomic(pages[i]);
		if (!(i & 1)) {
			kunmap_atomic(local[i]);
			local[i] = kmap_local_page(pages[i]);
		}
	}
	for (int i = 0; i < KM_MAX_IDX; i++) {
		KUNIT_EXPECT_PTR_NE(test, local[i], shared[i]);
		EXPECT_WORDS(test, local[i], pages[i], 0);
		fill_words(local[i], page_to_pfn(pages[i]), i);
		EXPECT_WORDS(test, shared[i], pages[i], i);
		KUNIT_EXPECT_PTR_EQ(test, page_address(pages[i]), shared[i]);
	}
	for (int i = KM_MAX_IDX - 1; i >= 0; i--) {
		kunmap(pages[i]);
		kunmap_local(local[i]);
	}
}

static struct kunit_case kmap_slots_cases[] = {
	KUNIT_CASE(an_address_for_as_long_as_it_has_users),
	KUNIT_CASE(an_unused_page_comes_back_to_its_address),
	KUNIT_CASE(pages_within_a_block),
	KUNIT_CASE(from_addresses_to_pages),
	KUNIT_CASE(rights_of_a_slot_are_checked),
	KUNIT_CASE(slots_in_words),
	KUNIT_CASE(every_slot_is_used),
	KUNIT_CASE(slots_wrap_around),
	KUNIT_CASE(pinned_slots_stay),
	KUNIT_CASE(the_last_slot),
	KUNIT_CASE(flush_takes_what_is_unused),
	KUNIT_CASE(kmap_and_kmap_local_interleaved),
	{}
};

static struct kunit_suite kmap_slots_suite = {
	.name = "kmap_slots",
	.init = begin,
	.exit = end,
	.test_cases = kmap_slots_cases,
};
kunit_test_suite(kmap_slots_suite);
