// SPDX-License-Identifier: MIT
/*
 * The scheduler: which thread a CPU runs.
 *
 * 1. The idea
 * Each CPU has a runqueue: its threads that could run, in a list for each priority. The first of
 * the most urgent list runs until its time slice is over, it sleeps, or a more urgent one wakes up. Whose
 * slice is over waits in a second set of lists until all others have had theirs; then the two sets
 * change places. So a more urgent thread runs earlier and, since its slices are longer, more; but
 * nobody starves. (Linux 2.6's first scheduler; Love, "Linux Kernel Development", 1st edition, chapter 3.)
 *
 * 2. Structure
 *	active->queue[prio], expired->queue[prio]	lists of task->run_list; the running thread is
 *							in its list, too
 *	bit prio of array->bitmap is set		<=> array->queue[prio] is not empty
 *	rq->nr_running == active->nr + expired->nr	the idle thread is in no list
 *	task->on_rq	<=> it is in a list of the runqueue of task->cpu
 *	task->on_cpu	from when it is chosen until it has left its stack
 *	neither		=> it sleeps, and is nobody's but the waker's
 * They change under the lock of the queue of task->cpu. That itself changes under the lock of the old
 * queue, while on_rq is not set or both queues are locked; of a thread that sleeps, under its pi_lock.
 *
 * 3. Sleeping and waking
 * Who wants to sleep first sets its state, then looks whether there is something to wait for, then
 * calls schedule(), which takes it off the queue if the state is still set. Who wakes, first makes
 * it true that there is nothing to wait for, then sets the state back. One of the two sees the other.
 * Preemption leaves the state alone and the thread in its queue: it was not its own wish.
 * A waker that has seen an earlier state may write RUNNING over a later one. Who sleeps looks again, so
 * that does no harm; for a state that is said only once, see set_special_state().
 * A signal is a condition like any other, and schedule() itself looks at it: who is killed before he
 * sleeps, in a state that allows for it, does not sleep.
 *
 * 4. Locking
 *	task->pi_lock	one wake-up at a time; then, inside it,
 *	rq->lock	the queue, and the fields of the threads in it. Two queues: lower CPU first.
 * Both with interrupts off. rq->lock is taken by the thread that leaves and released by the one that
 * comes, so that nobody sees a thread whose stack is still in use as one that could be run elsewhere.
 * preempt_count belongs to the CPU; whenever threads change it is 1.
 *
 * 5. Where a thread runs
 * Where it ran last, unless that CPU is busy and another one idle when it wakes up. A CPU that has
 * nothing to do takes a waiting thread from the busiest; a busy one wakes up an idle one now and then,
 * so that it looks.
 *
 * 6. What is not here
 * Deadlines, groups, priority inheritance, load averages.
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/rcutree.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <quarry/cpu_layer.h>
#include <quarry/scheduler.h>

#include "runqueue.h"

void (*sched_task_is_gone)(struct task_struct *task);

/* ---- changing threads ---- */

static struct task_struct *pick_next(struct rq *rq)
{
	unsigned int prio;

	if (!rq->nr_running)
		steal(rq);
	if (!rq->nr_running)
		return rq->idle;
	if (!rq->active->nr)
		swap(rq->active, rq->expired);
	prio = find_first_bit(rq->active->bitmap, NICE_WIDTH);
	return list_first_entry(&rq->active->queue[prio], struct task_struct, run_list);
}

/*
 * @task, which no CPU runs any more, waits where it may run: task->cpu, already. Only now its stack is
 * free for that CPU.
 */
static void send_away(struct task_struct *task)
{
	struct rq *rq = cpu_rq(task->cpu);

	rq_lock(rq);
	enqueue_and_preempt(rq, task);
	WRITE_ONCE(task->on_cpu, false);
	rq_unlock(rq);
}

/* On the new thread's stack: @prev has left its own. */
static void finish_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	bool dead = prev->__state == TASK_DEAD, leaving = prev == rq->leaving;

	kmap_local_sched_in();
	rq->leaving = NULL;
	barrier();
	if (leaving)
		WRITE_ONCE(prev->cpu, choose_cpu(prev));
	else
		WRITE_ONCE(prev->on_cpu, false);	/* from here on, it is not ours */
	rq_unlock(rq);
	if (leaving)
		send_away(prev);
	if (dead && sched_task_is_gone)
		sched_task_is_gone(prev);
}

static void account(struct task_struct *prev, struct task_struct *next, bool preempted)
{
	u64 now = local_clock();

	prev->sum_exec_runtime += now - prev->exec_start;
	next->exec_start = now;
	if (preempted)
		prev->nivcsw++;
	else
		prev->nvcsw++;
}

static void change_threads(struct rq *rq, struct task_struct *prev, struct task_struct *next,
			   bool preempted)
{
	account(prev, next, preempted);
	rq->nr_switches++;
	rq->curr = next;
	next->on_cpu = true;
	next->cpu = rq->cpu;
	if (unlikely(nr_psi_stalled))
		psi_switch(rq);
	kmap_local_sched_out();
	this_cpu_write(current_task, next);
	finish_switch(switch_to(prev, next));
}

/* Does @prev, by its state, sleep now? It has taken the queue's lock since it said so. */
static bool goes_to_sleep(struct task_struct *prev)
{
	unsigned int state = prev->__state;

	if (likely(!signal_pending_state(state, prev)))
		return state;
	WRITE_ONCE(prev->__state, TASK_RUNNING);
	return false;
}

/* @prev gives its place up, to sleep or because it must not run here; or waits in it. */
static void stop_running(struct rq *rq, struct task_struct *prev, bool sleeps)
{
	if (prev == rq->idle || (!sleeps && may_run_on(prev, rq->cpu)))
		return;
	dequeue(rq, prev);
	if (!sleeps)
		rq->leaving = prev;
}

/* Preemption off, by one. @preempted: it is not @prev's own wish, so it stays in the queue. */
static void __schedule(bool preempted)
{
	struct task_struct *prev = current, *next;
	unsigned long flags;
	struct rq *rq;

	local_irq_save(flags);
	rq = this_rq();
	rq_lock(rq);
	clear_preempt_need_resched();
	rcu_note_context_switch(preempted);
	stop_running(rq, prev, !preempted && goes_to_sleep(prev));
	next = pick_next(rq);
	if (next != prev)
		change_threads(rq, prev, next, preempted);
	else
		rq_unlock(rq);
	local_irq_restore(flags);
	cpu_layer_run_pending();
}

/*
 * Preemption is off, by one: that is ours. If there is more, this thread must not sleep, which is
 * reported. What is too much is returned, and taken off while the CPU is another thread's: it goes with
 * the thread. On an interrupt's stack there is no thread that could be left: the end.
 */
static int schedule_debug(void)
{
	int excess = preempt_count() - 1;

	if (unlikely(task_stack_end_corrupted(current)))
		panic("corrupted stack end detected inside scheduler\n");
	if (likely(!excess))
		return 0;
	pr_err("BUG: scheduling while atomic: %s/%d/0x%08x\n", current->comm, current->pid,
	       preempt_count());
	dump_stack();
	BUG_ON(!in_task());
	preempt_count_sub(excess);
	return excess;
}

void (*sched_worker_sleeps)(bool sleeps);

void schedule(void)
{
	bool worker = (current->flags & PF_WQ_WORKER) && current->__state;
	int excess;

	if (unlikely(worker))
		sched_worker_sleeps(true);
	do {
		preempt_disable();
		excess = schedule_debug();
		__schedule(false);
		preempt_count_add(excess);
		preempt_enable_no_resched();
	} while (need_resched());
	if (unlikely(worker))
		sched_worker_sleeps(false);
}

void schedule_preempt_disabled(void)
{
	preempt_enable_no_resched();
	schedule();
	preempt_disable();
}

asmlinkage void preempt_schedule(void)
{
	cpu_layer_run_pending();
	if (irqs_disabled() || preempt_count() || !this_rq()->idle)
		return;			/* later: the end of an interrupt looks again */
	do {
		preempt_disable();
		__schedule(true);
		preempt_enable_no_resched();
	} while (need_resched());
}

void preempt_schedule_irq(void)
{
	do {
		preempt_disable();
		local_irq_enable();
		__schedule(true);
		local_irq_disable();
		preempt_enable_no_resched();
	} while (need_resched());
}

asmlinkage void schedule_tail(struct task_struct *prev)
{
	finish_switch(prev);
	local_irq_enable();
	cpu_layer_run_pending();
	preempt_enable();
}

void schedule_dead(void)
{
	preempt_disable();
	schedule_debug();
	set_special_state(TASK_DEAD);
	__schedule(false);
	BUG();
}

int __cond_resched(void)
{
	if (!need_resched() || preempt_count())
		return 0;
	preempt_schedule();
	return 1;
}

void yield(void)
{
	struct rq *rq;

	might_sleep();
	preempt_disable();
	local_irq_disable();
	rq = this_rq();
	rq_lock(rq);
	if (current->on_rq) {
		array_remove(array_of(rq, current), current);
		array_add(rq->expired, current);
	}
	rq_unlock(rq);
	local_irq_enable();
	__schedule(true);
	preempt_enable();
}

/* ---- waking ---- */

/* It sleeps, and we hold its pi_lock: nobody else wakes it. */
static void wake_sleeper(struct task_struct *task)
{
	struct rq *rq = cpu_rq(choose_cpu(task));

	rq_lock(rq);
	WRITE_ONCE(task->__state, TASK_RUNNING);
	enqueue_and_preempt(rq, task);
	rq_unlock(rq);
}

/* Where a thread is, for one who wants to wake it up. */
enum whereabouts {
	IS_QUEUED,		/* it runs, or waits for a CPU: schedule() finds that it need not sleep */
	IS_LEAVING,		/* its stack is in use still; it may turn up in a queue (send_away()) */
	IS_ASLEEP,
};

/* Both marks at one moment: who was off its CPU when one is read may run when the other is. */
static enum whereabouts wake_if_queued(struct task_struct *task)
{
	struct rq *rq = task_rq_lock(task);
	enum whereabouts where = task->on_rq ? IS_QUEUED : task->on_cpu ? IS_LEAVING : IS_ASLEEP;

	if (where == IS_QUEUED)
		WRITE_ONCE(task->__state, TASK_RUNNING);
	rq_unlock(rq);
	return where;
}

static void wake(struct task_struct *task)
{
	enum whereabouts where;

	while ((where = wake_if_queued(task)) == IS_LEAVING)
		cpu_relax();
	if (where == IS_ASLEEP)
		wake_sleeper(task);
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
	unsigned long flags;
	int woken;

	spin_lock_irqsave(&task->pi_lock, flags);
	woken = (READ_ONCE(task->__state) & state) != 0;
	if (woken)
		wake(task);
	spin_unlock_irqrestore(&task->pi_lock, flags);
	return woken;
}

int wake_up_process(struct task_struct *task)
{
	return wake_up_state(task, TASK_NORMAL);
}

/*
 * Wakers hold pi_lock from when they look at the state until they have changed it. So none who saw the
 * state before this one changes this one; and none is left who uses a thread that goes on to die.
 */
void set_special_state(unsigned int state)
{
	unsigned long flags;

	spin_lock_irqsave(&current->pi_lock, flags);
	WRITE_ONCE(current->__state, state);
	spin_unlock_irqrestore(&current->pi_lock, flags);
}

void wake_up_new_task(struct task_struct *task)
{
	wake_up_state(task, TASK_NEW);
}

/* ---- time ---- */

/* Somebody waits here while another CPU idles: it may come and fetch him. */
static void kick_idle_cpu(struct rq *rq)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		if (cpu != rq->cpu && is_idle(cpu)) {
			smp_send_reschedule(cpu);
			return;
		}
	}
}

void scheduler_tick(void)
{
	struct rq *rq = this_rq();
	struct task_struct *task = rq->curr;

	if (unlikely(nr_psi_stalled))
		psi_tick();
	if (!rq->idle || task == rq->idle)
		return;
	rq_lock(rq);
	if (task->on_rq && --task->time_slice == 0) {
		array_remove(array_of(rq, task), task);
		task->time_slice = slice_of(task);
		array_add(rq->expired, task);
		set_preempt_need_resched();
	}
	rq_unlock(rq);
	if (rq->nr_running > 1)
		kick_idle_cpu(rq);
}

/* ---- having nothing to do ---- */

void cpu_idle_loop(void)
{
	preempt_disable();
	for (;;) {
		local_irq_disable();
		if (need_resched()) {
			local_irq_enable();
			__schedule(false);
		} else {
			safe_halt();
		}
	}
}
