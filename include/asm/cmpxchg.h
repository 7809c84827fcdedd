/* SPDX-License-Identifier: MIT */
/*
 * Exchange and compare-and-exchange of whatever has 1, 2 or 4 bytes; indivisible, and a full barrier.
 * For atomic_t there is <linux/atomic.h>.
 */
#ifndef _ASM_CMPXCHG_H
#define _ASM_CMPXCHG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* @op with @new in a register, which is then what was in *@ptr. */
#define __xchg_op(op, ptr, new) \
({ \
	__typeof__(*(ptr)) __xchg_value = (new); \
	\
	static_assert(sizeof(*(ptr)) <= 4, "a word at most"); \
	if (sizeof(*(ptr)) == 1) \
		__asm__ __volatile__(op "b %b0, %1" : "+q"(__xchg_value), "+m"(*(ptr)) \
				     : : "memory", "cc"); \
	else if (sizeof(*(ptr)) == 2) \
		__asm__ __volatile__(op "w %w0, %1" : "+r"(__xchg_value), "+m"(*(ptr)) \
				     : : "memory", "cc"); \
	else \
		__asm__ __volatile__(op "l %0, %1" : "+r"(__xchg_value), "+m"(*(ptr)) \
				     : : "memory", "cc"); \
	__xchg_value; \
})

/* What was in *@ptr; it is @new now (or so much more). */
#define xchg(ptr, new)		__xchg_op("xchg", ptr, new)
#define xadd(ptr, more)		__xchg_op("lock xadd", ptr, more)

/* What was in *@ptr; if that is @old, it is @new now. */
#define cmpxchg(ptr, old, new) \
({ \
	__typeof__(*(ptr)) __cmp_was = (old), __cmp_new = (new); \
	\
	static_assert(sizeof(*(ptr)) <= 4, "cmpxchg64() is for more"); \
	if (sizeof(*(ptr)) == 1) \
		__asm__ __volatile__("lock cmpxchgb %b2, %1" \
			: "+a"(__cmp_was), "+m"(*(ptr)) : "q"(__cmp_new) : "memory", "cc"); \
	else if (sizeof(*(ptr)) == 2) \
		__asm__ __volatile__("lock cmpxchgw %w2, %1" \
			: "+a"(__cmp_was), "+m"(*(ptr)) : "r"(__cmp_new) : "memory", "cc"); \
	else \
		__asm__ __volatile__("lock cmpxchgl %2, %1" \
			: "+a"(__cmp_was), "+m"(*(ptr)) : "r"(__cmp_new) : "memory", "cc"); \
	__cmp_was; \
})

/* The same, which tells whether it was changed; if not, *@oldp is what it found. */
#define try_cmpxchg(ptr, oldp, new) \
({ \
	__typeof__(*(ptr)) __try_old = *(oldp), __try_was = cmpxchg(ptr, __try_old, new); \
	\
	*(oldp) = __try_was; \
	__try_was == __try_old; \
})

static __always_inline bool arch_try_cmpxchg64(volatile s64 *p, s64 *old, s64 new)
{
	bool done;

	__asm__ __volatile__("lock cmpxchg8b %1"
			     : "=@ccz"(done), "+m"(*p), "+A"(*old)
			     : "b"((u32)new), "c"((u32)((u64)new >> 32)) : "memory");
	return done;
}

#define cmpxchg64(ptr, old, new) \
({ \
	s64 __cmp_was = (s64)(old); \
	\
	static_assert(sizeof(*(ptr)) == 8, "eight bytes"); \
	arch_try_cmpxchg64((volatile s64 *)(ptr), &__cmp_was, (s64)(new)); \
	(__typeof__(*(ptr)))__cmp_was; \
})

#endif /* _ASM_CMPXCHG_H */
