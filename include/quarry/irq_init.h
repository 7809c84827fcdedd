/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_IRQ_INIT_H
#define _QUARRY_IRQ_INIT_H

/*
 * main.c: the interrupt controllers are known and all lines masked; request_irq() is legal, and
 * this CPU has its interrupt stacks. After vmalloc_init() and percpu_init(). (kernel/irq.c)
 */
void irq_init(void);

/* Memory for the interrupt stacks of CPU @cpu, before it starts. 0 or -ENOMEM. Process context. */
int irq_stacks_alloc(unsigned int cpu);

#endif /* _QUARRY_IRQ_INIT_H */
