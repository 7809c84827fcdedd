/* SPDX-License-Identifier: MIT */
/*
 * Filling and copying, the two that everything else stands on. The string instructions move four
 * bytes per iteration; what is left over, at most three bytes, follows by bytes.
 *
 * memset() and memcpy() with a constant size are expanded in place: small blocks become single
 * moves, large ones the string instruction without a call around it. With a variable size they
 * are calls of kernel/lib/string.c.
 */
#ifndef _ASM_STRING_H
#define _ASM_STRING_H

#include <linux/compiler.h>
#include <linux/types.h>

/* @count words (of 32 bits) of @pattern, then @tail of its bytes. */
static __always_inline void __fill(void *to, u32 pattern, size_t count, size_t tail)
{
	__asm__ __volatile__("rep stosl"
		: "+D"(to), "+c"(count) : "a"(pattern) : "memory");
	if (__builtin_constant_p(tail) && tail == 0)
		return;
	__asm__ __volatile__("rep stosb"
		: "+D"(to), "+c"(tail) : "a"(pattern) : "memory");
}

/* @count words, then @tail bytes, upwards. */
static __always_inline void __copy(void *to, const void *from, size_t count, size_t tail)
{
	__asm__ __volatile__("rep movsl"
		: "+D"(to), "+S"(from), "+c"(count) : : "memory");
	if (__builtin_constant_p(tail) && tail == 0)
		return;
	__asm__ __volatile__("rep movsb"
		: "+D"(to), "+S"(from), "+c"(tail) : : "memory");
}

/* A word with @c in each of its four bytes. */
#define __BYTE_PATTERN(c)	((u32)(u8)(c) * 0x01010101U)

/*
 * Sanitizers watch the calls, so they get calls. On the host, the names belong to the C library.
 */
#if !defined(__SANITIZE_ADDRESS__) && !defined(QUARRY_HOST_BUILD)

/*
 * Up to here, moves that stand one after the other take fewer instructions than the string
 * instruction with its set-up. (The compiler's own expansion would align the address first.)
 */
#define __FILL_MOVES_MAX	64
#define __COPY_MOVES_MAX	32

typedef u32 __attribute__((may_alias, aligned(1))) __word_anywhere;
typedef u16 __attribute__((may_alias, aligned(1))) __half_anywhere;

#define __FOUR_WORDS(move, i)	move(i) move(i + 4) move(i + 8) move(i + 12)

static __always_inline void __fill_by_moves(void *s, u32 pattern, size_t n)
{
	if (n > 16)		/* in a register: one, and shorter moves */
		OPTIMIZER_HIDE_VAR(pattern);
#define __FILL_WORD(i)	if (n >= (i) + 4) *(__word_anywhere *)(s + (i)) = pattern;
	__FOUR_WORDS(__FILL_WORD, 0)
	__FOUR_WORDS(__FILL_WORD, 16)
	__FOUR_WORDS(__FILL_WORD, 32)
	__FOUR_WORDS(__FILL_WORD, 48)
#undef __FILL_WORD
	if (n & 2)
		*(__half_anywhere *)(s + (n & ~3UL)) = pattern;
	if (n & 1)
		*(u8 *)(s + n - 1) = pattern;
}

static __always_inline void __copy_by_moves(void *to, const void *from, size_t n)
{
#define __COPY_WORD(i) \
	if (n >= (i) + 4) *(__word_anywhere *)(to + (i)) = *(const __word_anywhere *)(from + (i));
	__FOUR_WORDS(__COPY_WORD, 0)
	__FOUR_WORDS(__COPY_WORD, 16)
#undef __COPY_WORD
	if (n & 2)
		*(__half_anywhere *)(to + (n & ~3UL)) =
			*(const __half_anywhere *)(from + (n & ~3UL));
	if (n & 1)
		*(u8 *)(to + n - 1) = *(const u8 *)(from + n - 1);
}

static __always_inline void *__memset_const(void *s, int c, size_t n)
{
	if (n <= __FILL_MOVES_MAX)
		__fill_by_moves(s, __BYTE_PATTERN(c), n);
	else
		__fill(s, __BYTE_PATTERN(c), n / 4, n % 4);
	return s;
}

static __always_inline void *__memcpy_const(void *to, const void *from, size_t n)
{
	if (n <= __COPY_MOVES_MAX)
		__copy_by_moves(to, from, n);
	else
		__copy(to, from, n / 4, n % 4);
	return to;
}

#define memset(s, c, n) \
	(__builtin_constant_p(n) ? __memset_const((s), (c), (n)) : memset((s), (c), (n)))
#define memcpy(to, from, n) \
	(__builtin_constant_p(n) ? __memcpy_const((to), (from), (n)) : memcpy((to), (from), (n)))

#endif

#endif /* _ASM_STRING_H */
