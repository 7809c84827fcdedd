// SPDX-License-Identifier: MIT
/* locks: which threads have, and wait for, which locks. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <quarry/lock_wait.h>

#include "monitor.h"

/* While we look, it goes on: what is printed was true a moment ago. The lock itself is not touched. */
static unsigned int print_held(const struct task_struct *task)
{
	const struct sleeping_locks *locks = &task->sleeping_locks;
	unsigned int nr = READ_ONCE(locks->nr), nr_held = min(nr, MAX_SLEEPING_LOCKS + 0U);

	for (unsigned int i = 0; i < nr_held; i++)
		monitor_printf("%5d %-15s has %pS\n", task->pid, task->comm,
			       READ_ONCE(locks->held[i]));
	if (nr > nr_held)
		monitor_printf("%5d %-15s has %u more\n", task->pid, task->comm, nr - nr_held);
	return nr;
}

static unsigned int print_wait(struct task_struct *task)
{
	struct lock_wait wait;

	if (!lock_waited_by(task, &wait))
		return 0;
	monitor_printf("%5d %-15s waits for %s %pS", task->pid, task->comm, wait.kind, wait.lock);
	if (wait.has_owner)
		monitor_printf(", which %s/%d has", wait.owner_comm, wait.owner_pid);
	monitor_printf("\n");
	return 1;
}

static unsigned int print_spinning(unsigned int cpu)
{
	const void *lock = READ_ONCE(per_cpu(lock_waited_for, cpu));

	if (lock)
		monitor_printf("CPU %u spins for %pS\n", cpu, lock);
	return lock != NULL;
}

static int cmd_locks(int argc, char **argv)
{
	struct task_struct *task;
	unsigned int lines = 0, cpu;

	if (argc > 1)
		return -EINVAL;
	for_each_task_get(task) {
		lines += print_held(task);
		lines += print_wait(task);
	}
	for_each_online_cpu(cpu)
		lines += print_spinning(cpu);
	if (!lines)
		monitor_printf("no thread has or waits for a mutex, semaphore or rw-semaphore; "
			       "no CPU spins\n");
	return 0;
}

MONITOR_COMMAND(locks, "", "which threads have, and wait for, which locks", cmd_locks);
