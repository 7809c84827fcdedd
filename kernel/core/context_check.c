// SPDX-License-Identifier: MIT
/* Rules about contexts: what is said when one is broken. */
#include <linux/irqflags.h>
#include <linux/percpu-defs.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>

/* ---- sleeping where sleeping is forbidden ---- */

void __might_sleep_report(const char *file, int line)
{
	if (!preempt_count() && !irqs_disabled())
		return;		/* somebody waits for this CPU, and that is no mistake */
	pr_err("BUG: sleeping function called from invalid context at %s:%d\n", file, line);
	pr_err("in_atomic(): %d, irqs_disabled(): %d, non_block: 0, pid: %d, name: %s\n",
	       in_atomic(), irqs_disabled(), current->pid, current->comm);
	pr_err("preempt_count: %x, expected: %x\n", preempt_count(), 0);
	dump_stack();
}

/* ---- asking for this CPU where the answer may be another one's ---- */

static bool stays_here(void)
{
	return preempt_count() || irqs_disabled() || current->migration_disabled ||
	       cpumask_weight(&current->cpus_mask) == 1;
}

/* @prefix and @what: the name of what @caller has used. */
static void check(const char *prefix, const char *what, const void *caller)
{
	if (likely(stays_here()))
		return;
	pr_err("BUG: using %s%s() in preemptible [%08x] code: %s/%d\n", prefix, what,
	       preempt_count(), current->comm, current->pid);
	pr_err("caller is %pS\n", caller);
	dump_stack();
}

void debug_smp_processor_id_check(const char *what)
{
	check("", what, __builtin_return_address(0));
}

void __this_cpu_preempt_check(const char *op)
{
	check("__this_cpu_", op, __builtin_return_address(0));
}
