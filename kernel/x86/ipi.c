// SPDX-License-Identifier: MIT
/*
 * Interprocessor interrupts: what one CPU can make another one do.
 *
 *	CALL_FUNCTION_VECTOR	look into your queue of calls (kernel/core/smp.c)
 *	RESCHEDULE_VECTOR	look anew which thread you should run
 *	NMI			stand still, until I say otherwise: arrives even where interrupts are off
 *
 * The last is for reports. Who wants to say where another CPU is holds it, prints what its registers
 * and its stack say, and lets it go; a panic never does. So only one CPU prints, and what it looks at
 * does not change under its eyes. An NMI says nothing about who sent it: "sent" tells it from the
 * watchdog's, also when it comes so late that nobody waits for it any more.
 */
#include <asm/apic.h>
#include <asm/hardirq.h>
#include <asm/irq_vectors.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/time64.h>
#include <quarry/madt.h>

#define HOLD_POLLS	100000000	/* where there is no clock */

static unsigned long hold_wanted, hold_sent;	/* a bit for each CPU */
static const struct pt_regs *held_regs[NR_CPUS];

void arch_send_call_function_ipi(unsigned int cpu)
{
	apic_send_ipi(madt.apic_id[cpu], CALL_FUNCTION_VECTOR);
}

void smp_send_reschedule(int cpu)
{
	apic_send_ipi(madt.apic_id[cpu], RESCHEDULE_VECTOR);
}

/* The end of the interrupt does the rest. */
static void reschedule_interrupt(void)
{
	inc_irq_stat(irq_resched_count);
	set_preempt_need_resched();
}

static void call_function_interrupt(void)
{
	inc_irq_stat(irq_call_count);
	generic_smp_call_function_interrupt();
}

/* ---- standing still ---- */

bool nmi_holds_cpu(const struct pt_regs *regs)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!test_and_clear_bit(cpu, &hold_sent))
		return false;
	WRITE_ONCE(held_regs[cpu], regs);
	while (test_bit(cpu, &hold_wanted))
		cpu_relax();
	WRITE_ONCE(held_regs[cpu], NULL);
	return true;
}

static bool held_within_a_second(unsigned int cpu)
{
	u64 start = local_clock();
	unsigned int polls;

	for (polls = 0; polls < HOLD_POLLS && local_clock() - start < NSEC_PER_SEC; polls++) {
		if (READ_ONCE(held_regs[cpu]))
			return true;
		cpu_relax();
	}
	return false;
}

const struct pt_regs *smp_hold_cpu(unsigned int cpu)
{
	set_bit(cpu, &hold_wanted);
	set_bit(cpu, &hold_sent);
	apic_icr_write(madt.apic_id[cpu], APIC_DM_NMI | APIC_INT_ASSERT);
	if (held_within_a_second(cpu))
		return held_regs[cpu];
	clear_bit(cpu, &hold_wanted);
	return NULL;
}

/* It must have gone before the next hold, or that would meet the registers of this one. */
void smp_release_cpu(unsigned int cpu)
{
	clear_bit(cpu, &hold_wanted);
	while (READ_ONCE(held_regs[cpu]))
		cpu_relax();
}

void __init arch_smp_prepare(void)
{
	set_system_vector(CALL_FUNCTION_VECTOR, call_function_interrupt);
	set_system_vector(RESCHEDULE_VECTOR, reschedule_interrupt);
}
