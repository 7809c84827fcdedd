/* SPDX-License-Identifier: MIT */
/*
 * Surviving a fault. Before a test runs its body it names a place to go on from; the trap code,
 * having printed its report, goes there instead of into panic(). Recoveries nest.
 *
 *	struct recovery r;
 *
 *	if (kernel_setjmp(&r.env) == 0) {
 *		recovery_push(&r);
 *		body();
 *		recovery_pop(&r);
 *	} else {
 *		... a fault was reported; r has been popped ...
 *	}
 *
 * What the body had locked or half changed stays so: this is for tests, not for error handling.
 */
#ifndef _QUARRY_RECOVER_H
#define _QUARRY_RECOVER_H

#include <asm/setjmp.h>

struct recovery {
	struct kernel_jmp_buf env;
	struct recovery *outer;
	int preempt_count;		/* as it was: the body's locks are not waited for */
	unsigned int lockdep_depth;	/* nor given back */
};

void recovery_push(struct recovery *r);
void recovery_pop(struct recovery *r);

/* For the trap code: take the innermost recovery off, or NULL when there is none. */
struct recovery *recovery_take(void);

#endif /* _QUARRY_RECOVER_H */
