/* SPDX-License-Identifier: MIT */
/*
 * The first hundred instructions.
 *
 * A Multiboot loader (specification 0.6.96, section 3.2) enters at _start in 32-bit protected
 * mode: paging off, interrupts off, flat segments, EAX = a magic number, EBX = the physical
 * address of its information. This page is linked where it is loaded, at 1 MiB; everything else
 * is linked PAGE_OFFSET higher and cannot run before paging is on. So, in this order:
 *
 *	1. be sure that a Multiboot loader called, and that the CPU can do what we need;
 *	2. build provisional tables: the first GiB but its end where it is, and again at PAGE_OFFSET;
 *	3. switch paging on, jump to the high addresses, forget the low ones;
 *	4. call start_kernel(magic, info) on the boot stack.
 *
 * kernel/x86/paging.c builds the final tables. Until then all that can be low memory, wherever the
 * line will be drawn, is one writable, executable window, but address 0 is unmapped.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>

#define MULTIBOOT_HEADER_MAGIC	0x1badb002
#define MULTIBOOT_LOADER_MAGIC	0x2badb002
#define MULTIBOOT_FLAGS		0x3		/* page-aligned modules; tell us about memory */

/* The start of the loader's information: flags, then RAM from 0 and from 1 MiB, in KiB. */
#define MULTIBOOT_INFO_MEMORY		0x1
#define MULTIBOOT_INFO_MEM_UPPER	8
#define LEAST_MEM_UPPER			2048

#ifdef CONFIG_KASAN
#define BOOT_STACK_SIZE		(8 * 4096)	/* red zones around every array on it */
#else
#define BOOT_STACK_SIZE		(2 * 4096)
#endif

#define PHYS(symbol)		((symbol) - PAGE_OFFSET_RAW)

#define EARLY_PRESENT_RW	0x003
#define EARLY_LARGE_RW		0x083		/* present, writable, a 2 MiB page */
#define FIXMAP_ENTRY		(PTRS_PER_TABLE - 1)

#define COM1			0x3f8
#define DEBUG_EXIT_PORT		0xf4
#define EXIT_PANIC		0x12		/* <quarry/exit.h> */

/* ---- the header: within the first 8 KiB of the file, on a 4-byte boundary ---- */

	.section .boot, "awx", @progbits
	.balign	4
multiboot_header:
	.long	MULTIBOOT_HEADER_MAGIC
	.long	MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_FLAGS)

/* ---- 1. who called, and on what ---- */

	.globl	_start
	.type	_start, @function
_start:
	cli
	cld
	movl	$PHYS(boot_stack_top), %esp
	movl	$why_magic, %esi
	cmpl	$MULTIBOOT_LOADER_MAGIC, %eax
	jne	refuse
	movl	$why_memory, %esi		/* the stack lies behind the image: is there RAM? */
	testl	$MULTIBOOT_INFO_MEMORY, (%ebx)
	jz	1f				/* not said (v86); memblock will ask again */
	cmpl	$LEAST_MEM_UPPER, MULTIBOOT_INFO_MEM_UPPER(%ebx)
	jb	refuse
1:	movl	%eax, %ebp			/* CPUID will use all of EAX to EDX */
	movl	%ebx, %edi

	pushfl					/* a CPU has CPUID if EFLAGS.ID can be changed */
	popl	%eax
	movl	%eax, %ecx
	xorl	$X86_EFLAGS_ID, %eax
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	movl	$why_cpuid, %esi
	pushl	%ecx				/* as they were */
	popfl
	cmpl	%ecx, %eax
	je	refuse

	movl	$1, %eax
	cpuid
	movl	$why_pae, %esi
	testl	$CPUID1_EDX_PAE, %edx
	jz	refuse

	testl	$CPUID1_EDX_TSC, %edx		/* `make bench` counts from here to the prompt */
	jz	1f
	rdtsc
	movl	%eax, PHYS(boot_tsc)
	movl	%edx, PHYS(boot_tsc) + 4
1:

/* ---- 2. provisional tables: one directory, used twice ---- */

	movl	$PHYS(early_directory), %ebx
	movl	$EARLY_LARGE_RW, %eax
	movl	$FIXMAP_ENTRY, %ecx
2:	movl	%eax, (%ebx)			/* the upper half of each entry is 0 already */
	addl	$8, %ebx
	addl	$(1 << PMD_SHIFT), %eax
	loop	2b

	/* the last 2 MiB of the address space: the fixmap's table */
	movl	$PHYS(fixmap_table) + EARLY_PRESENT_RW, PHYS(early_directory) + FIXMAP_ENTRY * 8

	movl	$PHYS(early_directory) + 1, %eax
	movl	%eax, PHYS(early_pointers)		/* the first GiB … */
	movl	%eax, PHYS(early_pointers) + 3 * 8	/* … and the fourth */

/* ---- 3. up ---- */

	movl	%cr4, %eax
	orl	$(X86_CR4_PAE | X86_CR4_PSE), %eax
	movl	%eax, %cr4
	movl	$PHYS(early_pointers), %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$(X86_CR0_PG | X86_CR0_WP), %eax
	movl	%eax, %cr0
	lgdtl	PHYS(gdt_pointer)		/* the loader's own may lie where we will write */
	ljmpl	$0x08, $start_high

/*
 * Cannot go on: the sentence at ESI to the serial line and the screen, then stop. Paging is off
 * and nothing is known of the machine, so nothing is waited for without end.
 */
refuse:
	movl	$0xb8000, %edi			/* VGA text memory */
next_char:
	lodsb
	testb	%al, %al
	jz	stop
	movb	%al, (%edi)
	movb	$0x07, 1(%edi)
	addl	$2, %edi
	movb	%al, %bl
	movl	$100000, %ecx
	movw	$(COM1 + 5), %dx
3:	inb	%dx, %al			/* line status: bit 5, the transmitter is empty */
	testb	$0x20, %al
	jnz	4f
	loop	3b
4:	movw	$COM1, %dx
	movb	%bl, %al
	outb	%al, %dx
	jmp	next_char
stop:
	movb	$EXIT_PANIC, %al
	outb	%al, $DEBUG_EXIT_PORT
5:	hlt
	jmp	5b

why_magic:	.ascii "Quarry: not started by a Multiboot loader "
		.asciz "(EAX is not 0x2badb002). Stopped.\r\n"
why_memory:	.ascii "Quarry needs a machine with 4 MiB of RAM or more; this one has less than "
		.asciz "3 MiB. Stopped.\r\n"
why_cpuid:	.ascii "Quarry: this CPU has no CPUID instruction; "
		.asciz "a Pentium Pro or later is needed. Stopped.\r\n"
why_pae:	.ascii "Quarry: this CPU has no PAE (physical address extension), "
		.asciz "which the page tables need. Stopped.\r\n"

/* ---- 4. the rest of the image is in reach ---- */

	.text
	.type	start_high, @function
start_high:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$0x28, %eax			/* this CPU's own variables: so far, the image's */
	movl	%eax, %fs
	xorl	%eax, %eax
	movl	%eax, %gs
	movl	$boot_stack_top, %esp

	movl	%eax, early_pointers		/* low addresses are no longer mapped: */
	movl	%cr3, %ecx			/* a null pointer now faults */
	movl	%ecx, %cr3
#ifdef CONFIG_KASAN
	call	kasan_early_init		/* C code from here on looks into the shadow */
#endif

	pushl	%edi				/* start_kernel(magic, info) */
	pushl	%ebp
	xorl	%ebp, %ebp
	pushl	$0				/* no return address: where backtraces end */
	jmp	start_kernel

	.bss
	.balign	4096
	.globl	boot_stack_guard, boot_stack, boot_stack_top
boot_stack_guard:
	.skip	4096				/* unmapped by paging_init() */
boot_stack:
	.skip	BOOT_STACK_SIZE
boot_stack_top:

	.globl	fixmap_table
early_directory:
	.skip	4096
fixmap_table:
	.skip	4096
	.balign	32
early_pointers:
	.skip	32
	.globl	boot_tsc
boot_tsc:
	.skip	8

	.section .note.GNU-stack, "", @progbits
