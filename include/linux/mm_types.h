/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/types.h>

struct kmem_cache;
struct slab;

/*
 * One page frame. The memory map is an array of these, one for every frame from 0 to the end of
 * RAM, so the frame's number is its index. 16 bytes: at 60 GiB the map takes 240 MiB, out of the
 * 896 MiB that the kernel can address (with Linux's 32 bytes it would be 480).
 *
 * Links between pages are frame numbers; 0 is "none", since frame 0 is never free.
 */
struct page {
	unsigned long flags;		/* <linux/page-flags.h> */
	atomic_t _refcount;		/* page_count(); 0 while free, and in all but a block's first */
	union {
		struct {		/* mm/buddy.c, mm/page_pcp.c: a block on a free list */
			u32 next_pfn;
			u32 prev_pfn;	/* 0: the list's first. Unused on a CPU's list */
		} buddy;

		/* Whoever allocated the page: either a place on a list of theirs … */
		struct list_head lru;
		/* … or two words of any kind. */
		struct {
			unsigned long private;
			unsigned long index;
		};
		/* mm/slab.c: each page of a slab; the first of what kmalloc_large() returned */
		struct {
			struct kmem_cache *slab_cache;
			struct slab *slab;
		};
	};
};

#define STRUCT_PAGE_SHIFT	4
static_assert(sizeof(struct page) == 1 << STRUCT_PAGE_SHIFT, "the map takes 1/256 of RAM");

/* What a process's memory is counted by. All of it is anonymous here; the others are always 0. */
enum {
	MM_FILEPAGES,
	MM_ANONPAGES,
	MM_SWAPENTS,
	MM_SHMEMPAGES,
	NR_MM_COUNTERS
};

struct mem_cgroup;

/*
 * A process: the memory that its threads own together, and its name for people. mm/process.c has who
 * belongs to it and how long it lives, mm/memory.c its memory.
 */
struct mm_struct {
	atomic_t mm_users;		/* its threads, and others who use its memory now */
	atomic_t mm_count;		/* who knows this struct; all users are one of them */
	unsigned long flags;		/* MMF_*: <linux/sched/coredump.h>; changed atomically */

	/* under mmlist_lock (mm/process.c) */
	struct list_head mmlist;	/* all of them */
	struct list_head threads;	/* task->mm_thread, the oldest first */
	unsigned long serial;		/* no other process has had it */
	pid_t pid;			/* its first thread's, which may be gone */
	char comm[TASK_COMM_LEN];	/* likewise */
	short oom_score_adj;		/* <linux/oom.h> */
	struct mem_cgroup *memcg;	/* who is charged for what its threads allocate; NULL: nobody */

	/* its memory: [start_brk, brk), as much of it as was ever touched */
	struct rw_semaphore mmap_lock;	/* brk, and that flags do not become unstable: reading */
	unsigned long start_brk, brk;
	spinlock_t page_table_lock;	/* the tables */
	unsigned long *pgd;		/* NULL: no page yet */
	atomic_long_t pgtables_bytes;
	atomic_long_t rss_stat[NR_MM_COUNTERS];

	unsigned long oom_reap_at;	/* in jiffies, with MMF_OOM_REAP_QUEUED: mm/oom_reaper.c */
};

#endif /* _LINUX_MM_TYPES_H */
