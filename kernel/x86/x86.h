/* SPDX-License-Identifier: MIT */
/* What the files of kernel/x86 share among themselves. */
#ifndef _KERNEL_X86_H
#define _KERNEL_X86_H

#include <asm/pgtable.h>
#include <asm/ptrace.h>
#include <linux/types.h>

#define SEGMENT_CODE		0x08
#define SEGMENT_DATA		0x10
#define SEGMENT_TSS		0x18
#define SEGMENT_DOUBLE_FAULT	0x20
#define SEGMENT_PERCPU		0x28		/* in FS: its base is how far this CPU's variables lie */
#define GDT_ENTRIES		6

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

/* What LGDT and LIDT load. */
struct descriptor_pointer {
	u16 limit;
	void *base;
} __packed;

/* descriptor.c: what this CPU was doing when a double fault switched away from it. */
struct tss *this_cpu_main_tss(void);

/* Both task states carry a CR3 of their own; tell this CPU's when the kernel's changes. */
void descriptors_set_cr3(unsigned long cr3);

/*
 * Another CPU's segments, task states and stack for double faults: before it starts, in @size bytes
 * at @memory, which are its own from then on; then where it finds its GDT; and, on that CPU, with
 * the GDT loaded, the rest.
 */
void cpu_tables_init(unsigned int cpu, void *memory, unsigned long size);
void cpu_gdt_pointer(unsigned int cpu, struct descriptor_pointer *pointer);
void traps_init_cpu(void);

/* entry.S */
extern char trap_stubs[];	/* TRAP_STUB_SIZE bytes each */
#define TRAP_STUB_SIZE 16
asmlinkage void double_fault_entry(void);

/* switch.S */
asmlinkage void thread_start(void);

/* traps.c */
asmlinkage void trap_dispatch(struct pt_regs *regs);
asmlinkage void double_fault(void);

/* report.c */
void report_double_fault(const struct pt_regs *regs);
void report_page_fault(const struct pt_regs *regs, unsigned long addr);

/* paging.c: the directory's entry for @addr; NULL below PAGE_OFFSET, and before paging_init(). */
pte_t *kernel_directory_entry(unsigned long addr);

/*
 * kasan/shadow.c, in its build only: hang the shadow's tables in beside the kernel's, whose @pointers
 * are about to be switched to; and, when they have been, begin to report.
 */
#ifdef CONFIG_KASAN
void kasan_init(u64 *pointers);
void kasan_begin(void);
#else
static inline void kasan_init(u64 *pointers) {}
static inline void kasan_begin(void) {}
#endif

/* window.c: @tables are the window's, from paging_init(). The entry of @addr; NULL elsewhere. */
void window_init(pte_t *tables);
#define window_entry(addr) kernel_ptes(addr, 1)

/* extable.c: is there a fixup for the instruction at regs->ip? If so, regs go on there. */
bool fixup_exception(struct pt_regs *regs);

/* ---- the flush record: which CPUs may still hold a translation of a stale page ---- */

/* CPU @cpu's bit in a stale entry; all of them are _PAGE_STALE_CPUS. */
#define STALE_CPU(cpu)		(2U << (cpu))

/*
 * The record (tlb_record.c) stands above the window, whose entries it writes in, and above tlb.c,
 * with which it flushes. To be told what happens there, it hangs itself in here (tlb.c).
 */
struct tlb_recorder {
	void (*unmap)(unsigned long addr, unsigned long nr);
	void (*flushing)(unsigned long addr, unsigned long nr);
	void (*not_flushed)(unsigned long addr, unsigned long pfn, u32 cpus);
};
extern const struct tlb_recorder *tlb_recorder;

/*
 * What unmapping writes into an entry: the bits of all CPUs that run, or 0: the record is off. Then
 * the first two of the following are not called.
 */
extern u32 tlb_record_mask;

/*
 * unmap_kernel_range() while the record is on: what is mapped in the @nr pages from @addr on becomes
 * stale, with tlb_record_mask in each entry.
 */
static inline void tlb_record_unmap(unsigned long addr, unsigned long nr)
{
	tlb_recorder->unmap(addr, nr);
}

/*
 * This CPU is about to forget the @nr pages from @addr on, or all pages; what becomes stale from
 * here on does not count as forgotten.
 */
static inline void tlb_record_flushing(unsigned long addr, unsigned long nr)
{
	tlb_recorder->flushing(addr, nr);
}

static inline void tlb_record_flushing_all(void)
{
	tlb_recorder->flushing(0, 1UL << (32 - PAGE_SHIFT));
}

/*
 * The stale page at @addr, which was mapped to the frame @pfn, is being forgotten, but the bits
 * @cpus are still set in its entry: report it, and flush the page everywhere.
 */
static inline void tlb_record_not_flushed(unsigned long addr, unsigned long pfn, u32 cpus)
{
	tlb_recorder->not_flushed(addr, pfn, cpus);
}

#endif /* _KERNEL_X86_H */
