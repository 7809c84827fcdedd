// SPDX-License-Identifier: MIT
/* The fixmap's part that belongs to threads: it changes hands when they do. */
#include <asm/fixmap.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <quarry/scheduler.h>

#define LOCAL_BASE(cpu)	(fix_to_vpn(kmap_local_index(cpu, 0)) - 1)

DEFINE_PER_CPU(unsigned int, kmap_local_base) = LOCAL_BASE(0);

void __init kmap_local_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(kmap_local_base, cpu) = LOCAL_BASE(cpu);
}

/*
 * Threads change: the one that goes takes its entries along, the one that comes puts its own back, at
 * the same addresses. An entry that is empty was being filled, or emptied. Interrupts are off.
 */
void __kmap_local_sched_out(void)
{
	struct kmap_ctrl *ctrl = &current->kmap_ctrl;
	unsigned int vpn = arch_percpu_read(kmap_local_base) + 1, i;

	for (i = 0; i < ctrl->idx; i++) {
		ctrl->pteval[i] = *fixmap_pte(vpn + i);
		if (ctrl->pteval[i])
			clear_fixmap_local(vpn + i);
	}
}

void __kmap_local_sched_in(void)
{
	struct kmap_ctrl *ctrl = &current->kmap_ctrl;
	unsigned int vpn = arch_percpu_read(kmap_local_base) + 1, i;

	for (i = 0; i < ctrl->idx; i++)
		if (ctrl->pteval[i] & _PAGE_PRESENT)
			set_fixmap_local(vpn + i, (ctrl->pteval[i] & PTE_PFN_MASK) >> PAGE_SHIFT,
					 ctrl->pteval[i] & ~PTE_PFN_MASK);
}
