// SPDX-License-Identifier: MIT
/*
 * What kernel/locking/lockdep.c has found, told in Linux's manner: what this thread does, what was
 * seen before and where, how the two could meet, and what the thread holds. The calls come with
 * interrupts off; each finding is told once.
 */
#ifdef CONFIG_LOCKDEP

#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "lockdep.h"

static const char *const usage_names[NR_USAGES] = {
	"IN-HARDIRQ-W", "IN-HARDIRQ-R", "HARDIRQ-ON-W", "HARDIRQ-ON-R",
	"IN-SOFTIRQ-W", "IN-SOFTIRQ-R", "SOFTIRQ-ON-W", "SOFTIRQ-ON-R",
};

/* ---- a lock, a class, a trace ---- */

/* '.' neither; '-' taken in interrupts; '+' taken while they are on; '?' both. */
static char usage_char(const struct lock_class *class, unsigned int in)
{
	return ".-+?"[!!(class->usage & BIT(in)) + 2 * !!(class->usage & BIT(in + 2))];
}

static const char *class_text(unsigned int number, char *text, size_t size)
{
	const struct lock_class *class = &lock_classes[number];
	char subclass[8] = "";

	if (class->subclass)
		snprintf(subclass, sizeof(subclass), "/%u", class->subclass);
	snprintf(text, size, "(%s%s){%c%c%c%c}", class->name, subclass,
		 usage_char(class, IN_HARDIRQ), usage_char(class, IN_HARDIRQ_READ),
		 usage_char(class, IN_SOFTIRQ), usage_char(class, IN_SOFTIRQ_READ));
	return text;
}

static void print_lock(const char *before, const struct held_lock *held)
{
	char text[64];

	pr_warn("%s%px %s, at: %pS\n", before, held->map, class_text(held->class, text, sizeof(text)),
		(void *)held->ip);
}

static void print_trace(const unsigned long *trace, unsigned int length)
{
	for (unsigned int i = 0; i < length && trace[i]; i++)
		pr_warn("       %pS\n", (void *)trace[i]);
}

static void print_held_locks(void)
{
	const struct lockdep_task *my = &current->lockdep;
	char number[16];

	pr_warn("%u lock%s held by %s/%d:\n", my->depth, my->depth == 1 ? "" : "s",
		current->comm, current->pid);
	for (unsigned int i = 0; i < my->depth; i++) {
		snprintf(number, sizeof(number), " #%u: ", i);
		print_lock(number, &my->held[i]);
	}
}

/* ---- begin and end, the same for all ---- */

static void begin(const char *line, const char *what)
{
	pr_warn("\n");
	pr_warn("%s\n", line);
	pr_warn("WARNING: %s\n", what);
	pr_warn("%s\n", line);
}

#define BEGIN(what)	begin("============================================", what)

static void end(void)
{
	print_held_locks();
	pr_warn("\nstack backtrace:\n");
	dump_stack();
}

static void acquires(const struct held_lock *next)
{
	pr_warn("%s/%d is trying to acquire lock:\n", current->comm, current->pid);
	print_lock("", next);
}

static const char *name_of(unsigned int class)
{
	return lock_classes[class].name;
}

/* ---- the findings ---- */

void lockdep_report_recursion(const struct held_lock *next, const struct held_lock *held)
{
	BEGIN("possible recursive locking detected");
	acquires(next);
	pr_warn("\nbut task is already holding lock:\n");
	print_lock("", held);
	pr_warn("\nother info that might help us debug this:\n");
	pr_warn(" Possible unsafe locking scenario:\n\n");
	pr_warn("       CPU0\n");
	pr_warn("       ----\n");
	pr_warn("  lock(%s);\n", name_of(held->class));
	pr_warn("  lock(%s);\n", name_of(next->class));
	pr_warn("\n *** DEADLOCK ***\n\n");
	pr_warn(" May be due to missing lock nesting notation\n\n");
	end();
}

static void print_edge(unsigned int number, unsigned int from, unsigned int to)
{
	const struct lock_edge *edge = lockdep_find_edge(from, to);
	char text[64];

	pr_warn("\n-> #%u %s:\n", number, class_text(to, text, sizeof(text)));
	if (edge)
		print_trace(edge->trace, TRACE_LENGTH);
}

void lockdep_report_circle(const struct held_lock *next, const struct held_lock *held,
			   const struct lock_path *path)
{
	BEGIN("possible circular locking dependency detected");
	acquires(next);
	pr_warn("\nbut task is already holding lock:\n");
	print_lock("", held);
	pr_warn("\nwhich lock already depends on the new lock.\n");
	pr_warn("\nthe existing dependency chain (in reverse order) is:\n");
	for (unsigned int i = path->length - 1; i; i--)
		print_edge(i, path->class[i - 1], path->class[i]);
	pr_warn("\nother info that might help us debug this:\n\n");
	pr_warn(" Possible unsafe locking scenario:\n\n");
	pr_warn("       CPU0                    CPU1\n");
	pr_warn("       ----                    ----\n");
	pr_warn("  lock(%s);\n", name_of(held->class));
	pr_warn("                               lock(%s);\n", name_of(path->class[path->length - 2]));
	pr_warn("                               lock(%s);\n", name_of(held->class));
	pr_warn("  lock(%s);\n", name_of(next->class));
	pr_warn("\n *** DEADLOCK ***\n\n");
	end();
}

void lockdep_report_usage(const struct held_lock *next, unsigned int before, unsigned int now)
{
	BEGIN("inconsistent lock state");
	pr_warn("inconsistent {%s} -> {%s} usage.\n", usage_names[before], usage_names[now]);
	pr_warn("%s/%d [HC%u:SC%u:HE%u:SE%u] takes:\n", current->comm, current->pid,
		!!in_hardirq(), !!in_serving_softirq(), now == HARDIRQ_ON || now == HARDIRQ_ON_READ,
		!in_softirq());
	print_lock("", next);
	pr_warn("{%s} state was registered at:\n", usage_names[before]);
	print_trace(&lock_classes[next->class].ip[before], 1);
	pr_warn("\nother info that might help us debug this:\n");
	pr_warn(" Possible unsafe locking scenario:\n\n");
	pr_warn("       CPU0\n");
	pr_warn("       ----\n");
	pr_warn("  lock(%s);\n", name_of(next->class));
	pr_warn("  <Interrupt>\n");
	pr_warn("    lock(%s);\n", name_of(next->class));
	pr_warn("\n *** DEADLOCK ***\n\n");
	end();
}

static void print_use(unsigned int class, unsigned int usage, const char *what)
{
	char text[64];

	pr_warn("%s %s\n", class_text(class, text, sizeof(text)), what);
	pr_warn("{%s} at:\n", usage_names[usage]);
	print_trace(&lock_classes[class].ip[usage], 1);
}

void lockdep_report_irq_order(const struct lock_path *path, unsigned int safe, unsigned int unsafe)
{
	unsigned int first = path->class[0], last = path->class[path->length - 1];
	bool soft = safe >= USAGES_OF_SOFTIRQ;

	BEGIN(soft ? "SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected"
		   : "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected");
	print_use(first, safe, soft ? "is taken in softirqs:" : "is taken in interrupts:");
	pr_warn("\n");
	print_use(last, unsafe, soft ? "is taken while softirqs are on:"
				     : "is taken while interrupts are on:");
	pr_warn("\nthe dependencies between them:\n");
	for (unsigned int i = 1; i < path->length; i++)
		print_edge(i, path->class[i - 1], path->class[i]);
	pr_warn("\nother info that might help us debug this:\n\n");
	pr_warn(" Possible interrupt unsafe locking scenario:\n\n");
	pr_warn("       CPU0                    CPU1\n");
	pr_warn("       ----                    ----\n");
	pr_warn("  lock(%s);\n", name_of(last));
	pr_warn("                               local_irq_disable();\n");
	pr_warn("                               lock(%s);\n", name_of(first));
	pr_warn("                               lock(%s);\n", name_of(last));
	pr_warn("  <Interrupt>\n");
	pr_warn("    lock(%s);\n", name_of(first));
	pr_warn("\n *** DEADLOCK ***\n\n");
	end();
}

void lockdep_report_unlock(const struct lockdep_map *map, unsigned long ip)
{
	BEGIN("bad unlock balance detected!");
	pr_warn("%s/%d is trying to release lock (%s) at:\n", current->comm, current->pid, map->name);
	pr_warn("%pS\n", (void *)ip);
	pr_warn("but there are no more locks to release!\n");
	pr_warn("\nother info that might help us debug this:\n");
	end();
}

#endif /* CONFIG_LOCKDEP */
