// SPDX-License-Identifier: MIT
/* /proc/interrupts and /proc/softirqs: how often each came, on each CPU. Linux's formats. */
#include <asm/apic.h>
#include <asm/hardirq.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <quarry/proc.h>

#define NUMBER_WIDTH	3	/* of the first column */

/* ---- /proc/interrupts ---- */

static void show_cpus(struct seq_file *m)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		seq_printf(m, "CPU%-8u", cpu);
	seq_putc(m, '\n');
}

static void show_line(struct seq_file *m, const struct irq_desc *desc)
{
	const struct irq_data *data = &desc->irq_data;
	const struct irqaction *action;
	unsigned int cpu;

	seq_printf(m, "%*u: ", NUMBER_WIDTH, data->irq);
	for_each_online_cpu(cpu)
		seq_printf(m, "%10u ", per_cpu(kstat_irqs, cpu)[data->irq]);
	seq_printf(m, " %8s", data->chip->name);
	if (data->chip->prints_hwirq)
		seq_printf(m, " %*u-%-8s", NUMBER_WIDTH, data->hwirq,
			   desc->level ? "fasteoi" : "edge");
	else
		seq_printf(m, " %*s", NUMBER_WIDTH, "");
	for (action = desc->action; action; action = action->next)
		seq_printf(m, "%s  %s", action == desc->action ? "" : ",", action->name);
	seq_putc(m, '\n');
}

static const struct {
	const char *name;
	unsigned int offset;
	const char *what;
} system_lines[] = {
	{ "NMI", offsetof(irq_cpustat_t, __nmi_count), "Non-maskable interrupts" },
	{ "LOC", offsetof(irq_cpustat_t, apic_timer_irqs), "Local timer interrupts" },
	{ "SPU", offsetof(irq_cpustat_t, irq_spurious_count), "Spurious interrupts" },
	{ "RES", offsetof(irq_cpustat_t, irq_resched_count), "Rescheduling interrupts" },
	{ "CAL", offsetof(irq_cpustat_t, irq_call_count), "Function call interrupts" },
	{ "TLB", offsetof(irq_cpustat_t, irq_tlb_count), "TLB shootdowns" },
};

static unsigned int count_of(unsigned int cpu, unsigned int offset)
{
	return *(unsigned int *)((char *)per_cpu_ptr(&irq_stat, cpu) + offset);
}

static void show_system_lines(struct seq_file *m)
{
	unsigned int i, cpu;

	for (i = 0; i < ARRAY_SIZE(system_lines); i++) {
		seq_printf(m, "%*s: ", NUMBER_WIDTH, system_lines[i].name);
		for_each_online_cpu(cpu)
			seq_printf(m, "%10u ", count_of(cpu, system_lines[i].offset));
		seq_printf(m, "  %s\n", system_lines[i].what);
	}
}

static int interrupts_show(struct seq_file *m, void *v)
{
	unsigned int irq;

	seq_printf(m, "%*s", NUMBER_WIDTH + 8, "");
	show_cpus(m);
	for (irq = 0; irq < NR_IRQS; irq++)
		if (irq_desc[irq].irq_data.chip && (irq_desc[irq].action || kstat_irqs_sum(irq)))
			show_line(m, &irq_desc[irq]);
	show_system_lines(m);
	seq_printf(m, "%*s: %10u\n", NUMBER_WIDTH, "ERR", irq_err_count);
	return 0;
}
PROC_FILE(interrupts, "interrupts", interrupts_show, NULL);

/* ---- /proc/softirqs ---- */

static int softirqs_show(struct seq_file *m, void *v)
{
	unsigned int nr, cpu;

	seq_puts(m, "                    ");
	show_cpus(m);
	for (nr = 0; nr < NR_SOFTIRQS; nr++) {
		seq_printf(m, "%12s:", softirq_to_name[nr]);
		for_each_online_cpu(cpu)
			seq_printf(m, " %10u", per_cpu(kstat_softirqs, cpu)[nr]);
		seq_putc(m, '\n');
	}
	return 0;
}
PROC_FILE(softirqs, "softirqs", softirqs_show, NULL);
