// SPDX-License-Identifier: MIT
/*
 * Kernel threads: a function that runs by itself, and a way to ask it to end.
 *
 * 1. The idea
 * Nobody can be ended from outside: he may hold locks, or memory that only he knows of. So a
 * thread is asked, by a bit that it looks at when it suits it, and the one who asks waits until it
 * has gone. Parking is the same with a way back.
 *
 * 2. The bits of struct kthread
 *	SHOULD_STOP	set once, by kthread_stop()
 *	SHOULD_PARK	from kthread_park() to kthread_unpark()
 * Who sets a bit then wakes the thread up; the thread, before it sleeps, first says that it is about to
 * sleep and then looks at the bits (<linux/sched.h>): so it either sees the bit or is woken up.
 *
 * 3. Gone
 * "exited" is completed by the thread that runs next (fork.c), not by the one that goes: so after
 * kthread_stop() nothing runs on the dead thread's stack, and its function's code may vanish.
 *
 * 4. Contexts
 * Everything here may sleep, but for the questions and kthread_unpark().
 */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/debug_locks.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <quarry/scheduler.h>

#include "kthread.h"

enum {
	KTHREAD_SHOULD_STOP,
	KTHREAD_SHOULD_PARK,
};

static struct kthread *to_kthread(const struct task_struct *task)
{
	WARN_ON(!task->kthread);
	return task->kthread;
}

static bool is_asked(int bit)
{
	struct kthread *self = to_kthread(current);

	return self && test_bit(bit, &self->flags);
}

bool kthread_should_stop(void)
{
	return is_asked(KTHREAD_SHOULD_STOP);
}

bool kthread_should_park(void)
{
	return is_asked(KTHREAD_SHOULD_PARK);
}

void *kthread_func(struct task_struct *k)
{
	return to_kthread(k)->threadfn;
}

void *kthread_data(struct task_struct *k)
{
	return to_kthread(k)->data;
}

/* ---- coming ---- */

/* The first function of every such thread. */
static void kthread_main(void *arg)
{
	struct kthread *self = arg;
	int result = -EINTR;

	if (!kthread_should_stop()) {
		kthread_parkme();
		result = self->threadfn(self->data);
	}
	kthread_exit(result);
}

static struct kthread *alloc_kthread(int (*threadfn)(void *data), void *data)
{
	struct kthread *kthread = kzalloc(sizeof(*kthread), GFP_KERNEL);

	if (!kthread)
		return NULL;
	kthread->threadfn = threadfn;
	kthread->data = data;
	init_completion(&kthread->parked);
	init_completion(&kthread->exited);
	return kthread;
}

static struct task_struct *create(int (*threadfn)(void *data), void *data, const char *comm)
{
	struct kthread *kthread = alloc_kthread(threadfn, data);
	struct task_struct *task;

	if (!kthread)
		return ERR_PTR(-ENOMEM);
	task = copy_kernel_thread(kthread_main, kthread, comm);
	if (!task) {
		kfree(kthread);
		return ERR_PTR(-ENOMEM);
	}
	task->kthread = kthread;
	return task;
}

struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char namefmt[], ...)
{
	char comm[TASK_COMM_LEN];
	va_list args;

	va_start(args, namefmt);
	vsnprintf(comm, sizeof(comm), namefmt, args);
	va_end(args);
	return create(threadfn, data, comm);
}

struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data,
					  unsigned int cpu, const char *namefmt)
{
	struct task_struct *task = kthread_create(threadfn, data, namefmt, cpu);

	if (!IS_ERR(task))
		kthread_bind(task, cpu);
	return task;
}

/* It sleeps, and nobody wakes it meanwhile: so nobody looks at its CPUs, either. */
void kthread_bind_mask(struct task_struct *k, const struct cpumask *mask)
{
	if (WARN_ON(READ_ONCE(k->on_rq) || READ_ONCE(k->on_cpu)))
		return;
	cpumask_copy(&k->cpus_mask, mask);
	k->flags |= PF_NO_SETAFFINITY;
}

void kthread_bind(struct task_struct *k, unsigned int cpu)
{
	kthread_bind_mask(k, cpumask_of(cpu));
}

/* ---- going ---- */

void kthread_exit(long result)
{
	debug_check_no_locks_held();
	to_kthread(current)->result = result;
	current->flags |= PF_EXITING;
	exit_mm();
	schedule_dead();
}

void kthread_complete_and_exit(struct completion *comp, long result)
{
	if (comp)
		complete(comp);
	kthread_exit(result);
}

int kthread_stop(struct task_struct *k)
{
	struct kthread *kthread = to_kthread(k);
	int result;

	get_task_struct(k);
	set_bit(KTHREAD_SHOULD_STOP, &kthread->flags);
	kthread_unpark(k);
	wake_up_process(k);
	wait_for_completion(&kthread->exited);
	result = kthread->result;
	put_task_struct(k);
	return result;
}

/* ---- parking ---- */

/*
 * "parked" is completed where this thread cannot be preempted: when it runs next, whoever waits for
 * that finds it asleep, or on its way there.
 */
void kthread_parkme(void)
{
	struct kthread *self = to_kthread(current);

	for (;;) {
		set_special_state(TASK_PARKED);
		if (!test_bit(KTHREAD_SHOULD_PARK, &self->flags))
			break;
		preempt_disable();
		complete(&self->parked);
		schedule_preempt_disabled();
		preempt_enable();
	}
	__set_current_state(TASK_RUNNING);
}

int kthread_park(struct task_struct *k)
{
	struct kthread *kthread = to_kthread(k);

	if (WARN_ON(k->flags & PF_EXITING))
		return -ENOSYS;
	if (WARN_ON_ONCE(test_and_set_bit(KTHREAD_SHOULD_PARK, &kthread->flags)))
		return -EBUSY;
	if (k != current) {
		wake_up_process(k);
		wait_for_completion(&kthread->parked);
	}
	return 0;
}

void kthread_unpark(struct task_struct *k)
{
	clear_bit(KTHREAD_SHOULD_PARK, &to_kthread(k)->flags);
	wake_up_state(k, TASK_PARKED);
}
