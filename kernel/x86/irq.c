// SPDX-License-Identifier: MIT
/*
 * From vector to handler, and the stacks on which that happens.
 *
 * 1. The idea
 * kernel/x86/entry.S saves the registers on the interrupted thread's stack and calls do_irq(). That
 * changes to this CPU's stack for interrupts, so that a thread's stack need not have room for them.
 * Afterwards, softirqs run on a third stack, with interrupts on: an interrupt that comes then finds
 * its own stack free. Only back on the thread's stack, another thread may be given the CPU.
 *
 *	thread's stack:	… pt_regs do_irq()
 *	hard:		handle_vector() generic_handle_irq() handler
 *	soft:		run_pending() …		pt_regs do_irq()	-> hard again
 *
 * 2. Which stack is in use, by preempt_count
 * hard: HARDIRQ_MASK, soft: SOFTIRQ_OFFSET. A handler that turns interrupts on is reported; one
 * that comes in on it meanwhile stays on its stack.
 *
 * 3. Acknowledging
 * Vectors of devices: kernel/irq/irq.c. The local APIC's own are acknowledged here, before their
 * handler runs; what nobody knows, if the APIC says that it has sent it.
 */
#include <asm/apic.h>
#include <asm/hardirq.h>
#include <asm/irq_vectors.h>
#include <asm/stacktrace.h>
#include <linux/compiler.h>
#include <linux/hardirq.h>
#include <linux/irq.h>
#include <linux/kasan.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <quarry/scheduler.h>

#include "x86.h"

static DEFINE_PER_CPU(void *, hardirq_stack);
static DEFINE_PER_CPU(void *, softirq_stack);
static DEFINE_PER_CPU(struct pt_regs *, irq_regs);

static void (*system_handlers[NR_VECTORS - FIRST_SYSTEM_VECTOR])(void);

struct pt_regs *get_irq_regs(void)
{
	return in_hardirq() ? this_cpu_read(irq_regs) : NULL;
}

/* The processor has not pushed SP and SS: the frame ends where they would be. */
void show_irq_regs(void)
{
	const struct pt_regs *regs = get_irq_regs();
	struct pt_regs copy;

	if (!regs)
		return;
	memcpy(&copy, regs, offsetof(struct pt_regs, sp));
	copy.sp = kernel_stack_pointer(regs);
	copy.ss = SEGMENT_DATA;
	show_regs(&copy);
}

/* ---- stacks ---- */

void irq_stacks_set(unsigned int cpu, void *hard, void *soft)
{
	per_cpu(hardirq_stack, cpu) = hard;
	per_cpu(softirq_stack, cpu) = soft;
}

static bool is_on(unsigned long addr, const void *stack)
{
	return stack && addr - (unsigned long)stack < IRQ_STACK_SIZE;
}

bool on_irq_stack(unsigned long addr)
{
	return is_on(addr, this_cpu_read(hardirq_stack)) ||
	       is_on(addr, this_cpu_read(softirq_stack));
}

/* A local variable's address is on the stack that is in use. */
static void call_on(void *stack, void (*fn)(void *arg), void *arg)
{
	if (!stack || is_on((unsigned long)__builtin_frame_address(0), stack)) {
		fn(arg);
		return;
	}
	kasan_unpoison_vmalloc(stack, IRQ_STACK_SIZE);	/* a fault here left it untidy */
	call_on_stack(stack + IRQ_STACK_SIZE, fn, arg);
}

void call_on_softirq_stack(void (*fn)(void *arg), void *arg)
{
	call_on(this_cpu_read(softirq_stack), fn, arg);
}

/* ---- vectors ---- */

void set_system_vector(unsigned char vector, void (*handler)(void))
{
	system_handlers[vector - FIRST_SYSTEM_VECTOR] = handler;
}

static void spurious_interrupt(unsigned int vector)
{
	bool acked = apic_ack_if_in_service(vector);

	inc_irq_stat(irq_spurious_count);
	if (vector == SPURIOUS_APIC_VECTOR)
		pr_info("Spurious APIC interrupt (vector 0xFF) on CPU#%u, should never happen.\n",
			raw_smp_processor_id());
	else
		pr_info("Spurious interrupt (vector 0x%02x) on CPU#%u. %s\n", vector,
			raw_smp_processor_id(), acked ? "Acked" : "Not pending!");
}

static void unexpected_interrupt(unsigned int vector)
{
	static DEFINE_RATELIMIT_STATE(limit, 5ULL * NSEC_PER_SEC, 10);

	irq_err_count++;
	apic_ack_if_in_service(vector);
	if (__ratelimit(&limit))
		pr_emerg("__common_interrupt: %u.%u No irq handler for vector\n",
			 raw_smp_processor_id(), vector);
}

static void system_interrupt(unsigned int vector)
{
	void (*handler)(void) = READ_ONCE(system_handlers[vector - FIRST_SYSTEM_VECTOR]);

	if (!handler) {
		spurious_interrupt(vector);
		return;
	}
	apic_eoi();
	handler();
}

static void handle_vector(void *arg)
{
	unsigned int vector = ((struct pt_regs *)arg)->trapnr;
	const struct irq_desc *desc = irq_to_desc(vector - FIRST_EXTERNAL_VECTOR);

	if (vector >= FIRST_SYSTEM_VECTOR)
		system_interrupt(vector);
	else if (desc && desc->irq_data.chip)
		generic_handle_irq(desc->irq_data.irq);
	else
		unexpected_interrupt(vector);
}

static bool may_preempt(const struct pt_regs *regs)
{
	return !preempt_count() && need_resched() && (regs->flags & X86_EFLAGS_IF);
}

/* On the interrupted stack, interrupts off. */
asmlinkage void do_irq(struct pt_regs *regs)
{
	struct pt_regs *before = get_irq_regs();

	this_cpu_write(irq_regs, regs);
	irq_enter();
	call_on(this_cpu_read(hardirq_stack), handle_vector, regs);
	this_cpu_write(irq_regs, before);
	irq_exit();
	if (may_preempt(regs))
		preempt_schedule_irq();
}
