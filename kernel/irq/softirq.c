// SPDX-License-Identifier: MIT
/*
 * Softirqs: work that an interrupt leaves for after its end, when interrupts are on again.
 *
 * 1. The idea
 * Each CPU has a bit for each of ten functions. Whoever has work for one sets the bit; at the end
 * of the outermost interrupt, and whenever softirqs are allowed again, the functions whose bits
 * are set are called, on a stack of their own, with interrupts on. No thread runs meanwhile on
 * this CPU, and no second softirq; on another CPU, the same function may well be running.
 *
 * 2. Rules, by preempt_count
 *	SOFTIRQ_OFFSET		a softirq is running: in_serving_softirq()
 *	SOFTIRQ_DISABLE_OFFSET	local_bh_disable(), twice as much, so that the two can be told apart
 * A softirq runs only where in_interrupt() is 0: so never inside another one, or inside an
 * interrupt.
 *
 * 3. No more than is good for the others
 * What comes up while softirqs run is run at once, but for ten rounds, or until it is some
 * thread's turn; then it waits for the end of the next interrupt, which is a tick away at most.
 * So softirqs without end leave the threads some of each tick. (Linux has a thread for each CPU
 * instead that goes on with them. It would cost us a stack for what hardly ever happens.) What is
 * raised where no interrupt is about to end, runs at once if the thread could be preempted, and
 * else in the same way.
 *
 * 4. Locking
 * None: a CPU's bits are its own, changed by single instructions, and taken with interrupts off.
 */
#include <asm/hardirq.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/printk.h>
#include <linux/smp.h>

#define MAX_SOFTIRQ_RESTART 10

DEFINE_PER_CPU(irq_cpustat_t, irq_stat);
DEFINE_PER_CPU(unsigned int [NR_SOFTIRQS], kstat_softirqs);

const char *const softirq_to_name[NR_SOFTIRQS] = {
	"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU"
};

static struct softirq_action softirq_vec[NR_SOFTIRQS];

void open_softirq(int nr, void (*action)(struct softirq_action *))
{
	softirq_vec[nr].action = action;
}

/* ---- raising ---- */

void __raise_softirq_irqoff(unsigned int nr)
{
	this_cpu_or(irq_stat.__softirq_pending, 1U << nr);
}

void raise_softirq_irqoff(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
}

void raise_softirq(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
	softirq_run_if_possible();
}

/* ---- running ---- */

static void run_softirq(unsigned int nr)
{
	struct softirq_action *h = &softirq_vec[nr];
	int before = preempt_count();

	this_cpu_inc(kstat_softirqs[nr]);
	h->action(h);
	if (likely(preempt_count() == before))
		return;
	pr_err("huh, entered softirq %u %s %p with preempt_count %08x, exited with %08x?\n", nr,
	       softirq_to_name[nr], h->action, before, preempt_count());
	preempt_count_set(before);
}

/* Interrupts off, before and after. */
static void run_pending(void *unused)
{
	unsigned int rounds = MAX_SOFTIRQ_RESTART, pending;

	preempt_count_add(SOFTIRQ_OFFSET);
	while ((pending = this_cpu_read(irq_stat.__softirq_pending))) {
		if (!rounds-- || (rounds < MAX_SOFTIRQ_RESTART - 1 && need_resched()))
			break;
		this_cpu_write(irq_stat.__softirq_pending, 0);
		local_irq_enable();
		for (; pending; pending &= pending - 1)
			run_softirq(__ffs(pending));
		local_irq_disable();
	}
	preempt_count_sub(SOFTIRQ_OFFSET);
}

void do_softirq(void)
{
	unsigned long flags;

	if (in_interrupt())
		return;
	local_irq_save(flags);
	if (local_softirq_pending())
		call_on_softirq_stack(run_pending, NULL);
	local_irq_restore(flags);
}

void softirq_run_if_possible(void)
{
	if (local_softirq_pending() && preemptible())
		do_softirq();
}

/* ---- around interrupts ---- */

void irq_enter(void)
{
	preempt_count_add(HARDIRQ_OFFSET);
}

/* Interrupts are off, and stay off, but for the softirqs. */
void irq_exit(void)
{
	preempt_count_sub(HARDIRQ_OFFSET);
	if (!in_interrupt() && local_softirq_pending())
		call_on_softirq_stack(run_pending, NULL);
}

/* ---- keeping them off ---- */

/* Preemption stays off until they have run. */
void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	WARN_ONCE(in_hardirq() || irqs_disabled(), "softirqs enabled by %pS with interrupts off\n",
		  (void *)ip);
	preempt_count_sub(cnt - 1);
	if (unlikely(!in_interrupt() && local_softirq_pending()))
		do_softirq();
	preempt_count_sub_and_resched(1);
}

void local_bh_enable(void)
{
	__local_bh_enable_ip((unsigned long)__builtin_return_address(0), SOFTIRQ_DISABLE_OFFSET);
}

void _local_bh_enable(void)
{
	barrier();
	preempt_count_sub(SOFTIRQ_DISABLE_OFFSET);
}
