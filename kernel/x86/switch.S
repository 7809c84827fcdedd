/* SPDX-License-Identifier: MIT */
/*
 * From one thread to another. What the compiler expects a call to preserve (System V ABI for i386:
 * EBX, ESI, EDI, EBP, ESP) is pushed on the old stack, and popped from the new one. Everything else
 * the caller has saved himself, because he called a function.
 */
#include "task_offsets.h"

	.cfi_sections .debug_frame
	.text

/* struct task_struct *switch_to(prev, next): task->thread.sp is where a thread's stack ends. */
	.globl	switch_to
	.type	switch_to, @function
switch_to:
	.cfi_startproc
	movl	4(%esp), %eax			/* prev, which is returned as well */
	movl	8(%esp), %edx			/* next */
	pushl	%ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebp, 0
	pushl	%ebx
	.cfi_adjust_cfa_offset 4
	pushl	%esi
	.cfi_adjust_cfa_offset 4
	pushl	%edi
	.cfi_adjust_cfa_offset 4
	movl	%esp, TASK_THREAD_SP(%eax)
	movl	TASK_THREAD_SP(%edx), %esp
	.globl	thread_resumes
thread_resumes:
	popl	%edi
	.cfi_adjust_cfa_offset -4
	popl	%esi
	.cfi_adjust_cfa_offset -4
	popl	%ebx
	.cfi_adjust_cfa_offset -4
	popl	%ebp
	.cfi_adjust_cfa_offset -4
	.cfi_restore ebp
	ret
	.cfi_endproc

/* A new thread's first: thread_init_stack() has put fn in EBX and arg in ESI; EAX is prev. */
	.globl	thread_start
	.type	thread_start, @function
thread_start:
	.cfi_startproc
	.cfi_undefined eip			/* nobody called */
	pushl	%eax
	.cfi_adjust_cfa_offset 4
	call	schedule_tail
	addl	$4, %esp
	.cfi_adjust_cfa_offset -4
	movl	%esi, %eax			/* the argument, for -mregparm=3 … */
	pushl	%esi				/* … and for builds without it */
	.cfi_adjust_cfa_offset 4
	call	*%ebx
	ud2					/* it ends by schedule_dead() */
	.cfi_endproc

/*
 * preempt_schedule(), called by the instruction that ended a critical section (<asm/preempt.h>), in
 * the middle of code that knows nothing of a call.
 */
	.globl	preempt_schedule_thunk
	.type	preempt_schedule_thunk, @function
preempt_schedule_thunk:
	.cfi_startproc
	pushl	%eax
	.cfi_adjust_cfa_offset 4
	pushl	%ecx
	.cfi_adjust_cfa_offset 4
	pushl	%edx
	.cfi_adjust_cfa_offset 4
	call	preempt_schedule
	popl	%edx
	.cfi_adjust_cfa_offset -4
	popl	%ecx
	.cfi_adjust_cfa_offset -4
	popl	%eax
	.cfi_adjust_cfa_offset -4
	ret
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits
