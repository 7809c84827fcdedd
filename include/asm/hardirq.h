/* SPDX-License-Identifier: MIT */
/* What each CPU counts of its interrupts, and the stacks on which it handles them. */
#ifndef _ASM_HARDIRQ_H
#define _ASM_HARDIRQ_H

#include <asm/page.h>
#include <asm/ptrace.h>
#include <linux/compiler.h>
#include <linux/percpu-defs.h>

typedef struct {
	unsigned int __softirq_pending;		/* a bit for each softirq */
	unsigned int __nmi_count;
	unsigned int apic_timer_irqs;
	unsigned int irq_spurious_count;
	unsigned int irq_resched_count;
	unsigned int irq_call_count;
	unsigned int irq_tlb_count;
} irq_cpustat_t;

DECLARE_PER_CPU(irq_cpustat_t, irq_stat);
#define inc_irq_stat(member)	this_cpu_inc(irq_stat.member)

/* Interrupts that nobody knows, or that were none, on all CPUs. */
extern unsigned int irq_err_count;

/* ---- stacks ---- */

/* All suites, reports out of interrupts among them, use less than a quarter of a page. */
#if defined(CONFIG_KASAN)
#define IRQ_STACK_SIZE	(4 * PAGE_SIZE)
#elif defined(CONFIG_UBSAN) || defined(CONFIG_LOCKDEP)
#define IRQ_STACK_SIZE	(2 * PAGE_SIZE)
#else
#define IRQ_STACK_SIZE	PAGE_SIZE
#endif

/*
 * CPU @cpu handles its interrupts on the stack at @hard from now on, and softirqs on the one at
 * @soft (lowest addresses, IRQ_STACK_SIZE bytes); until then, on the interrupted thread's. The page
 * below each is not mapped.
 */
void irq_stacks_set(unsigned int cpu, void *hard, void *soft);

/* Call @fn(@arg) on the stack that ends at @top. (kernel/x86/entry.S) */
asmlinkage void call_on_stack(void *top, void (*fn)(void *arg), void *arg);

/* Call @fn(@arg) on this CPU's stack for softirqs, or here if it runs there already. */
void call_on_softirq_stack(void (*fn)(void *arg), void *arg);

/* Is @addr on one of this CPU's interrupt stacks? */
bool on_irq_stack(unsigned long addr);

/* What the interrupt that is being handled has interrupted; NULL: none is. */
struct pt_regs *get_irq_regs(void);
void show_irq_regs(void);

/* entry.S calls it for every interrupt. */
asmlinkage void do_irq(struct pt_regs *regs);

/* ---- vectors that are no device's ---- */

/* From now on @vector calls @handler: in the interrupt, acknowledged already. */
void set_system_vector(unsigned char vector, void (*handler)(void));

#endif /* _ASM_HARDIRQ_H */
