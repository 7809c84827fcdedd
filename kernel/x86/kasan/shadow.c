// SPDX-License-Identifier: MIT
/*
 * KASAN's shadow: where it lies, and what is behind it.
 *
 * 1. The idea
 * The shadow of all 4 GiB of addresses takes 512 MiB of addresses, at 0x80000000, in the third
 * quarter of the address space, which the kernel has no other use for. There is real memory behind
 * the shadow of what the kernel has: the direct map, with the image in it, and the window, with the
 * threads' stacks. All else is shadowed by one page of zeros, over and over: an access to it is none of
 * KASAN's business and will fault by itself, with a better report.
 *
 *	shadow of					behind it
 *	0          … PAGE_OFFSET			the page of zeros, read-only
 *	PAGE_OFFSET … high_memory			an eighth of low memory
 *	WINDOW_START … 4 GiB				an eighth of it
 *
 * 2. How it comes to be
 * The compiler's checks begin with the first instruction of start_kernel(). So boot/start.S calls
 * kasan_early_init(), which lays one page behind all of the shadow. Functions write there about
 * their stacks, and the page soon holds nonsense: nothing is reported yet. kasan_init() builds the
 * real one, in 2 MiB pages from memblock, all zeros; then the image's variables get their red
 * zones, and reports begin. What is on the stack by then has none, and keeps none.
 *
 * 3. The price
 * An eighth of low memory and of the window, for good: of a small machine's RAM much more than that.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/panic.h>
#include <linux/pfn.h>
#include <linux/printk.h>

#include "../x86.h"
#include "kasan.h"

#define SHADOW_QUARTER	(KASAN_SHADOW_OFFSET >> 30)
#define SHADOW_PMDS	(1UL << (32 - KASAN_SHADOW_SCALE_SHIFT - PMD_SHIFT))
/* What 2 MiB of shadow are the shadow of. */
#define SHADOWED	(PMD_SIZE << KASAN_SHADOW_SCALE_SHIFT)

/* A directory, the table that all or most of its entries point to, and that table's one page. */
struct shadow {
	pte_t directory[PTRS_PER_TABLE];
	pte_t table[PTRS_PER_TABLE];
	u8 page[PAGE_SIZE];
} __aligned(PAGE_SIZE);

static struct shadow early, final;

static void fill_table(struct shadow *shadow, u64 rights)
{
	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++)
		shadow->table[i] = __pa(shadow->page) | rights;
}

static pte_t small_pages(const struct shadow *shadow)
{
	return __pa(shadow->table) | _PAGE_PRESENT | _PAGE_RW;
}

asmlinkage void kasan_early_init(void);

/* Called by boot/start.S, before anything that is checked. */
asmlinkage void kasan_early_init(void)
{
	u64 *pointers = __va(read_cr3());

	fill_table(&early, _PAGE_PRESENT | _PAGE_RW);
	for (unsigned int i = 0; i < SHADOW_PMDS; i++)
		early.directory[i] = small_pages(&early);
	pointers[SHADOW_QUARTER] = __pa(early.directory) | _PAGE_PRESENT;
	write_cr3(read_cr3());
}

/* ---- the real one ---- */

static bool __init is_needed(unsigned long addr)
{
	return addr >= PAGE_OFFSET &&
	       (addr < (unsigned long)high_memory || addr + SHADOWED - 1 >= WINDOW_START);
}

static pte_t __init new_shadow(void)
{
	void *shadow = memblock_alloc(PMD_SIZE, PMD_SIZE);

	if (!shadow)
		panic("kasan: no memory for the shadow");
	return __pa(shadow) | _PAGE_PSE | supported_rights(PAGE_KERNEL);
}

/* Beside the early one, which is in use, and written to, for as long as the early tables are. */
void __init kasan_init(u64 *pointers)
{
	unsigned int large = 0;

	fill_table(&final, supported_rights(PAGE_KERNEL_RO));
	for (unsigned long i = 0; i < SHADOW_PMDS; i++) {
		bool needed = is_needed(i * SHADOWED);

		final.directory[i] = needed ? new_shadow() : small_pages(&final);
		large += needed;
	}
	pointers[SHADOW_QUARTER] = __pa(final.directory) | _PAGE_PRESENT;
	pr_info("kasan: %u MB of shadow\n", large * 2);
}

typedef void (*constructor_fn)(void);
extern const constructor_fn __start_init_array[], __stop_init_array[];

void __init kasan_begin(void)
{
	const constructor_fn *constructor;

	for (constructor = __start_init_array; constructor < __stop_init_array; constructor++)
		(*constructor)();
	kasan_enable_current();
}

bool has_shadow(unsigned long addr)
{
	return addr >= WINDOW_START || (addr >= PAGE_OFFSET && addr < (unsigned long)high_memory);
}
