// SPDX-License-Identifier: MIT
/*
 * kmap(), kunmap() and kmap_local in random order, under the stress engine: what is held is a page
 * that is mapped, its length is one slot, and its order is the number of its users. Each page has
 * its own word, which must be there at every address that the page is given. The flush record is
 * on: an address that is used again before it was flushed fails the run.
 */
#include <quarry/test_seed.h>

#include "../mm/highmem.h"
#include "high_pages.h"
#include "stress_engine.h"

#define STEPS		5000	/* times 200 in a soak: a million */
#define PAGES		700	/* to choose from */
#define USERS_MAX	40
#define VALIDATE_COST	60000	/* instructions: two passes over 512 slots and their chains */

static struct stress stress;
static struct page **pages;
static u32 word[PAGES];			/* what page i begins and ends with */

static struct {
	unsigned int page;
	u32 *addr;
} local[KM_MAX_IDX];
static unsigned int depth;

static void write_word(unsigned int i, u32 *addr, u32 value)
{
	word[i] = value;
	addr[0] = value;
	addr[PAGE_SIZE / 4 - 1] = ~value;
}

static bool word_is_there(unsigned int i, const u32 *addr)
{
	return READ_ONCE(addr[0]) == word[i] && READ_ONCE(addr[PAGE_SIZE / 4 - 1]) == ~word[i];
}

static struct stress_held *find_held(struct stress *s, unsigned int i)
{
	for (struct stress_held *held = s->held; held < s->held + s->nr; held++)
		if (held->kind == i)
			return held;
	return NULL;
}

static void *address(const struct stress_held *held)
{
	return (void *)(held->start << PAGE_SHIFT);
}

/* Any page: one that has users already gets one more, and keeps its address. */
static bool map(struct stress *s)
{
	unsigned int i = stress_below(s, PAGES);
	struct stress_held *held = find_held(s, i);
	u32 *addr;

	if (held && held->order == USERS_MAX)
		return false;
	addr = kmap(pages[i]);
	STRESS_ASSERT(s, word_is_there(i, addr), "page %u is not at %px", i, addr);
	if (held) {
		STRESS_ASSERT(s, addr == address(held), "page %u went from %px to %px", i,
			      address(held), addr);
		held->order++;
	} else {
		held = stress_hold(s, (unsigned long)addr >> PAGE_SHIFT, 1, i, 1);
		write_word(i, addr, held->tag);
	}
	return true;
}

static void unmap_all(struct stress *s, const struct stress_held *held)
{
	for (unsigned int users = held->order; users; users--)
		kunmap(pages[held->kind]);
}

static void check(struct stress *s, const struct stress_held *held)
{
	struct page *page = pages[held->kind];

	STRESS_ASSERT(s, page_address(page) == address(held), "page %u is at %px instead of %px",
		      held->kind, page_address(page), address(held));
	STRESS_ASSERT(s, kmap_to_page(address(held)) == page, "%px is not page %u's", address(held),
		      held->kind);
	STRESS_ASSERT(s, word_is_there(held->kind, address(held)), "page %u: somebody wrote there",
		      held->kind);
}

/* One user less, but not the last. */
static void unmap_one(struct stress *s, struct stress_held *held)
{
	if (held->order == 1)
		return;
	kunmap(pages[held->kind]);
	held->order--;
	check(s, held);
}

static void push(struct stress *s)
{
	unsigned int i = stress_below(s, PAGES);

	local[depth].page = i;
	local[depth].addr = kmap_local_page(pages[i]);
	depth++;
}

static void pop(struct stress *s)
{
	unsigned int i = local[depth - 1].page;
	u32 *addr = local[depth - 1].addr;

	STRESS_ASSERT(s, word_is_there(i, addr), "page %u is not at %px", i, addr);
	if (stress_one_in(s, 2))
		write_word(i, addr, prandom_u32_state(&s->rnd));
	depth--;
	kunmap_local(addr);
}

static void other(struct stress *s)
{
	u32 what = stress_below(s, 40);

	if (!what)
		kmap_flush_unused();
	else if (depth && (what & 1 || depth == KM_MAX_IDX))
		pop(s);
	else
		push(s);
}

/* What is mapped besides: nothing that has users. */
static bool validate(struct stress *s)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		used += kmap_slots[i].count > 1;
	STRESS_ASSERT(s, used == s->nr, "%u slots have users, %u pages are held", used, s->nr);
	return kmap_validate();
}

/* ledger: H1 H2 */
static void random_operations(struct kunit *test)
{
	static const struct stress_ops ops = {
		.alloc = map, .free = unmap_all, .check = check, .change = unmap_one,
		.other = other, .validate = validate, .validate_cost = VALIDATE_COST,
	};
	unsigned long flushes = kmap_flushes;

	depth = 0;
	for (unsigned int i = 0; i < PAGES; i++) {
		u32 *addr = kmap_local_page(pages[i]);

		write_word(i, addr, i);
		kunmap_local(addr);
	}
	stress_run(&stress, test, &ops, kunit_rounds(STEPS));
	while (depth)
		pop(&stress);
	KUNIT_EXPECT_GT(test, kmap_flushes, flushes + 2);
}

static int begin(struct kunit *test)
{
	kmap_flush_unused();
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
	high_pages_put();
}

static struct kunit_case kmap_stress_cases[] = {
	KUNIT_CASE(random_operations),
	{}
};

static struct kunit_suite kmap_stress_suite = {
	.name = "kmap_stress",
	.init = begin,
	.exit = end,
	.test_cases = kmap_stress_cases,
};
kunit_test_suite(kmap_stress_suite);
