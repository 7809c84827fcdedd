/* SPDX-License-Identifier: MIT */
/* What assembly knows of struct task_struct; process.c checks it. */
#ifndef _X86_TASK_OFFSETS_H
#define _X86_TASK_OFFSETS_H

#define TASK_THREAD_SP	8

#endif /* _X86_TASK_OFFSETS_H */
