// SPDX-License-Identifier: MIT
/*
 * The order of locks, checked while the kernel runs (`make DEBUG=1`).
 *
 * 1. The idea
 * A deadlock of two locks needs two threads that meet at the wrong moment: tests hardly ever see one. But
 * that both orders are taken at all, each on its own, is easily seen. So whenever a lock is taken
 * while another is held, that order is noted, for good; and when an order is new, it is asked whether
 * it closes a circle with all that were seen before, whoever took them and whenever.
 * The same with interrupts: a lock that is taken in a handler must nowhere be taken, not even through
 * others, while interrupts are on.
 *
 * 2. Structure
 * What was learned about one lock holds for all that are initialised at the same place: a class. A
 * key (an address) and a subclass name it.
 *	after[a] has bit b	<=> a lock of class b was taken while one of class a was held, and that
 *				    closed no circle: so the graph of after[] has none
 *	known[a] has bit b	<=> that was seen and judged; each order is judged, and reported, once
 *	task->lockdep.held[]	the locks that a thread holds, in the order they were taken; what an
 *				interrupt takes lies on top, and its order to those below means nothing
 * Only the order to the innermost lock held that could wait is noted; the others follow from it.
 *
 * 3. What is reported
 *	recursion	a lock of a class is taken while one of the same class is held, without a subclass
 *	circle		after[] leads from the new lock to the one held
 *	usage		one class is taken in interrupts, and with interrupts on (softirqs likewise)
 *	irq order	after[] leads from a class that is taken in interrupts to one that is taken with
 *			interrupts on: the owner of the second is interrupted by a handler that wants
 *			the first, whose owner, elsewhere, wants the second
 *	unlock		what is given back is not held by this thread
 *
 * 4. Locking, contexts
 * Any context but NMI, where nothing is looked at. Interrupts are off while lockdep works; classes and
 * orders are only ever added, under graph_lock, and looked up without it. Reports come when it has been
 * released: whoever has printk()'s lock may be waiting for it. A thread in here is marked (recursion),
 * so that printk()'s own locks are not looked at in turn.
 *
 * 5. What is not checked
 * Locks that were not initialised, after one report; semaphores, completions and bit spinlocks, which
 * need not be given back by who took them. The scheduler's runqueues, whose locks change threads. Orders
 * of a lock that an interrupt takes to read (read = 2).
 */
#ifdef CONFIG_LOCKDEP

#include <asm/atomic.h>
#include <asm/processor.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "lockdep.h"

int debug_locks = 1;
const struct lock_class_key __lockdep_no_validate__;
static DECLARE_BITMAP(known[MAX_CLASSES], MAX_CLASSES);
static int graph_owner;

static void lock_graph(void)
{
	int free = 0;

	while (!arch_try_cmpxchg(&graph_owner, &free, 1)) {
		free = 0;
		cpu_relax();
	}
}

static void unlock_graph(void)
{
	barrier();
	WRITE_ONCE(graph_owner, 0);
}

static void give_up(const char *what)
{
	debug_locks = 0;
	pr_warn("BUG: %s too low!\n", what);
	pr_warn("turning off the locking correctness validator.\n");
}

static void report_uninitialised(struct lockdep_map *map)
{
	lockdep_init_map(map, "uninitialised lock", &__lockdep_no_validate__, 0);
	pr_err("INFO: trying to register non-static key.\n");
	pr_err("the lock at %px was not initialized before use\n", map);
	dump_stack();
}

/* 0: no room. */
static unsigned int class_of(struct lockdep_map *map, unsigned int subclass)
{
	unsigned int class;

	if (unlikely(!lockdep_key(map)))
		report_uninitialised(map);
	class = lockdep_find_class(lockdep_key(map), subclass);
	if (likely(class))
		return class;
	lock_graph();
	class = lockdep_add_class(map, lockdep_key(map), subclass);
	unlock_graph();
	if (!class)
		give_up("MAX_LOCKDEP_KEYS");
	return class;
}

void lockdep_init_map(struct lockdep_map *map, const char *name, const struct lock_class_key *key,
		      int subclass)
{
	map->name = *name == '&' ? name + 1 : name;
	map->key = (const void *)(key->subkeys + subclass);
}
EXPORT_SYMBOL(lockdep_init_map);

/* ---- what is looked for ---- */

static bool is_class(unsigned int class, unsigned int what)
{
	return class == what;
}

static bool has_usage(unsigned int class, unsigned int mask)
{
	return lock_classes[class].usage & mask;
}

/* ---- interrupts ---- */

/* Of interrupts or, @base, softirqs: which uses conflict with @usage? Readers do not with readers. */
static unsigned int conflicts_of(unsigned int usage)
{
	unsigned int base = usage & ~3U;

	switch (usage - base) {
	case IN_HARDIRQ:
		return BIT(base + HARDIRQ_ON) | BIT(base + HARDIRQ_ON_READ);
	case IN_HARDIRQ_READ:
		return BIT(base + HARDIRQ_ON);
	case HARDIRQ_ON:
		return BIT(base + IN_HARDIRQ) | BIT(base + IN_HARDIRQ_READ);
	default:
		return BIT(base + IN_HARDIRQ);
	}
}

static unsigned int lowest(unsigned int mask)
{
	return __ffs(mask);
}

/* What check_irq_order() has found. */
struct irq_order {
	struct lock_path path;
	unsigned int safe, unsafe;		/* the uses of its first and of its last class */
};

/* A class that is @in interrupts, before @from or itself; and one that must not be behind @to. */
static bool leads_out_of_irq(unsigned int from, unsigned int to, unsigned int in,
			     struct irq_order *order)
{
	struct lock_path *path = &order->path;
	unsigned int found = lockdep_search(from, true, has_usage, BIT(in)), middle;

	path->length = 0;
	if (!found)
		return false;
	lock_path_add_found(path, found);			/* safe … from */
	found = lockdep_search(to, false, has_usage, conflicts_of(in));
	if (!found)
		return false;
	middle = path->length -= from == to;
	lock_path_add_found(path, found);			/* unsafe … to */
	lock_path_reverse(path, middle);
	order->safe = in;
	order->unsafe = lowest(lock_classes[found].usage & conflicts_of(in));
	return path->length > 1;
}

/* The order @from, @to is new; or the class has a new use, then it is both. */
static bool irq_order_is_wrong(unsigned int from, unsigned int to, struct irq_order *order)
{
	return leads_out_of_irq(from, to, IN_HARDIRQ, order) ||
	       leads_out_of_irq(from, to, IN_HARDIRQ_READ, order) ||
	       leads_out_of_irq(from, to, IN_SOFTIRQ, order) ||
	       leads_out_of_irq(from, to, IN_SOFTIRQ_READ, order);
}

static noinline void judge_usage(const struct held_lock *next, unsigned int usage)
{
	struct lock_class *class = &lock_classes[next->class];
	bool irq_order_wrong = false;
	struct irq_order order;
	unsigned int wrong;

	lock_graph();
	wrong = class->usage & conflicts_of(usage);
	class->ip[usage] = next->ip;
	class->usage |= BIT(usage);
	if (!wrong)
		irq_order_wrong = irq_order_is_wrong(next->class, next->class, &order);
	unlock_graph();
	if (wrong)
		lockdep_report_usage(next, lowest(wrong), usage);
	if (irq_order_wrong)
		lockdep_report_irq_order(&order.path, order.safe, order.unsafe);
}

static void note_usage(const struct held_lock *next, unsigned int usage)
{
	if (!(lock_classes[next->class].usage & BIT(usage)))
		judge_usage(next, usage);
}

/* @irqs_on: as they were when the lock was wanted. */
static void note_usages(const struct held_lock *next, bool irqs_on)
{
	unsigned int read = next->read != 0;

	if (in_hardirq() && !next->trylock)
		note_usage(next, IN_HARDIRQ + read);
	if (in_serving_softirq() && !next->trylock)
		note_usage(next, IN_SOFTIRQ + read);
	if (irqs_on && !in_hardirq())
		note_usage(next, HARDIRQ_ON + read);
	if (irqs_on && !in_softirq() && !in_hardirq())
		note_usage(next, SOFTIRQ_ON + read);
}

/* ---- orders ---- */

/* graph_lock is held. Does @from, @to close a circle? Then the path from @to to @from. */
static bool closes_circle(unsigned int from, unsigned int to, struct lock_path *path)
{
	unsigned int found = lockdep_search(to, false, is_class, from);

	path->length = 0;
	lock_path_add_found(path, found);
	lock_path_reverse(path, 0);
	return found;
}

static noinline void judge_order(const struct held_lock *held, const struct held_lock *next)
{
	bool circle = false, irq_order_wrong = false, full = false;
	struct irq_order order;

	lock_graph();
	if (!test_and_set_bit(next->class, known[held->class])) {
		circle = closes_circle(held->class, next->class, &order.path);
		full = !circle && !lockdep_add_edge(held->class, next->class, next->ip);
		if (!circle && !full)
			irq_order_wrong = irq_order_is_wrong(held->class, next->class, &order);
	}
	unlock_graph();
	if (circle)
		lockdep_report_circle(next, held, &order.path);
	if (irq_order_wrong)
		lockdep_report_irq_order(&order.path, order.safe, order.unsafe);
	if (full)
		give_up("MAX_LOCKDEP_ENTRIES");
}

/* Two of one class: both read, and the new one waits for no writer; or it is the nest lock's business. */
static bool recursion_is_right(const struct held_lock *held, const struct held_lock *next,
			       const struct lockdep_map *nest_lock)
{
	return (held->read && next->read == 2) || (nest_lock && lock_is_held(nest_lock));
}

static void check_order(const struct lockdep_task *my, const struct held_lock *next,
			const struct lockdep_map *nest_lock)
{
	const struct held_lock *held;

	for (held = next - 1; held >= my->held && held->context == next->context; held--) {
		if (!held->check || held->class != next->class)
			continue;
		if (!recursion_is_right(held, next, nest_lock) &&
		    !test_and_set_bit(next->class, known[next->class]))
			lockdep_report_recursion(next, held);
		return;
	}
	if (next->read == 2)
		return;
	for (held = next - 1; held >= my->held && held->context == next->context; held--) {
		if (!held->check)
			continue;
		if (!test_bit(next->class, known[held->class]))
			judge_order(held, next);
		if (!held->trylock)
			break;			/* those before it follow from it */
	}
}

/* ---- what locks call ---- */

static u8 this_context(void)
{
	return in_hardirq() ? 2 : in_serving_softirq() ? 1 : 0;
}

static bool is_off(void)
{
	return !debug_locks || current->lockdep.recursion || in_nmi();
}

/* Onto the thread's stack. NULL: no room there, or for its class. */
static struct held_lock *push(struct lockdep_map *map, unsigned int subclass)
{
	struct lockdep_task *my = &current->lockdep;
	unsigned int class = class_of(map, subclass);

	if (!class)
		return NULL;
	if (my->depth == MAX_LOCK_DEPTH) {
		give_up("MAX_LOCK_DEPTH");
		return NULL;
	}
	my->held[my->depth].class = class;
	my->held[my->depth].map = map;
	return &my->held[my->depth++];
}

void lock_acquire(struct lockdep_map *map, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest_lock, unsigned long ip)
{
	struct lockdep_task *my = &current->lockdep;
	struct held_lock *next;
	unsigned long flags;

	if (is_off())
		return;
	local_irq_save(flags);
	my->recursion++;
	next = push(map, subclass);
	if (next) {
		next->ip = ip ?: _RET_IP_;
		next->read = read;
		next->trylock = trylock;
		next->context = this_context();
		next->check = check && map->key != &__lockdep_no_validate__;
		if (next->check)
			note_usages(next, flags & X86_EFLAGS_IF);
		if (next->check && !trylock)
			check_order(my, next, nest_lock);
	}
	my->recursion--;
	local_irq_restore(flags);
}
EXPORT_SYMBOL(lock_acquire);

/* The place of @map among this thread's locks, or -1. */
static int find_held_lock(const struct lockdep_map *map)
{
	int i = current->lockdep.depth;

	while (--i >= 0 && current->lockdep.held[i].map != map)
		;
	return i;
}

void lock_release(struct lockdep_map *map, unsigned long ip)
{
	struct lockdep_task *my = &current->lockdep;
	unsigned long flags;
	int i;

	if (is_off())
		return;
	local_irq_save(flags);
	my->recursion++;
	i = find_held_lock(map);
	if (i < 0) {
		lockdep_report_unlock(map, ip ?: _RET_IP_);
	} else {
		my->depth--;
		memmove(&my->held[i], &my->held[i + 1], (my->depth - i) * sizeof(*my->held));
	}
	my->recursion--;
	local_irq_restore(flags);
}
EXPORT_SYMBOL(lock_release);

void lock_downgrade(struct lockdep_map *map, unsigned long ip)
{
	int i = find_held_lock(map);

	if (i >= 0)
		current->lockdep.held[i].read = 1;
}
EXPORT_SYMBOL(lock_downgrade);

int lock_is_held_type(const struct lockdep_map *map, int read)
{
	int i;

	if (!debug_locks)
		return 1;
	i = find_held_lock(map);
	return i >= 0 && (read < 0 || !current->lockdep.held[i].read == !read);
}
EXPORT_SYMBOL(lock_is_held_type);

void lockdep_off(void)
{
	current->lockdep.recursion++;
}
EXPORT_SYMBOL(lockdep_off);

void lockdep_on(void)
{
	current->lockdep.recursion--;
}
EXPORT_SYMBOL(lockdep_on);

#endif /* CONFIG_LOCKDEP */
