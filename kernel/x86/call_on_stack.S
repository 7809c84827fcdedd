/* SPDX-License-Identifier: MIT */
/*
 * call_on_stack(top, fn, arg): what it needs afterwards is kept in EBP, which @fn preserves, and by
 * which backtraces find the way back (kernel/x86/unwind.c). fn's argument is where any compiler
 * expects it: in EAX and on the stack.
 */
	.cfi_sections .debug_frame
	.text
	.globl	call_on_stack, call_on_stack_end
	.type	call_on_stack, @function
call_on_stack:
	.cfi_startproc
	pushl	%ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebp, 0
	movl	%esp, %ebp
	.cfi_def_cfa_register ebp
	movl	12(%ebp), %edx			/* fn */
	movl	16(%ebp), %eax			/* arg */
	movl	8(%ebp), %esp			/* top */
	pushl	%eax
	call	*%edx
	movl	%ebp, %esp
	popl	%ebp
	.cfi_def_cfa esp, 4
	.cfi_restore ebp
	ret
	.cfi_endproc
call_on_stack_end:

	.section .note.GNU-stack, "", @progbits
