/* SPDX-License-Identifier: MIT */
/* The CPUs. Only the boot CPU runs so far; what asks others is written for several. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/preempt.h>
#include <linux/types.h>

#define NR_CPUS	8

/* This CPU's number. The caller must not be preemptible, or the answer may be old at once. */
extern unsigned int cpu_number;
#define raw_smp_processor_id()	READ_ONCE(cpu_number)
#define smp_processor_id()	raw_smp_processor_id()

/* This CPU's number, and the thread stays on it until put_cpu(). */
#define get_cpu()		({ preempt_disable(); smp_processor_id(); })
#define put_cpu()		preempt_enable()

/* How many CPUs run; numbered from 0. */
#define num_online_cpus()	1U
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < num_online_cpus(); (cpu)++)

/*
 * Call @func(@info) on every CPU, here with interrupts off. @wait: return only when all have.
 * May not be called with interrupts off (Linux), once there is more than one CPU.
 */
typedef void (*smp_call_func_t)(void *info);
void on_each_cpu(smp_call_func_t func, void *info, int wait);

#endif /* _LINUX_SMP_H */
