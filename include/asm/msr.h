/* SPDX-License-Identifier: MIT */
#ifndef _ASM_MSR_H
#define _ASM_MSR_H

#include <linux/types.h>

#define MSR_EFER	0xc0000080
#define EFER_NX		(1 << 11)

static inline u64 rdmsr(u32 msr)
{
	u64 value;

	__asm__ __volatile__("rdmsr" : "=A"(value) : "c"(msr));
	return value;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ __volatile__("wrmsr" : : "A"(value), "c"(msr) : "memory");
}

/* The time-stamp counter. Under `qemu -icount shift=0` it counts guest instructions. */
static inline u64 rdtsc(void)
{
	u64 value;

	__asm__ __volatile__("rdtsc" : "=A"(value));
	return value;
}

#endif /* _ASM_MSR_H */
