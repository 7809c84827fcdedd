// SPDX-License-Identifier: MIT
/*
 * Having all other CPUs stand still.
 *
 * 1. The idea
 * Who wants to look at everything at once, a validator or a leak finder, cannot take all locks there
 * are, and what each CPU keeps for itself has none. So every other CPU is called, and stays in
 * the call until we are done: with interrupts off, and so without a lock that is taken with interrupts
 * off, and outside of its page lists and magazines (cpu_layer.c waits for that). (Linux has a
 * thread on each CPU for it.)
 *
 * 2. In order
 *	arrived		other CPUs that stand still; when all do, @fn is called
 *	released	they may go on
 * One at a time: two that stop each other would wait for ever.
 *
 * 3. Contexts
 * Process context. We stay on our CPU, and the others answer while they wait for anything of
 * ours. They stand still as long as @fn takes: it tells the watchdog that it is alive.
 */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/nmi.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <quarry/cpu_layer.h>

struct stop {
	cpu_stop_fn_t fn;
	void *data;
	int result;
	unsigned int cpu;		/* whose call it is */
	atomic_t arrived;
	bool released;
};

static DEFINE_MUTEX(stopping);

static void stand_still(struct stop *stop)
{
	atomic_inc(&stop->arrived);
	while (!READ_ONCE(stop->released))
		cpu_relax();
}

/* On every CPU, interrupts off. */
static void stop_here(void *info)
{
	struct stop *stop = info;

	if (raw_smp_processor_id() != stop->cpu) {
		stand_still(stop);
		return;
	}
	while (atomic_read(&stop->arrived) < num_online_cpus() - 1)
		cpu_relax();
	stop->result = stop->fn(stop->data);
	WRITE_ONCE(stop->released, true);
}

int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	struct stop stop = { .fn = fn, .data = data };

	mutex_lock(&stopping);
	stop.cpu = get_cpu();
	WARN_ON(cpus && !cpumask_test_cpu(stop.cpu, cpus));
	on_each_cpu_layer(stop_here, &stop);
	put_cpu();
	mutex_unlock(&stopping);
	return stop.result;
}

int stop_machine_if_possible(cpu_stop_fn_t fn, void *data)
{
	unsigned long flags;
	int result;

	if (num_online_cpus() > 1 && preemptible())
		return stop_machine(fn, data, NULL);
	local_irq_save(flags);
	result = fn(data);
	local_irq_restore(flags);
	return result;
}
