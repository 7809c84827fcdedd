/* SPDX-License-Identifier: MIT */
/* Non-local exit, see <asm/setjmp.h>. Arguments are on the stack. */
	.text
	.globl	kernel_setjmp
	.type	kernel_setjmp, @function
kernel_setjmp:
	movl	4(%esp), %eax
	movl	%ebx, 0(%eax)
	movl	%esi, 4(%eax)
	movl	%edi, 8(%eax)
	movl	%ebp, 12(%eax)
	movl	%esp, 16(%eax)		/* points at the return address */
	movl	(%esp), %ecx
	movl	%ecx, 20(%eax)
	pushfl				/* were interrupts on? */
	popl	24(%eax)
	xorl	%eax, %eax
	ret

	.globl	kernel_longjmp
	.type	kernel_longjmp, @function
kernel_longjmp:
	movl	4(%esp), %ecx
#ifdef CONFIG_KASAN
	pushl	%ecx
	pushl	16(%ecx)		/* the frames that are left take no shadow with them */
	call	kasan_unpoison_stack_below
	addl	$4, %esp
	popl	%ecx
#endif
	movl	8(%esp), %eax
	movl	0(%ecx), %ebx
	movl	4(%ecx), %esi
	movl	8(%ecx), %edi
	movl	12(%ecx), %ebp
	movl	16(%ecx), %esp
	addl	$4, %esp		/* as after setjmp's ret */
	pushl	20(%ecx)
	pushl	24(%ecx)
	popfl				/* on the stack that we return to */
	ret

	.section .note.GNU-stack, "", @progbits
