/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: there is no other thread, but RCU's callbacks run here (contexts.c). */
#ifndef _ASM_PREEMPT_H
#define _ASM_PREEMPT_H

void host_preempt_schedule(void);
#define __preempt_schedule()	host_preempt_schedule()

#endif /* _ASM_PREEMPT_H */
