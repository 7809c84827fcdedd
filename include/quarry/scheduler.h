/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's other side: what boot, the timer interrupt, and those who make threads tell it.
 * <linux/sched.h> is for everybody.
 */
#ifndef _QUARRY_SCHEDULER_H
#define _QUARRY_SCHEDULER_H

#include <linux/sched.h>

/* This CPU's runqueue, with the thread that is running here as its idle thread. Interrupts off. */
void sched_init_cpu(struct task_struct *idle);

/* The idle thread's work: never returns. Interrupts off or on. */
void cpu_idle_loop(void) __noreturn;

/* A tick of this CPU's clock: in the interrupt. */
void scheduler_tick(void);

/* The end of an interrupt: somebody waits, preemption is allowed, interrupts are off. */
void preempt_schedule_irq(void);

/* A new thread's fields, but for stack and name; it will begin with @fn(@arg). It has not run yet. */
void sched_init_task(struct task_struct *task, void (*fn)(void *arg), void *arg);

/* The last act of a thread that has said it is TASK_DEAD. */
void schedule_dead(void) __noreturn;

/*
 * When a dead thread has left its stack for good: called by the next one, interrupts off. Set by
 * whoever makes threads.
 */
extern void (*sched_task_is_gone)(struct task_struct *task);

/*
 * A thread with PF_WQ_WORKER is about to sleep, or (false) goes on: it itself calls. Set by who makes
 * such threads.
 */
extern void (*sched_worker_sleeps)(bool sleeps);

/* ---- the processor's part: kernel/x86/switch.S ---- */

/* From @prev's stack to @next's. Returns, on @next's stack, the thread that ran before it. */
asmlinkage struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);

/* Prepare @task->thread so that switch_to() gets to thread_start(), which calls @fn(@arg). */
void thread_init_stack(struct task_struct *task, void (*fn)(void *arg), void *arg);

/* A new thread's first steps. @prev: who ran before. (kernel/sched/sched.c) */
asmlinkage void schedule_tail(struct task_struct *prev);

/* The thread's kmap_local slots, out of the fixmap and in again. Interrupts off. (x86/kmap_local.c) */
void __kmap_local_sched_out(void);
void __kmap_local_sched_in(void);

static inline void kmap_local_sched_out(void)
{
	if (unlikely(current->kmap_ctrl.idx))
		__kmap_local_sched_out();
}

static inline void kmap_local_sched_in(void)
{
	if (unlikely(current->kmap_ctrl.idx))
		__kmap_local_sched_in();
}

#endif /* _QUARRY_SCHEDULER_H */
