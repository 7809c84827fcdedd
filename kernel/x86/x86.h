/* SPDX-License-Identifier: MIT */
/* What the files of kernel/x86 share among themselves. */
#ifndef _KERNEL_X86_H
#define _KERNEL_X86_H

#include <asm/ptrace.h>
#include <linux/types.h>

#define SEGMENT_CODE		0x08
#define SEGMENT_DATA		0x10
#define SEGMENT_TSS		0x18
#define SEGMENT_DOUBLE_FAULT	0x20
#define GDT_ENTRIES		5

enum trap_vector {
	TRAP_DIVIDE_ERROR	= 0,
	TRAP_DEBUG		= 1,
	TRAP_NMI		= 2,
	TRAP_BREAKPOINT		= 3,
	TRAP_INVALID_OPCODE	= 6,
	TRAP_DOUBLE_FAULT	= 8,
	TRAP_STACK_SEGMENT	= 12,
	TRAP_GENERAL_PROTECTION	= 13,
	TRAP_PAGE_FAULT		= 14,
	NR_EXCEPTIONS		= 32,
	NR_VECTORS		= 256,
};

/* The task-state segment's part that we use (Intel SDM volume 3, figure 8-2). */
struct tss {
	u32 link;
	u32 sp0, ss0, sp1, ss1, sp2, ss2;
	u32 cr3;
	u32 ip, flags;
	u32 ax, cx, dx, bx, sp, bp, si, di;
	u32 es, cs, ss, ds, fs, gs;
	u32 ldt;
	u16 trap, io_bitmap;
};

/* traps.c: what the kernel was doing when a double fault switched away from it. */
extern struct tss main_tss;

/* descriptor.c: both task states carry a CR3 of their own; tell them when the kernel's changes. */
void descriptors_set_cr3(unsigned long cr3);

/* entry.S */
extern char trap_stubs[];	/* TRAP_STUB_SIZE bytes each */
#define TRAP_STUB_SIZE 16
asmlinkage void double_fault_entry(void);

/* traps.c */
asmlinkage void trap_dispatch(struct pt_regs *regs);
asmlinkage void double_fault(void);

/* report.c */
void report_double_fault(const struct pt_regs *regs);
void report_page_fault(const struct pt_regs *regs, unsigned long addr);

/* extable.c: is there a fixup for the instruction at regs->ip? If so, regs go on there. */
bool fixup_exception(struct pt_regs *regs);


#endif /* _KERNEL_X86_H */
