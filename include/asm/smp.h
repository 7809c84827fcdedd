/* SPDX-License-Identifier: MIT */
/* The processor's side of <linux/smp.h>: interprocessor interrupts, and starting the others. */
#ifndef _ASM_SMP_H
#define _ASM_SMP_H

#include <asm/ptrace.h>
#include <linux/types.h>

struct task_struct;

/* ---- kernel/x86/ipi.c ---- */

/* Have CPU @cpu call generic_smp_call_function_interrupt(), which takes what hangs in its queue. */
void arch_send_call_function_ipi(unsigned int cpu);

/*
 * Let CPU @cpu stand still wherever it is, by an NMI: also where its interrupts are off. Returns its
 * registers, valid until smp_release_cpu(); NULL when it has not answered within a second. One
 * caller at a time. Any context.
 */
const struct pt_regs *smp_hold_cpu(unsigned int cpu);
void smp_release_cpu(unsigned int cpu);

/* The NMI's other end: was it meant so? Returns when the CPU has been released. */
bool nmi_holds_cpu(const struct pt_regs *regs);

/* ---- kernel/x86/smpboot.c ---- */

/*
 * The memory that a CPU needs to start: @tables is its own for ever, @directory a page of low memory
 * that is the caller's again when no more CPUs are to start.
 */
struct cpu_memory {
	struct task_struct *idle;	/* with its stack */
	void *tables;
	unsigned long tables_size;
	void *directory;
};

/*
 * Start CPU @cpu, which is possible but not online, with @memory->idle as its idle thread. 0 when it
 * is online; -ETIMEDOUT when it did not come: then the memory must stay as it is, should it come
 * after all. May sleep.
 */
int arch_start_cpu(unsigned int cpu, const struct cpu_memory *memory);

/* The boot CPU's part, before the first of them. */
void arch_smp_prepare(void);

#endif /* _ASM_SMP_H */
