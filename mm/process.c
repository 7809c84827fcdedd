// SPDX-License-Identifier: MIT
/*
 * Processes: whose memory it is.
 *
 * 1. The idea
 * When memory runs out, somebody has to give some back who does not want to. Kernel threads cannot be
 * made to: what they have is the kernel's, and nobody else knows which pointers lead to it. So there
 * must be memory that is somebody's, known from outside, and whose owner can be ended. In Linux that
 * is what user programs have. Here is no user mode (yet); but all that the last resort, oom_kill.c,
 * needs of it is: a *process*, which is a struct mm_struct; its threads, which run kernel code but can be
 * killed; and its memory, which they reach only through functions that may say "it is gone"
 * (memory.c).
 *
 * 2. The life of a process
 *	mm_alloc()		made, one user: the caller
 *	mm_add_thread()		its first thread: it is on the list, with that thread's number and name
 *	… more threads come (CLONE_VM), and go (exit_mm())
 *	mmput(), the last	nobody uses its memory: freed; and then off the list
 *	mmdrop(), the last	nobody knows of it: the struct is freed
 * A process that has been killed has its threads for as long as they need to notice.
 *
 * 3. Invariants
 *	mm is on the list	<=>  a thread was added, and its memory has not all been freed. By serial
 *	task->mm == mm		<=>  task is in mm->threads; then mm_users counts it
 *	task->mm == NULL	<=>  a kernel thread, or one that is ending
 *	mm_users > 0		=>   mm_count > 0: all users together count once
 *	MMF_EXITING		=>   each thread in mm->threads has task->sigkill
 *
 * 4. Locking, contexts
 * mmlist_lock, interrupts off: the list, all lists of threads, and task->mm of others. Inside it
 * task->pi_lock, when threads are woken to die. A thread may look at its own mm without it.
 * What frees memory sleeps; all else is legal anywhere but in NMIs.
 *
 * 5. What is not here
 * Parents who wait for their children, credentials, signals other than SIGKILL.
 */
#include <linux/bitops.h>
#include <linux/debug_locks.h>
#include <linux/errno.h>
#include <linux/memcontrol.h>
#include <linux/sched/coredump.h>
#include <linux/sched/debug.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

/* Where Linux puts i386 programs; nothing is below it, so that NULL leads nowhere. */
#define START_OF_MEMORY	0x08048000

static DEFINE_SPINLOCK(mmlist_lock);
static LIST_HEAD(all_mms);

/* ---- coming ---- */

struct mm_struct *mm_alloc(struct mm_struct *parent)
{
	struct mm_struct *mm = kzalloc(sizeof(*mm), GFP_KERNEL);

	if (!mm)
		return NULL;
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	INIT_LIST_HEAD(&mm->mmlist);
	INIT_LIST_HEAD(&mm->threads);
	init_rwsem(&mm->mmap_lock);
	spin_lock_init(&mm->page_table_lock);
	mm->start_brk = mm->brk = START_OF_MEMORY;
	if (parent) {
		mm->oom_score_adj = parent->oom_score_adj;
		mm->memcg = get_mem_cgroup_from_mm(parent);
	}
	return mm;
}

/* mmlist_lock is held. */
static void add_to_list(struct mm_struct *mm, const struct task_struct *first)
{
	static unsigned long last_serial;

	mm->serial = ++last_serial;
	mm->pid = first->pid;
	strscpy(mm->comm, first->comm, sizeof(mm->comm));
	list_add_tail(&mm->mmlist, &all_mms);
}

void mm_add_thread(struct mm_struct *mm, struct task_struct *task)
{
	unsigned long flags;

	spin_lock_irqsave(&mmlist_lock, flags);
	if (list_empty(&mm->mmlist))
		add_to_list(mm, task);
	list_add_tail(&task->mm_thread, &mm->threads);
	task->mm = mm;
	task->flags &= ~PF_KTHREAD;
	if (test_bit(MMF_EXITING, &mm->flags))
		signal_wake_up(task);
	spin_unlock_irqrestore(&mmlist_lock, flags);
}

void set_task_comm(struct task_struct *task, const char *name)
{
	unsigned long flags;

	spin_lock_irqsave(&mmlist_lock, flags);
	strscpy(task->comm, name, sizeof(task->comm));
	if (task->mm && task->mm->pid == task->pid)
		strscpy(task->mm->comm, name, sizeof(task->mm->comm));
	spin_unlock_irqrestore(&mmlist_lock, flags);
}

/* ---- going ---- */

void mmdrop(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	mem_cgroup_put(mm->memcg);
	kfree(mm);
}

/* Only when all is freed is it off the list: until then, who is short of memory may wait for it. */
static void end_process(struct mm_struct *mm)
{
	unsigned long flags;

	exit_mmap(mm);
	set_bit(MMF_OOM_SKIP, &mm->flags);
	spin_lock_irqsave(&mmlist_lock, flags);
	list_del_init(&mm->mmlist);
	spin_unlock_irqrestore(&mmlist_lock, flags);
	mmdrop(mm);
}

void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (atomic_dec_and_test(&mm->mm_users))
		end_process(mm);
}

void exit_mm(void)
{
	struct mm_struct *mm = current->mm;
	unsigned long flags;

	if (!mm)
		return;
	spin_lock_irqsave(&mmlist_lock, flags);
	list_del(&current->mm_thread);
	current->mm = NULL;
	spin_unlock_irqrestore(&mmlist_lock, flags);
	mmput(mm);
}

/* ---- anew ---- */

/* Has nothing happened to it that one could notice? */
static bool is_new(const struct mm_struct *mm)
{
	return !mm->flags && atomic_read(&mm->mm_users) == 1 && mm->brk == mm->start_brk &&
	       !mm->oom_score_adj &&
	       (!mm->memcg || mem_cgroup_is_root(mm->memcg));
}

int begin_new_process(void)
{
	struct mm_struct *mm;

	if (current->mm && is_new(current->mm))
		return 0;
	mm = mm_alloc(NULL);
	if (!mm)
		return -ENOMEM;
	exit_mm();
	flush_signals(current);
	mm_add_thread(mm, current);
	return 0;
}

/* ---- finding ---- */

/* @task's process, held in one way or the other before it can go. */
static struct mm_struct *hold_mm(struct task_struct *task, void (*hold)(struct mm_struct *mm))
{
	struct mm_struct *mm;
	unsigned long flags;

	spin_lock_irqsave(&mmlist_lock, flags);
	mm = task->mm;
	if (mm)
		hold(mm);
	spin_unlock_irqrestore(&mmlist_lock, flags);
	return mm;
}

/* A thread that has an mm is one of its users. */
struct mm_struct *get_task_mm(struct task_struct *task)
{
	return hold_mm(task, mmget);
}

struct mm_struct *grab_task_mm(struct task_struct *task)
{
	return hold_mm(task, mmgrab);
}

/* mmlist_lock is held. */
static struct mm_struct *first_behind(unsigned long serial)
{
	struct mm_struct *mm;

	list_for_each_entry(mm, &all_mms, mmlist)
		if (mm->serial > serial)
			return mm;
	return NULL;
}

struct mm_struct *next_mm_grab(struct mm_struct *mm)
{
	struct mm_struct *next;
	unsigned long flags;

	spin_lock_irqsave(&mmlist_lock, flags);
	next = first_behind(mm ? mm->serial : 0);
	if (next)
		mmgrab(next);
	spin_unlock_irqrestore(&mmlist_lock, flags);
	if (mm)
		mmdrop(mm);
	return next;
}

/* With the lock, so that they stay: long for that, but nobody is in a hurry who asks. */
void show_mm_threads(struct mm_struct *mm)
{
	struct task_struct *task;
	unsigned long flags;

	spin_lock_irqsave(&mmlist_lock, flags);
	list_for_each_entry(task, &mm->threads, mm_thread) {
		sched_show_task(task);
		debug_show_held_locks(task);
	}
	spin_unlock_irqrestore(&mmlist_lock, flags);
}

/* ---- killing ---- */

void kill_process(struct mm_struct *mm)
{
	struct task_struct *task;
	unsigned long flags;

	spin_lock_irqsave(&mmlist_lock, flags);
	set_bit(MMF_EXITING, &mm->flags);
	list_for_each_entry(task, &mm->threads, mm_thread)
		signal_wake_up(task);
	spin_unlock_irqrestore(&mmlist_lock, flags);
}

int send_sig(int sig, struct task_struct *p, int priv)
{
	struct mm_struct *mm;

	if (sig && sig != SIGKILL)
		return -EINVAL;
	mm = sig ? grab_task_mm(p) : NULL;
	if (mm) {
		kill_process(mm);
		mmdrop(mm);
	}
	return 0;
}
