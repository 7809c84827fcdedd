// SPDX-License-Identifier: MIT
/*
 * RCU: when has everybody who could have seen something looked away?
 *
 * 1. The idea
 * A reader disables preemption while he reads, and does nothing else: rcu_read_lock(). So when a CPU
 * changes threads, or idles, or is interrupted where preemption is allowed, no reader is in the middle
 * of something there: it has passed a *quiescent state*. When each CPU has passed one since
 * something was taken out of the readers' reach, nobody can be looking at it any more: that was a *grace
 * period*. Readers never wait and write nothing that others read; all the price is the writers'.
 * (McKenney, "Is Parallel Programming Hard", chapter 9; LKD chapter 10. Linux without PREEMPT_RCU.)
 *
 *	CPU 0	 rcu_assign_pointer  call_rcu ------- grace period ------> callback: kfree(old)
 *	CPU 1	 ==read==   ==read==                 | q
 *	CPU 2	      ========= read ================= q		q: quiescent state
 *
 * 2. Grace periods
 * They have numbers, and come one after the other:
 *	completed <= started <= completed + 1		equal: none is under way
 *	wanted <= started + 1				somebody waits for number wanted
 *	rcu_waiting	the CPUs that have not passed a quiescent state since the last one started;
 *			empty <=> none is under way
 * Whoever comes now waits for number started + 1: the one under way may have begun before what he has
 * done was seen everywhere, so some readers are not waited for.
 *
 * 3. Callbacks
 * Each CPU has three lists, through which callbacks pass in the order in which they came:
 *	next	they have no grace period yet
 *	wait	they wait for number wait_for
 *	done	it is over: RCU_SOFTIRQ calls them
 *
 * 4. Who does it
 * Context switches and the tick of each CPU look whether it is waited for: one word that is read, and
 * seldom written. The tick moves this CPU's lists along, asks for a context switch where there was none
 * for a tick, and reports a grace period that does not end. A CPU that idles is sent an
 * interrupt when one starts; it goes past the scheduler at once.
 *
 * 5. Order
 * Why does a reader who begins after the grace period see what was done before it? The writer's stores
 * come before rcu_lock is taken for want_gp(); each CPU takes it in its quiescent state, after that;
 * whoever takes a lock has seen all that was done before it was given back. And what readers did before
 * a quiescent state is over before the callback for the same reason.
 *
 * 6. Locking
 * rcu_lock guards numbers and rcu_waiting; taken with interrupts off, also inside a runqueue's lock, so
 * nothing is woken under it. The lists are their CPU's own, with interrupts off.
 *
 * 7. What is not checked
 * That a reader does not keep a pointer beyond rcu_read_unlock(); that a head is not handed over twice.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <quarry/rcu.h>

/* Callbacks in one go: then others get their turn. */
#define BATCH	64

struct callbacks {
	struct rcu_head *first, *last;		/* last: if there is a first */
};

struct rcu_data {
	struct callbacks next, wait, done;
	unsigned long wait_for;			/* the grace period of those in wait */
	unsigned long count;			/* on all three, or being called */
};

static DEFINE_PER_CPU(struct rcu_data, rcu_data);

static DEFINE_SPINLOCK(rcu_lock);
static unsigned long started, completed, wanted;
static unsigned long started_at, report_at;	/* jiffies */
struct cpumask rcu_waiting;

int rcu_cpu_stall_timeout = 21;

/* ---- grace periods ---- */

static bool is_over(unsigned long nr)
{
	return (long)(READ_ONCE(completed) - nr) >= 0;
}

static unsigned long report_interval(void)
{
	return (unsigned long)rcu_cpu_stall_timeout * HZ;
}

static void kick_idle_cpus(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id() && !nr_running_on(cpu))
			smp_send_reschedule(cpu);
}

/* With rcu_lock held, as all that follow: if somebody wants one and none is under way. */
static void start_if_wanted(void)
{
	if (started != completed || wanted == completed)
		return;
	started_at = jiffies;
	report_at = started_at + report_interval();
	WRITE_ONCE(started, started + 1);
	cpumask_copy(&rcu_waiting, cpu_online_mask);
	kick_idle_cpus();
}

/* The number of a grace period that begins from now on, and there will be one. */
static unsigned long want_gp(void)
{
	wanted = started + 1;
	start_if_wanted();
	return wanted;
}

/* This CPU is in a quiescent state; interrupts are off. */
void rcu_qs(void)
{
	spin_lock(&rcu_lock);
	if (cpumask_test_and_clear_cpu(raw_smp_processor_id(), &rcu_waiting) &&
	    cpumask_empty(&rcu_waiting)) {
		WRITE_ONCE(completed, started);
		start_if_wanted();
	}
	spin_unlock(&rcu_lock);
}

/* ---- callbacks: interrupts are off ---- */

/* What is on @from goes to the end of @to. */
static void append(struct callbacks *to, struct callbacks *from)
{
	if (!from->first)
		return;
	if (to->first)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
	from->first = NULL;
}

static void wait_for_next(struct rcu_data *data)
{
	append(&data->wait, &data->next);
	spin_lock(&rcu_lock);
	data->wait_for = want_gp();
	spin_unlock(&rcu_lock);
}

static bool can_advance(const struct rcu_data *data)
{
	return data->wait.first ? is_over(data->wait_for) : data->next.first != NULL;
}

static void advance(struct rcu_data *data)
{
	if (!can_advance(data))
		return;
	append(&data->done, &data->wait);
	if (data->next.first)
		wait_for_next(data);
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	struct callbacks one = { head, head };
	struct rcu_data *data;
	unsigned long flags;

	WARN_ON_ONCE((unsigned long)head & (sizeof(void *) - 1));
	head->func = func;
	head->next = NULL;
	local_irq_save(flags);
	data = raw_cpu_ptr(&rcu_data);
	append(&data->next, &one);
	data->count++;
	if (!data->wait.first)
		wait_for_next(data);
	local_irq_restore(flags);
}

static struct rcu_head *take_done(void)
{
	struct rcu_data *data;
	struct rcu_head *head;
	unsigned long flags;

	local_irq_save(flags);
	data = raw_cpu_ptr(&rcu_data);
	advance(data);
	head = data->done.first;
	if (head)
		data->done.first = head->next;
	local_irq_restore(flags);
	return head;
}

static void rcu_core(struct softirq_action *unused)
{
	struct rcu_head *head;

	for (unsigned int i = 0; i < BATCH; i++) {
		head = take_done();
		if (!head)
			return;
		head->func(head);
		this_cpu_dec(rcu_data.count);
	}
	raise_softirq(RCU_SOFTIRQ);
}

/* ---- a grace period that does not end ---- */

/* Nobody reports the same one twice: true for one CPU, who has it in @status. */
static bool is_due_for_report(struct rcu_status *status)
{
	bool due;

	if (is_over(READ_ONCE(started)) || time_before(jiffies, READ_ONCE(report_at)))
		return false;
	spin_lock(&rcu_lock);
	due = started != completed && !time_before(jiffies, report_at);
	if (due)
		report_at = jiffies + 3 * report_interval() + 3 * HZ;
	spin_unlock(&rcu_lock);
	if (due)
		rcu_get_status(status);
	return due;
}

static void check_stall(void)
{
	unsigned int cpu, me = raw_smp_processor_id();
	struct rcu_status status;
	unsigned long count = 0;
	bool self;

	if (likely(!is_due_for_report(&status)))
		return;
	self = cpumask_test_cpu(me, &status.waiting);
	pr_err("rcu: INFO: rcu_sched %s\n",
	       self ? "self-detected stall on CPU" : "detected stalls on CPUs/tasks:");
	for_each_cpu(cpu, &status.waiting)
		pr_err("rcu: \t%u-....: (%lu ticks this GP)\n", cpu, status.ticks);
	for_each_possible_cpu(cpu)
		count += status.callbacks[cpu];
	if (self)
		pr_err("rcu: \t(t=%lu jiffies g=%lu q=%lu ncpus=%u)\n", status.ticks,
		       status.started, count, num_online_cpus());
	else
		pr_err("rcu: \t(detected by %u, t=%lu jiffies, g=%lu, q=%lu ncpus=%u)\n", me,
		       status.ticks, status.started, count, num_online_cpus());
	if (self)
		dump_stack();
}

void rcu_get_status(struct rcu_status *status)
{
	unsigned long flags;
	unsigned int cpu;

	spin_lock_irqsave(&rcu_lock, flags);
	status->started = started;
	status->completed = completed;
	status->waiting = rcu_waiting;
	status->ticks = started == completed ? 0 : jiffies - started_at;
	for_each_possible_cpu(cpu)
		status->callbacks[cpu] = READ_ONCE(per_cpu_ptr(&rcu_data, cpu)->count);
	spin_unlock_irqrestore(&rcu_lock, flags);
}

/* ---- the tick ---- */

/* Has this interrupt come where nobody can be reading? The idle thread has preemption off, by one. */
static bool interrupted_no_reader(void)
{
	unsigned int count = preempt_count() - HARDIRQ_OFFSET;

	return !count || (count == PREEMPT_OFFSET && is_idle_task(current));
}

void rcu_sched_clock_irq(int user)
{
	struct rcu_data *data = raw_cpu_ptr(&rcu_data);

	if (cpumask_test_cpu(raw_smp_processor_id(), &rcu_waiting)) {
		if (user || interrupted_no_reader())
			rcu_qs();
		else
			set_preempt_need_resched();
	}
	if (data->done.first || can_advance(data))
		raise_softirq(RCU_SOFTIRQ);
	check_stall();
}

/* ---- asking ---- */

unsigned long get_state_synchronize_rcu(void)
{
	unsigned long flags, nr;

	spin_lock_irqsave(&rcu_lock, flags);
	nr = started + 1;
	spin_unlock_irqrestore(&rcu_lock, flags);
	return nr;
}

unsigned long start_poll_synchronize_rcu(void)
{
	unsigned long flags, nr;

	spin_lock_irqsave(&rcu_lock, flags);
	nr = want_gp();
	spin_unlock_irqrestore(&rcu_lock, flags);
	return nr;
}

bool poll_state_synchronize_rcu(unsigned long oldstate)
{
	if (!is_over(oldstate))
		return false;
	smp_mb();
	return true;
}

bool rcu_has_callbacks(void)
{
	return this_cpu_read(rcu_data.count);
}

/* ---- beginning ---- */

static int __init stall_timeout_setup(char *value)
{
	return kstrtoint(value, 0, &rcu_cpu_stall_timeout);
}
early_param("rcupdate.rcu_cpu_stall_timeout", stall_timeout_setup);

void __init rcu_init(void)
{
	open_softirq(RCU_SOFTIRQ, rcu_core);
}

#ifdef CONFIG_LOCKDEP
void lockdep_rcu_suspicious(const char *file, int line, const char *s)
{
	pr_warn("=============================\n");
	pr_warn("WARNING: suspicious RCU usage\n");
	pr_warn("-----------------------------\n");
	pr_warn("%s:%d %s!\n", file, line, s);
	dump_stack();
}
#endif
