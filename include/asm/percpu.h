/* SPDX-License-Identifier: MIT */
/*
 * What each CPU has of its own. A per-CPU variable has one address in the image, and each CPU has
 * a copy of it, so far away as this CPU's this_cpu_off says. That distance is the base of the segment
 * in FS. So one instruction reaches this CPU's copy: it cannot be interrupted half way, and a thread
 * cannot be moved to another CPU in the middle of it. (Intel SDM volume 3, section 3.4.)
 *
 * <linux/percpu-defs.h> has the names to be used. These are for scalars of 1, 2 and 4 bytes.
 */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <linux/types.h>

/* Of larger ones only the type is asked, in branches that are left out; it must fit a register there. */
#define __percpu_type(var) typeof(__builtin_choose_expr(sizeof(var) <= sizeof(long), (var), 0UL))

/* @op with this CPU's copy of @var as its second operand, and with a value as its first. */
#define __percpu_op(op, var, value) \
do { \
	__percpu_type(var) __pcpu_value = (__percpu_type(var))(value); \
	\
	if (sizeof(typeof(var)) == 1) \
		__asm__ __volatile__(op "b %1, %%fs:%0" : "+m"(var) : "qi"(__pcpu_value)); \
	else if (sizeof(typeof(var)) == 2) \
		__asm__ __volatile__(op "w %1, %%fs:%0" : "+m"(var) : "ri"(__pcpu_value)); \
	else \
		__asm__ __volatile__(op "l %1, %%fs:%0" : "+m"(var) : "ri"(__pcpu_value)); \
} while (0)

#define __percpu_unary(op, var) \
do { \
	if (sizeof(typeof(var)) == 1) \
		__asm__ __volatile__(op "b %%fs:%0" : "+m"(var)); \
	else if (sizeof(typeof(var)) == 2) \
		__asm__ __volatile__(op "w %%fs:%0" : "+m"(var)); \
	else \
		__asm__ __volatile__(op "l %%fs:%0" : "+m"(var)); \
} while (0)

#define arch_percpu_read(var) \
({ \
	__percpu_type(var) __pcpu_ret; \
	\
	if (sizeof(typeof(var)) == 1) \
		__asm__ __volatile__("movb %%fs:%1, %0" : "=q"(__pcpu_ret) : "m"(var)); \
	else if (sizeof(typeof(var)) == 2) \
		__asm__ __volatile__("movw %%fs:%1, %0" : "=r"(__pcpu_ret) : "m"(var)); \
	else \
		__asm__ __volatile__("movl %%fs:%1, %0" : "=r"(__pcpu_ret) : "m"(var)); \
	__pcpu_ret; \
})

#define arch_percpu_write(var, value)	__percpu_op("mov", var, value)
#define arch_percpu_add(var, value)	__percpu_op("add", var, value)
#define arch_percpu_and(var, value)	__percpu_op("and", var, value)
#define arch_percpu_or(var, value)	__percpu_op("or", var, value)
#define arch_percpu_inc(var)		__percpu_unary("inc", var)
#define arch_percpu_dec(var)		__percpu_unary("dec", var)

/* The value before; the new one is stored. XCHG with memory locks the bus: CMPXCHG does not. */
#define arch_percpu_xchg(var, value) \
({ \
	__percpu_type(var) __pcpu_old = arch_percpu_read(var), __pcpu_seen; \
	__percpu_type(var) __pcpu_new = (__percpu_type(var))(value); \
	\
	while ((__pcpu_seen = arch_percpu_cmpxchg(var, __pcpu_old, __pcpu_new)) != __pcpu_old) \
		__pcpu_old = __pcpu_seen; \
	__pcpu_old; \
})

#define arch_percpu_cmpxchg(var, old, new) \
({ \
	__percpu_type(var) __pcpu_was = (__percpu_type(var))(old); \
	__percpu_type(var) __pcpu_put = (__percpu_type(var))(new); \
	\
	if (sizeof(typeof(var)) == 1) \
		__asm__ __volatile__("cmpxchgb %2, %%fs:%1" \
			: "+a"(__pcpu_was), "+m"(var) : "q"(__pcpu_put) : "memory"); \
	else if (sizeof(typeof(var)) == 2) \
		__asm__ __volatile__("cmpxchgw %2, %%fs:%1" \
			: "+a"(__pcpu_was), "+m"(var) : "r"(__pcpu_put) : "memory"); \
	else \
		__asm__ __volatile__("cmpxchgl %2, %%fs:%1" \
			: "+a"(__pcpu_was), "+m"(var) : "r"(__pcpu_put) : "memory"); \
	__pcpu_was; \
})

/* The value after. */
#define arch_percpu_add_return(var, value) \
({ \
	__percpu_type(var) __pcpu_add = (value), __pcpu_sum = __pcpu_add; \
	\
	if (sizeof(typeof(var)) == 1) \
		__asm__ __volatile__("xaddb %0, %%fs:%1" : "+q"(__pcpu_sum), "+m"(var) : : "memory"); \
	else if (sizeof(typeof(var)) == 2) \
		__asm__ __volatile__("xaddw %0, %%fs:%1" : "+r"(__pcpu_sum), "+m"(var) : : "memory"); \
	else \
		__asm__ __volatile__("xaddl %0, %%fs:%1" : "+r"(__pcpu_sum), "+m"(var) : : "memory"); \
	(__percpu_type(var))(__pcpu_sum + __pcpu_add); \
})

/* A word that this thread sees unchanged wherever it runs: the compiler may keep what it has read. */
#define arch_percpu_read_stable(var) \
({ \
	__percpu_type(var) __pcpu_ret; \
	\
	__asm__("movl %%fs:%P1, %0" : "=r"(__pcpu_ret) : "p"(&(var))); \
	__pcpu_ret; \
})

/* @value and this CPU's word @var together, in one instruction: gcc would load it first. */
#define arch_percpu_plus(var, value) \
({ \
	__percpu_type(var) __pcpu_sum = (value); \
	\
	__asm__ __volatile__("addl %%fs:%1, %0" : "+r"(__pcpu_sum) : "m"(var)); \
	__pcpu_sum; \
})

/* Take @value off; is it 0 now? Is it @value? Are any of the bits @mask set? Words only. */
#define arch_percpu_sub_and_test(var, value) \
({ \
	bool __pcpu_zero; \
	\
	__asm__ __volatile__("subl %2, %%fs:%0" \
		: "+m"(var), "=@ccz"(__pcpu_zero) : "ri"(value) : "memory"); \
	__pcpu_zero; \
})

#define arch_percpu_dec_and_test(var) \
({ \
	bool __pcpu_zero; \
	\
	__asm__ __volatile__("decl %%fs:%0" : "+m"(var), "=@ccz"(__pcpu_zero) : : "memory"); \
	__pcpu_zero; \
})

#define arch_percpu_equals(var, value) \
({ \
	bool __pcpu_equal; \
	\
	__asm__ __volatile__("cmpl %2, %%fs:%1" : "=@ccz"(__pcpu_equal) : "m"(var), "ri"(value)); \
	__pcpu_equal; \
})

#define arch_percpu_test(var, mask) \
({ \
	bool __pcpu_any; \
	\
	__asm__ __volatile__("testl %2, %%fs:%1" : "=@ccnz"(__pcpu_any) : "m"(var), "ri"(mask)); \
	__pcpu_any; \
})

#endif /* _ASM_PERCPU_H */
