// SPDX-License-Identifier: MIT
/*
 * Having other CPUs call functions.
 *
 * 1. The idea
 * Each CPU has a queue of calls. Who wants a call made hangs it in there and, if the queue was empty,
 * sends an interrupt; the interrupt's handler takes the whole queue and makes the calls, in the order
 * in which they came. Pushing and taking need no lock (<linux/llist.h>).
 *
 * 2. Structure
 * A call (call_single_data_t) is in use while CSD_FLAG_LOCK is set:
 *	in a queue, or its function runs (CSD_SYNC: somebody waits for its end)	=> locked
 * Only the CPU that makes it unlocks it: without CSD_SYNC when it has read it, before the function;
 * with it, behind the function. Calls that are waited for lie on the caller's stack. Each CPU has one
 * more for each target, for calls to many and for those that nobody waits for; before one of them is
 * used again, its CPU waits until the last use is over. With one CPU there is nobody to call, and
 * nothing of this is touched.
 *
 *	a queue that is not empty  =>  its CPU has been sent an interrupt that it has not yet taken
 *
 * 3. Contexts
 * Functions run with interrupts off, as in an interrupt, and must not sleep. Who calls waits with
 * interrupts on: of two CPUs that call each other, each answers while it waits. So calls that may wait are
 * forbidden with interrupts off and in interrupts. smp_call_function_single_async() never waits.
 *
 * 4. When a CPU does not answer
 * It has interrupts off for too long, perhaps for ever. After csd_lock_timeout it is reported, with
 * the place where it is; then we wait on, and report again.
 *
 * 5. What is not here
 * CPUs that leave.
 */
#include <asm/processor.h>
#include <asm/smp.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/llist.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/time64.h>
#include <quarry/boot_level.h>
#include <quarry/cpu_layer.h>

#define CSD_SYNC	2		/* unlock it behind the function */

static DEFINE_PER_CPU(struct llist_head, call_single_queue);
static DEFINE_PER_CPU(call_single_data_t, call_to[NR_CPUS]);

unsigned int csd_lock_timeout = 10000;	/* ms */

/* ---- waiting ---- */

/* How long a wait has taken, for reports. */
struct csd_wait {
	u64 start, reported;
	int id;			/* of the report, 0: none so far */
};

static void report_stall(struct csd_wait *wait, unsigned int cpu, const call_single_data_t *csd,
			 u64 now)
{
	static atomic_t stalls;
	const char *which = wait->id ? "Continued" : "Detected";

	if (!wait->id)
		wait->id = atomic_inc_return(&stalls);
	pr_alert("csd: %s non-responsive CSD lock (#%d) on CPU#%d, "
		 "waiting %llu ns for CPU#%02u %pS(%px).\n", which, wait->id,
		 raw_smp_processor_id(), now - wait->start, cpu, csd->func, csd->info);
	pr_alert("\tcsd: CSD lock (#%d) unresponsive.\n", wait->id);
	trigger_single_cpu_backtrace(cpu);
	wait->reported = now;
}

static bool is_locked(const call_single_data_t *csd)
{
	return READ_ONCE(csd->flags) & CSD_FLAG_LOCK;
}

/* Until CPU @cpu has done with @csd. */
static void csd_lock_wait(unsigned int cpu, const call_single_data_t *csd)
{
	u64 now = is_locked(csd) ? local_clock() : 0;
	struct csd_wait wait = { now, now, 0 };

	while (is_locked(csd)) {
		now = local_clock();
		if (now - wait.reported > (u64)csd_lock_timeout * NSEC_PER_MSEC)
			report_stall(&wait, cpu, csd, now);
		cpu_relax();
		cpu_layer_answer();	/* so does it, perhaps, for what waits here */
	}
	barrier();
}

static void csd_unlock(call_single_data_t *csd)
{
	barrier();			/* x86 keeps stores in order: the compiler must, too */
	WRITE_ONCE(csd->flags, 0);
}

/* ---- on the CPU that is called ---- */

static void make_call(call_single_data_t *csd)
{
	smp_call_func_t func = csd->func;
	void *info = csd->info;

	if (csd->flags & CSD_SYNC) {
		func(info);
		csd_unlock(csd);
	} else {
		csd_unlock(csd);
		func(info);
	}
}

/* The interrupt's handler. Each call may be gone as soon as it has been made. */
void generic_smp_call_function_interrupt(void)
{
	struct llist_node *list = llist_del_all(raw_cpu_ptr(&call_single_queue));
	call_single_data_t *csd, *next;

	llist_for_each_entry_safe(csd, next, llist_reverse_order(list), llist)
		make_call(csd);
}

/* ---- on the CPU that calls ---- */

/*
 * Who finds the queue empty sends the interrupt, for all who add to it until it has come. So nothing may
 * come in between: an interrupt may stand still for long (stop_machine.c), even until @cpu answers it.
 */
static void send_call(unsigned int cpu, call_single_data_t *csd)
{
	unsigned long flags;

	local_irq_save(flags);
	if (llist_add(&csd->llist, per_cpu_ptr(&call_single_queue, cpu)))
		arch_send_call_function_ipi(cpu);
	local_irq_restore(flags);
}

static void set_call(call_single_data_t *csd, smp_call_func_t func, void *info, bool wait)
{
	csd->func = func;
	csd->info = info;
	csd->flags = CSD_FLAG_LOCK | (wait ? CSD_SYNC : 0);
}

/* Two CPUs could wait for each other. Before the others are there nobody waits. */
static __always_inline void check_context(void)
{
	const int forbidden = HARDIRQ_MASK | SOFTIRQ_OFFSET;

	WARN_ON_ONCE((irqs_disabled() || (preempt_count() & forbidden)) && boot_level >= BOOT_DONE);
}

static void call_here(smp_call_func_t func, void *info)
{
	unsigned long flags;

	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
}

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	call_single_data_t on_stack = { .flags = 0 }, *csd = &on_stack;
	unsigned int here = get_cpu();
	int err = 0;

	check_context();
	if (cpu == here) {
		call_here(func, info);
	} else if ((unsigned int)cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		err = -ENXIO;
	} else {
		if (!wait) {
			csd = raw_cpu_ptr(&call_to[cpu]);
			csd_lock_wait(cpu, csd);
		}
		set_call(csd, func, info, wait);
		send_call(cpu, csd);
		if (wait)
			csd_lock_wait(cpu, csd);
	}
	put_cpu();
	return err;
}

int smp_call_function_single_async(int cpu, call_single_data_t *csd)
{
	int err = 0;

	preempt_disable();
	if (is_locked(csd)) {
		err = -EBUSY;
	} else if (cpu == raw_smp_processor_id()) {
		call_here(csd->func, csd->info);
	} else if ((unsigned int)cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		err = -ENXIO;
	} else {
		csd->flags = CSD_FLAG_LOCK;
		send_call(cpu, csd);
	}
	preempt_enable();
	return err;
}

/*
 * Those of @mask that run, and with @here_too this CPU if it is one of them. It stays this one until
 * we are through.
 */
static noinline void call_many(const struct cpumask *mask, smp_call_func_t func, void *info,
			       bool wait, bool here_too)
{
	unsigned int here = raw_smp_processor_id(), cpu;
	struct cpumask others;

	cpumask_and(&others, mask, cpu_online_mask);
	here_too &= cpumask_test_and_clear_cpu(here, &others);
	for_each_cpu(cpu, &others) {
		call_single_data_t *csd = raw_cpu_ptr(&call_to[cpu]);

		csd_lock_wait(cpu, csd);
		set_call(csd, func, info, wait);
		send_call(cpu, csd);
	}
	if (here_too)
		call_here(func, info);
	if (!wait)
		return;
	for_each_cpu(cpu, &others)
		csd_lock_wait(cpu, raw_cpu_ptr(&call_to[cpu]));
}

void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	check_context();
	preempt_disable();
	call_many(mask, func, info, wait, false);
	preempt_enable();
}

void smp_call_function(smp_call_func_t func, void *info, int wait)
{
	smp_call_function_many(cpu_online_mask, func, info, wait);
}

void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	check_context();
	preempt_disable();
	call_many(mask, func, info, wait, true);
	preempt_enable();
}

/* Each flush of the TLBs comes this way: where there is one CPU, it takes no longer than it must. */
void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	check_context();
	preempt_disable();
	if (cpumask_equal(cpu_online_mask, cpumask_of(raw_smp_processor_id())))
		call_here(func, info);
	else
		call_many(cpu_online_mask, func, info, wait, true);
	preempt_enable();
}

void on_each_cpu_cond(smp_cond_func_t cond, smp_call_func_t func, void *info, bool wait)
{
	struct cpumask mask = CPU_MASK_NONE;
	unsigned int cpu;

	preempt_disable();
	for_each_online_cpu(cpu)
		if (cond(cpu, info))
			cpumask_set_cpu(cpu, &mask);
	on_each_cpu_mask(&mask, func, info, wait);
	preempt_enable();
}

/* ---- parameters ---- */

static int __init csd_lock_timeout_setup(char *value)
{
	return value ? kstrtouint(value, 0, &csd_lock_timeout) : -EINVAL;
}
early_param("smp.csd_lock_timeout", csd_lock_timeout_setup);
