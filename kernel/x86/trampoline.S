/* SPDX-License-Identifier: MIT */
/*
 * The first steps of a CPU that another one has started (smpboot.c). A start-up IPI names a page
 * below 1 MiB, and the CPU begins at its first byte, in real mode, with CS = that page and nothing
 * else. The code is copied to TRAMPOLINE_PHYS and runs there:
 *
 *	1. protected mode, with flat segments of its own;
 *	2. paging, by provisional tables: the kernel's, and this page where it is;
 *	3. its own GDT, a jump to the kernel's addresses, the kernel's own tables;
 *	4. start_secondary(), on the stack of its idle thread.
 */
#include <asm/processor.h>
#include <asm/trampoline.h>

#define CODE		0x08
#define DATA		0x10
#define PERCPU		0x28
#define CR0_PE		1
#define MSR_EFER	0xc0000080

/* Where a label of this page is once it has been copied; and from the page's start. */
#define HERE(label)	(TRAMPOLINE_PHYS + (label) - trampoline_start)
#define OFFSET(label)	((label) - trampoline_start)

	.section .rodata
	.balign	16
	.globl	trampoline_start, trampoline_args, trampoline_end
	.code16
trampoline_start:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	OFFSET(first_gdt_pointer)
	movl	%cr0, %eax
	orl	$CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	$CODE, $HERE(protected)

	.code32
protected:
	movl	$DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$HERE(trampoline_args), %ebx
	movl	$(X86_CR4_PAE | X86_CR4_PSE), %eax
	movl	%eax, %cr4
	movl	TRAMPOLINE_CR3(%ebx), %eax
	movl	%eax, %cr3
	movl	TRAMPOLINE_EFER(%ebx), %eax
	testl	%eax, %eax			/* 0: this CPU may not have it */
	jz	1f
	movl	$MSR_EFER, %ecx
	xorl	%edx, %edx
	wrmsr
1:	movl	TRAMPOLINE_KERNEL_CR3(%ebx), %ecx
	movl	TRAMPOLINE_CR0(%ebx), %eax
	movl	%eax, %cr0			/* paging is on, and so are the caches */
	lgdtl	TRAMPOLINE_GDT(%ebx)
	movl	TRAMPOLINE_SP(%ebx), %esp
	ljmpl	$CODE, $secondary_high

	.balign	8
first_gdt:
	.quad	0, 0x00cf9b000000ffff, 0x00cf93000000ffff
first_gdt_pointer:
	.word	first_gdt_pointer - first_gdt - 1
	.long	HERE(first_gdt)

	.balign	4
trampoline_args:
	.skip	TRAMPOLINE_ARGS_SIZE
trampoline_end:

/* ---- at the kernel's addresses ---- */

	.text
	.type	secondary_high, @function
secondary_high:
	movl	%ecx, %cr3			/* without the page that we came from */
	movl	$DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$PERCPU, %eax
	movl	%eax, %fs
	xorl	%eax, %eax
	movl	%eax, %gs
	xorl	%ebp, %ebp
	pushl	$0				/* no return address: where backtraces end */
	jmp	start_secondary

	.section .note.GNU-stack, "", @progbits
