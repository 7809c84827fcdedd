/* SPDX-License-Identifier: MIT */
/*
 * Threads. Each is a struct task_struct and a stack; a CPU runs one at a time. Most are the kernel's
 * own; those of processes own memory, and can be killed (mm/process.c).
 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <asm/atomic.h>
#include <asm/kmap_size.h>
#include <linux/cpumask.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/lockdep_task.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>
#include <quarry/might_sleep.h>

#define TASK_COMM_LEN	16

/* What a thread waits for: task_struct.__state. Linux's values. */
#define TASK_RUNNING		0x0000	/* it runs, or waits for a CPU only */
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define TASK_PARKED		0x0040
#define TASK_DEAD		0x0080	/* it has returned and will not run again */
#define TASK_WAKEKILL		0x0100
#define TASK_NOLOAD		0x0400
#define TASK_NEW		0x0800	/* has not run yet */
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE		(TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

/* task_struct.flags. Linux's values. */
#define PF_IDLE			0x00000002	/* a CPU's idle thread */
#define PF_EXITING		0x00000004
#define PF_WQ_WORKER		0x00000020
#define PF_MEMALLOC		0x00000800	/* works towards freeing memory: may use all of the reserve */
#define PF_NOFREEZE		0x00008000
#define PF_KSWAPD		0x00020000
#define PF_MEMALLOC_NOFS	0x00040000	/* see <linux/sched/mm.h> */
#define PF_MEMALLOC_NOIO	0x00080000
#define PF_KTHREAD		0x00200000
#define PF_NO_SETAFFINITY	0x04000000	/* bound by kthread_bind() */
#define PF_MEMALLOC_PIN		0x10000000

/* Priorities: 0 is the most urgent, the idle thread's is below all. nice -20 … 19 are 0 … 39. */
#define MAX_NICE		19
#define MIN_NICE		(-20)
#define NICE_WIDTH		(MAX_NICE - MIN_NICE + 1)

/* The thread's own mappings of high memory: mm/highmem.c. */
struct kmap_ctrl {
	unsigned int idx;		/* how many there are, nested */
	u64 pteval[KM_MAX_IDX];		/* what they are, while the thread does not run */
};

/* Where a thread that does not run goes on: everything else is on its stack. */
struct thread_struct {
	unsigned long sp;
};

struct recovery;		/* <quarry/recover.h> */
struct kthread;			/* <linux/kthread.h> */
struct reclaim_state;
struct mm_struct;		/* <linux/mm_types.h> */
struct mem_cgroup;

struct task_struct {
	unsigned int __state;		/* TASK_* */
	unsigned int flags;		/* PF_*; changed by the thread itself only */
	struct thread_struct thread;
	void *stack;			/* its lowest address */
	unsigned int stack_size;	/* bytes */

	/* the scheduler's: kernel/sched/sched.c, all but pi_lock under the CPU's runqueue lock */
	spinlock_t pi_lock;		/* wake-ups, one at a time */
	int prio;			/* 0 … NICE_WIDTH - 1 */
	unsigned int time_slice;	/* ticks left */
	unsigned int cpu;		/* where it runs, or ran last */
	bool on_rq;			/* in the CPU's queue, or running */
	bool on_cpu;			/* running; its stack is in use */
	unsigned short migration_disabled;	/* depth */
	cpumask_t cpus_mask;		/* where it may run */
	struct list_head run_list;
	u64 sum_exec_runtime;		/* ns */
	u64 exec_start;
	unsigned long nvcsw, nivcsw;	/* switches: its own doing, and others' */

	/* everybody's */
	pid_t pid;
	char comm[TASK_COMM_LEN];
	struct list_head tasks;		/* all threads: <linux/sched/task.h> */
	atomic_t usage;			/* get_task_struct() */
	struct kthread *kthread;

	/* the process's that it belongs to: mm/process.c */
	struct mm_struct *mm;		/* NULL: a kernel thread, or one that has left its process */
	struct list_head mm_thread;	/* mm->threads */
	bool sigkill;			/* <linux/sched/signal.h> */

	/* its own only */
	struct reclaim_state *reclaim_state;	/* NULL: it does not reclaim. <linux/swap.h> */
	int pagefault_disabled;		/* depth of pagefault_disable() */
	struct kmap_ctrl kmap_ctrl;
	struct recovery *recovery;	/* where a fault goes on */
	unsigned int in_report;		/* depth of fault reports */
	const void *blocked_on;		/* the sleeping lock that it waits for */
	int rcu_read_lock_nesting;
	bool in_memstall;		/* between psi_memstall_enter() and _leave() */
	struct mem_cgroup *active_memcg;	/* set_active_memcg(): <linux/memcontrol.h> */
#ifdef CONFIG_KASAN
	int kasan_depth;		/* of kasan_disable_current() */
#endif
#ifdef CONFIG_UBSAN
	unsigned int in_ubsan;		/* a report is being printed */
#endif
	LOCKDEP_TASK
};

extern struct task_struct init_task;	/* boot's own thread, afterwards CPU 0's idle thread */
DECLARE_PER_CPU(struct task_struct *, current_task);
#define current			arch_percpu_read_stable(current_task)

#define task_cpu(task)		READ_ONCE((task)->cpu)
#define task_nice(task)		((task)->prio + MIN_NICE)
#define is_idle_task(task)	((task)->flags & PF_IDLE)
static inline pid_t task_pid_nr(const struct task_struct *task) { return task->pid; }

/* ---- sleeping: say so first, then look whether there is something to wait for, then schedule() ---- */

/* The exchange is a barrier: who changes the condition and then looks at the state sees this. */
#define __set_current_state(state)	WRITE_ONCE(current->__state, (state))
#define set_current_state(state) \
	((void)arch_xchg((int *)&current->__state, (state)))
#define get_current_state()	READ_ONCE(current->__state)
/*
 * For a state that is said once, not in a loop that looks again: TASK_DEAD, TASK_PARKED. No waker who
 * has seen an earlier state still changes this one.
 */
void set_special_state(unsigned int state);

/* Give the CPU away. Returns when this thread has been woken and its turn has come. May sleep. */
void schedule(void);
/* The same with preemption off, by one, before and after. */
void schedule_preempt_disabled(void);

/*
 * Sleep for @timeout jiffies, in the state that was set, or until woken. Returns what is left of it;
 * 0 when it ran out. MAX_SCHEDULE_TIMEOUT: no limit. (kernel/time/timer.c)
 */
#define MAX_SCHEDULE_TIMEOUT	LONG_MAX
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_killable(long timeout);
long schedule_timeout_idle(long timeout);

/* Let others of the same or a higher priority run. May sleep. */
void yield(void);
/* If somebody waits for this CPU, let him: for loops that are long. True: it was so. May sleep. */
int __cond_resched(void);
#define cond_resched()		({ might_resched(); __cond_resched(); })
#define might_resched()		might_sleep()

/* ---- waking: any context. Returns 1 if it slept in one of the states, 0 if there was nothing to do */

int wake_up_process(struct task_struct *task);
int wake_up_state(struct task_struct *task, unsigned int state);
/* A thread in TASK_NEW, for the first time. */
void wake_up_new_task(struct task_struct *task);

/* ---- who, where, how ---- */

/*
 * Let @task run only on the CPUs of @mask; when this returns it runs nowhere else. But who is pinned
 * (migrate_disable(), kmap_local_page()) stays where it is until it gives its CPU away and is pinned no
 * more; Linux waits for that. 0, or -EINVAL: none of them is online. May sleep.
 */
int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask);
/* -20 … 19, the least is the most urgent. Any context but NMI. */
void set_user_nice(struct task_struct *task, long nice);
/*
 * As urgent as can be: nice -20, since there is nothing beyond. Unlike Linux's real-time threads, it
 * lets others have their turn.
 */
void sched_set_fifo(struct task_struct *task);
void sched_set_fifo_low(struct task_struct *task);
/* As all others, with @nice. */
void sched_set_normal(struct task_struct *task, int nice);
struct task_struct *idle_task(int cpu);
/* How many threads CPU @cpu runs or has waiting. A rough figure. */
unsigned int nr_running_on(unsigned int cpu);
unsigned long long nr_context_switches_cpu(int cpu);
/* How long @task has run, in ns. */
u64 task_sched_runtime(struct task_struct *task);
/* It runs, or waits for nothing but a CPU. */
static inline bool task_is_running(const struct task_struct *task)
{
	return READ_ONCE(task->__state) == TASK_RUNNING;
}
/* Is @task on a CPU at this moment? */
#define task_curr(task)		READ_ONCE((task)->on_cpu)

/*
 * Wait until @task, in state @state, has left its CPU; then it runs again only when somebody wakes it
 * up. Returns a number that is not 0, and is the same the next time if it did not run meanwhile; 0 when
 * it is in another state. With @state 0 the state does not matter. May sleep.
 */
unsigned long wait_task_inactive(struct task_struct *task, unsigned int state);

#endif /* _LINUX_SCHED_H */
