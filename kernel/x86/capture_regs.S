/* SPDX-License-Identifier: MIT */
/*
 * void capture_regs(struct pt_regs *regs): the caller's registers, as after the call returns.
 * The layout is struct pt_regs's.
 */
	.text
	.globl	capture_regs
	.type	capture_regs, @function
capture_regs:
	pushl	%eax
	movl	8(%esp), %eax
	movl	%ebx, 0(%eax)
	movl	%ecx, 4(%eax)
	movl	%edx, 8(%eax)
	movl	%esi, 12(%eax)
	movl	%edi, 16(%eax)
	movl	%ebp, 20(%eax)
	popl	24(%eax)		/* EAX */
	movl	%ds, %ecx
	movl	%ecx, 28(%eax)
	movl	%es, %ecx
	movl	%ecx, 32(%eax)
	movl	%fs, %ecx
	movl	%ecx, 36(%eax)
	movl	%gs, %ecx
	movl	%ecx, 40(%eax)
	movl	$0, 44(%eax)
	movl	$0, 48(%eax)
	pushl	(%esp)
	popl	52(%eax)		/* IP: our return address */
	movl	%cs, %ecx
	movl	%ecx, 56(%eax)
	pushfl
	popl	60(%eax)
	leal	4(%esp), %ecx
	movl	%ecx, 64(%eax)		/* SP after the return */
	movl	%ss, %ecx
	movl	%ecx, 68(%eax)
	ret

	.section .note.GNU-stack, "", @progbits
