// SPDX-License-Identifier: MIT
/* Which CPUs there are (kernel/x86/smpboot.c finds them and starts them), and which one this is. */
#include <asm/hardirq.h>
#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/smp.h>

struct cpumask __cpu_possible_mask = { { 1 } }, __cpu_online_mask = { { 1 } };
unsigned int nr_cpu_ids = 1;

const struct cpumask __cpumask_of[NR_CPUS] = {
	{ { 1 << 0 } }, { { 1 << 1 } }, { { 1 << 2 } }, { { 1 << 3 } },
	{ { 1 << 4 } }, { { 1 << 5 } }, { { 1 << 6 } }, { { 1 << 7 } },
};

/* The boot CPU's, until setup_per_cpu_areas(): the image's own. */
DEFINE_PER_CPU(unsigned int, cpu_number);
DEFINE_PER_CPU(unsigned long, this_cpu_off);
DEFINE_PER_CPU(unsigned int, __preempt_count) = PREEMPT_ENABLED;
unsigned long __per_cpu_offset[NR_CPUS];

/* /proc/interrupts' "ERR": lines that nobody asked for, and errors that the APICs report. */
unsigned int irq_err_count;

void set_cpu_online(unsigned int cpu, bool online)
{
	if (online)
		cpumask_set_cpu(cpu, &__cpu_online_mask);
	else
		cpumask_clear_cpu(cpu, &__cpu_online_mask);
}
