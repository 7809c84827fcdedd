// SPDX-License-Identifier: MIT
/* Waiting for readers, and for callbacks. (rcu.c has the theory.) */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/percpu-defs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <quarry/rcu.h>

struct rcu_synchronize {
	struct rcu_head head;
	struct completion completion;
};

static void wake_synchronizer(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_synchronize, head)->completion);
}

/*
 * While this thread may be preempted, no reader is in the middle of something on its CPU: if there
 * is no other, the grace period is over before it has begun.
 */
static bool is_trivial(void)
{
	might_sleep();
	RCU_LOCKDEP_WARN(rcu_read_lock_held(), "Illegal synchronize_rcu() in RCU read-side critical section");
	return num_online_cpus() == 1;
}

void synchronize_rcu(void)
{
	struct rcu_synchronize here;

	if (is_trivial())
		return;
	init_completion(&here.completion);
	call_rcu(&here.head, wake_synchronizer);
	wait_for_completion(&here.completion);
}

/* All CPUs that are waited for shall change threads, and so shall we. */
void synchronize_rcu_expedited(void)
{
	unsigned long nr;
	unsigned int cpu;

	if (is_trivial())
		return;
	nr = start_poll_synchronize_rcu();
	while (!poll_state_synchronize_rcu(nr)) {
		for_each_cpu(cpu, &rcu_waiting)
			if (cpu != raw_smp_processor_id())
				smp_send_reschedule(cpu);
		yield();
	}
}

void cond_synchronize_rcu(unsigned long oldstate)
{
	if (!poll_state_synchronize_rcu(oldstate))
		synchronize_rcu();
}

/* ---- the barrier: a callback behind all others, on each CPU that has some ---- */

static DEFINE_MUTEX(barrier_mutex);
static struct completion barrier_completion;
static atomic_t barrier_left;
static DEFINE_PER_CPU(struct rcu_head, barrier_head);

static void barrier_arrives(struct rcu_head *unused)
{
	if (atomic_dec_and_test(&barrier_left))
		complete(&barrier_completion);
}

static void barrier_here(void *unused)
{
	if (!rcu_has_callbacks())
		return;
	atomic_inc(&barrier_left);
	call_rcu(raw_cpu_ptr(&barrier_head), barrier_arrives);
}

void rcu_barrier(void)
{
	mutex_lock(&barrier_mutex);
	init_completion(&barrier_completion);
	atomic_set(&barrier_left, 1);		/* ours: none completes it before all are on their way */
	on_each_cpu(barrier_here, NULL, 1);
	barrier_arrives(NULL);
	wait_for_completion(&barrier_completion);
	mutex_unlock(&barrier_mutex);
}
