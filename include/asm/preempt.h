/* SPDX-License-Identifier: MIT */
#ifndef _ASM_PREEMPT_H
#define _ASM_PREEMPT_H

/*
 * Call preempt_schedule() in the middle of anything: no register is lost on the way, so the compiler
 * need not plan for a call that hardly ever happens. (kernel/x86/switch.S)
 */
#define __preempt_schedule() \
	__asm__ __volatile__("call preempt_schedule_thunk" : : : "memory", "cc")

#endif /* _ASM_PREEMPT_H */
