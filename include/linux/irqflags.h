/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <asm/irqflags.h>

#define local_irq_enable()		arch_local_irq_enable()
#define local_irq_disable()		arch_local_irq_disable()
#define local_irq_save(flags)		do { (flags) = arch_local_irq_save(); } while (0)
#define local_irq_restore(flags)	arch_local_irq_restore(flags)
#define local_save_flags(flags)		do { (flags) = arch_local_save_flags(); } while (0)
#define safe_halt()			arch_safe_halt()
#define irqs_disabled()			(!(arch_local_save_flags() & X86_EFLAGS_IF))

#endif /* _LINUX_IRQFLAGS_H */
