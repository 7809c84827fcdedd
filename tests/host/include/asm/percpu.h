/* SPDX-License-Identifier: MIT */
/* Found before the kernel's: a program has one CPU and one copy, and FS belongs to nobody. */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <linux/types.h>

#define arch_percpu_read(var)		(*(volatile typeof(var) *)&(var))
#define arch_percpu_read_stable(var)	arch_percpu_read(var)
#define arch_percpu_write(var, value)	((void)(arch_percpu_read(var) = (value)))
#define arch_percpu_add(var, value)	((void)(arch_percpu_read(var) += (value)))
#define arch_percpu_and(var, value)	((void)(arch_percpu_read(var) &= (value)))
#define arch_percpu_or(var, value)	((void)(arch_percpu_read(var) |= (value)))
#define arch_percpu_plus(var, value)	(arch_percpu_read(var) + (value))
#define arch_percpu_inc(var)		arch_percpu_add(var, 1)
#define arch_percpu_dec(var)		arch_percpu_add(var, -1)
#define arch_percpu_add_return(var, value) (arch_percpu_read(var) += (value))
#define arch_percpu_sub_and_test(var, value) ((arch_percpu_read(var) -= (value)) == 0)
#define arch_percpu_dec_and_test(var)	arch_percpu_sub_and_test(var, 1)
#define arch_percpu_equals(var, value)	(arch_percpu_read(var) == (typeof(var))(value))
#define arch_percpu_test(var, mask)	((arch_percpu_read(var) & (mask)) != 0)
#define arch_percpu_xchg(var, value) \
	({ typeof(var) __was = (var); (var) = (value); __was; })
#define arch_percpu_cmpxchg(var, old, new) \
	({ typeof(var) __was = (var); if (__was == (old)) (var) = (new); __was; })

#endif /* _ASM_PERCPU_H */
