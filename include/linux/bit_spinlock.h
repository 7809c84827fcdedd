/* SPDX-License-Identifier: MIT */
/* A spinlock in a single bit, where a word would be too much: nobody knows who has it. */
#ifndef _LINUX_BIT_SPINLOCK_H
#define _LINUX_BIT_SPINLOCK_H

#include <asm/processor.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/preempt.h>

static inline void bit_spin_lock(int bitnum, unsigned long *addr)
{
	preempt_disable();
	while (unlikely(test_and_set_bit(bitnum, addr)))
		while (test_bit(bitnum, addr))
			cpu_relax();
}

/* 1: it is ours; 0: somebody else's. */
static inline int bit_spin_trylock(int bitnum, unsigned long *addr)
{
	preempt_disable();
	if (likely(!test_and_set_bit(bitnum, addr)))
		return 1;
	preempt_enable();
	return 0;
}

static inline void bit_spin_unlock(int bitnum, unsigned long *addr)
{
	BUG_ON(!test_bit(bitnum, addr));
	clear_bit(bitnum, addr);
	preempt_enable();
}

/* The other bits of the word are the owner's alone: without LOCK. */
static inline void __bit_spin_unlock(int bitnum, unsigned long *addr)
{
	BUG_ON(!test_bit(bitnum, addr));
	barrier();
	__clear_bit(bitnum, addr);
	preempt_enable();
}

static inline int bit_spin_is_locked(int bitnum, unsigned long *addr)
{
	return test_bit(bitnum, addr);
}

#endif /* _LINUX_BIT_SPINLOCK_H */
