// SPDX-License-Identifier: MIT
/*
 * Where the other CPUs are: each is held by an NMI (<asm/smp.h>), wherever it is, and the CPU that asked
 * prints what it finds in its registers and on its stack. One asks at a time: it holds the log's lock.
 */
#include <asm/ptrace.h>
#include <asm/smp.h>
#include <asm/stacktrace.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <quarry/version.h>

static bool is_idle(unsigned int cpu, const struct task_struct *task)
{
	return is_idle_task(task) && !(per_cpu(__preempt_count, cpu) & (HARDIRQ_MASK | SOFTIRQ_MASK));
}

static void show_held_cpu(unsigned int cpu, const struct pt_regs *regs)
{
	const struct task_struct *task = per_cpu(current_task, cpu);

	if (!regs) {
		pr_emerg("NMI backtrace for cpu %u: it does not answer\n", cpu);
		return;
	}
	if (is_idle(cpu, task)) {
		pr_emerg("NMI backtrace for cpu %u skipped: idling at %pS\n", cpu, (void *)regs->ip);
		return;
	}
	pr_emerg("NMI backtrace for cpu %u\n", cpu);
	pr_emerg("CPU: %u PID: %d Comm: %s Not tainted %s\n", cpu, task->pid, task->comm,
		 QUARRY_VERSION);
	pr_emerg("EIP: %pS\n", (void *)regs->ip);
	show_trace(regs, KERN_EMERG);
}

static bool is_another(unsigned int cpu)
{
	return cpu != raw_smp_processor_id() && cpu < NR_CPUS && cpu_online(cpu);
}

bool trigger_single_cpu_backtrace(int cpu)
{
	const struct pt_regs *regs;
	unsigned long flags;

	if (!is_another(cpu))
		return false;
	printk_cpu_sync_get_irqsave(flags);
	regs = smp_hold_cpu(cpu);
	show_held_cpu(cpu, regs);
	if (regs)
		smp_release_cpu(cpu);
	printk_cpu_sync_put_irqrestore(flags);
	return true;
}

bool trigger_allbutself_cpu_backtrace(void)
{
	bool any = false;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		any |= trigger_single_cpu_backtrace(cpu);
	return any;
}

/* ---- for good ---- */

static const struct pt_regs *stopped[NR_CPUS];

void smp_send_stop(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (is_another(cpu))
			stopped[cpu] = smp_hold_cpu(cpu);
}

void show_stopped_cpus(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (is_another(cpu))
			show_held_cpu(cpu, stopped[cpu]);
}
