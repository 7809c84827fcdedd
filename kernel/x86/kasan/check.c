// SPDX-License-Identifier: MIT
/*
 * KASAN: asking the shadow, and writing to it. What the compiler calls is here: it does the checks
 * of accesses of a known size itself, and calls when one has failed; the others it leaves to us.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "kasan.h"

#define CALLER		((unsigned long)__builtin_return_address(0))

void kasan_disable_current(void)
{
	current->kasan_depth++;
}

void kasan_enable_current(void)
{
	current->kasan_depth--;
}

/* ---- asking ---- */

u8 kasan_shadow_byte(const void *addr)
{
	return *shadow_of((unsigned long)addr);
}

/* The first byte of one granule, from @addr to its end or to @end, that must not be accessed; or 0. */
static unsigned long bad_in_granule(unsigned long addr, unsigned long end)
{
	unsigned long granule = addr & ~KASAN_GRANULE_MASK;
	unsigned long last = min(end - granule, KASAN_GRANULE_SIZE);
	s8 shadow = *shadow_of(addr);

	if (likely(!shadow))
		return 0;
	if (shadow < 0)
		return addr;
	return last > shadow ? max(addr, granule + shadow) : 0;
}

/* The same of [@addr, @end). Four granules at a time, where all of them are fine. */
static unsigned long first_bad(unsigned long addr, unsigned long end)
{
	unsigned long bad;

	while (addr < end) {
		if (IS_ALIGNED(addr, 4 * KASAN_GRANULE_SIZE) &&
		    end - addr >= 4 * KASAN_GRANULE_SIZE && !*(u32 *)shadow_of(addr)) {
			addr += 4 * KASAN_GRANULE_SIZE;
			continue;
		}
		bad = bad_in_granule(addr, end);
		if (unlikely(bad))
			return bad;
		addr = (addr | KASAN_GRANULE_MASK) + 1;
		if (!addr)
			break;
	}
	return 0;
}

bool kasan_check_range(const void *addr, size_t size, bool write, unsigned long ip)
{
	unsigned long start = (unsigned long)addr;
	struct kasan_access access = {
		.addr = start, .size = size, .write = write, .ip = ip,
	};

	if (!size)
		return true;
	access.bad = start + size < start ? start : first_bad(start, start + size);
	if (likely(!access.bad))
		return true;
	kasan_report_access(&access);
	return false;
}

bool kasan_byte_accessible(const void *addr)
{
	return !first_bad((unsigned long)addr, (unsigned long)addr + 1);
}

/* ---- writing ---- */

static void fill_shadow(unsigned long addr, size_t size, u8 value)
{
	__fill(shadow_of(addr), __BYTE_PATTERN(value), (size >> KASAN_SHADOW_SCALE_SHIFT) / 4,
	       (size >> KASAN_SHADOW_SCALE_SHIFT) % 4);
}

void kasan_poison(const void *addr, size_t size, u8 value)
{
	if (size && has_shadow((unsigned long)addr))
		fill_shadow((unsigned long)addr, ALIGN(size, KASAN_GRANULE_SIZE), value);
}

void kasan_unpoison(const void *addr, size_t size)
{
	unsigned long start = (unsigned long)addr;

	if (!size || !has_shadow(start))
		return;
	fill_shadow(start, size, 0);
	if (size & KASAN_GRANULE_MASK)
		*shadow_of(start + size) = size & KASAN_GRANULE_MASK;
}

/* What lies behind the last byte, up to the end of the page, is nobody's. */
void kasan_unpoison_vmalloc(const void *addr, unsigned long size)
{
	unsigned long used = ALIGN(size, KASAN_GRANULE_SIZE);

	kasan_unpoison(addr, size);
	kasan_poison(addr + used, PAGE_ALIGN(size) - used, KASAN_VMALLOC_INVALID);
}

void kasan_poison_vmalloc(const void *addr, unsigned long size)
{
	kasan_poison(addr, PAGE_ALIGN(size), KASAN_VMALLOC_INVALID);
}

/* ---- what the compiler calls: accesses ---- */

/*
 * __asan_report_*: its check has failed. But before kasan_begin() shadows are nonsense, and it may
 * have read one that is no longer so: look again.
 */
#define DEFINE_ACCESS(name, size, write) \
void __asan_report_##name##_noabort(unsigned long addr); \
void __asan_report_##name##_noabort(unsigned long addr) \
{ \
	kasan_check_range((void *)addr, size, write, CALLER); \
} \
void __asan_##name##_noabort(unsigned long addr); \
void __asan_##name##_noabort(unsigned long addr) \
{ \
	kasan_check_range((void *)addr, size, write, CALLER); \
}

DEFINE_ACCESS(load1, 1, false)
DEFINE_ACCESS(load2, 2, false)
DEFINE_ACCESS(load4, 4, false)
DEFINE_ACCESS(load8, 8, false)
DEFINE_ACCESS(load16, 16, false)
DEFINE_ACCESS(store1, 1, true)
DEFINE_ACCESS(store2, 2, true)
DEFINE_ACCESS(store4, 4, true)
DEFINE_ACCESS(store8, 8, true)
DEFINE_ACCESS(store16, 16, true)

#define DEFINE_ACCESS_OF_ANY_SIZE(name, write) \
void name(unsigned long addr, size_t size); \
void name(unsigned long addr, size_t size) \
{ \
	kasan_check_range((void *)addr, size, write, CALLER); \
}

DEFINE_ACCESS_OF_ANY_SIZE(__asan_report_load_n_noabort, false)
DEFINE_ACCESS_OF_ANY_SIZE(__asan_report_store_n_noabort, true)
DEFINE_ACCESS_OF_ANY_SIZE(__asan_loadN_noabort, false)
DEFINE_ACCESS_OF_ANY_SIZE(__asan_storeN_noabort, true)

/* ---- what the compiler calls: variables ---- */

/* At boot, from the constructors of each file. The compiler has left room behind each variable. */
void __asan_register_globals(struct asan_global *globals, size_t n)
{
	for (; n; n--, globals++) {
		size_t used = ALIGN(globals->size, KASAN_GRANULE_SIZE);

		kasan_unpoison(globals->addr, globals->size);
		kasan_poison(globals->addr + used, globals->size_with_redzone - used,
			     KASAN_GLOBAL_REDZONE);
	}
}

/* The image is not unloaded. */
void __asan_unregister_globals(struct asan_global *globals, size_t n)
{
}

/* A variable's block has been left, or is entered (those too large for the compiler to do it). */
void __asan_poison_stack_memory(const void *addr, size_t size)
{
	kasan_poison(addr, size, KASAN_USE_AFTER_SCOPE);
}

void __asan_unpoison_stack_memory(const void *addr, size_t size)
{
	kasan_unpoison(addr, size);
}

/* alloca(): a red zone of 32 bytes on each side, the right one from the last byte's granule on. */
#define ALLOCA_REDZONE	32UL

void __asan_alloca_poison(unsigned long addr, size_t size)
{
	unsigned long used = ALIGN(size, KASAN_GRANULE_SIZE);
	unsigned long end = ALIGN(size, ALLOCA_REDZONE) + ALLOCA_REDZONE;

	kasan_unpoison((void *)addr, size);
	kasan_poison((void *)(addr - ALLOCA_REDZONE), ALLOCA_REDZONE, KASAN_ALLOCA_LEFT);
	kasan_poison((void *)(addr + used), end - used, KASAN_ALLOCA_RIGHT);
}

void __asan_allocas_unpoison(const void *top, const void *bottom)
{
	if (top && top < bottom)
		kasan_unpoison(top, bottom - top);
}

/* Who does not return leaves frames behind: kernel_longjmp() cleans up where it knows how far. */
void __asan_handle_no_return(void)
{
}

asmlinkage void kasan_unpoison_stack_below(const char *sp);

/*
 * setjmp.S is about to go on at @sp: nothing lives on the stack below. (What is left on a stack for
 * interrupts goes when it is next used: kernel/x86/irq.c.)
 */
asmlinkage void kasan_unpoison_stack_below(const char *sp)
{
	const char *stack = current->stack;
	unsigned long bytes = sp - stack;

	if (bytes <= current->stack_size)
		kasan_unpoison(stack, bytes & ~KASAN_GRANULE_MASK);
}
