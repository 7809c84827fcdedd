// SPDX-License-Identifier: MIT
/*
 * Interrupt lines, and who handles them.
 *
 * 1. The idea
 * A device raises its line, a controller (an irq_chip) turns that into a vector, kernel/x86/irq.c
 * the vector into the line's number, and this file calls the line's handlers, one after the
 * other. Who shares a line looks whether it was his device.
 *
 * 2. Structure
 *	desc->action	the handlers, in the order of request_irq()
 *	desc->depth	how often the line was disabled; without handlers it counts as once
 *	the line is masked at its chip	<=>  desc->depth > 0, or a level line is being handled
 *	desc->running_on	the CPU, plus 1, on which its handlers run; 0: none
 * The handlers of a line never run on two CPUs at a time: what comes meanwhile is noted in
 * desc->pending, and whoever runs them runs them once more.
 *
 * 3. Acknowledging
 * The controller is told at once, before the handlers run, that it may send the next interrupt.
 * This CPU takes none, since its interrupts are off until the end. A level line would be sent
 * again for the same cause, so it is masked meanwhile. That way a handler that never comes back,
 * because a test faulted in it, leaves no controller waiting.
 *
 * 4. Locking
 *	desc->lock	all of its fields. It is not held while handlers run. Interrupts off.
 *
 * 5. A line that nobody wants
 * When 99,900 of 100,000 interrupts were not for any of its handlers, something else raises the
 * line without end, and nobody will ever make it stop: it is disabled, with a report.
 *
 * 6. What is not here
 * More lines than those of the ISA bus; threaded handlers; sending lines to other CPUs than the
 * first; what an edge line at an IO-APIC has to say while it is disabled: it is lost.
 */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#define IRQS_WATCHED		100000
#define IRQS_UNHANDLED_MAX	99900

struct irq_desc irq_desc[NR_IRQS];
DEFINE_PER_CPU(unsigned int [NR_IRQS], kstat_irqs);

/* Before anybody asks for a line. */
void irq_set_chip(unsigned int irq, const struct irq_chip *chip, unsigned int hwirq, bool level)
{
	struct irq_desc *desc = &irq_desc[irq];

	desc->irq_data = (struct irq_data){ .irq = irq, .hwirq = hwirq, .chip = chip };
	desc->level = level;
	desc->depth = 1;
}

unsigned int kstat_irqs_sum(unsigned int irq)
{
	unsigned int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += per_cpu(kstat_irqs, cpu)[irq];
	return sum;
}

/* ---- handling ---- */

static void report_unwanted(struct irq_desc *desc)
{
	const struct irqaction *action;

	pr_err("irq %u: nobody cared (try booting with the \"irqpoll\" option)\n",
	       desc->irq_data.irq);
	dump_stack();
	pr_err("handlers:\n");
	for (action = desc->action; action; action = action->next)
		pr_err("[<%p>] %pS\n", action->handler, action->handler);
	pr_emerg("Disabling IRQ #%u\n", desc->irq_data.irq);
}

/* Locked. */
static void note_interrupt(struct irq_desc *desc, irqreturn_t result)
{
	if (result == IRQ_NONE)
		desc->irqs_unhandled++;
	if (++desc->irq_count < IRQS_WATCHED)
		return;
	if (desc->irqs_unhandled > IRQS_UNHANDLED_MAX) {
		report_unwanted(desc);
		desc->depth++;
		desc->spurious_disabled = true;
	}
	desc->irq_count = desc->irqs_unhandled = 0;
}

static irqreturn_t call_handlers(const struct irq_desc *desc)
{
	irqreturn_t result = IRQ_NONE;
	const struct irqaction *action;

	for (action = desc->action; action; action = action->next) {
		result |= action->handler(desc->irq_data.irq, action->dev_id);
		if (WARN_ONCE(!irqs_disabled(), "irq %u handler %pS enabled interrupts\n",
			      desc->irq_data.irq, action->handler))
			local_irq_disable();
	}
	return result;
}

/* Locked. Does another CPU run the handlers? (This one cannot: interrupts have been off.) */
static bool runs_elsewhere(const struct irq_desc *desc)
{
	return desc->running_on && desc->running_on != raw_smp_processor_id() + 1;
}

static void run_handlers(struct irq_desc *desc)
{
	irqreturn_t result;

	desc->running_on = raw_smp_processor_id() + 1;
	do {
		desc->pending = false;
		spin_unlock(&desc->lock);
		result = call_handlers(desc);
		spin_lock(&desc->lock);
		note_interrupt(desc, result);
	} while (desc->pending && !desc->depth);
	WRITE_ONCE(desc->running_on, 0);
}

void generic_handle_irq(unsigned int irq)
{
	struct irq_desc *desc = &irq_desc[irq];
	const struct irq_chip *chip = desc->irq_data.chip;

	this_cpu_inc(kstat_irqs[irq]);
	spin_lock(&desc->lock);
	if (chip->irq_is_spurious && chip->irq_is_spurious(&desc->irq_data)) {
		irq_err_count++;
		goto out;
	}
	if (desc->level)
		chip->irq_mask(&desc->irq_data);
	chip->irq_ack(&desc->irq_data);
	if (desc->depth)
		irq_err_count++;		/* on its way while it was masked, or nobody's */
	else if (runs_elsewhere(desc))
		desc->pending = true;
	else
		run_handlers(desc);
	if (desc->depth)
		chip->irq_mask(&desc->irq_data);
	else if (desc->level)
		chip->irq_unmask(&desc->irq_data);
out:
	spin_unlock(&desc->lock);
}

/* ---- handlers come and go ---- */

static bool may_share(const struct irqaction *old, const struct irqaction *new)
{
	if (old->flags & new->flags & IRQF_SHARED)
		return true;
	pr_err("genirq: Flags mismatch irq %u. %08x (%s) vs. %08x (%s)\n", new->irq, new->flags,
	       new->name, old->flags, old->name);
	return false;
}

/* Locked. */
static int add_action(struct irq_desc *desc, struct irqaction *action)
{
	struct irqaction **last = &desc->action;

	if (!desc->irq_data.chip)
		return -ENOSYS;
	if (desc->action && !may_share(desc->action, action))
		return -EBUSY;
	while (*last)
		last = &(*last)->next;
	action->next = NULL;
	WRITE_ONCE(*last, action);
	if (desc->action != action)
		return 0;
	desc->irq_count = desc->irqs_unhandled = 0;
	desc->spurious_disabled = false;
	desc->depth = action->flags & IRQF_NO_AUTOEN ? 1 : 0;
	if (!desc->depth)
		desc->irq_data.chip->irq_unmask(&desc->irq_data);
	return 0;
}

int setup_irq(unsigned int irq, struct irqaction *action)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;
	int err;

	if (!desc || !action->handler || ((action->flags & IRQF_SHARED) && !action->dev_id))
		return -EINVAL;
	action->irq = irq;
	spin_lock_irqsave(&desc->lock, flags);
	err = add_action(desc, action);
	spin_unlock_irqrestore(&desc->lock, flags);
	return err;
}

/* Locked. */
static struct irqaction *take_action(struct irq_desc *desc, const void *dev)
{
	struct irqaction **link, *action;

	for (link = &desc->action; (action = *link); link = &action->next)
		if (action->dev_id == dev)
			break;
	if (!action)
		return NULL;
	WRITE_ONCE(*link, action->next);
	if (!desc->action) {
		desc->depth = 1;
		desc->irq_data.chip->irq_mask(&desc->irq_data);
	}
	return action;
}

struct irqaction *remove_irq(unsigned int irq, void *dev)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct irqaction *action;
	unsigned long flags;

	WARN(in_interrupt(), "Trying to free IRQ %u from IRQ context!\n", irq);
	if (!desc)
		return NULL;
	spin_lock_irqsave(&desc->lock, flags);
	action = take_action(desc, dev);
	spin_unlock_irqrestore(&desc->lock, flags);
	if (!action)
		WARN(1, "Trying to free already-free IRQ %u\n", irq);
	else
		synchronize_irq(irq);
	return action;
}

/* ---- not now ---- */

void synchronize_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;
	bool busy;

	might_sleep();
	do {
		cpu_relax();
		spin_lock_irqsave(&desc->lock, flags);
		busy = runs_elsewhere(desc);
		spin_unlock_irqrestore(&desc->lock, flags);
	} while (busy);
}

void disable_irq_nosync(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	if (!desc || !desc->irq_data.chip)
		return;
	spin_lock_irqsave(&desc->lock, flags);
	if (!desc->depth++)
		desc->irq_data.chip->irq_mask(&desc->irq_data);
	spin_unlock_irqrestore(&desc->lock, flags);
}

void disable_irq(unsigned int irq)
{
	disable_irq_nosync(irq);
	if (irq_to_desc(irq))
		synchronize_irq(irq);
}

void enable_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	if (!desc || !desc->irq_data.chip)
		return;
	spin_lock_irqsave(&desc->lock, flags);
	if (WARN(!desc->depth, "Unbalanced enable for IRQ %u\n", irq))
		goto out;
	if (desc->depth > 1 || !desc->action) {
		desc->depth = max(desc->depth - 1, 1U);
		goto out;
	}
	desc->depth = 0;
	desc->spurious_disabled = false;
	desc->irq_data.chip->irq_unmask(&desc->irq_data);
out:
	spin_unlock_irqrestore(&desc->lock, flags);
}
