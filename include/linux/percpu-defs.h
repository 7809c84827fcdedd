/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables: declaring them, and reaching this CPU's copy or another's.
 *
 *	static DEFINE_PER_CPU(unsigned long, hits);
 *
 *	this_cpu_inc(hits);			this CPU's, in one instruction: any context
 *	p = &get_cpu_var(hits); … put_cpu_var(hits);	several steps: preemption is off between them
 *	per_cpu(hits, cpu)			CPU @cpu's, which may be changing it
 *
 * this_cpu_*()	as a whole on one CPU, against interrupts too
 * __this_cpu_*() the same for callers that say they cannot be moved away; checked
 * raw_cpu_*()	for those to whom it does not matter which CPU it is
 */
#ifndef _LINUX_PERCPU_DEFS_H
#define _LINUX_PERCPU_DEFS_H

#include <asm/percpu.h>
#include <linux/irqflags.h>
#include <linux/types.h>

#define PER_CPU_SECTION			".data..percpu"
#define DECLARE_PER_CPU_SECTION(type, name, sec) \
	extern __percpu __section(PER_CPU_SECTION sec) __typeof__(type) name
#define DEFINE_PER_CPU_SECTION(type, name, sec) \
	__percpu __section(PER_CPU_SECTION sec) __typeof__(type) name

#define DECLARE_PER_CPU(type, name)	DECLARE_PER_CPU_SECTION(type, name, "")
#define DEFINE_PER_CPU(type, name)	DEFINE_PER_CPU_SECTION(type, name, "")
#define DECLARE_PER_CPU_ALIGNED(type, name) \
	DECLARE_PER_CPU_SECTION(type, name, "..aligned") __aligned(64)
#define DEFINE_PER_CPU_ALIGNED(type, name) \
	DEFINE_PER_CPU_SECTION(type, name, "..aligned") __aligned(64)
#define DECLARE_PER_CPU_SHARED_ALIGNED	DECLARE_PER_CPU_ALIGNED
#define DEFINE_PER_CPU_SHARED_ALIGNED	DEFINE_PER_CPU_ALIGNED
#define DECLARE_PER_CPU_READ_MOSTLY	DECLARE_PER_CPU
#define DEFINE_PER_CPU_READ_MOSTLY	DEFINE_PER_CPU
#define EXPORT_PER_CPU_SYMBOL(var)
#define EXPORT_PER_CPU_SYMBOL_GPL(var)

/* ---- addresses ---- */

/* How far each CPU's copies lie from the image's: mm/percpu_init.c. */
extern unsigned long __per_cpu_offset[];
#define per_cpu_offset(cpu)	(__per_cpu_offset[cpu])
DECLARE_PER_CPU(unsigned long, this_cpu_off);

/* The compiler knows how large *@ptr is, but not that it lies behind the variable in the image. */
#define SHIFT_PERCPU_PTR(ptr, offset) \
({ \
	unsigned long __pcpu_addr = (unsigned long)(ptr); \
	\
	OPTIMIZER_HIDE_VAR(__pcpu_addr); \
	(typeof(ptr))(__pcpu_addr + (offset)); \
})

#define per_cpu_ptr(ptr, cpu)	SHIFT_PERCPU_PTR(ptr, per_cpu_offset(cpu))
#define per_cpu(var, cpu)	(*per_cpu_ptr(&(var), cpu))

/* A report, with the caller, when this thread could be moved to another CPU at any moment. */
void debug_smp_processor_id_check(const char *what);
void __this_cpu_preempt_check(const char *op);

#define raw_cpu_ptr(ptr)	SHIFT_PERCPU_PTR(ptr, arch_percpu_read(this_cpu_off))
#define this_cpu_ptr(ptr) \
	({ debug_smp_processor_id_check("this_cpu_ptr"); raw_cpu_ptr(ptr); })
#define __this_cpu_ptr		this_cpu_ptr

/* From get to put, this thread stays on this CPU, and no other runs on it. */
#define get_cpu_var(var)	(*({ preempt_disable(); raw_cpu_ptr(&(var)); }))
#define put_cpu_var(var)	do { (void)&(var); preempt_enable(); } while (0)
#define get_cpu_ptr(var)	({ preempt_disable(); raw_cpu_ptr(var); })
#define put_cpu_ptr(var)	do { (void)(var); preempt_enable(); } while (0)

/* ---- operations on scalars: 8 bytes take two instructions, with interrupts off ---- */

#define __pcpu_irqs_off(expression) \
({ \
	unsigned long __pcpu_flags; \
	\
	local_irq_save(__pcpu_flags); \
	expression; \
	local_irq_restore(__pcpu_flags); \
})

#define __pcpu_is_word(var)	(sizeof(typeof(var)) <= sizeof(long))

#define this_cpu_read(var) \
({ \
	typeof(var) __pcpu_got; \
	\
	if (__pcpu_is_word(var)) \
		__pcpu_got = arch_percpu_read(var); \
	else \
		__pcpu_irqs_off(__pcpu_got = *raw_cpu_ptr(&(var))); \
	__pcpu_got; \
})

#define __pcpu_change(var, word, long_form) \
do { \
	if (__pcpu_is_word(var)) \
		word; \
	else \
		__pcpu_irqs_off(*raw_cpu_ptr(&(var)) long_form); \
} while (0)

#define this_cpu_write(var, val) __pcpu_change(var, arch_percpu_write(var, val), = (val))
#define this_cpu_add(var, val)	__pcpu_change(var, arch_percpu_add(var, val), += (val))
#define this_cpu_sub(var, val)	this_cpu_add(var, -(typeof(var))(val))
#define this_cpu_and(var, val)	__pcpu_change(var, arch_percpu_and(var, val), &= (val))
#define this_cpu_or(var, val)	__pcpu_change(var, arch_percpu_or(var, val), |= (val))
#define this_cpu_inc(var)	__pcpu_change(var, arch_percpu_inc(var), += 1)
#define this_cpu_dec(var)	__pcpu_change(var, arch_percpu_dec(var), -= 1)

#define this_cpu_add_return(var, val) \
({ \
	typeof(var) __pcpu_now; \
	\
	if (__pcpu_is_word(var)) \
		__pcpu_now = arch_percpu_add_return(var, val); \
	else \
		__pcpu_irqs_off(__pcpu_now = *raw_cpu_ptr(&(var)) += (val)); \
	__pcpu_now; \
})
#define this_cpu_sub_return(var, val)	this_cpu_add_return(var, -(typeof(var))(val))
#define this_cpu_inc_return(var)	this_cpu_add_return(var, 1)
#define this_cpu_dec_return(var)	this_cpu_add_return(var, -1)

/* The value before. */
#define this_cpu_xchg(var, val) \
({ \
	typeof(var) __pcpu_before; \
	\
	if (__pcpu_is_word(var)) \
		__pcpu_before = arch_percpu_xchg(var, val); \
	else \
		__pcpu_irqs_off({ \
			__pcpu_before = *raw_cpu_ptr(&(var)); \
			*raw_cpu_ptr(&(var)) = (val); \
		}); \
	__pcpu_before; \
})

#define this_cpu_cmpxchg(var, old, new) \
({ \
	typeof(var) __pcpu_before; \
	\
	if (__pcpu_is_word(var)) \
		__pcpu_before = arch_percpu_cmpxchg(var, old, new); \
	else \
		__pcpu_irqs_off({ \
			__pcpu_before = *raw_cpu_ptr(&(var)); \
			if (__pcpu_before == (old)) \
				*raw_cpu_ptr(&(var)) = (new); \
		}); \
	__pcpu_before; \
})

#define raw_cpu_read		this_cpu_read
#define raw_cpu_write		this_cpu_write
#define raw_cpu_add		this_cpu_add
#define raw_cpu_sub		this_cpu_sub
#define raw_cpu_and		this_cpu_and
#define raw_cpu_or		this_cpu_or
#define raw_cpu_inc		this_cpu_inc
#define raw_cpu_dec		this_cpu_dec
#define raw_cpu_add_return	this_cpu_add_return
#define raw_cpu_inc_return	this_cpu_inc_return
#define raw_cpu_dec_return	this_cpu_dec_return
#define raw_cpu_xchg		this_cpu_xchg
#define raw_cpu_cmpxchg		this_cpu_cmpxchg

#define __pcpu_checked(op, expression) ({ __this_cpu_preempt_check(op); expression; })
#define __this_cpu_read(var)	__pcpu_checked("read", raw_cpu_read(var))
#define __this_cpu_write(var, val) __pcpu_checked("write", raw_cpu_write(var, val))
#define __this_cpu_add(var, val) __pcpu_checked("add", raw_cpu_add(var, val))
#define __this_cpu_sub(var, val) __pcpu_checked("add", raw_cpu_sub(var, val))
#define __this_cpu_and(var, val) __pcpu_checked("and", raw_cpu_and(var, val))
#define __this_cpu_or(var, val)	__pcpu_checked("or", raw_cpu_or(var, val))
#define __this_cpu_inc(var)	__this_cpu_add(var, 1)
#define __this_cpu_dec(var)	__this_cpu_sub(var, 1)
#define __this_cpu_add_return(var, val) __pcpu_checked("add_return", raw_cpu_add_return(var, val))
#define __this_cpu_inc_return(var) __this_cpu_add_return(var, 1)
#define __this_cpu_dec_return(var) __this_cpu_add_return(var, -1)
#define __this_cpu_xchg(var, val) __pcpu_checked("xchg", raw_cpu_xchg(var, val))
#define __this_cpu_cmpxchg(var, old, new) __pcpu_checked("cmpxchg", raw_cpu_cmpxchg(var, old, new))

#endif /* _LINUX_PERCPU_DEFS_H */
