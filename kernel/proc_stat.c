// SPDX-License-Identifier: MIT
/*
 * /proc/stat: what the CPUs have done since boot, by Linux's names and in its order (proc(5)).
 *
 * Times are in 1/USER_HZ of a second, and measured whenever threads change: "idle" is the time of a
 * CPU's idle thread, "system" all the rest, the interrupts' time with that of the threads that they
 * interrupted. There are no processes, no disks to wait for and no clock that knows the date: the
 * other columns and btime are 0.
 */
#include <asm/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <quarry/proc.h>

static u64 idle_time(unsigned int cpu)
{
	return task_sched_runtime(idle_task(cpu));
}

static void show_times(struct seq_file *m, u64 all, u64 idle)
{
	seq_printf(m, " 0 0 %llu %llu 0 0 0 0 0 0\n",
		   div_u64(all > idle ? all - idle : 0, NSEC_PER_SEC / USER_HZ),
		   div_u64(idle, NSEC_PER_SEC / USER_HZ));
}

static void show_cpus(struct seq_file *m)
{
	u64 now = local_clock(), idle = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		idle += idle_time(cpu);
	seq_printf(m, "cpu ");
	show_times(m, now * num_online_cpus(), idle);
	for_each_online_cpu(cpu) {
		seq_printf(m, "cpu%u", cpu);
		show_times(m, now, idle_time(cpu));
	}
}

static unsigned int others_on(unsigned int cpu)
{
	const irq_cpustat_t *stat = per_cpu_ptr(&irq_stat, cpu);

	return stat->__nmi_count + stat->apic_timer_irqs + stat->irq_spurious_count +
	       stat->irq_resched_count + stat->irq_call_count + stat->irq_tlb_count;
}

static void show_interrupts(struct seq_file *m)
{
	unsigned int irq, cpu;
	u64 sum = 0;

	for (irq = 0; irq < NR_IRQS; irq++)
		sum += kstat_irqs_sum(irq);
	for_each_online_cpu(cpu)
		sum += others_on(cpu);
	seq_printf(m, "intr %llu", sum);
	for (irq = 0; irq < NR_IRQS; irq++)
		seq_printf(m, " %u", kstat_irqs_sum(irq));
	seq_printf(m, "\n");
}

static unsigned int softirqs_of(unsigned int nr)
{
	unsigned int cpu, sum = 0;

	for_each_online_cpu(cpu)
		sum += per_cpu(kstat_softirqs, cpu)[nr];
	return sum;
}

static void show_softirqs(struct seq_file *m)
{
	unsigned int nr;
	u64 sum = 0;

	for (nr = 0; nr < NR_SOFTIRQS; nr++)
		sum += softirqs_of(nr);
	seq_printf(m, "softirq %llu", sum);
	for (nr = 0; nr < NR_SOFTIRQS; nr++)
		seq_printf(m, " %u", softirqs_of(nr));
	seq_printf(m, "\n");
}

static int stat_show(struct seq_file *m, void *v)
{
	unsigned int cpu, running = 0;
	u64 switches = 0;

	show_cpus(m);
	show_interrupts(m);
	for_each_online_cpu(cpu) {
		switches += nr_context_switches_cpu(cpu);
		running += nr_running_on(cpu);
	}
	seq_printf(m, "ctxt %llu\nbtime 0\nprocesses %lu\nprocs_running %u\nprocs_blocked 0\n",
		   switches, total_forks, running);
	show_softirqs(m);
	return 0;
}
PROC_FILE(stat, "stat", stat_show, NULL);
