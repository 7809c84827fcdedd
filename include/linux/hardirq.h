/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_HARDIRQ_H
#define _LINUX_HARDIRQ_H

#include <asm/hardirq.h>
#include <linux/preempt.h>

/* Around an interrupt's handler. At the end of the outermost, softirqs that came up run. */
void irq_enter(void);
void irq_exit(void);

/* Around an NMI's. Nothing may be waited for in between, not even a spinlock. */
#define nmi_enter()	preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET)
#define nmi_exit()	preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET)

/* Wait until no handler of @irq is running any more, on any CPU. May sleep. */
void synchronize_irq(unsigned int irq);

#endif /* _LINUX_HARDIRQ_H */
