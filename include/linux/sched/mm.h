/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/gfp_types.h>
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

#endif /* _LINUX_SCHED_MM_H */
