/* SPDX-License-Identifier: MIT */
/* What the files of work queues share: see workqueue.c. */
#ifndef _KERNEL_WORKQUEUE_H
#define _KERNEL_WORKQUEUE_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct task_struct;

/* Threads that take works from one list. Everything but cpu, nice and id is guarded by lock. */
struct worker_pool {
	spinlock_t lock;
	int cpu;			/* WORK_CPU_UNBOUND: any */
	int nice;
	unsigned int id;
	struct list_head worklist;	/* works that may run, in the order they came */
	struct list_head idle, busy;	/* workers */
	unsigned int nr_workers, nr_idle;
	unsigned int nr_running;	/* busy and not asleep; always 0 for any CPU */
	unsigned int next_worker;	/* its number, for its name */
	struct list_head flushers;	/* who waits for works in the list */
};

/* Each CPU's two, then those for any. */
#define NR_WORKER_POOLS	(2 * (NR_CPUS + 1))
extern struct worker_pool worker_pools[NR_WORKER_POOLS];

#define for_each_worker_pool(pool) \
	for ((pool) = worker_pools; (pool) < worker_pools + NR_WORKER_POOLS; (pool)++)

/* Of one CPU, not for any. */
static inline bool pool_is_bound(const struct worker_pool *pool)
{
	return pool->cpu != WORK_CPU_UNBOUND;
}

/* A queue's share of a pool: guarded by the pool's lock. */
struct pool_workqueue {
	struct worker_pool *pool;
	struct workqueue_struct *wq;
	struct list_head inactive;	/* works that may not run yet */
	unsigned int nr_active;		/* works in the pool's list or running */
	unsigned int in_flight[2];	/* works, by their color: active and inactive */
	unsigned int color;		/* of works that come now */
	int flush_color;		/* a flush waits for works of that color; -1: none */
	struct list_head mayday_node;	/* when the rescuer is called for it */
};

struct workqueue_struct {
	char name[24];
	unsigned int flags, max_active;
	struct mutex flush_mutex;	/* one flush at a time */
	atomic_t pwqs_to_flush;
	struct completion flushed;
	struct worker *rescuer;		/* WQ_MEM_RECLAIM */
	struct list_head maydays;	/* guarded by mayday_lock */
	unsigned int nr_pwqs;
	struct pool_workqueue pwq[];	/* for each CPU, or one */
};

struct worker {
	struct list_head node;		/* in the pool's idle or busy */
	struct task_struct *task;
	struct worker_pool *pool;
	bool counted;			/* in nr_running … */
	bool sleeping;			/* … but for the moment not, since it sleeps */
	struct work_struct *current_work;
	work_func_t current_func;
	struct pool_workqueue *current_pwq;
	struct list_head scheduled;	/* works for this worker and no other */
	struct list_head flushers;	/* who waits for current_work */
	struct workqueue_struct *rescues;	/* a rescuer's */
};

/* Who waits for one run of a work. */
struct work_flusher {
	struct list_head node;
	struct work_struct *work;
	struct completion done;
};

/* ---- worker.c; all with the pool's lock held, unless it says otherwise ---- */

/* Without it: pools as they are at first. */
void worker_pools_init(void);

/* CPU @cpu's, or that for any. */
struct worker_pool *worker_pool_for(int cpu, bool highpri);

/* A work has come, or a worker has gone to sleep: there may be too few. */
void pool_wants_worker(struct worker_pool *pool);

/* Who runs @work; NULL: nobody. */
struct worker *find_worker_executing(struct worker_pool *pool, const struct work_struct *work);

/* Move those of @from that wait for @work (NULL: all) to @to, or tell them that it is done. */
void take_flushers(struct list_head *from, const struct work_struct *work, struct list_head *to);
void end_flushers(struct list_head *from, const struct work_struct *work);

/* Without it: a worker without a thread yet (NULL: memory is short). Then with it: run all of @list. */
struct worker *worker_alloc(struct worker_pool *pool);
void worker_process_list(struct worker *worker, struct list_head *list);

/* Without it: there is work, and nobody to do it; one more worker. False: memory is short. */
bool pool_lacks_worker(struct worker_pool *pool);
bool make_worker(struct worker_pool *pool);

/* Who is woken when a pool lacks a worker; NULL: not yet. */
extern struct task_struct *worker_maker;

/* ---- worker_maker.c ---- */

/* The first worker of each pool, and the thread that makes more. */
void worker_maker_start(void);

/* Without it: a thread in reserve for @wq. False: memory is short. And its end. */
bool rescuer_start(struct workqueue_struct *wq);
void rescuer_stop(struct workqueue_struct *wq);

/* The worker that calls; NULL: not a worker. */
struct worker *current_worker(void);

/* ---- workqueue.c ---- */

/* One of its works has gone: run, or, when it was @active or not, cancelled. */
void pwq_dec(struct pool_workqueue *pwq, unsigned int color, bool active);

static inline unsigned int work_color(const struct work_struct *work)
{
	return test_bit(WORK_STRUCT_COLOR_BIT, &work->flags);
}

#endif /* _KERNEL_WORKQUEUE_H */
