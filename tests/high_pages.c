// SPDX-License-Identifier: MIT
#include <asm/tlbflush.h>
#include <linux/glob.h>
#include <linux/string.h>
#include <quarry/log_tap.h>

#include "high_pages.h"

static struct page *pages[HIGH_PAGES_MAX];
static unsigned int held;

static u32 seed(unsigned long pfn, u32 salt)
{
	return (pfn ^ salt << 24) * 0x9e3779b1u;	/* odd, so that it can be undone */
}

void fill_words(u32 *words, unsigned long pfn, u32 salt)
{
	u32 word = seed(pfn, salt);

	for (unsigned int i = 0; i < PAGE_SIZE / 4; i++)
		words[i] = word + i;
}

unsigned int first_wrong_word(const u32 *words, unsigned long pfn, u32 salt)
{
	u32 word = seed(pfn, salt);
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / 4 && words[i] == word + i; i++)
		;
	return i;
}

void high_pages_put(void)
{
	while (held)
		__free_page(pages[--held]);
}

static struct page *alloc_high_page(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);

	if (!page || PageHighMem(page))
		return page;
	__free_page(page);
	return NULL;
}

struct page **high_pages_get(struct kunit *test, unsigned int nr)
{
	while (held < nr) {
		struct page *page = alloc_high_page();
		u32 *words;

		if (!page) {
			high_pages_put();
			kunit_skip(test, "no %u pages of high memory to spare here", nr);
		}
		words = kmap_local_page(page);
		fill_words(words, page_to_pfn(page), 0);
		kunmap_local(words);
		pages[held++] = page;
	}
	return pages;
}

/* ---- warnings ---- */

static unsigned int warnings;
static bool record_was_on;

static void count_warnings(struct log_tap *tap, int level, const char *line)
{
	warnings += glob_match("WARNING: *", line);
}

static struct log_tap tap = { .line = count_warnings };

void watch_flushes_begin(void)
{
	record_was_on = tlb_record_enabled();
	tlb_record_enable(true);
	warnings = 0;
	log_tap_add(&tap);
}

void expect_no_warning(struct kunit *test)
{
	log_tap_remove(&tap);
	tlb_record_enable(record_was_on);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}
