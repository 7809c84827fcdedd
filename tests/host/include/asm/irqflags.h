/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: a program has no interrupts, and may not try to turn them off; whether
 * they would be on is a variable. */
#ifndef _ASM_IRQFLAGS_H
#define _ASM_IRQFLAGS_H

#include <asm/processor.h>

extern unsigned long host_irq_flags;	/* contexts.c */

static inline unsigned long arch_local_save_flags(void)
{
	return host_irq_flags;
}

static inline void arch_local_irq_disable(void)
{
	host_irq_flags = 0;
}

static inline void arch_local_irq_enable(void)
{
	host_irq_flags = X86_EFLAGS_IF;
}

static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = host_irq_flags;

	arch_local_irq_disable();
	return flags;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	if (flags & X86_EFLAGS_IF)
		arch_local_irq_enable();
}

#endif /* _ASM_IRQFLAGS_H */
