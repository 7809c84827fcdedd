// SPDX-License-Identifier: MIT
/*
 * The log's lock. It belongs to a CPU, which may take it again: so a fault in the middle of printk is
 * reported, and a report of several lines holds it around all of them, so that no other CPU's lines come
 * in between. A panic stops the other CPUs first, wherever they are, and takes it over.
 *
 *	owner == NOBODY  <=>  depth == 0
 *
 * Interrupts are off while it is held, or an interrupt's lines would come in between. An NMI that
 * prints between the two steps of taking it would lose it; but the only NMI that prints never returns.
 */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/printk.h>
#include <linux/smp.h>

#define NOBODY	(-1)

static atomic_t owner = ATOMIC_INIT(NOBODY);	/* a CPU */
static unsigned int depth;			/* how often it has taken the lock */

bool __printk_cpu_sync_try_get(void)
{
	int cpu = raw_smp_processor_id();

	if (atomic_read(&owner) != cpu && atomic_cmpxchg(&owner, NOBODY, cpu) != NOBODY)
		return false;
	depth++;
	return true;
}

void __printk_cpu_sync_wait(void)
{
	while (atomic_read(&owner) != NOBODY)
		cpu_relax();
}

/* The store that frees it comes last; x86 keeps stores in order, and so must the compiler. */
void __printk_cpu_sync_put(void)
{
	barrier();
	if (!--depth)
		atomic_set(&owner, NOBODY);
}

void printk_cpu_sync_abandon(void)
{
	if (atomic_read(&owner) != raw_smp_processor_id())
		return;
	depth = 1;
	__printk_cpu_sync_put();
}

void printk_cpu_sync_take_over(void)
{
	depth = 1;
	atomic_set(&owner, raw_smp_processor_id());
}
