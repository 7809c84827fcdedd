/* SPDX-License-Identifier: MIT */
/*
 * The order in which other CPUs see memory accesses. x86 keeps loads in order, and stores too; only a
 * load may come before an earlier store to another place (Intel SDM volume 3, section 9.2.2). So one
 * barrier is an instruction, and the others tell the compiler.
 */
#ifndef _ASM_BARRIER_H
#define _ASM_BARRIER_H

#include <linux/compiler.h>

/* Any instruction with LOCK waits until all stores are seen; cheaper than MFENCE, and older. */
#define smp_mb()	__asm__ __volatile__("lock addl $0, -4(%%esp)" : : : "memory", "cc")
#define smp_rmb()	barrier()
#define smp_wmb()	barrier()
#define mb()		smp_mb()
#define rmb()		smp_rmb()
#define wmb()		smp_wmb()

#define smp_store_mb(var, value)	do { WRITE_ONCE(var, value); smp_mb(); } while (0)
/* Nothing earlier is seen after this store; nothing later, before this load. */
#define smp_store_release(p, value)	do { barrier(); WRITE_ONCE(*(p), value); } while (0)
#define smp_load_acquire(p) \
	({ __typeof__(*(p)) __loaded = READ_ONCE(*(p)); barrier(); __loaded; })

#define smp_mb__before_atomic()		barrier()
#define smp_mb__after_atomic()		barrier()
#define smp_mb__after_spinlock()	barrier()

/* Read @*ptr until @condition, about VAL, is true; and nothing later is seen before. */
#define smp_cond_load_relaxed(ptr, condition) \
({ \
	__typeof__(*(ptr) + 0) VAL;		/* not const */ \
	\
	while (VAL = READ_ONCE(*(ptr)), !(condition)) \
		cpu_relax(); \
	VAL; \
})
#define smp_cond_load_acquire(ptr, condition) \
	({ __typeof__(*(ptr) + 0) __met = smp_cond_load_relaxed(ptr, condition); barrier(); __met; })

#endif /* _ASM_BARRIER_H */
