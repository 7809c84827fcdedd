/* SPDX-License-Identifier: MIT */
/*
 * Attributes and barriers, by Linux's names. Everything here works with gcc and clang alike.
 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define __packed		__attribute__((packed))
#define __aligned(x)		__attribute__((aligned(x)))
#define __used			__attribute__((used))
#define __maybe_unused		__attribute__((unused))
#define __always_unused		__attribute__((unused))
#define __section(name)		__attribute__((section(name)))
#define __printf(fmt, args)	__attribute__((format(printf, fmt, args)))
#define __noreturn		__attribute__((noreturn))
#define __alloc_size(x, ...) __attribute__((__alloc_size__(x, ##__VA_ARGS__), __malloc__))
/* The same of what may return memory that was there before. */
#define __realloc_size(x, ...) __attribute__((__alloc_size__(x, ##__VA_ARGS__)))
/* gcc aligns cold functions' frames in a way that unwind.c cannot follow: none, where it must. */
#ifdef CONFIG_KASAN
#define __cold
#else
#define __cold			__attribute__((cold))
#endif
#define __pure			__attribute__((pure))
#define __attribute_const__	__attribute__((const))	/* not even memory is read */
#define __must_check		__attribute__((warn_unused_result))
#define __always_inline		inline __attribute__((always_inline))
#define noinline		__attribute__((noinline))
#define __weak			__attribute__((weak))
#define __malloc		__attribute__((malloc))
/* An array of characters that need not end with a terminator. */
#if __has_attribute(nonstring)
#define __nonstring		__attribute__((nonstring))
#else
#define __nonstring
#endif
#define __force
#define __user
#define __iomem
#define __percpu
#define __rcu
/* What points at __init code and may: nothing here is thrown away that it would have to say so. */
#define __ref
#define __refdata

#define fallthrough		__attribute__((fallthrough))

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)

/* The compiler may not move memory accesses across this line. */
#define barrier()		__asm__ __volatile__("" : : : "memory")

/* The compiler may not know where @var's value comes from. */
#define OPTIMIZER_HIDE_VAR(var)	__asm__("" : "=r"(var) : "0"(var))

/* Exactly one access, neither torn, repeated nor left out. */
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val)	do { *(volatile __typeof__(x) *)&(x) = (val); } while (0)

#define __same_type(a, b)	__builtin_types_compatible_p(__typeof__(a), __typeof__(b))

/* Can it be below zero? For types of numbers and of pointers; constants. */
#define is_signed_type(type)	(((type)(-1)) < (type)1)
#define is_unsigned_type(type)	(!is_signed_type(type))

#define __CONCAT_(a, b)		a##b
#define __PASTE(a, b)		__CONCAT_(a, b)
#define __UNIQUE_ID(prefix)	__PASTE(__PASTE(prefix, _), __COUNTER__)

/*
 * Functions that assembly calls, or that call assembly: arguments on the stack, whatever
 * -mregparm says. (clang's own library calls ignore -mregparm; see the Makefile.)
 */
#define asmlinkage		__attribute__((regparm(0)))

#define static_assert(expr, ...) __static_assert(expr, ##__VA_ARGS__, #expr)
#define __static_assert(expr, msg, ...) _Static_assert(expr, msg)

#endif /* _LINUX_COMPILER_H */
