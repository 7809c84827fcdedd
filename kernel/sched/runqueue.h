/* SPDX-License-Identifier: MIT */
/* The scheduler's files among themselves; sched.c has the theory. */
#ifndef _CORE_RUNQUEUE_H
#define _CORE_RUNQUEUE_H

#include <asm/processor.h>
#include <linux/bitmap.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

struct prio_array {
	unsigned int nr;
	DECLARE_BITMAP(bitmap, NICE_WIDTH);
	struct list_head queue[NICE_WIDTH];
};

struct rq {
	spinlock_t lock;
	unsigned int cpu;
	unsigned int nr_running;
	struct task_struct *curr, *idle;
	bool curr_stalled;		/* curr waits for memory: kept while anybody does (psi.c) */
	struct task_struct *leaving;	/* is not to run here any more, but must run */
	struct prio_array *active, *expired, arrays[2];
	unsigned long nr_switches;
};

DECLARE_PER_CPU_ALIGNED(struct rq, runqueues);
#define cpu_rq(cpu)	per_cpu_ptr(&runqueues, cpu)
#define this_rq()	raw_cpu_ptr(&runqueues)

/* ---- locks of queues. Plain: who takes one is not who gives it back, see 4 ---- */

static inline void rq_lock(struct rq *rq)
{
	while (!arch_spin_try(&rq->lock))
		cpu_relax();
}

static inline void rq_unlock(struct rq *rq)
{
	arch_spin_release(&rq->lock);
}

/* The queue that @task belongs to, locked. Interrupts off. */
static inline struct rq *task_rq_lock(struct task_struct *task)
{
	for (;;) {
		struct rq *rq = cpu_rq(task_cpu(task));

		rq_lock(rq);
		if (likely(rq->cpu == task_cpu(task)))
			return rq;
		rq_unlock(rq);		/* it has just moved */
	}
}

/* ---- queues: runqueue.c. Their lock is held ---- */

void array_add(struct prio_array *array, struct task_struct *task);
void array_remove(struct prio_array *array, struct task_struct *task);
/* Which of the two sets @task is in. */
struct prio_array *array_of(struct rq *rq, struct task_struct *task);
void enqueue(struct rq *rq, struct task_struct *task);
void dequeue(struct rq *rq, struct task_struct *task);
/* … and if @task is more urgent than what runs there, that is to change. */
void enqueue_and_preempt(struct rq *rq, struct task_struct *task);
/* The running thread of @rq shall look anew who should run. */
void resched(struct rq *rq);
bool may_run_on(const struct task_struct *task, unsigned int cpu);

/* ---- which CPU: nothing is locked, it is a rough choice ---- */

bool is_idle(unsigned int cpu);
/* For a thread that wakes up. */
unsigned int choose_cpu(const struct task_struct *task);
/* @rq, locked, has nothing to run: fetch a thread that waits elsewhere. */
void steal(struct rq *rq);

/* ---- pressure: psi.c. Both only while nr_psi_stalled is not 0; interrupts off ---- */

extern unsigned int nr_psi_stalled;
/* @rq, this CPU's, locked, has another thread: rq->curr. */
void psi_switch(struct rq *rq);
void psi_tick(void);

/* In ticks: 50 ms at nice 0, twice as much at -20, a tick at 19. */
static inline unsigned int slice_of(const struct task_struct *task)
{
	return max((NICE_WIDTH - task->prio) / 4, 1);
}

#endif /* _CORE_RUNQUEUE_H */
