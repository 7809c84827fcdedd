// SPDX-License-Identifier: MIT
/*
 * Threads as objects: how they come into being, are found, and go. What they run is up to kthread.c,
 * when they run up to the scheduler (kernel/sched/sched.c).
 *
 * 1. The idea
 * A thread is a struct task_struct and a stack. The stack is vmalloc memory: it need not be in one
 * piece, and below each area of the vmalloc range lies a page that is not mapped, the guard of the
 * area before it or the gap in front of the first. A stack that grows too far faults there,
 * instead of writing over its neighbour's data; the double-fault task tells (kernel/x86/report.c).
 * Smaller trespasses, down to the last word, are seen by its number being gone.
 * A stack is all zeros at first: what is still zero at its lower end was never used.
 *
 * 2. The life of a thread
 *	copy_kernel_thread()	made, with one reference, its own; on the list; asleep
 *	wake_up_process()	runs
 *	schedule_dead()		has said that it will never run again
 *	thread_is_gone()	another thread runs on another stack: off the list, its own reference dropped
 *	__put_task_struct()	the last reference is dropped: stack and task_struct are freed
 *
 * 3. Invariants
 *	task is on the list  <=>  copied and not gone; then usage >= 1
 *	numbers on the list are different; 1 is the first thread's, 0 is the idle threads', which are
 *	not on the list, are never gone, and are found by idle_task(cpu)
 *
 * 4. Contexts and locking
 * tasklist_lock guards list and numbers: with interrupts off, since threads go with interrupts off.
 * So nobody can have the list stand still while he prints it: he goes from number to number.
 * A reference may be dropped anywhere. Where vfree() may not be called, the stack is left to
 * the next one who uses vmalloc.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <quarry/memory_layout.h>
#include <quarry/scheduler.h>

#include "kthread.h"

static struct kmem_cache *task_cache;
static DEFINE_SPINLOCK(tasklist_lock);
static pid_t last_pid;
unsigned int nr_threads;
unsigned long total_forks;

/* ---- stacks ---- */

static bool alloc_thread_stack(struct task_struct *task)
{
	task->stack = vzalloc(THREAD_SIZE);
	task->stack_size = THREAD_SIZE;
	if (task->stack)
		set_task_stack_end_magic(task);
	return task->stack;
}

static void free_thread_stack(struct task_struct *task)
{
	if (preemptible())
		vfree(task->stack);
	else
		vfree_atomic(task->stack);
}

/* ---- the list ---- */

/* tasklist_lock is held. The thread with the least number that is at least @pid. */
static struct task_struct *first_from(pid_t pid)
{
	struct task_struct *task, *first = NULL;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->pid >= pid && (!first || task->pid < first->pid))
			first = task;
	return first;
}

static struct task_struct *get_first_from(pid_t pid)
{
	struct task_struct *task;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	task = first_from(pid);
	if (task)
		get_task_struct(task);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return task;
}

struct task_struct *find_get_task_by_vpid(pid_t pid)
{
	struct task_struct *task = get_first_from(pid);

	if (!task || task->pid == pid)
		return task;
	put_task_struct(task);
	return NULL;
}

struct task_struct *next_task_get(struct task_struct *task)
{
	pid_t next = task ? task->pid + 1 : 1;

	if (task)
		put_task_struct(task);
	return get_first_from(next);
}

/* tasklist_lock is held. Not used again until all others have been. */
static pid_t unused_pid(void)
{
	const struct task_struct *holder;

	do {
		if (++last_pid >= PID_MAX_LIMIT)
			last_pid = 1;
		holder = first_from(last_pid);
	} while (holder && holder->pid == last_pid);
	return last_pid;
}

static void add_to_list(struct task_struct *task)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	task->pid = unused_pid();
	list_add_tail(&task->tasks, &init_task.tasks);
	nr_threads++;
	total_forks++;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

static void remove_from_list(struct task_struct *task)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	list_del_init(&task->tasks);
	nr_threads--;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* ---- what is there ---- */

/* tasklist_lock may be held by whoever a fault has interrupted: then the list is not looked at. */
static const struct task_struct *owner_of(unsigned long addr)
{
	const struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (addr - (unsigned long)task->stack + PAGE_SIZE < task->stack_size + PAGE_SIZE)
			return task;
	return NULL;
}

static enum address_place say_whose(const struct task_struct *task, unsigned long addr, char *buf,
				    size_t size)
{
	if (addr < (unsigned long)task->stack) {
		scnprintf(buf, size, "the guard page below the stack of %s/%d", task->comm,
			  task->pid);
		return PLACE_GUARD;
	}
	scnprintf(buf, size, "byte %lu of %u of the stack of %s/%d",
		  addr - (unsigned long)task->stack, task->stack_size, task->comm, task->pid);
	return PLACE_KNOWN;
}

static enum address_place describe_stack(unsigned long addr, char *buf, size_t size)
{
	enum address_place place = PLACE_UNKNOWN;
	const struct task_struct *task;
	unsigned long flags;

	if (!is_vmalloc_addr((void *)addr) && !is_vmalloc_addr((void *)(addr + PAGE_SIZE)))
		return PLACE_UNKNOWN;
	if (!spin_trylock_irqsave(&tasklist_lock, flags))
		return PLACE_UNKNOWN;
	task = owner_of(addr);
	if (task)
		place = say_whose(task, addr, buf, size);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return place;
}
ADDRESS_DESCRIBER(describe_stack);

/* ---- coming ---- */

static struct task_struct *alloc_task(void (*fn)(void *arg), void *arg, const char *comm)
{
	struct task_struct *task = kmem_cache_zalloc(task_cache, GFP_KERNEL);

	if (!task)
		return NULL;
	if (!alloc_thread_stack(task)) {
		kmem_cache_free(task_cache, task);
		return NULL;
	}
	strscpy(task->comm, comm, sizeof(task->comm));
	task->flags = PF_KTHREAD;
	atomic_set(&task->usage, 1);
	INIT_LIST_HEAD(&task->tasks);
	INIT_LIST_HEAD(&task->mm_thread);
	sched_init_task(task, fn, arg);
	return task;
}

struct task_struct *copy_kernel_thread(void (*fn)(void *arg), void *arg, const char *comm)
{
	struct task_struct *task = alloc_task(fn, arg, comm);

	if (!task)
		return NULL;
	add_to_list(task);
	WRITE_ONCE(task->__state, TASK_UNINTERRUPTIBLE);
	return task;
}

struct task_struct *fork_idle(int cpu)
{
	char comm[TASK_COMM_LEN];
	struct task_struct *task;

	snprintf(comm, sizeof(comm), "swapper/%d", cpu);
	task = alloc_task(NULL, NULL, comm);
	if (!task)
		return NULL;
	task->__state = TASK_RUNNING;
	task->flags |= PF_IDLE;
	task->cpu = cpu;
	cpumask_copy(&task->cpus_mask, cpumask_of(cpu));
	return task;
}

/* ---- going ---- */

void __put_task_struct(struct task_struct *task)
{
	kfree(task->kthread);
	free_thread_stack(task);
	kmem_cache_free(task_cache, task);
}

/* Called by the thread that runs next, with interrupts off. */
static void thread_is_gone(struct task_struct *task)
{
	remove_from_list(task);
	if (task->kthread)
		complete_all(&task->kthread->exited);
	put_task_struct(task);
}

/* ---- beginning ---- */

static void __init init_task_setup(void)
{
	strscpy(init_task.comm, "swapper/0", sizeof(init_task.comm));
	init_task.stack_size = boot_stack_top - boot_stack;
}

void __init kthreads_init(void)
{
	init_task_setup();
	task_cache = kmem_cache_create("task_struct", sizeof(struct task_struct),
				       __alignof__(struct task_struct), SLAB_PANIC, NULL);
	sched_task_is_gone = thread_is_gone;
}
