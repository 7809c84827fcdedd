/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads.
 *
 *	static int watch(void *data)
 *	{
 *		while (!kthread_should_stop())
 *			look_and_sleep(data);
 *		return 0;
 *	}
 *	task = kthread_run(watch, &thing, "watch/%d", number);		or ERR_PTR(-ENOMEM)
 *	…
 *	result = kthread_stop(task);
 *
 * A thread that nobody will stop may just return; nobody may use its task_struct then without having
 * called get_task_struct() before it could.
 */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/numa.h>
#include <linux/sched.h>

/*
 * A thread that will call @threadfn(@data), named as printf() would (15 characters of it). It sleeps
 * until wake_up_process(), and may be bound before. ERR_PTR(-ENOMEM). May sleep.
 */
struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char namefmt[], ...) __printf(4, 5);
#define kthread_create(threadfn, data, namefmt, ...) \
	kthread_create_on_node(threadfn, data, NUMA_NO_NODE, namefmt, ##__VA_ARGS__)

/* For CPU @cpu only, which may yet have to come online. @namefmt may have one %u: its number. */
struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data,
					  unsigned int cpu, const char *namefmt);

/* The same, and it runs. */
#define kthread_run(threadfn, data, namefmt, ...) \
({ \
	struct task_struct *__kthread = kthread_create(threadfn, data, namefmt, ##__VA_ARGS__); \
	\
	if (!IS_ERR(__kthread)) \
		wake_up_process(__kthread); \
	__kthread; \
})
static inline struct task_struct *kthread_run_on_cpu(int (*threadfn)(void *data), void *data,
						     unsigned int cpu, const char *namefmt)
{
	struct task_struct *task = kthread_create_on_cpu(threadfn, data, cpu, namefmt);

	if (!IS_ERR(task))
		wake_up_process(task);
	return task;
}

/* Where a thread runs that has not run yet. */
void kthread_bind(struct task_struct *k, unsigned int cpu);
void kthread_bind_mask(struct task_struct *k, const struct cpumask *mask);

/* ---- its end ---- */

/*
 * Have kthread_should_stop() say yes, wake @k up, and wait until it is gone. Returns what its
 * function returned; -EINTR if it never ran. @k must be alive, or the caller hold a reference.
 */
int kthread_stop(struct task_struct *k);
bool kthread_should_stop(void);
/* End here, as if the function had returned @result. */
void kthread_exit(long result) __noreturn;
struct completion;
/* Complete @comp (unless NULL) and end: for threads of modules, whose code goes when they have gone. */
void kthread_complete_and_exit(struct completion *comp, long result) __noreturn;

/* ---- parking: a stop that can be undone ---- */

/*
 * Have kthread_should_park() say yes, wake @k up, and wait until it has called kthread_parkme().
 * 0; -ENOSYS: it is ending; -EBUSY: it is parked, or about to be.
 */
int kthread_park(struct task_struct *k);
void kthread_unpark(struct task_struct *k);
bool kthread_should_park(void);
/* Sleep while it is so. */
void kthread_parkme(void);

/* ---- asking ---- */

void *kthread_func(struct task_struct *k);
void *kthread_data(struct task_struct *k);

#endif /* _LINUX_KTHREAD_H */
