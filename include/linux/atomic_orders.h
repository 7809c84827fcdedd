/* SPDX-License-Identifier: MIT */
/*
 * Linux's forms that ask for less order: _relaxed for none, _acquire and _release for one side. x86 has
 * but one kind of indivisible instruction, which orders fully, so they are all the same.
 */
#ifndef _LINUX_ATOMIC_ORDERS_H
#define _LINUX_ATOMIC_ORDERS_H

#ifndef _LINUX_ATOMIC_H
#error "<linux/atomic.h> is the header to include"
#endif

#define atomic_read_acquire(v)		({ int __read = atomic_read(v); barrier(); __read; })
#define atomic_set_release(v, i)	do { barrier(); atomic_set(v, i); } while (0)
#define atomic_long_read_acquire(v)	((long)atomic_read_acquire(v))
#define atomic_long_set_release(v, i)	atomic_set_release(v, i)
#define atomic64_read_acquire(v)	atomic64_read(v)
#define atomic64_set_release(v, i)	atomic64_set(v, i)

#define __ATOMIC_ORDER(name, order, type, value) \
static inline value name##_add_return_##order(value i, type *v) { return name##_add_return(i, v); } \
static inline value name##_sub_return_##order(value i, type *v) { return name##_sub_return(i, v); } \
static inline value name##_inc_return_##order(type *v) { return name##_inc_return(v); } \
static inline value name##_dec_return_##order(type *v) { return name##_dec_return(v); } \
static inline value name##_fetch_add_##order(value i, type *v) { return name##_fetch_add(i, v); } \
static inline value name##_fetch_sub_##order(value i, type *v) { return name##_fetch_sub(i, v); } \
static inline value name##_fetch_inc_##order(type *v) { return name##_fetch_inc(v); } \
static inline value name##_fetch_dec_##order(type *v) { return name##_fetch_dec(v); } \
static inline value name##_fetch_and_##order(value i, type *v) { return name##_fetch_and(i, v); } \
static inline value name##_fetch_or_##order(value i, type *v) { return name##_fetch_or(i, v); } \
static inline value name##_fetch_xor_##order(value i, type *v) { return name##_fetch_xor(i, v); } \
static inline value name##_xchg_##order(type *v, value new) { return name##_xchg(v, new); } \
static inline value name##_cmpxchg_##order(type *v, value old, value new) \
{ \
	return name##_cmpxchg(v, old, new); \
} \
static inline bool name##_try_cmpxchg_##order(type *v, value *old, value new) \
{ \
	return name##_try_cmpxchg(v, old, new); \
}

#define __ATOMIC_ORDERS(name, type, value) \
	__ATOMIC_ORDER(name, relaxed, type, value) \
	__ATOMIC_ORDER(name, acquire, type, value) \
	__ATOMIC_ORDER(name, release, type, value)

__ATOMIC_ORDERS(atomic, atomic_t, int)
__ATOMIC_ORDERS(atomic_long, atomic_long_t, long)
__ATOMIC_ORDERS(atomic64, atomic64_t, s64)

#define xchg_relaxed(ptr, new)			xchg(ptr, new)
#define cmpxchg_relaxed(ptr, old, new)		cmpxchg(ptr, old, new)
#define cmpxchg_acquire(ptr, old, new)		cmpxchg(ptr, old, new)
#define cmpxchg_release(ptr, old, new)		cmpxchg(ptr, old, new)

#endif /* _LINUX_ATOMIC_ORDERS_H */
