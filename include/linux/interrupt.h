/* SPDX-License-Identifier: MIT */
/*
 * Interrupts, for drivers (LDD3 chapter 10; LKD chapters 7 and 8).
 *
 *	request_irq(irq, handler, IRQF_SHARED, "mydev", dev)	handler is called from now on
 *	…
 *	free_irq(irq, dev)					it is not any more, on any CPU
 *
 * A handler runs with interrupts off and must be short: it says IRQ_HANDLED or, where others
 * share the line, IRQ_NONE. What takes longer it leaves to a tasklet, a softirq, or a work queue.
 */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <asm/atomic.h>
#include <linux/bottom_half.h>
#include <linux/hardirq.h>
#include <linux/irqreturn.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>

#define IRQF_TRIGGER_NONE	0x00000000
#define IRQF_TRIGGER_RISING	0x00000001
#define IRQF_TRIGGER_FALLING	0x00000002
#define IRQF_TRIGGER_HIGH	0x00000004
#define IRQF_TRIGGER_LOW	0x00000008
#define IRQF_SHARED		0x00000080	/* others may have handlers for the line, too */
#define IRQF_PROBE_SHARED	0x00000100
#define __IRQF_TIMER		0x00000200
#define IRQF_PERCPU		0x00000400
#define IRQF_NOBALANCING	0x00000800
#define IRQF_NO_SUSPEND		0x00004000
#define IRQF_NO_THREAD		0x00010000
#define IRQF_NO_AUTOEN		0x00080000	/* enable_irq() does it, not request_irq() */
#define IRQF_TIMER		(__IRQF_TIMER | IRQF_NO_SUSPEND | IRQF_NO_THREAD)

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

struct irqaction {
	irq_handler_t handler;
	void *dev_id;
	struct irqaction *next;
	unsigned int irq, flags;
	const char *name;
};

/*
 * Call @handler(@irq, @dev) for each interrupt of the line. 0; -EBUSY: taken, and not both shared;
 * -EINVAL: no such line, no handler, or shared without @dev; -ENOSYS: not connected. May sleep.
 */
int __must_check request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
			     const char *name, void *dev);
/* Returns the name that was given. When it returns, the handler has run for the last time. */
const void *free_irq(unsigned int irq, void *dev);

/* The same with the caller's storage, for those who must not allocate. */
int setup_irq(unsigned int irq, struct irqaction *action);
struct irqaction *remove_irq(unsigned int irq, void *dev);

/* They nest. The first waits for a handler that is running: it may sleep. */
void disable_irq(unsigned int irq);
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq);

/* ---- softirqs: kernel/irq/softirq.c ---- */

enum {
	HI_SOFTIRQ = 0,
	TIMER_SOFTIRQ,
	NET_TX_SOFTIRQ,
	NET_RX_SOFTIRQ,
	BLOCK_SOFTIRQ,
	IRQ_POLL_SOFTIRQ,
	TASKLET_SOFTIRQ,
	SCHED_SOFTIRQ,
	HRTIMER_SOFTIRQ,
	RCU_SOFTIRQ,
	NR_SOFTIRQS
};

extern const char *const softirq_to_name[NR_SOFTIRQS];
DECLARE_PER_CPU(unsigned int [NR_SOFTIRQS], kstat_softirqs);

struct softirq_action {
	void (*action)(struct softirq_action *);
};

#define local_softirq_pending()	this_cpu_read(irq_stat.__softirq_pending)

void open_softirq(int nr, void (*action)(struct softirq_action *));
/* Run number @nr soon, on this CPU. Any context; second form: interrupts off, within a tick. */
void raise_softirq(unsigned int nr);
void raise_softirq_irqoff(unsigned int nr);
void __raise_softirq_irqoff(unsigned int nr);
void do_softirq(void);
void softirq_init(void);

/* In a thread that could be preempted: those that have been raised run now. */
void softirq_run_if_possible(void);

/* ---- tasklets ---- */

/*
 * A function to be called once, soon, however often that is asked for until then; never on two CPUs
 * at a time.
 */
struct tasklet_struct {
	struct tasklet_struct *next;
	unsigned long state;
	atomic_t count;			/* of tasklet_disable(); 0: may run */
	bool use_callback;
	union {
		void (*func)(unsigned long data);
		void (*callback)(struct tasklet_struct *t);
	};
	unsigned long data;
};

enum {
	TASKLET_STATE_SCHED,		/* bit numbers: waits to be run */
	TASKLET_STATE_RUN,		/* is running */
};

#define __DECLARE_TASKLET(name, _callback, _count) \
	struct tasklet_struct name = { .count = ATOMIC_INIT(_count), .callback = (_callback), \
				       .use_callback = true }
#define DECLARE_TASKLET(name, _callback)	__DECLARE_TASKLET(name, _callback, 0)
#define DECLARE_TASKLET_DISABLED(name, _callback) __DECLARE_TASKLET(name, _callback, 1)
#define DECLARE_TASKLET_OLD(name, _func) \
	struct tasklet_struct name = { .count = ATOMIC_INIT(0), .func = (_func) }
#define from_tasklet(var, callback_tasklet, field) \
	container_of(callback_tasklet, typeof(*var), field)

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *));
void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data);
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_hi_schedule(struct tasklet_struct *t);
/* While disabled it may be scheduled, but waits. The first form waits until it is not running. */
void tasklet_disable(struct tasklet_struct *t);
void tasklet_disable_nosync(struct tasklet_struct *t);
void tasklet_enable(struct tasklet_struct *t);
/* Wait until it is neither scheduled nor running. Nobody may schedule it any more. May sleep. */
void tasklet_kill(struct tasklet_struct *t);
void tasklet_unlock_wait(struct tasklet_struct *t);

#endif /* _LINUX_INTERRUPT_H */
