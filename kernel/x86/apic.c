// SPDX-License-Identifier: MIT
/*
 * The local APIC (Intel SDM volume 3, chapter 11): each CPU's own interrupt controller, with a
 * timer.
 *
 * 1. The idea
 * All CPUs see their APIC at the same physical address. It takes interrupts from the IO-APIC,
 * from other CPUs (by their interrupt command register, ICR) and from its own sources, whose
 * entries in the local vector table (LVT) say how they are delivered. What it has sent to its CPU
 * is "in service" until EOI is written.
 *
 * 2. Used here
 * Fixed delivery to one CPU by its number; no priorities (TPR is 0). The line LINT1 brings NMIs,
 * and does so to the first CPU only. LINT0 is the 8259s' way in, which is closed.
 *
 * 3. The timer
 * It counts down the bus clock, divided by 16, from a start value, again and again. How fast that
 * is, the first CPU measures; it is the same for all.
 *
 * 4. Contexts
 * Everything is about this CPU, with interrupts off, where nothing else is said. Writing the ICR
 * takes two stores, so that is done with interrupts off.
 */
#include <asm/apic.h>
#include <asm/hardirq.h>
#include <asm/irq_vectors.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <quarry/madt.h>
#include <quarry/tick.h>
#include <quarry/time.h>

#define APIC_ID		0x020
#define APIC_TASKPRI	0x080
#define APIC_EOI	0x0b0
#define APIC_SPIV	0x0f0
#define APIC_ISR	0x100
#define APIC_ESR	0x280
#define APIC_ICR	0x300
#define APIC_ICR2	0x310
#define APIC_LVTT	0x320		/* timer */
#define APIC_LVT0	0x350
#define APIC_LVT1	0x360
#define APIC_LVTERR	0x370
#define APIC_TMICT	0x380		/* timer: start value */
#define APIC_TMCCT	0x390		/* timer: where it is */
#define APIC_TDCR	0x3e0		/* timer: divisor */

#define APIC_SPIV_APIC_ENABLED	0x100
#define APIC_LVT_MASKED		0x10000
#define APIC_LVT_TIMER_PERIODIC	0x20000
#define APIC_TDR_DIV_16		0x3

#define CPUID1_EDX_APIC		(1 << 9)
#define MSR_IA32_APICBASE	0x1b
#define APICBASE_ENABLE		(1 << 11)

#define ICR_READS		1000000	/* a message takes microseconds */

bool apic_present;

static void __iomem *registers;
static bool disabled;
static u32 counts_per_tick;

static u32 apic_read(unsigned int reg)
{
	return readl(registers + reg);
}

static void apic_write(unsigned int reg, u32 value)
{
	writel(value, registers + reg);
}

/* ---- is there one? ---- */

static int __init nolapic_setup(char *value)
{
	disabled = true;
	return 0;
}
early_param("nolapic", nolapic_setup);

/* Without the IO-APIC, Linux still uses the local one; we use both or none. */
static int __init noapic_setup(char *value)
{
	disabled = true;
	return 0;
}
early_param("noapic", noapic_setup);

static bool __init cpu_has_apic(void)
{
	u32 a, b, c, d;

	cpuid(1, &a, &b, &c, &d);
	return (d & CPUID1_EDX_APIC) && (rdmsr(MSR_IA32_APICBASE) & APICBASE_ENABLE);
}

bool __init apic_wanted(void)
{
	return !disabled && madt.found && madt.nr_io_apics && cpu_has_apic();
}

u32 apic_id(void)
{
	return apic_present ? apic_read(APIC_ID) >> 24 : 0;
}

/* ---- interrupts that came ---- */

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

bool apic_ack_if_in_service(unsigned int vector)
{
	if (!apic_present || !(apic_read(APIC_ISR + (vector / 32) * 16) & (1u << (vector % 32))))
		return false;
	apic_eoi();
	return true;
}

/* ---- interrupts for others ---- */

void apic_icr_write(u32 apic_id, u32 low)
{
	unsigned int reads = ICR_READS;
	unsigned long flags;

	local_irq_save(flags);
	while ((apic_read(APIC_ICR) & APIC_ICR_BUSY) && reads--)
		cpu_relax();
	apic_write(APIC_ICR2, apic_id << 24);
	apic_write(APIC_ICR, low);
	local_irq_restore(flags);
}

void apic_send_ipi(u32 apic_id, u8 vector)
{
	apic_icr_write(apic_id, APIC_DM_FIXED | APIC_INT_ASSERT | vector);
}

/* ---- errors ---- */

static void apic_error_interrupt(void)
{
	u32 errors;

	apic_write(APIC_ESR, 0);		/* latches what there is */
	errors = apic_read(APIC_ESR);
	irq_err_count++;
	pr_err("APIC error on CPU%u: %02x\n", raw_smp_processor_id(), errors);
}

/* ---- getting ready ---- */

void apic_init_cpu(void)
{
	bool first = raw_smp_processor_id() == 0;

	apic_write(APIC_TASKPRI, 0);
	apic_write(APIC_SPIV, APIC_SPIV_APIC_ENABLED | SPURIOUS_APIC_VECTOR);
	apic_write(APIC_LVTT, APIC_LVT_MASKED);
	apic_write(APIC_LVT0, APIC_LVT_MASKED);
	apic_write(APIC_LVT1, APIC_DM_NMI | (first ? 0 : APIC_LVT_MASKED));
	apic_write(APIC_ESR, 0);
	apic_write(APIC_LVTERR, ERROR_APIC_VECTOR);
}

void __init apic_init(void __iomem *regs)
{
	registers = regs;
	apic_present = true;
	set_system_vector(ERROR_APIC_VECTOR, apic_error_interrupt);
	apic_init_cpu();
}

/* ---- the timer ---- */

static void apic_timer_start(void)
{
	apic_write(APIC_TDCR, APIC_TDR_DIV_16);
	apic_write(APIC_LVTT, APIC_LVT_TIMER_PERIODIC | LOCAL_TIMER_VECTOR);
	apic_write(APIC_TMICT, counts_per_tick);
}

static void apic_timer_stop(void)
{
	apic_write(APIC_LVTT, APIC_LVT_MASKED);
	apic_write(APIC_TMICT, 0);
}

static void apic_timer_interrupt(void)
{
	inc_irq_stat(apic_timer_irqs);
	tick_handle();
}

static const struct tick_source apic_source = {
	.name = "lapic",
	.start = apic_timer_start,
	.stop = apic_timer_stop,
};

static u64 __init count_up(void)
{
	return ~apic_read(APIC_TMCCT);
}

void __init apic_timer_init(void)
{
	u32 khz;

	apic_write(APIC_TDCR, APIC_TDR_DIV_16);
	apic_write(APIC_LVTT, APIC_LVT_MASKED);
	apic_write(APIC_TMICT, ~0u);
	khz = calibration_end(count_up, calibration_begin(count_up));
	apic_write(APIC_TMICT, 0);
	counts_per_tick = max(khz, 1U) * (MSEC_PER_SEC / HZ);
	set_system_vector(LOCAL_TIMER_VECTOR, apic_timer_interrupt);
	tick_set_source(&apic_source);
}
