/* SPDX-License-Identifier: MIT */
/*
 * Fault injection: making things fail on purpose, to see whether callers cope. Whatever can fail
 * asks should_fail() and obeys. Names and meanings are Linux's (its documentation: "Fault
 * injection capabilities infrastructure").
 *
 *	static DECLARE_FAULT_ATTR(fail_frobnicate);
 *
 *	if (should_fail(&fail_frobnicate, size))
 *		return NULL;
 */
#ifndef _LINUX_FAULT_INJECT_H
#define _LINUX_FAULT_INJECT_H

#include <linux/atomic.h>
#include <linux/prandom.h>

struct fault_attr {
	unsigned long probability;	/* percent of the calls that get that far; 0: never */
	unsigned long interval;		/* only every so-many-th call is in question; 0, 1: each */
	atomic_t times;			/* fail so often and then no more; -1: for ever */
	atomic_t space;			/* no failure before so much, in the calls' sizes, was granted */
	unsigned long verbose;		/* 0: fail in silence; 1: say so; 2: with the backtrace */
	bool no_warn;			/* not this time: the caller expects failure */

	unsigned long count;		/* calls, for interval */
	const char *name;
	u64 seed;			/* the dice: see fault_attr_seed() */
	bool seeded;
	struct rnd_state random;
};

#define FAULT_ATTR_INITIALIZER { \
	.interval = 1, \
	.times = ATOMIC_INIT(1), \
	.verbose = 2, \
}

#define DECLARE_FAULT_ATTR(_name) \
	struct fault_attr _name = { \
		.interval = 1, .times = ATOMIC_INIT(1), .verbose = 2, .name = #_name, \
	}

/*
 * Set what @str = "<interval>,<probability>,<space>,<times>" says: the form of the command line.
 * Returns 1; 0 and a message when it is malformed, and then nothing has changed.
 */
int setup_fault_attr(struct fault_attr *attr, char *str);

/* Shall this call, for @size units of whatever the attribute counts, fail? Any context. */
bool should_fail(struct fault_attr *attr, ssize_t size);

/*
 * Quarry's own. The dice begin anew: the same seed and the same calls give the same failures.
 * Without it, the first roll takes `fault_seed=N` from the command line, or a seed from the
 * clock; whichever it is, the log tells.
 */
void fault_attr_seed(struct fault_attr *attr, u64 seed);

#endif /* _LINUX_FAULT_INJECT_H */
