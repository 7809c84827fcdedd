// SPDX-License-Identifier: MIT
/*
 * page->flags: where its fields lie, what reads and changes them without touching the others, how
 * it is printed, and how the first page of a block is found in the real map.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../mm/internal.h"
#include "../mm/vmscan.h"

#define HIGHEST_ORDER	(MAX_ORDER - 1)
#define ZONE(n)		((unsigned long)(n) << PAGE_ZONE_SHIFT)
#define BLOCK(state, order) page_block_flags(state, order)

/* ledger: P1. The numbers are Linux's, and no field overlaps another. */
static void page_flags_layout(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct page), 16U);
	KUNIT_EXPECT_EQ(test, (int)PG_locked, 0);
	KUNIT_EXPECT_EQ(test, (int)PG_lru, 4);
	KUNIT_EXPECT_EQ(test, (int)PG_slab, 9);
	KUNIT_EXPECT_EQ(test, (int)PG_reserved, 12);
	KUNIT_EXPECT_EQ(test, (int)PG_private, 13);
	KUNIT_EXPECT_EQ(test, (int)PG_head, 16);
	KUNIT_EXPECT_EQ(test, PAGE_FLAGS_MASK, 0x1ffffUL);
	KUNIT_EXPECT_EQ(test, BIT(PG_poisoned) & (PAGE_FLAGS_MASK | PAGE_BLOCK_MASK), 0UL);
	KUNIT_EXPECT_EQ(test, PAGE_FLAGS_MASK & PAGE_BLOCK_MASK, 0UL);
	KUNIT_EXPECT_EQ(test, PAGE_STATE_MASK & PAGE_ORDER_MASK, 0UL);
	KUNIT_EXPECT_EQ(test, PAGE_BLOCK_MASK & PAGE_ZONE_MASK, 0UL);
	KUNIT_EXPECT_EQ(test, BIT(PG_memcg_kmem) &
			      (PAGE_FLAGS_MASK | BIT(PG_poisoned) | PAGE_BLOCK_MASK | PAGE_ZONE_MASK),
			0UL);
	KUNIT_EXPECT_EQ(test, PAGE_FLAGS_CHECK_AT_FREE & ~PAGE_FLAGS_MASK, BIT(PG_memcg_kmem));
}

/* One flag's whole family, in a page whose other bits are all clear, and all set. */
#define CHECK_FLAG(Name, bit) \
do { \
	for (unsigned long others = 0; others != 1; others = others ? 1 : ~BIT(bit)) { \
		struct page p = { .flags = others }; \
		KUNIT_EXPECT_FALSE(test, Page##Name(&p)); \
		SetPage##Name(&p); \
		KUNIT_EXPECT_EQ(test, p.flags, others | BIT(bit)); \
		KUNIT_EXPECT_TRUE(test, Page##Name(&p)); \
		ClearPage##Name(&p); \
		KUNIT_EXPECT_EQ(test, p.flags, others); \
		__SetPage##Name(&p); \
		KUNIT_EXPECT_EQ(test, p.flags, others | BIT(bit)); \
		__ClearPage##Name(&p); \
		KUNIT_EXPECT_EQ(test, p.flags, others); \
		KUNIT_EXPECT_FALSE(test, TestSetPage##Name(&p)); \
		KUNIT_EXPECT_TRUE(test, TestSetPage##Name(&p)); \
		KUNIT_EXPECT_EQ(test, p.flags, others | BIT(bit)); \
		KUNIT_EXPECT_TRUE(test, TestClearPage##Name(&p)); \
		KUNIT_EXPECT_FALSE(test, TestClearPage##Name(&p)); \
		KUNIT_EXPECT_EQ(test, p.flags, others); \
	} \
} while (0)

/* ledger: P1 */
static void page_flags_accessors(struct kunit *test)
{
	CHECK_FLAG(Locked, PG_locked);
	CHECK_FLAG(Referenced, PG_referenced);
	CHECK_FLAG(Uptodate, PG_uptodate);
	CHECK_FLAG(Dirty, PG_dirty);
	CHECK_FLAG(LRU, PG_lru);
	CHECK_FLAG(Active, PG_active);
	CHECK_FLAG(Error, PG_error);
	CHECK_FLAG(Slab, PG_slab);
	CHECK_FLAG(OwnerPriv1, PG_owner_priv_1);
	CHECK_FLAG(Reserved, PG_reserved);
	CHECK_FLAG(Private, PG_private);
	CHECK_FLAG(Private2, PG_private_2);
	CHECK_FLAG(Writeback, PG_writeback);
	CHECK_FLAG(Head, PG_head);
}

/* State and order change; zone, flags and the unused bits do not. */
static void page_flags_set_block(struct kunit *test)
{
	const unsigned long others = ~(unsigned long)PAGE_BLOCK_MASK;

	for (int state = PAGE_INTERIOR; state <= PAGE_QUARANTINED; state++) {
		for (unsigned int order = 0; order <= HIGHEST_ORDER; order++) {
			struct page set = { .flags = ~0UL }, clear = { .flags = 0 };

			set_page_block(&set, state, order);
			set_page_block(&clear, state, order);
			KUNIT_EXPECT_EQ(test, set.flags & others, others);
			KUNIT_EXPECT_EQ(test, clear.flags & others, 0UL);
			KUNIT_EXPECT_EQ(test, (int)page_state(&set), state);
			KUNIT_EXPECT_EQ(test, page_block_order(&set), order);
			KUNIT_EXPECT_EQ(test, (int)page_state(&clear), state);
			KUNIT_EXPECT_EQ(test, page_block_order(&clear), order);
			KUNIT_EXPECT_EQ(test, PageBuddy(&clear), state == PAGE_FREE);
			KUNIT_EXPECT_EQ(test, PageHWPoison(&clear), state == PAGE_QUARANTINED);
		}
	}
}

static void page_flags_zone(struct kunit *test)
{
	for (unsigned long zone = ZONE_DMA; zone < MAX_NR_ZONES; zone++) {
		struct page p = { .flags = ZONE(zone) | ~PAGE_ZONE_MASK };

		KUNIT_EXPECT_EQ(test, (unsigned long)page_zonenum(&p), zone);
		KUNIT_EXPECT_EQ(test, !!PageHighMem(&p), zone >= ZONE_HIGHMEM);
	}
}

/* ---- %pGp ---- */

static const struct printed {
	unsigned long flags;
	const char *text;
} printed[] = {
	{ BLOCK(PAGE_ALLOCATED, 0), "0xc0000(zone=0)" },
	{ BLOCK(PAGE_ALLOCATED, 3) | ZONE(1) | BIT(PG_head), "0x406d0000(head|order=3|zone=1)" },
	{ BLOCK(PAGE_ALLOCATED, 0) | ZONE(2) | BIT(PG_locked), "0x800c0001(locked|zone=2)" },
	{ BLOCK(PAGE_FREE, 10) | ZONE(2), "0x81440000(buddy|order=10|zone=2)" },
	{ BLOCK(PAGE_FREE, 0) | BIT(PG_poisoned), "0x60000(poisoned|buddy|zone=0)" },
	{ BLOCK(PAGE_PCP, 1) | ZONE(1), "0x40280000(pcp|order=1|zone=1)" },
	{ BLOCK(PAGE_INTERIOR, 0) | ZONE(1), "0x40000000(interior|zone=1)" },
	{ BLOCK(PAGE_RESERVED, 0) | BIT(PG_reserved), "0x101000(reserved|zone=0)" },
	{ BLOCK(PAGE_RESERVED, 0), "0x100000(reserved|zone=0)" },
	{ BLOCK(PAGE_HOLE, 0) | BIT(PG_reserved), "0x141000(reserved|hole|zone=0)" },
	{ BLOCK(PAGE_QUARANTINED, 2) | ZONE(3), "0xc0580000(quarantined|order=2|zone=3)" },
	{ BLOCK(PAGE_ALLOCATED, 0) | 0x1fff,
	  "0xc1fff(locked|referenced|uptodate|dirty|lru|active|workingset|waiters|error|slab|"
	  "owner_priv_1|arch_1|reserved|zone=0)" },
	{ BLOCK(PAGE_ALLOCATED, 0) | 0xe000, "0xce000(private|private_2|writeback|zone=0)" },
	/* Damage shows: a state that there is not, an order too large, bits that nobody uses. */
	{ PAGE_STATE_MASK | BIT(27), "0x81c0000(0x8000000|damaged|zone=0)" },
	{ ~0UL & ~PAGE_FLAGS_MASK & ~BIT(PG_poisoned),
	  "0xfffc0000(memcg_kmem|0x38000000|damaged|order=31|zone=3)" },
};

/* The whole text, and then cut by every smaller buffer. */
static void check_printed(struct kunit *test, const struct printed *p)
{
	size_t len = strlen(p->text);
	char buf[200];

	KUNIT_EXPECT_EQ(test, snprintf(buf, sizeof(buf), "%pGp", &p->flags), (int)len);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, p->text);
	for (size_t size = 1; size <= len; size++) {
		memset(buf, '~', sizeof(buf));
		KUNIT_EXPECT_EQ(test, snprintf(buf, size, "%pGp", &p->flags), (int)len);
		KUNIT_EXPECT_EQ(test, strlen(buf), size - 1);
		KUNIT_EXPECT_EQ(test, memcmp(buf, p->text, size - 1), 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(buf + size, '~', sizeof(buf) - size));
	}
}

/* ledger: P1 */
static void page_flags_printed(struct kunit *test)
{
	for (size_t n = 0; n < ARRAY_SIZE(printed); n++)
		check_printed(test, &printed[n]);
}

static void page_flags_printed_amid_text(struct kunit *test)
{
	struct page page = { .flags = BLOCK(PAGE_FREE, 0) };
	char buf[64];

	snprintf(buf, sizeof(buf), "flags: %pGp, %d", &page.flags, 7);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "flags: 0x40000(buddy|zone=0), 7");
	snprintf(buf, sizeof(buf), "%pGp", NULL);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "(null)");
}

/* Every flag has a name, and every value of the state. */
static void page_flags_names_are_complete(struct kunit *test)
{
	unsigned long named = 0;

	for (const struct trace_print_flags *name = pageflag_names; name->name; name++) {
		KUNIT_EXPECT_EQ_MSG(test, named & name->mask, 0UL, "%s", name->name);
		named |= name->mask;
	}
	KUNIT_EXPECT_EQ(test, named, PAGE_FLAGS_MASK | BIT(PG_poisoned) | BIT(PG_memcg_kmem));
	for (unsigned int state = 0; state <= PAGE_STATE_MASK >> PAGE_STATE_SHIFT; state++)
		KUNIT_EXPECT_NOT_NULL(test, page_state_names[state]);
}

/* ---- blocks in the real map ---- */

static void check_block(struct kunit *test, struct page *page, unsigned int order, bool compound)
{
	KUNIT_EXPECT_EQ(test, page_block_order(page), order);
	KUNIT_EXPECT_EQ(test, compound_order(page), compound ? order : 0);
	KUNIT_EXPECT_EQ(test, compound_nr(page), compound ? 1UL << order : 1UL);
	for (unsigned long i = 0; i < 1UL << order; i++) {
		struct page *p = page + i;

		KUNIT_EXPECT_PTR_EQ(test, block_head(p), page);
		KUNIT_EXPECT_PTR_EQ(test, compound_head(p), compound ? page : p);
		KUNIT_EXPECT_EQ(test, !!PageTail(p), compound && i > 0);
		KUNIT_EXPECT_EQ(test, !!PageCompound(p), compound);
		KUNIT_EXPECT_EQ(test, (int)page_state(p), i ? PAGE_INTERIOR : PAGE_ALLOCATED);
		KUNIT_EXPECT_PTR_EQ(test, page_zone(p), page_zone(page));
	}
}

/* A compound page of one page is a page. */
static void check_block_of(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	if (!page) {
		/* High orders may be scarce on a small machine, single pages are not. */
		KUNIT_EXPECT_GT(test, order, (unsigned int)PAGE_ALLOC_COSTLY_ORDER);
		return;
	}
	check_block(test, page, order, (gfp & __GFP_COMP) && order);
	__free_pages(page, order);
}

/* ledger: P1 P8 */
static void page_flags_block_head(struct kunit *test)
{
	unsigned long before;

	drop_slab();		/* or a block that is not to be had would have it reclaimed */
	drain_all_pages(NULL);
	before = nr_free_pages();
	for (unsigned int order = 0; order <= HIGHEST_ORDER; order++) {
		check_block_of(test, GFP_KERNEL, order);
		check_block_of(test, GFP_KERNEL | __GFP_COMP, order);
	}
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), before);
}

/* All frames below the end of RAM: whatever they are, their block begins where it says. */
static void page_flags_every_frame_has_a_head(struct kunit *test)
{
	unsigned long step = max(max_mapnr / 20000, 1UL), wrong = 0;

	for (unsigned long pfn = 0; pfn < max_mapnr; pfn += step) {
		struct page *head = block_head(pfn_to_page(pfn));

		wrong += !head || page_state(head) == PAGE_INTERIOR || page_to_pfn(head) > pfn ||
			 pfn >= page_to_pfn(head) + (1UL << page_block_order(head));
	}
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
}

static struct kunit_case page_flags_cases[] = {
	KUNIT_CASE(page_flags_layout),
	KUNIT_CASE(page_flags_accessors),
	KUNIT_CASE(page_flags_set_block),
	KUNIT_CASE(page_flags_zone),
	KUNIT_CASE(page_flags_printed),
	KUNIT_CASE(page_flags_printed_amid_text),
	KUNIT_CASE(page_flags_names_are_complete),
	KUNIT_CASE(page_flags_block_head),
	KUNIT_CASE(page_flags_every_frame_has_a_head),
	{}
};

static struct kunit_suite page_flags_suite = {
	.name = "page_flags",
	.test_cases = page_flags_cases,
};
kunit_test_suite(page_flags_suite);
