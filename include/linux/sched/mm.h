/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/gfp_types.h>
#include <linux/mm_types.h>
#include <linux/preempt.h>
#include <linux/sched.h>

/* Would an allocation with @gfp be a mistake here? The rarer question first. */
static __always_inline bool must_not_sleep(gfp_t gfp)
{
	return unlikely(!preempt_count_is_zero()) && (gfp & __GFP_DIRECT_RECLAIM);
}

/* ---- scopes: what must not be asked of this thread's allocations for a while ---- */

/*
 * Between save and restore all requests of this thread, whatever their flags say, also those in
 * functions that know nothing of it,
 *	noreclaim	may use all of the reserve and never enter reclaim: for code that frees memory
 *	noio		are as with GFP_NOIO: who holds what the block layer needs
 *	nofs		are as with GFP_NOFS: who holds a lock that file systems take when they shrink
 *	pin		are not for moving (__GFP_MOVABLE is dropped)
 * They nest: restore puts back what save returned. Process context. (Linux's core-api/gfp_mask-from-fs-io.)
 */
#define __MEMALLOC_SCOPE(name, flag) \
static inline unsigned int memalloc_##name##_save(void) \
{ \
	unsigned int flags = current->flags & (flag); \
	\
	current->flags |= (flag); \
	return flags; \
} \
static inline void memalloc_##name##_restore(unsigned int flags) \
{ \
	current->flags = (current->flags & ~(flag)) | flags; \
}
__MEMALLOC_SCOPE(noreclaim, PF_MEMALLOC)
__MEMALLOC_SCOPE(noio, PF_MEMALLOC_NOIO)
__MEMALLOC_SCOPE(nofs, PF_MEMALLOC_NOFS)
__MEMALLOC_SCOPE(pin, PF_MEMALLOC_PIN)

/* @gfp without what the scopes of this thread forbid. In an interrupt, they are somebody else's. */
static inline gfp_t current_gfp_context(gfp_t gfp)
{
	unsigned int flags = in_interrupt() ? 0 : READ_ONCE(current->flags);

	if (flags & PF_MEMALLOC_NOIO)
		gfp &= ~(__GFP_IO | __GFP_FS);
	if (flags & PF_MEMALLOC_NOFS)
		gfp &= ~__GFP_FS;
	if (flags & PF_MEMALLOC_PIN)
		gfp &= ~__GFP_MOVABLE;
	return gfp;
}

/* ---- may it be done here? ---- */

/*
 * Reclaim as a lock, for lockdep: who may reclaim, and call file systems for it, takes it for a moment,
 * whether memory is short or not. Shrinkers run with it taken: so a lock that one of them takes, and
 * that somebody else holds while he allocates, is reported without their ever meeting.
 */
#ifdef CONFIG_LOCKDEP
void __fs_reclaim_acquire(void);
void __fs_reclaim_release(void);

static inline bool __may_enter_fs_reclaim(gfp_t gfp)
{
	return (current_gfp_context(gfp) & (__GFP_DIRECT_RECLAIM | __GFP_FS)) ==
	       (__GFP_DIRECT_RECLAIM | __GFP_FS) &&
	       !in_interrupt() && !(current->flags & PF_MEMALLOC);
}

static inline void fs_reclaim_acquire(gfp_t gfp)
{
	if (__may_enter_fs_reclaim(gfp))
		__fs_reclaim_acquire();
}

static inline void fs_reclaim_release(gfp_t gfp)
{
	if (__may_enter_fs_reclaim(gfp))
		__fs_reclaim_release();
}
#else
static inline void __fs_reclaim_acquire(void) { }
static inline void __fs_reclaim_release(void) { }
static inline void fs_reclaim_acquire(gfp_t gfp) { }
static inline void fs_reclaim_release(gfp_t gfp) { }
#endif

/* At the door of every allocator. */
#define might_alloc(gfp) \
do { \
	fs_reclaim_acquire(gfp); \
	fs_reclaim_release(gfp); \
	if (must_not_sleep(gfp)) \
		__might_sleep_report(__FILE__, __LINE__); \
} while (0)

/* ---- processes: mm/process.c ---- */

/*
 * Two kinds of references. mmget() keeps the memory: for who is about to use it. mmgrab() keeps the
 * struct, while the memory may go: for who wants to know how it stands. Any context; but the last
 * mmput() frees the memory, and may sleep.
 */
static inline void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}

void mmdrop(struct mm_struct *mm);

static inline void mmget(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_users);
}

/* False: it has no users any more, and its memory goes, or has gone. */
static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return atomic_inc_not_zero(&mm->mm_users);
}

void mmput(struct mm_struct *mm);

/* What @task owns, with mmget(); NULL: it is a kernel thread, or is ending. Any context but NMI. */
struct mm_struct *get_task_mm(struct task_struct *task);
/* The same with mmgrab(). */
struct mm_struct *grab_task_mm(struct task_struct *task);

/*
 * A process without threads; the caller's is the one reference. It has nothing but what it inherits from
 * @parent (NULL: nobody): oom_score_adj. NULL: memory is short. May sleep.
 */
struct mm_struct *mm_alloc(struct mm_struct *parent);

/*
 * @task, which has not run yet or is the caller, becomes a thread of @mm instead of the kernel's, and
 * takes over the caller's mmget(). It ends by exit_mm(). If the process has been killed, so is @task.
 */
void mm_add_thread(struct mm_struct *mm, struct task_struct *task);

/* This thread leaves its process, and is a kernel thread's equal. The last one frees the memory. */
void exit_mm(void);

/*
 * This thread goes on as the only thread of a new process, as by execve(): nothing is owned, nobody
 * has been killed. Cheap if it is one already. 0; -ENOMEM: it is what it was. May sleep. Weak: as a program
 * on the host, the tests have no processes.
 */
int begin_new_process(void) __weak;

/* SIGKILL for all threads of @mm, now and in future. Any context but NMI. */
void kill_process(struct mm_struct *mm);

/*
 * All processes that have memory or threads, the oldest first: the one after @mm, whose mmgrab() is
 * dropped (NULL: the first), with mmgrab(). NULL after the last. Who leaves early has one to drop.
 */
struct mm_struct *next_mm_grab(struct mm_struct *mm);
#define for_each_mm_grab(mm) \
	for ((mm) = next_mm_grab(NULL); (mm); (mm) = next_mm_grab(mm))

/* Where each thread of @mm is, and which sleeping locks it has, into the log. Any context but NMI. */
void show_mm_threads(struct mm_struct *mm);

/* ---- its memory: mm/memory.c ---- */

/* In pages; of a kind, and all that is there. A rough figure while threads run. */
static inline unsigned long get_mm_counter(const struct mm_struct *mm, int member)
{
	return atomic_long_read(&mm->rss_stat[member]);
}

static inline unsigned long get_mm_rss(const struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) +
	       get_mm_counter(mm, MM_SHMEMPAGES);
}

/* In bytes. */
static inline unsigned long mm_pgtables_bytes(const struct mm_struct *mm)
{
	return atomic_long_read(&mm->pgtables_bytes);
}

/* In pages: what it has asked for, whether it was ever touched or not. */
static inline unsigned long mm_total_vm(const struct mm_struct *mm)
{
	return (READ_ONCE(mm->brk) - mm->start_brk) >> PAGE_SHIFT;
}

/*
 * Set the end of this process's memory to @brk. Less is freed at once; more is there when it is touched.
 * Returns the end, which is as it was if it cannot be (0 asks for it). For a process's thread. May sleep.
 */
unsigned long do_brk(unsigned long brk);

/*
 * Touch each page of [@addr, @addr + @len): 0, -EFAULT: not this process's memory, or taken away from
 * it; -ENOMEM; -EINTR: it has been killed. For a process's thread. May sleep.
 */
int mm_populate(unsigned long addr, unsigned long len);

/*
 * Copy @len bytes from address @addr of @mm to @buf; or, if @write, the other way (@buf NULL: zeros).
 * Returns how many bytes were copied: it ends at the first that is not there, or no longer, or for which
 * there is no memory. The caller has mmget(). May sleep. One's own memory: <linux/uaccess.h>.
 */
unsigned long access_mm(struct mm_struct *mm, unsigned long addr, void *buf, unsigned long len,
			bool write);

/* process.c: nobody uses it any more. Frees all. */
void exit_mmap(struct mm_struct *mm);
/* The reaper: all its pages, while its threads may be using them. mmap_lock is held, for reading. */
void zap_pages(struct mm_struct *mm);

#endif /* _LINUX_SCHED_MM_H */
