/* SPDX-License-Identifier: MIT */
/*
 * Where exceptions and interrupts come in. 256 stubs of 16 bytes, one per vector, bring the stack
 * into one form, struct pt_regs of <asm/ptrace.h>, and call trap_dispatch() for an exception,
 * do_irq() for an interrupt. No stub knows what its vector means; kernel/x86/traps.c and irq.c
 * do.
 */
#include <asm/irq_vectors.h>
#include <asm/processor.h>

#define SEGMENT_DATA	0x10
#define SEGMENT_PERCPU	0x28
#define REGS_TRAPNR	44			/* offset in struct pt_regs */

/* Vectors for which the processor pushes an error code (Intel SDM volume 3, table 6-1). */
#define HAS_ERROR_CODE(v) \
	((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

	.cfi_sections .debug_frame
	.text
	.balign	16
	.globl	trap_stubs
trap_stubs:
vector = 0
	.rept	256
	.balign	16
	.if	!(HAS_ERROR_CODE(vector))
	pushl	$0			/* so that all frames look alike */
	.endif
	pushl	$vector
	jmp	trap_common
vector = vector + 1
	.endr

	.balign	16
trap_common:
	pushl	%gs
	pushl	%fs
	pushl	%es
	pushl	%ds
	pushl	%eax
	pushl	%ebp
	pushl	%edi
	pushl	%esi
	pushl	%edx
	pushl	%ecx
	pushl	%ebx
	cld
	movl	$SEGMENT_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	$SEGMENT_PERCPU, %eax
	movl	%eax, %fs
	movl	$trap_dispatch, %eax
	cmpl	$FIRST_EXTERNAL_VECTOR, REGS_TRAPNR(%esp)
	jb	1f
	movl	$do_irq, %eax
1:	pushl	%esp			/* the argument: struct pt_regs * */
	call	*%eax
trap_return:			/* tools/link marks it for kernel/x86/unwind.c */
	addl	$4, %esp
	popl	%ebx
	popl	%ecx
	popl	%edx
	popl	%esi
	popl	%edi
	popl	%ebp
	popl	%eax
	popl	%ds
	popl	%es
	popl	%fs
	popl	%gs
	addl	$8, %esp		/* vector and error code */
	iret

/*
 * The double-fault task. The processor switched to it by a task gate: new stack, new registers,
 * the old ones saved in main_tss. If double_fault() returns, main_tss has been edited, and iret
 * switches back to what it now says; the next double fault goes on at the jump.
 */
	.globl	double_fault_entry
double_fault_entry:
	call	double_fault
	addl	$4, %esp		/* the error code */
	iret
	jmp	double_fault_entry

	.section .note.GNU-stack, "", @progbits
