/* SPDX-License-Identifier: MIT */
/*
 * The processor: what it can do (Intel SDM volume 2, CPUID), its control registers (volume 3,
 * section 2.5), and the small instructions that C has no words for.
 */
#ifndef _ASM_PROCESSOR_H
#define _ASM_PROCESSOR_H

#define X86_CR0_WP	0x00010000	/* read-only pages are read-only for the kernel, too */
#define X86_CR0_PG	0x80000000
#define X86_CR4_PSE	0x00000010	/* PAE implies 2 MiB pages; the emulator v86 asks for it */
#define X86_CR4_PAE	0x00000020
#define X86_CR4_PGE	0x00000080

#define X86_EFLAGS_IF	0x00000200
#define X86_EFLAGS_ID	0x00200000

#define CPUID1_EDX_TSC	(1 << 4)
#define CPUID1_EDX_PAE	(1 << 6)
#define CPUID1_EDX_PGE	(1 << 13)
#define CPUID1_EDX_PSE36	(1 << 17)
#define CPUID81_EDX_NX	(1 << 20)

#ifndef __ASSEMBLY__

#include <linux/types.h>

struct cpuinfo {
	char vendor[13];
	char model[49];		/* the brand string, or "" */
	u8 family, model_number, stepping;
	u8 phys_bits;		/* of a physical address that it decodes */
	bool pse36;
	bool nx;		/* pages can be marked not executable */
	bool pge;		/* global pages survive a reload of CR3 */
	bool tsc;
};

extern struct cpuinfo boot_cpu;

/* Fill in boot_cpu and switch on what the page tables need (EFER.NXE, CR4.PGE later). */
void cpu_init(void);

static inline void cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
	__asm__ __volatile__("cpuid"
			     : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "0"(leaf), "2"(0));
}

static inline void cpu_relax(void)
{
	__asm__ __volatile__("pause" : : : "memory");
}

#define __CONTROL_REGISTER(name) \
static inline unsigned long read_##name(void) \
{ \
	unsigned long value; \
	__asm__ __volatile__("mov %%" #name ", %0" : "=r"(value)); \
	return value; \
} \
static inline void write_##name(unsigned long value) \
{ \
	__asm__ __volatile__("mov %0, %%" #name : : "r"(value) : "memory"); \
}

__CONTROL_REGISTER(cr0)
__CONTROL_REGISTER(cr2)
__CONTROL_REGISTER(cr3)
__CONTROL_REGISTER(cr4)

#undef __CONTROL_REGISTER

/* This CPU's own variables lie @offset away from the image's. (kernel/x86/descriptor.c) */
void load_percpu_segment(unsigned long offset);

/* Stop this CPU for good. */
static inline void __noreturn cpu_stop(void)
{
	for (;;)
		__asm__ __volatile__("cli; hlt");
}

#endif /* !__ASSEMBLY__ */
#endif /* _ASM_PROCESSOR_H */
