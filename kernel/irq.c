// SPDX-License-Identifier: MIT
/*
 * Interrupts: what needs memory. kernel/irq/irq.c and kernel/x86/irq.c are below the allocators,
 * and are handed what they use.
 */
#include <asm/apic.h>
#include <asm/hardirq.h>
#include <asm/io_apic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <quarry/i8259.h>
#include <quarry/irq_init.h>
#include <quarry/madt.h>
#include <quarry/memory_layout.h>

/* ---- handlers ---- */

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev)
{
	struct irqaction *action;
	int err;

	if (!handler)
		return -EINVAL;
	action = kmalloc(sizeof(*action), GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	*action = (struct irqaction){
		.handler = handler, .dev_id = dev, .flags = flags, .name = name,
	};
	err = setup_irq(irq, action);
	if (err)
		kfree(action);
	return err;
}

const void *free_irq(unsigned int irq, void *dev)
{
	struct irqaction *action = remove_irq(irq, dev);
	const char *name = action ? action->name : NULL;

	kfree(action);
	return name;
}

/* ---- stacks ---- */

struct irq_stack {
	void *stack;
	struct guard_page guard;
	char owner[40];
};

/* No area begins where another one ends: the page below is a guard, or nobody's. */
static struct irq_stack *alloc_stack(unsigned int cpu, const char *kind)
{
	struct irq_stack *stack = kzalloc(sizeof(*stack), GFP_KERNEL);

	if (!stack)
		return NULL;
	stack->stack = vmalloc(IRQ_STACK_SIZE);
	if (!stack->stack) {
		kfree(stack);
		return NULL;
	}
	scnprintf(stack->owner, sizeof(stack->owner), "CPU %u's stack for %s", cpu, kind);
	stack->guard.owner = stack->owner;
	stack->guard.addr = (unsigned long)stack->stack - PAGE_SIZE;
	stack->guard.is_stack = true;
	guard_page_add(&stack->guard);
	return stack;
}

static void free_stack(struct irq_stack *stack)
{
	if (!stack)
		return;
	guard_page_remove(&stack->guard);
	vfree(stack->stack);
	kfree(stack);
}

int irq_stacks_alloc(unsigned int cpu)
{
	struct irq_stack *hard = alloc_stack(cpu, "interrupts");
	struct irq_stack *soft = hard ? alloc_stack(cpu, "softirqs") : NULL;

	if (!soft) {
		free_stack(hard);
		return -ENOMEM;
	}
	irq_stacks_set(cpu, hard->stack, soft->stack);
	return 0;
}

/* ---- controllers ---- */

static bool __init apics_init(void)
{
	void __iomem *regs;
	unsigned int i;

	if (!apic_wanted())
		return false;
	regs = ioremap(madt.lapic_address, PAGE_SIZE);
	if (!regs)
		return false;
	apic_init(regs);
	for (i = 0; i < madt.nr_io_apics; i++) {
		regs = ioremap(madt.io_apic[i].address, PAGE_SIZE);
		if (regs)
			io_apic_init(i, regs);
	}
	io_apic_connect();
	return true;
}

void __init irq_init(void)
{
	WARN_ON(irq_stacks_alloc(0));
	i8259_init();
	if (!apics_init()) {
		i8259_connect();
		pr_info("interrupts: by the 8259s\n");
	}
}
