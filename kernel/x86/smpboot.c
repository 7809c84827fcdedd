// SPDX-License-Identifier: MIT
/*
 * Starting the other CPUs (Intel SDM volume 3, section 9.4).
 *
 * 1. The idea
 * After a reset only one CPU runs, the boot CPU; the others wait for two interprocessor interrupts:
 * INIT, and then the start-up IPI, whose vector is the number of the page where to begin. They
 * begin as the first PC did: real mode, no paging, no stack. The trampoline (trampoline.S) brings
 * one to the kernel's addresses, where it finds all that it needs ready made: its idle thread, its stacks,
 * its segments, its per-CPU area. One at a time: they share the trampoline's page.
 *
 * 2. Provisional tables
 * The instruction behind the one that switches paging on must be mapped where it is: at its physical
 * address, which the kernel's tables leave empty. So the trampoline has tables of its own: the
 * kernel's four pointers, but the first leads to a directory with one entry, the first 2 MiB,
 * read-only. That page is executable twice over, but nobody can write to it there. A CPU leaves
 * these tables with its first instructions, and nobody uses them once all have come.
 *
 * 3. Shaking hands
 *	ASLEEP -> ARRIVED	the CPU is there, and will be online soon
 *	ASLEEP -> GIVEN_UP	it took too long; if it comes after all, it halts
 * Exactly one of the two happens.
 *
 * 4. Translations
 * A CPU that is not online is not told to forget translations. So a CPU goes online with interrupts
 * off, and then forgets everything: what was unmapped before, it now does not know; what is
 * unmapped later, it will be told.
 *
 * 5. What is not here
 * CPUs that leave; CPUs that the firmware did not list; CPUs too old for an APIC in the chip (they
 * would want their start address in the CMOS). That the time-stamp counters of all CPUs agree is not checked.
 */
#include <asm/apic.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>
#include <asm/trampoline.h>
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <quarry/madt.h>
#include <quarry/scheduler.h>
#include <quarry/tick.h>

#include "x86.h"

#define ARRIVAL_POLLS	10000		/* of 100 us: a second */

/* What trampoline.S reads, at the offsets of <asm/trampoline.h>. */
struct trampoline_args {
	u32 cr0, cr3, efer, kernel_cr3, sp;
	struct descriptor_pointer gdt;
};
static_assert(offsetof(struct trampoline_args, cr0) == TRAMPOLINE_CR0 &&
	      offsetof(struct trampoline_args, cr3) == TRAMPOLINE_CR3 &&
	      offsetof(struct trampoline_args, efer) == TRAMPOLINE_EFER &&
	      offsetof(struct trampoline_args, kernel_cr3) == TRAMPOLINE_KERNEL_CR3 &&
	      offsetof(struct trampoline_args, sp) == TRAMPOLINE_SP &&
	      offsetof(struct trampoline_args, gdt) == TRAMPOLINE_GDT &&
	      sizeof(struct trampoline_args) <= TRAMPOLINE_ARGS_SIZE, "trampoline.S counts on it");

extern const char trampoline_start[], trampoline_args[], trampoline_end[];

asmlinkage void __noreturn start_secondary(void);

enum { ASLEEP, ARRIVED, GIVEN_UP };
static atomic_t arrival;

/* ---- the new CPU ---- */

/* Interrupts are off until it idles; current is its idle thread, and all per-CPU data are its own. */
asmlinkage void __noreturn start_secondary(void)
{
	unsigned int cpu = raw_smp_processor_id();

	if (atomic_cmpxchg(&arrival, ASLEEP, ARRIVED) != ASLEEP)
		cpu_stop();
	traps_init_cpu();
	if (boot_cpu.pge)
		write_cr4(read_cr4() | X86_CR4_PGE);
	apic_init_cpu();
	sched_init_cpu(current);
	set_cpu_online(cpu, true);
	__flush_tlb_all();
	tick_start();
	cpu_idle_loop();
}

/* ---- the CPU that starts it ---- */

/* The first 2 MiB where they are, beside all that the kernel has mapped. */
static u32 __init provisional_tables(u64 *pointers, pte_t *directory)
{
	memcpy(pointers, __va(read_cr3()), 4 * sizeof(*pointers));
	memset(directory, 0, PAGE_SIZE);
	directory[0] = _PAGE_PRESENT | _PAGE_PSE;
	pointers[0] = __pa(directory) | _PAGE_PRESENT;
	return __pa(pointers);
}

static void __init fill_trampoline(unsigned int cpu, const struct cpu_memory *memory)
{
	char *page = __va(TRAMPOLINE_PHYS);
	struct trampoline_args *args = (void *)(page + (trampoline_args - trampoline_start));
	u64 *pointers = (u64 *)(page + PAGE_SIZE) - 4;

	memcpy(page, trampoline_start, trampoline_end - trampoline_start);
	*args = (struct trampoline_args){
		.cr0 = read_cr0(),
		.cr3 = provisional_tables(pointers, memory->directory),
		.efer = boot_cpu.nx ? (u32)rdmsr(MSR_EFER) : 0,
		.kernel_cr3 = read_cr3(),
		.sp = (u32)memory->idle->stack + memory->idle->stack_size,
	};
	cpu_gdt_pointer(cpu, &args->gdt);
}

/* What the CPU's first instructions in C find. */
static void __init prepare_cpu(unsigned int cpu, const struct cpu_memory *memory)
{
	cpu_tables_init(cpu, memory->tables, memory->tables_size);
	per_cpu(current_task, cpu) = memory->idle;
	per_cpu(__preempt_count, cpu) = PREEMPT_ENABLED;
	fill_trampoline(cpu, memory);
	atomic_set(&arrival, ASLEEP);
}

static bool __init arrives(unsigned int polls)
{
	while (polls--) {
		if (atomic_read(&arrival) == ARRIVED)
			return true;
		udelay(100);
	}
	return false;
}

/* A CPU that has missed the first start-up IPI gets another; one that runs does not notice. */
static bool __init wake_up_cpu(u32 apic_id)
{
	apic_icr_write(apic_id, APIC_DM_INIT | APIC_INT_ASSERT | APIC_INT_LEVELTRIG);
	mdelay(10);
	apic_icr_write(apic_id, APIC_DM_INIT | APIC_INT_LEVELTRIG);
	apic_icr_write(apic_id, APIC_DM_STARTUP | TRAMPOLINE_PHYS >> PAGE_SHIFT);
	if (arrives(2))
		return true;
	apic_icr_write(apic_id, APIC_DM_STARTUP | TRAMPOLINE_PHYS >> PAGE_SHIFT);
	return arrives(ARRIVAL_POLLS);
}

int __init arch_start_cpu(unsigned int cpu, const struct cpu_memory *memory)
{
	prepare_cpu(cpu, memory);
	if (!wake_up_cpu(madt.apic_id[cpu]) &&
	    atomic_cmpxchg(&arrival, ASLEEP, GIVEN_UP) == ASLEEP) {
		pr_err("smpboot: CPU %u (APIC %u) does not answer, it is not used\n", cpu,
		       madt.apic_id[cpu]);
		return -ETIMEDOUT;
	}
	while (!cpu_online(cpu))
		cpu_relax();
	return 0;
}
