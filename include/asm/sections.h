/* SPDX-License-Identifier: MIT */
/* Where the parts of the image lie (linker.ld sets these; only their addresses mean something). */
#ifndef _ASM_SECTIONS_H
#define _ASM_SECTIONS_H

#include <asm/page.h>

extern char _image_start[];				/* the page of boot/start.S */
extern char _stext[], _etext[];				/* code */
extern char __start_rodata[], __end_rodata[];		/* constants, registries, symbol table */
extern char _sdata[], _edata[];
extern char __bss_start[], __bss_stop[];
extern char _end[];

/* In .data: the pattern of each CPU's own variables. */
extern char __per_cpu_start[], __per_cpu_end[];

/* Of those, what files in modules/ have, one file's behind the other's. */
extern char __start_modules_text[], __stop_modules_text[];
extern char __start_modules_data[], __stop_modules_data[];

/* Does @addr lie among the image's constants? */
static inline bool is_kernel_rodata(unsigned long addr)
{
	return addr >= (unsigned long)__start_rodata && addr < (unsigned long)__end_rodata;
}

/* The image in physical memory, whole pages. */
static inline phys_addr_t image_phys_start(void)
{
	return __pa(_image_start);
}

static inline phys_addr_t image_phys_end(void)
{
	return __pa(PAGE_ALIGN((unsigned long)_end));
}

#endif /* _ASM_SECTIONS_H */
