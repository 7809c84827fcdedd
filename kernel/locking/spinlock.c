// SPDX-License-Identifier: MIT
/*
 * Spinlocks that were found taken; <linux/spinlock.h> and <linux/rwlock.h> have the rest.
 *
 * Waiting is a loop that reads: only when the lock looks free is it tried again, so that those who
 * wait do not take the cache line from each other and from the owner at every turn.
 *
 * If the owner is the thread that runs here, he cannot go on before we do: a panic, at once. If
 * it takes more than ten seconds, something must be wrong, most likely two CPUs that each wait for
 * what the other one has: a report, once, that names the lock, who has it, and on which CPU; and then
 * we wait on. Before the clock is calibrated nobody else can hold anything for long.
 */
#include <asm/processor.h>
#include <linux/panic.h>
#include <linux/percpu-defs.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <quarry/cpu_layer.h>
#include <quarry/lock_wait.h>

u64 spinlock_patience = 10ULL * NSEC_PER_SEC;
DEFINE_PER_CPU(const void *, lock_waited_for);

/* ---- waiting too long ---- */

struct patience {
	u64 since;			/* 0: it has been told */
	const void *lock;
	struct task_struct *const *owner;
};

static void patience_begin(struct patience *p, const void *lock, struct task_struct *const *owner)
{
	p->since = local_clock();
	p->lock = lock;
	p->owner = owner;
	this_cpu_write(lock_waited_for, lock);
}

static void patience_end(void)
{
	this_cpu_write(lock_waited_for, NULL);
}

static void report_lockup(const struct patience *p)
{
	const struct task_struct *owner = READ_ONCE(*p->owner);

	pr_emerg("BUG: spinlock lockup suspected on CPU#%d, %s/%d\n", raw_smp_processor_id(),
		 current->comm, current->pid);
	pr_emerg(" lock: %pS, .owner: %s/%d, .owner_cpu: %d\n", p->lock,
		 owner ? owner->comm : "<none>", owner ? owner->pid : -1,
		 owner ? (int)task_cpu(owner) : -1);
	dump_stack();
}

/* Whoever has it may stand still, and wait for this CPU to stand still, too (cpu_layer.c). */
static void wait_a_moment(struct patience *p)
{
	cpu_relax();
	cpu_layer_answer();
	if (p->since && local_clock() - p->since > spinlock_patience) {
		p->since = 0;
		report_lockup(p);
	}
}

static void check_not_mine(const void *lock, const struct task_struct *owner)
{
	if (owner == current)
		panic("spinlock %pS: taken a second time by the same CPU", lock);
}

/* ---- one at a time ---- */

void __spin_lock_contended(spinlock_t *lock)
{
	struct patience p;

	check_not_mine(lock, READ_ONCE(lock->owner));
	patience_begin(&p, lock, &lock->owner);
	do {
		while (spin_is_locked(lock))
			wait_a_moment(&p);
	} while (!arch_spin_try(lock));
	patience_end();
}

static bool dec_unless_last(atomic_t *counter)
{
	int old = arch_atomic_read(counter);

	while (old != 1)
		if (arch_try_cmpxchg(&counter->counter, &old, old - 1))
			return true;
	return false;
}

int _atomic_dec_and_lock(atomic_t *counter, spinlock_t *lock)
{
	if (dec_unless_last(counter))
		return 0;
	spin_lock(lock);
	if (arch_atomic_sub_and_test(1, counter))
		return 1;
	spin_unlock(lock);
	return 0;
}

int _atomic_dec_and_lock_irqsave(atomic_t *counter, spinlock_t *lock, unsigned long *flags)
{
	if (dec_unless_last(counter))
		return 0;
	spin_lock_irqsave(lock, *flags);
	if (arch_atomic_sub_and_test(1, counter))
		return 1;
	spin_unlock_irqrestore(lock, *flags);
	return 0;
}

/* ---- readers and writers ---- */

/* What keeps a reader out; see <linux/rwlock.h>. */
static int reader_waits_for(void)
{
	return in_interrupt() ? RWLOCK_WRITER : RWLOCK_WRITER | RWLOCK_WAITS;
}

void __read_lock_contended(rwlock_t *lock)
{
	int keeps_out = reader_waits_for(), cnts;
	struct patience p;

	check_not_mine(lock, READ_ONCE(lock->writer));
	patience_begin(&p, lock, &lock->writer);
	for (;;) {
		cnts = arch_atomic_read(&lock->cnts);
		if (cnts & keeps_out)
			wait_a_moment(&p);
		else if (arch_try_cmpxchg(&lock->cnts.counter, &cnts, cnts + RWLOCK_READER))
			break;
	}
	patience_end();
}

/* Whoever gets in takes the mark of those who wait away; those who still do set it again. */
void __write_lock_contended(rwlock_t *lock)
{
	struct patience p;
	int cnts;

	check_not_mine(lock, READ_ONCE(lock->writer));
	patience_begin(&p, lock, &lock->writer);
	for (;;) {
		cnts = arch_atomic_read(&lock->cnts);
		if (!(cnts & ~RWLOCK_WAITS)) {
			if (arch_try_cmpxchg(&lock->cnts.counter, &cnts, RWLOCK_WRITER))
				break;
		} else if (!(cnts & RWLOCK_WAITS)) {
			arch_try_cmpxchg(&lock->cnts.counter, &cnts, cnts | RWLOCK_WAITS);
		} else {
			wait_a_moment(&p);
		}
	}
	WRITE_ONCE(lock->writer, current);
	patience_end();
}
