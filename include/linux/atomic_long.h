/* SPDX-License-Identifier: MIT */
/* atomic_long_t: a long, which on i386 is as large as an int. */
#ifndef _LINUX_ATOMIC_LONG_H
#define _LINUX_ATOMIC_LONG_H

#ifndef _LINUX_ATOMIC_H
#error "<linux/atomic.h> is the header to include"
#endif

typedef atomic_t atomic_long_t;

#define ATOMIC_LONG_INIT(i)			ATOMIC_INIT(i)
#define atomic_long_read(v)			((long)atomic_read(v))
#define atomic_long_set(v, i)			atomic_set(v, i)
#define atomic_long_add(i, v)			atomic_add(i, v)
#define atomic_long_sub(i, v)			atomic_sub(i, v)
#define atomic_long_inc(v)			atomic_inc(v)
#define atomic_long_dec(v)			atomic_dec(v)
#define atomic_long_and(i, v)			atomic_and(i, v)
#define atomic_long_or(i, v)			atomic_or(i, v)
#define atomic_long_xor(i, v)			atomic_xor(i, v)
#define atomic_long_andnot(i, v)		atomic_andnot(i, v)
#define atomic_long_add_return(i, v)		((long)atomic_add_return(i, v))
#define atomic_long_sub_return(i, v)		((long)atomic_sub_return(i, v))
#define atomic_long_inc_return(v)		((long)atomic_inc_return(v))
#define atomic_long_dec_return(v)		((long)atomic_dec_return(v))
#define atomic_long_fetch_add(i, v)		((long)atomic_fetch_add(i, v))
#define atomic_long_fetch_sub(i, v)		((long)atomic_fetch_sub(i, v))
#define atomic_long_fetch_inc(v)		((long)atomic_fetch_inc(v))
#define atomic_long_fetch_dec(v)		((long)atomic_fetch_dec(v))
#define atomic_long_fetch_and(i, v)		((long)atomic_fetch_and(i, v))
#define atomic_long_fetch_or(i, v)		((long)atomic_fetch_or(i, v))
#define atomic_long_fetch_xor(i, v)		((long)atomic_fetch_xor(i, v))
#define atomic_long_sub_and_test(i, v)		atomic_sub_and_test(i, v)
#define atomic_long_inc_and_test(v)		atomic_inc_and_test(v)
#define atomic_long_dec_and_test(v)		atomic_dec_and_test(v)
#define atomic_long_add_negative(i, v)		atomic_add_negative(i, v)
#define atomic_long_xchg(v, new)		((long)atomic_xchg(v, new))
#define atomic_long_cmpxchg(v, old, new)	((long)atomic_cmpxchg(v, old, new))
#define atomic_long_try_cmpxchg(v, old, new)	atomic_try_cmpxchg(v, (int *)(old), new)
#define atomic_long_fetch_add_unless(v, a, u)	((long)atomic_fetch_add_unless(v, a, u))
#define atomic_long_add_unless(v, a, u)		atomic_add_unless(v, a, u)
#define atomic_long_inc_not_zero(v)		atomic_inc_not_zero(v)
#define atomic_long_dec_if_positive(v)		((long)atomic_dec_if_positive(v))

#endif /* _LINUX_ATOMIC_LONG_H */
