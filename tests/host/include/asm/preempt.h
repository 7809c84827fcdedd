/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: a program's only thread is never preempted. */
#ifndef _ASM_PREEMPT_H
#define _ASM_PREEMPT_H

#define __preempt_schedule() do { } while (0)

#endif /* _ASM_PREEMPT_H */
