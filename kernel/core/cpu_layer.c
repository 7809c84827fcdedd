// SPDX-License-Identifier: MIT
/*
 * Asking CPUs to drain what they keep for themselves.
 *
 * 1. The idea
 * Each CPU's page lists and magazines are its own: nobody else may touch them, and so nobody needs a
 * lock. Who wants them emptied has each CPU do it, by an interprocessor interrupt. If that comes while
 * its CPU is in the middle of them, which the mark in preempt_count says, the request is hung up,
 * and preemption is asked for: so the CPU does it when it leaves the critical section; or
 * before, if it waits for another CPU there, which may wait for this one to do it. (Linux sends
 * a work item to each CPU instead: it runs in a thread, which is never in the middle of a section.)
 *
 * 2. Structure
 * One request has a place in the list of each CPU; "left" counts those that have not done it.
 *
 * 3. Contexts
 * Who asks waits, with interrupts on: of two CPUs that ask each other, each answers while it waits.
 * Interrupts and softirqs that find the mark go to the core (mm/), and ask for nothing.
 */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/llist.h>
#include <linux/smp.h>
#include <quarry/cpu_layer.h>

struct layer_request {
	smp_call_func_t func;
	void *info;
	atomic_t left;
	struct place {
		struct llist_node node;
		struct layer_request *request;
	} place[NR_CPUS];
};

static DEFINE_PER_CPU(struct llist_head, pending);

static void serve(struct layer_request *request)
{
	request->func(request->info);
	atomic_dec(&request->left);		/* the last we know of it: it lies on somebody's stack */
}

/* On each CPU, interrupts off. */
static void request_arrives(void *info)
{
	struct layer_request *request = info;
	struct place *place = &request->place[raw_smp_processor_id()];

	if (!in_cpu_layer()) {
		serve(request);
		return;
	}
	place->request = request;
	llist_add(&place->node, raw_cpu_ptr(&pending));
	set_preempt_need_resched();
}

void cpu_layer_run_pending(void)
{
	struct place *place, *next;
	unsigned long flags;

	if (likely(llist_empty(raw_cpu_ptr(&pending))) || in_cpu_layer())
		return;
	local_irq_save(flags);
	llist_for_each_entry_safe(place, next, llist_del_all(raw_cpu_ptr(&pending)), node)
		serve(place->request);
	local_irq_restore(flags);
}

void on_each_cpu_layer(smp_call_func_t func, void *info)
{
	struct layer_request request = { .func = func, .info = info };

	WARN_ON_ONCE(in_cpu_layer());
	atomic_set(&request.left, num_online_cpus());
	on_each_cpu(request_arrives, &request, 1);
	while (atomic_read(&request.left))
		cpu_relax();
}
