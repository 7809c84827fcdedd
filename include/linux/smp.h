/* SPDX-License-Identifier: MIT */
/* The CPUs: which one this is, and having others do something. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/cpumask.h>
#include <linux/preempt.h>
#include <linux/smp_types.h>
#include <linux/types.h>

/* This CPU's number; in preemptible code the answer may be old at once, and asking is reported. */
DECLARE_PER_CPU(unsigned int, cpu_number);
#define raw_smp_processor_id()	arch_percpu_read(cpu_number)
#define __smp_processor_id()	raw_smp_processor_id()
#define smp_processor_id() \
	({ debug_smp_processor_id_check("smp_processor_id"); raw_smp_processor_id(); })

/* This CPU's number, and the thread stays on it until put_cpu(). */
#define get_cpu()		({ preempt_disable(); raw_smp_processor_id(); })
#define put_cpu()		preempt_enable()

/*
 * Call @func(@info) on CPU @cpu, or on those of @mask but not here, or on all CPUs and here. There,
 * interrupts are off and it is as in an interrupt. @wait: return only when all have. May not be called
 * with interrupts off or from an interrupt: two CPUs might wait for each other.
 * smp_call_function_single() returns 0, or -ENXIO for a CPU that is not online.
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);
void smp_call_function(smp_call_func_t func, void *info, int wait);
void on_each_cpu(smp_call_func_t func, void *info, int wait);
void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);
typedef bool (*smp_cond_func_t)(int cpu, void *info);
void on_each_cpu_cond(smp_cond_func_t cond, smp_call_func_t func, void *info, bool wait);

/* From any context: @csd is the caller's until func has run. -EBUSY: it is still under way. */
int smp_call_function_single_async(int cpu, call_single_data_t *csd);

/* Kick CPU @cpu: it looks anew which thread it should run. Any context. */
void smp_send_reschedule(int cpu);

/* Stop all other CPUs for good; panic()'s. */
void smp_send_stop(void);

/* main.c: all possible CPUs run. (kernel/smp_init.c) */
void smp_init(void);

/* After so many milliseconds a CPU that does not answer a call is reported, with where it is. */
extern unsigned int csd_lock_timeout;

/* The interrupt by which calls come in. */
void generic_smp_call_function_interrupt(void);

#endif /* _LINUX_SMP_H */
