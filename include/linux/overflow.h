/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic that notices overflow. An allocation of n * size bytes that wraps around is too small
 * for what is written into it; size_mul() and its relatives give SIZE_MAX instead, which no
 * allocator can serve.
 */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/limits.h>

#define __type_half_max(type)	((type)1 << (8 * sizeof(type) - 1 - is_signed_type(type)))
#define type_max(T)		((T)((__type_half_max(T) - 1) + __type_half_max(T)))
#define type_min(T)		((T)((T)-type_max(T) - (T)1))

static inline bool __must_check __must_check_overflow(bool overflow)
{
	return unlikely(overflow);
}

/* *@d = @a + @b (- , *), cut to *@d's type. True when that is not the mathematical result. */
#define check_add_overflow(a, b, d) __must_check_overflow(__builtin_add_overflow(a, b, d))
#define check_sub_overflow(a, b, d) __must_check_overflow(__builtin_sub_overflow(a, b, d))
#define check_mul_overflow(a, b, d) __must_check_overflow(__builtin_mul_overflow(a, b, d))

/* @a < 0, without the compiler's remark that an unsigned value never is. */
#define is_non_negative(a)	((a) > 0 || (a) == 0)
#define is_negative(a)		(!is_non_negative(a))

/*
 * *@d = @a << @s. True when bits or the sign were lost, or when @s is negative or not less than
 * the width of *@d (then *@d is @a).
 */
#define check_shl_overflow(a, s, d) __must_check_overflow(({ \
	__typeof__(a) __shl_a = (a); \
	__typeof__(s) __shl_s = (s); \
	__typeof__(d) __shl_d = (d); \
	bool __shl_sane = is_non_negative(__shl_s) && __shl_s < 8 * (int)sizeof(*__shl_d); \
	int __shl_by = __shl_sane ? __shl_s : 0; \
	*__shl_d = (u64)__shl_a << __shl_by; \
	!__shl_sane || is_negative(__shl_a) || is_negative(*__shl_d) || \
		(u64)*__shl_d >> __shl_by != (u64)__shl_a; \
}))

/* Does @n have a value that type or variable @T cannot hold? */
#define __overflows_type(n, T) ({ __typeof__(T) __fit; __builtin_add_overflow(n, 0, &__fit); })
#define overflows_type(n, T)	__overflows_type(n, T)

/* Sizes in bytes; SIZE_MAX stands for "more than there can be". */
static inline size_t __must_check size_mul(size_t factor1, size_t factor2)
{
	size_t bytes;

	return check_mul_overflow(factor1, factor2, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t __must_check size_add(size_t addend1, size_t addend2)
{
	size_t bytes;

	return check_add_overflow(addend1, addend2, &bytes) ? SIZE_MAX : bytes;
}

/* Also SIZE_MAX when an operand is: a sum that was too large does not become small again. */
static inline size_t __must_check size_sub(size_t minuend, size_t subtrahend)
{
	size_t bytes;

	if (minuend == SIZE_MAX || subtrahend == SIZE_MAX ||
	    check_sub_overflow(minuend, subtrahend, &bytes))
		return SIZE_MAX;
	return bytes;
}

#define array_size(a, b)	size_mul(a, b)
#define array3_size(a, b, c)	size_mul(size_mul(a, b), c)

/* The same of constants: constants. */
#define __const_size_mul(a, b) \
	((b) != 0 && (size_t)(a) > SIZE_MAX / (b) ? SIZE_MAX : (size_t)(a) * (b))
#define __const_size_add(a, b) \
	((size_t)(b) > SIZE_MAX - (a) ? SIZE_MAX : (size_t)(a) + (b))

/* The bytes of @count elements of @p's flexible array @member, and of *@p together with them. */
#define __element_size(p, member) \
	(sizeof(*(p)->member) + __must_be_array((p)->member))
#define flex_array_size(p, member, count) \
	__builtin_choose_expr(__is_constexpr(count), \
		__const_size_mul(count, __element_size(p, member)), \
		size_mul(count, __element_size(p, member)))
#define struct_size(p, member, count) \
	__builtin_choose_expr(__is_constexpr(count), \
		__const_size_add(sizeof(*(p)), flex_array_size(p, member, count)), \
		size_add(sizeof(*(p)), flex_array_size(p, member, count)))
#define struct_size_t(type, member, count) \
	struct_size((type *)NULL, member, count)

#endif /* _LINUX_OVERFLOW_H */
