/* SPDX-License-Identifier: MIT */
/* Constants that assembly and C share: assembly knows no suffixes. */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

#ifdef __ASSEMBLY__
#define _AC(x, suffix)	x
#define _AT(type, x)	x
#else
#define __AC(x, suffix)	(x##suffix)
#define _AC(x, suffix)	__AC(x, suffix)
#define _AT(type, x)	((type)(x))
#endif

#define _UL(x)		(_AC(x, UL))
#define _ULL(x)		(_AC(x, ULL))
#define UL(x)		(_UL(x))
#define ULL(x)		(_ULL(x))
#define _BITUL(x)	(_UL(1) << (x))
#define _BITULL(x)	(_ULL(1) << (x))

/*
 * 1 when @x is an integer constant expression, 0 otherwise; @x is not evaluated. Works because
 * C gives `1 ? (void *)0 : (int *)p` the type int * only if the zero is a null pointer constant.
 */
#define __is_constexpr(x) \
	__builtin_types_compatible_p(__typeof__(1 ? (void *)((long)(x) * 0L) : (int *)1), int *)

#endif /* _LINUX_CONST_H */
