/* SPDX-License-Identifier: MIT */
/* Processes that own memory, for tests: started, watched, ended. */
#ifndef _TESTS_PROCESS_HELPERS_H
#define _TESTS_PROCESS_HELPERS_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

/*
 * A process that owns @pages, touched, and then waits: until it is killed, or, if it is @stubborn, until
 * it is told to end.
 */
struct hog {
	unsigned long pages;
	short adj;			/* its oom_score_adj */
	struct mem_cgroup *memcg;	/* its group */
	bool stubborn;
	bool holds_lock;		/* mmap_lock, for writing, while it waits */
	struct task_struct *task;
	struct mm_struct *mm;		/* with mmgrab() */
	int populated;			/* what mm_populate() said */
	unsigned long not_copied;	/* of a byte at the end, when it was told to end */
	struct completion ready, end, gone;
};

/* Both return when it waits, or has ended. The test ends if there is no memory for it. */
void hog_start(struct kunit *test, struct hog *hog);
/* Tell it to end, if it has not, and wait until nothing is left of it. */
void hog_end(struct hog *hog);

/* Has it left its wait, within 100 ms? Then it has ended, or is about to. */
bool hog_ends(struct hog *hog);

#endif /* _TESTS_PROCESS_HELPERS_H */
