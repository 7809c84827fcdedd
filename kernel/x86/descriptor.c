// SPDX-License-Identifier: MIT
/*
 * Segments, task states and gates (Intel SDM volume 3, chapters 3, 6 and 8).
 *
 * Segments are flat and do nothing but exist, except for FS, whose base is how far this CPU's own
 * variables lie. There are two task states: the one in which the kernel runs, and one for double
 * faults. A double fault must not use the current stack, since a stack that ran into its guard page is
 * the usual cause; on i386 only a task gate changes the stack of code that is already in the kernel.
 * The processor saves all registers in the task state that it leaves, which is where the report
 * reads them.
 *
 * Each CPU has all of this for itself: a task state says "busy" while it is in use, and FS differs.
 * Only the gates are everybody's; the double fault's names a selector, which each CPU looks up in its
 * own table of segments. The boot CPU's tables are part of the image, since it needs them with its
 * first instruction under paging; whoever starts the others brings memory for theirs.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <linux/init.h>
#include <linux/smp.h>
#include <linux/stddef.h>
#include <quarry/memory_layout.h>

#include "x86.h"

struct descriptor {
	u32 low, high;
};

#define FLAT_SEGMENT(type)	{ 0x0000ffff, 0x00cf0000 | (type) << 8 }
#define SEGMENT_TYPE_CODE	0x9b		/* present, ring 0, code, readable, accessed */
#define SEGMENT_TYPE_DATA	0x93		/* present, ring 0, data, writable, accessed */
#define SEGMENT_TYPE_TSS	0x89		/* present, ring 0, 32-bit TSS, not busy */
#define GATE_INTERRUPT		0x8e		/* present, ring 0, interrupts off on entry */
#define GATE_TASK		0x85

/* What a CPU has for itself. */
struct cpu_tables {
	struct descriptor gdt[GDT_ENTRIES];
	struct tss main, double_fault;
} __aligned(8);

#define FLAT_SEGMENTS { \
	[SEGMENT_CODE / 8] = FLAT_SEGMENT(SEGMENT_TYPE_CODE), \
	[SEGMENT_DATA / 8] = FLAT_SEGMENT(SEGMENT_TYPE_DATA), \
	[SEGMENT_PERCPU / 8] = FLAT_SEGMENT(SEGMENT_TYPE_DATA), \
}

static struct cpu_tables boot_tables = { .gdt = FLAT_SEGMENTS };
static struct cpu_tables *cpu_tables[NR_CPUS] = { &boot_tables };

/* boot/start.S loads it the moment paging is on. */
extern const struct descriptor_pointer gdt_pointer;
const struct descriptor_pointer gdt_pointer = { sizeof(boot_tables.gdt) - 1, boot_tables.gdt };

static struct descriptor idt[NR_VECTORS] __aligned(8);

/*
 * Its first page is a guard, as the boot stack has one. Nothing is left to report it with when it
 * is hit: the machine resets. But no report runs over other people's data.
 */
static u8 double_fault_stack[3 * PAGE_SIZE] __aligned(PAGE_SIZE);
static struct guard_page double_fault_guard = {
	.addr = (unsigned long)double_fault_stack,
	.owner = "the double-fault stack",
	.is_stack = true,
};

static struct cpu_tables *this_cpu_tables(void)
{
	return cpu_tables[raw_smp_processor_id()];
}

struct tss *this_cpu_main_tss(void)
{
	return &this_cpu_tables()->main;
}

/* Fields of a descriptor lie in pieces (Intel SDM volume 3, figure 3-8). */
static struct descriptor descriptor_at(u32 base, u32 low_limit, u32 high_flags)
{
	return (struct descriptor){
		.low = base << 16 | low_limit,
		.high = (base & 0xff000000) | high_flags | ((base >> 16) & 0xff),
	};
}

static void set_tss_descriptor(struct cpu_tables *tables, unsigned int selector,
			       const struct tss *tss)
{
	tables->gdt[selector / 8] =
		descriptor_at((u32)tss, sizeof(*tss) - 1, SEGMENT_TYPE_TSS << 8);
}

static void set_percpu_descriptor(struct cpu_tables *tables, unsigned long offset)
{
	tables->gdt[SEGMENT_PERCPU / 8] =
		descriptor_at(offset, 0xffff, 0x00cf0000 | SEGMENT_TYPE_DATA << 8);
}

/* This CPU's own variables lie @offset away from the image's. */
void load_percpu_segment(unsigned long offset)
{
	set_percpu_descriptor(this_cpu_tables(), offset);
	__asm__ __volatile__("mov %0, %%fs" : : "r"(SEGMENT_PERCPU) : "memory");
}

static void set_gate(unsigned int vector, unsigned int selector, const void *target, u8 type)
{
	u32 offset = (u32)target;

	idt[vector].low = selector << 16 | (offset & 0xffff);
	idt[vector].high = (offset & 0xffff0000) | type << 8;
}

/* Where all vectors go, but for the double fault's. */
static void set_stub_gate(unsigned int vector)
{
	set_gate(vector, SEGMENT_CODE, trap_stubs + vector * TRAP_STUB_SIZE, GATE_INTERRUPT);
}

bool double_fault_has_a_stack = true;

/*
 * An emulator without task gates (v86) cannot have one, and nothing tells: a look at one ends the
 * emulator. Told so, double faults come in like all others, and a stack overflow is not survived.
 */
static int __init no_task_gate_setup(char *value)
{
	double_fault_has_a_stack = false;
	set_stub_gate(TRAP_DOUBLE_FAULT);
	return 0;
}
early_param("notaskgate", no_task_gate_setup);

/* @stack_top: of the stack for double faults. */
static void task_states_init(struct cpu_tables *tables, void *stack_top)
{
	tables->main = (struct tss){ .cr3 = read_cr3(), .io_bitmap = sizeof(struct tss) };
	tables->double_fault = (struct tss){
		.cr3	= read_cr3(),
		.ip	= (u32)double_fault_entry,
		.sp	= (u32)stack_top,
		.flags	= 2,			/* the bit that is always set */
		.cs	= SEGMENT_CODE,
		.ss	= SEGMENT_DATA, .ds = SEGMENT_DATA, .es = SEGMENT_DATA,
		.fs	= SEGMENT_PERCPU,
		.io_bitmap = sizeof(struct tss),
	};
	set_tss_descriptor(tables, SEGMENT_TSS, &tables->main);
	set_tss_descriptor(tables, SEGMENT_DOUBLE_FAULT, &tables->double_fault);
}

void descriptors_set_cr3(unsigned long cr3)
{
	struct cpu_tables *tables = this_cpu_tables();

	tables->main.cr3 = cr3;		/* a switch back from the double-fault task loads this */
	tables->double_fault.cr3 = cr3;
}

/* ---- on each CPU ---- */

void traps_init_cpu(void)
{
	const struct descriptor_pointer idt_pointer = { sizeof(idt) - 1, idt };

	__asm__ __volatile__("lidt %0" : : "m"(idt_pointer));
	__asm__ __volatile__("ltr %w0" : : "r"(SEGMENT_TSS));
}

void __init traps_init(void)
{
	unsigned int vector;

	for (vector = 0; vector < NR_VECTORS; vector++)
		set_stub_gate(vector);
	set_gate(TRAP_DOUBLE_FAULT, SEGMENT_DOUBLE_FAULT, NULL, GATE_TASK);
	task_states_init(&boot_tables, double_fault_stack + sizeof(double_fault_stack));
	guard_page_add(&double_fault_guard);
	traps_init_cpu();
}

/* The tables lie at the end of the memory, and the stack for double faults below them. */
void cpu_tables_init(unsigned int cpu, void *memory, unsigned long size)
{
	struct cpu_tables *tables = memory + size - sizeof(*tables);

	*tables = (struct cpu_tables){ .gdt = FLAT_SEGMENTS };
	set_percpu_descriptor(tables, per_cpu_offset(cpu));
	task_states_init(tables, tables);
	cpu_tables[cpu] = tables;
}

void cpu_gdt_pointer(unsigned int cpu, struct descriptor_pointer *pointer)
{
	*pointer = (struct descriptor_pointer){ sizeof(boot_tables.gdt) - 1, cpu_tables[cpu]->gdt };
}
