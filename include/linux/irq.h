/* SPDX-License-Identifier: MIT */
/* Interrupt lines, seen from the controllers that they are wired to: kernel/irq/irq.c. */
#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H

#include <asm/irq_vectors.h>
#include <linux/percpu-defs.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>

struct irq_chip;
struct irqaction;

struct irq_data {
	unsigned int irq;
	unsigned int hwirq;		/* the controller's own number */
	const struct irq_chip *chip;	/* NULL: not connected */
};

/* An interrupt controller. All are called with the line's lock held and interrupts off. */
struct irq_chip {
	const char *name;
	bool prints_hwirq;				/* in /proc/interrupts */
	void (*irq_mask)(struct irq_data *data);
	void (*irq_unmask)(struct irq_data *data);
	void (*irq_ack)(struct irq_data *data);		/* the controller may send the next one */
	bool (*irq_is_spurious)(struct irq_data *data);	/* NULL: they never are */
};

struct irq_desc {
	struct irq_data irq_data;
	spinlock_t lock;
	bool level;			/* raised until the device is served, not just once */
	bool pending;			/* came once more while its handlers were running */
	bool spurious_disabled;		/* "nobody cared" */
	unsigned int running_on;	/* the CPU, plus 1, on which its handlers run; 0: none */
	unsigned int depth;		/* of disable_irq(); 1 without handlers */
	struct irqaction *action;	/* NULL: no handlers */
	unsigned int irq_count, irqs_unhandled;	/* of the last 100,000 */
};

extern struct irq_desc irq_desc[NR_IRQS];
DECLARE_PER_CPU(unsigned int [NR_IRQS], kstat_irqs);

static inline struct irq_desc *irq_to_desc(unsigned int irq)
{
	return irq < NR_IRQS ? &irq_desc[irq] : NULL;
}

/* Line @irq is wired to @chip. It is masked. */
void irq_set_chip(unsigned int irq, const struct irq_chip *chip, unsigned int hwirq, bool level);

/* The interrupt's other end: interrupts off, on the interrupt stack. */
void generic_handle_irq(unsigned int irq);

/* How often it came, on all CPUs together. */
unsigned int kstat_irqs_sum(unsigned int irq);

#endif /* _LINUX_IRQ_H */
