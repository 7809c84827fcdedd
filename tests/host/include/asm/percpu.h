/* SPDX-License-Identifier: MIT */
/*
 * Found before the kernel's: FS belongs to libc. A program has one CPU, and a variable says how far
 * its copies lie from the image's: 0 until load_percpu_segment() (contexts.c).
 */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <linux/types.h>

extern unsigned long host_percpu_offset;

#define host_percpu(var) \
	(*(volatile typeof(var) *)((unsigned long)&(var) + host_percpu_offset))

#define arch_percpu_read(var)		host_percpu(var)
#define arch_percpu_read_stable(var)	host_percpu(var)
#define arch_percpu_write(var, value)	((void)(host_percpu(var) = (value)))
#define arch_percpu_add(var, value)	((void)(host_percpu(var) += (value)))
#define arch_percpu_and(var, value)	((void)(host_percpu(var) &= (value)))
#define arch_percpu_or(var, value)	((void)(host_percpu(var) |= (value)))
#define arch_percpu_plus(var, value)	(host_percpu(var) + (value))
#define arch_percpu_inc(var)		arch_percpu_add(var, 1)
#define arch_percpu_dec(var)		arch_percpu_add(var, -1)
#define arch_percpu_add_return(var, value) (host_percpu(var) += (value))
#define arch_percpu_sub_and_test(var, value) ((host_percpu(var) -= (value)) == 0)
#define arch_percpu_dec_and_test(var)	arch_percpu_sub_and_test(var, 1)
#define arch_percpu_equals(var, value)	(host_percpu(var) == (typeof(var))(value))
#define arch_percpu_test(var, mask)	((host_percpu(var) & (mask)) != 0)
#define arch_percpu_xchg(var, value) \
	({ typeof(var) __was = host_percpu(var); host_percpu(var) = (value); __was; })
#define arch_percpu_cmpxchg(var, old, new) \
	({ typeof(var) __was = host_percpu(var); if (__was == (old)) host_percpu(var) = (new); __was; })

#endif /* _ASM_PERCPU_H */
