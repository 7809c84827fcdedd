/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: a program has no interrupts to turn off, and may not try. */
#ifndef _ASM_IRQFLAGS_H
#define _ASM_IRQFLAGS_H

#include <asm/processor.h>

static inline unsigned long arch_local_save_flags(void)
{
	return 0;
}

static inline void arch_local_irq_disable(void)
{
}

static inline void arch_local_irq_enable(void)
{
}

static inline unsigned long arch_local_irq_save(void)
{
	return 0;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
}

#endif /* _ASM_IRQFLAGS_H */
