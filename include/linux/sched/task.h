/* SPDX-License-Identifier: MIT */
/* Threads as objects: who holds a reference to one may look at it, though it may have ended. */
#ifndef _LINUX_SCHED_TASK_H
#define _LINUX_SCHED_TASK_H

#include <linux/atomic.h>
#include <linux/sched.h>

/* main.c: threads can be made from now on. */
void kthreads_init(void);

/* Any context. */
static inline struct task_struct *get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->usage);
	return task;
}

void __put_task_struct(struct task_struct *task);

static inline void put_task_struct(struct task_struct *task)
{
	if (atomic_dec_and_test(&task->usage))
		__put_task_struct(task);
}

/*
 * The thread with this number, with a reference; NULL: there is none. (Idle threads are not found:
 * all of them are number 0.) Any context.
 */
struct task_struct *find_get_task_by_vpid(pid_t pid);

/*
 * All threads, by number: the one after @task, whose reference is dropped (NULL: the first); NULL
 * after the last. Threads may come and go meanwhile. The loop may sleep; who leaves it early has a
 * reference to drop.
 */
struct task_struct *next_task_get(struct task_struct *task);
#define for_each_task_get(task) \
	for ((task) = next_task_get(NULL); (task); (task) = next_task_get(task))

/* How many there are, idle threads left out, and how many were made since boot. */
extern unsigned int nr_threads;
extern unsigned long total_forks;

/*
 * A new thread that is called @comm and will call @fn(@arg), which must not return. It looks as if it
 * slept uninterruptibly: wake_up_process() starts it. NULL: memory is short. May sleep.
 */
struct task_struct *copy_kernel_thread(void (*fn)(void *arg), void *arg, const char *comm);

#define CLONE_VM	0x00000100	/* Linux's value */

/*
 * A new process, or with CLONE_VM in @flags a new thread of this one, that calls @fn(@arg), and ends when
 * it returns. It has its maker's name. Returns its number; -ENOMEM; -EINVAL: CLONE_VM, but this is a
 * kernel thread; -ERESTARTNOINTR: this process has been killed. May sleep. (kernel/process.c)
 */
pid_t user_mode_thread(int (*fn)(void *), void *arg, unsigned long flags);

/* Another name, cut to 15 bytes. If it is its process's first thread, it is the process's, too. */
void set_task_comm(struct task_struct *task, const char *name);

/*
 * The thread that CPU @cpu will be when it has nothing to do: for the one who starts that CPU, on
 * its stack, and calls sched_init_cpu() there. NULL: memory is short. May sleep.
 */
struct task_struct *fork_idle(int cpu);

#endif /* _LINUX_SCHED_TASK_H */
