/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_CPU_LAYER_H
#define _QUARRY_CPU_LAYER_H

#include <linux/irqflags.h>
#include <linux/smp_types.h>

/*
 * Call @func(@info) on every online CPU while that CPU is not inside what it keeps for itself (bit 24
 * of preempt_count, <linux/preempt.h>), with interrupts off: where it is idle or busy with other
 * things, there and then; where it is inside, when it leaves. Returns when all have done it. Process
 * context, interrupts on, not inside.
 */
void on_each_cpu_layer(smp_call_func_t func, void *info);

/* kernel/sched/sched.c: this CPU has left; do what was asked of it meanwhile. */
void cpu_layer_run_pending(void);

/* In a loop that waits for another CPU: the same, where the interrupt that asked could come now. */
static inline void cpu_layer_answer(void)
{
	if (!irqs_disabled())
		cpu_layer_run_pending();
}

#endif /* _QUARRY_CPU_LAYER_H */
