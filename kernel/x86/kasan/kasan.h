/* SPDX-License-Identifier: MIT */
/* What the parts of KASAN's runtime know of each other, and what the compiler calls. */
#ifndef _KERNEL_X86_KASAN_H
#define _KERNEL_X86_KASAN_H

#include <linux/kasan.h>

static __always_inline u8 *shadow_of(unsigned long addr)
{
	return (u8 *)((addr >> KASAN_SHADOW_SCALE_SHIFT) + KASAN_SHADOW_OFFSET);
}

/* Is there a shadow to write to at @addr: is it in the direct map or the window? */
bool has_shadow(unsigned long addr);

struct kasan_access {
	unsigned long addr;
	size_t size;
	bool write;
	unsigned long ip;
	unsigned long bad;	/* the first byte of it that must not be accessed */
};

void kasan_report_access(const struct kasan_access *access);

/* ---- what the compiler calls ---- */

/* A global variable, as the compiler describes it (libsanitizer, asan_interface_internal.h). */
struct asan_global {
	const void *addr;
	size_t size, size_with_redzone;
	const char *name, *module_name;
	unsigned long has_dynamic_init;
	const void *location, *odr_indicator;
};

void __asan_register_globals(struct asan_global *globals, size_t n);
void __asan_unregister_globals(struct asan_global *globals, size_t n);
void __asan_handle_no_return(void);
void __asan_poison_stack_memory(const void *addr, size_t size);
void __asan_unpoison_stack_memory(const void *addr, size_t size);
void __asan_alloca_poison(unsigned long addr, size_t size);
void __asan_allocas_unpoison(const void *top, const void *bottom);

#endif /* _KERNEL_X86_KASAN_H */
