/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_DEBUG_LOCKS_H
#define _LINUX_DEBUG_LOCKS_H

struct task_struct;

/* A thread ends: says so if it still has mutexes or rw-semaphores. */
void debug_check_no_locks_held(void);
/* Prints those that @task has. Without a lock: for reports. */
void debug_show_held_locks(struct task_struct *task);

#endif /* _LINUX_DEBUG_LOCKS_H */
