// SPDX-License-Identifier: MIT
/*
 * Segments, task states and gates (Intel SDM volume 3, chapters 3, 6 and 8).
 *
 * Segments are flat and do nothing but exist. There are two task states: the one in which the
 * kernel runs, and one for double faults. A double fault must not use the current stack, since a
 * stack that ran into its guard page is the usual cause; on i386 only a task gate changes the
 * stack of code that is already in the kernel. The processor saves all registers in main_tss,
 * which is where the report reads them.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <linux/init.h>
#include <linux/stddef.h>
#include <quarry/memory_layout.h>

#include "x86.h"

struct descriptor {
	u32 low, high;
};

struct descriptor_pointer {
	u16 limit;
	void *base;
} __packed;

#define FLAT_SEGMENT(type)	{ 0x0000ffff, 0x00cf0000 | (type) << 8 }
#define SEGMENT_TYPE_CODE	0x9b		/* present, ring 0, code, readable, accessed */
#define SEGMENT_TYPE_DATA	0x93		/* present, ring 0, data, writable, accessed */
#define SEGMENT_TYPE_TSS	0x89		/* present, ring 0, 32-bit TSS, not busy */
#define GATE_INTERRUPT		0x8e		/* present, ring 0, interrupts off on entry */
#define GATE_TASK		0x85

static struct descriptor gdt[GDT_ENTRIES] __aligned(8) = {
	[SEGMENT_CODE / 8] = FLAT_SEGMENT(SEGMENT_TYPE_CODE),
	[SEGMENT_DATA / 8] = FLAT_SEGMENT(SEGMENT_TYPE_DATA),
};

/* boot/start.S loads it the moment paging is on. */
extern const struct descriptor_pointer gdt_pointer;
const struct descriptor_pointer gdt_pointer = { sizeof(gdt) - 1, gdt };

static struct descriptor idt[NR_VECTORS] __aligned(8);

static struct tss double_fault_tss;

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

static void set_tss_descriptor(unsigned int selector, const struct tss *tss)
{
	u32 base = (u32)tss;

	gdt[selector / 8].low = (base << 16) | (sizeof(*tss) - 1);
	gdt[selector / 8].high = (base & 0xff000000) | SEGMENT_TYPE_TSS << 8 |
				 ((base >> 16) & 0xff);
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

static void __init double_fault_task_init(void)
{
	double_fault_tss = (struct tss){
		.cr3	= read_cr3(),
		.ip	= (u32)double_fault_entry,
		.sp	= (u32)(double_fault_stack + sizeof(double_fault_stack)),
		.flags	= 2,			/* the bit that is always set */
		.cs	= SEGMENT_CODE,
		.ss	= SEGMENT_DATA, .ds = SEGMENT_DATA, .es = SEGMENT_DATA,
		.io_bitmap = sizeof(struct tss),
	};
	set_tss_descriptor(SEGMENT_DOUBLE_FAULT, &double_fault_tss);
	set_gate(TRAP_DOUBLE_FAULT, SEGMENT_DOUBLE_FAULT, NULL, GATE_TASK);
	guard_page_add(&double_fault_guard);
}

void descriptors_set_cr3(unsigned long cr3)
{
	main_tss.cr3 = cr3;		/* a switch back from the double-fault task loads this */
	double_fault_tss.cr3 = cr3;
}

void __init traps_init(void)
{
	const struct descriptor_pointer idt_pointer = { sizeof(idt) - 1, idt };
	unsigned int vector;

	for (vector = 0; vector < NR_VECTORS; vector++)
		set_stub_gate(vector);

	main_tss.io_bitmap = sizeof(struct tss);
	set_tss_descriptor(SEGMENT_TSS, &main_tss);
	double_fault_task_init();
	descriptors_set_cr3(read_cr3());

	__asm__ __volatile__("lidt %0" : : "m"(idt_pointer));
	__asm__ __volatile__("ltr %w0" : : "r"(SEGMENT_TSS));
}
