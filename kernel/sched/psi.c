// SPDX-License-Identifier: MIT
/*
 * Pressure: how much time is lost because memory is short.
 *
 * 1. The idea
 * Free memory says little about whether there is enough of it: a machine may be well with 1% free, or
 * spend its time reclaiming what it needs again at once with 10%. What counts is time. So who has to
 * reclaim memory, or to wait for it, says when that begins and ends, and two stretches of time are summed up:
 *	some	at least one thread is stalled: somebody is late
 *	full	and no CPU runs a thread that is not: all the machine is late
 * (Weiner, "Tracking pressure-stall information", LWN 2018; Linux's accounting/psi.rst.)
 *
 * 2. The figures
 *	total		microseconds since boot
 *	avg10 …		the percentage of the last 10, 60, 300 seconds: every two seconds, a percentage p is
 *			averaged in, avg = avg * e + p * (1 - e), e = exp(-2 s / 10 s) and so on, in 2048ths.
 *			What is longer ago counts less and less, but no single second drops out with a jump.
 *
 * 3. Structure
 *	nr_psi_stalled == number of threads whose in_memstall is set
 *	rq->curr_stalled == rq->curr->in_memstall		as long as nr_psi_stalled
 *	a CPU works	<=> its thread is neither its idle thread nor stalled
 *	psi_system.holds[PSI_MEM_SOME] <=> nr_psi_stalled
 *	psi_system.holds[PSI_MEM_FULL] <=> nr_psi_stalled, and no CPU works
 * A change in any of these first adds the time since the last one to the totals of what held until then.
 * Nothing is done while nobody is stalled: a change of threads asks for one number.
 *
 * 4. What differs from Linux
 * Linux looks at each CPU by itself, and weighs them; here the machine is one. So a thread that reclaims on
 * one CPU while another works is "some" here, and partly "full" there. Groups of threads, CPU and I/O
 * pressure and waiting for a limit to be passed are not here.
 *
 * 5. Locking
 * psi_lock, plain like the runqueues' (sched.c, 4), interrupts off: psi_system, and nr_psi_stalled. It is
 * taken under rq->lock, and nothing under it. What runs on other CPUs is read without their locks: the tick
 * looks again, so that full is wrong for a tick at most.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/psi.h>
#include <quarry/proc.h>

#include "runqueue.h"

/* ---- averages: fixed point, FIXED_1 is one ---- */

#define FSHIFT		11
#define FIXED_1		(1UL << FSHIFT)

/* exp(-2/10), exp(-2/60), exp(-2/300) */
static const unsigned long fades[NR_PSI_AVGS] = { 1677, 1981, 2034 };

/* What is left of the past after @periods. */
static unsigned long fade_over(unsigned long fade, u64 periods)
{
	unsigned long left = FIXED_1;

	for (; periods; periods >>= 1) {
		if (periods & 1)
			left = (left * fade + FIXED_1 / 2) >> FSHIFT;
		fade = (fade * fade + FIXED_1 / 2) >> FSHIFT;
	}
	return left;
}

/* Rounded away from where it comes from: it gets there. */
static unsigned long average_in(unsigned long avg, unsigned long fade, unsigned long value)
{
	unsigned long sum = avg * fade + value * (FIXED_1 - fade);

	return (sum + (value >= avg ? FIXED_1 - 1 : 0)) >> FSHIFT;
}

/* A period is over. What is more than it has room for is the next one's. */
static void end_period(struct psi_group *group, enum psi_states state)
{
	u64 sample = min(group->total[state] - group->avg_total[state], PSI_PERIOD);
	unsigned long percent = div_u64(sample * 100, PSI_PERIOD);

	group->avg_total[state] += sample;
	for (int i = 0; i < NR_PSI_AVGS; i++)
		group->avg[state][i] = average_in(group->avg[state][i], fades[i], percent << FSHIFT);
}

static void end_quiet_periods(struct psi_group *group, u64 periods)
{
	for (int state = 0; state < NR_PSI_STATES; state++)
		for (int i = 0; i < NR_PSI_AVGS; i++)
			group->avg[state][i] = average_in(group->avg[state][i],
							  fade_over(fades[i], periods), 0);
}

static bool has_unaveraged(const struct psi_group *group)
{
	return group->total[PSI_MEM_SOME] != group->avg_total[PSI_MEM_SOME] ||
	       group->total[PSI_MEM_FULL] != group->avg_total[PSI_MEM_FULL];
}

/*
 * While somebody is stalled, the tick comes by in each period. So after several of them there is
 * something in the first, and the others are quiet.
 */
static void update_averages(struct psi_group *group, u64 now)
{
	u64 quiet;

	while (now >= group->avg_next_update && has_unaveraged(group)) {
		end_period(group, PSI_MEM_SOME);
		end_period(group, PSI_MEM_FULL);
		group->avg_next_update += PSI_PERIOD;
	}
	if (now < group->avg_next_update)
		return;
	quiet = div64_u64(now - group->avg_next_update, PSI_PERIOD) + 1;
	end_quiet_periods(group, quiet);
	group->avg_next_update += quiet * PSI_PERIOD;
}

void psi_group_change(struct psi_group *group, u64 now, unsigned int stalled, bool works)
{
	u64 passed = now > group->changed ? now - group->changed : 0;

	for (int state = 0; state < NR_PSI_STATES; state++)
		if (group->holds[state])
			group->total[state] += passed;
	group->changed += passed;
	update_averages(group, now);
	group->holds[PSI_MEM_SOME] = stalled;
	group->holds[PSI_MEM_FULL] = stalled && !works;
}

/* ---- the machine ---- */

struct psi_group psi_system = PSI_GROUP_INIT;
unsigned int nr_psi_stalled;

static spinlock_t psi_lock;

static bool some_cpu_works(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		const struct rq *rq = cpu_rq(cpu);

		if (READ_ONCE(rq->curr) != rq->idle && !READ_ONCE(rq->curr_stalled))
			return true;
	}
	return false;
}

/* @stalled: so many threads more, or less. Interrupts are off; the lock is held, afterwards. */
static void lock_and_update(int stalled)
{
	while (!arch_spin_try(&psi_lock))
		cpu_relax();
	WRITE_ONCE(nr_psi_stalled, nr_psi_stalled + stalled);
	psi_group_change(&psi_system, ktime_get(), nr_psi_stalled, some_cpu_works());
}

static void update_system(int stalled)
{
	lock_and_update(stalled);
	arch_spin_release(&psi_lock);
}

/* The running thread is stalled from now on, or is no more. */
static void set_stalled(bool stalled)
{
	unsigned long flags;

	local_irq_save(flags);
	current->in_memstall = stalled;
	WRITE_ONCE(this_rq()->curr_stalled, stalled);
	update_system(stalled ? 1 : -1);
	local_irq_restore(flags);
}

void psi_memstall_enter(unsigned long *flags)
{
	*flags = current->in_memstall;
	if (!*flags)
		set_stalled(true);
}

void psi_memstall_leave(unsigned long *flags)
{
	if (!*flags)
		set_stalled(false);
}

void psi_switch(struct rq *rq)
{
	WRITE_ONCE(rq->curr_stalled, rq->curr->in_memstall);
	update_system(0);
}

void psi_tick(void)
{
	update_system(0);
}

/* ---- /proc ---- */

static void show_average(struct seq_file *m, const char *name, unsigned long avg)
{
	seq_printf(m, " %s=%lu.%02lu", name, avg >> FSHIFT, ((avg & (FIXED_1 - 1)) * 100) >> FSHIFT);
}

void psi_show(struct seq_file *m, const struct psi_group *group)
{
	static const char *const states[NR_PSI_STATES] = { "some", "full" };

	for (int state = 0; state < NR_PSI_STATES; state++) {
		seq_puts(m, states[state]);
		show_average(m, "avg10", group->avg[state][PSI_AVG10]);
		show_average(m, "avg60", group->avg[state][PSI_AVG60]);
		show_average(m, "avg300", group->avg[state][PSI_AVG300]);
		seq_printf(m, " total=%llu\n", div_u64(group->total[state], NSEC_PER_USEC));
	}
}

static int psi_memory_show(struct seq_file *m, void *v)
{
	struct psi_group copy;
	unsigned long flags;

	local_irq_save(flags);
	lock_and_update(0);
	copy = psi_system;
	arch_spin_release(&psi_lock);
	local_irq_restore(flags);
	psi_show(m, &copy);
	return 0;
}
PROC_FILE(psi_memory, "pressure/memory", psi_memory_show, NULL);
