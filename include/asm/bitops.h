/* SPDX-License-Identifier: MIT */
/*
 * Single bits of a bitmap, by the processor's bit instructions: with a memory operand they find
 * the right word from the bit's number by themselves, so a variable number costs one instruction.
 * For a constant number plain C is as short and the compiler may combine accesses.
 *
 * set_bit() and the others without underscores are atomic: no other CPU sees or makes a change in
 * between (the lock prefix), and the compiler moves nothing across the ones that return a value.
 * The ones with underscores are for bitmaps that the caller protects. @nr counts from bit 0 of
 * @addr[0], and may be as large as you like.
 */
#ifndef _ASM_BITOPS_H
#define _ASM_BITOPS_H

#include <linux/bits.h>
#include <linux/compiler.h>

#define __BITS(addr)		(*(volatile unsigned long *)(addr))
#define __BITS_CONST(addr)	(*(const volatile unsigned long *)(addr))

/* The word that a constant @nr lies in, and @nr's byte: one-byte immediates make short code. */
#define __WORD_OF(nr, addr)	((addr)[BIT_WORD(nr)])
#define __BYTE_OF(nr, addr)	(((volatile u8 *)(addr))[(nr) >> 3])
#define __BYTE_MASK(nr)		((u8)(1 << ((nr) & 7)))

static __always_inline void set_bit(long nr, volatile unsigned long *addr)
{
	if (__builtin_constant_p(nr))
		__asm__ __volatile__("lock orb %b1, %0"
			: "+m"(__BYTE_OF(nr, addr)) : "iq"(__BYTE_MASK(nr)) : "memory", "cc");
	else
		__asm__ __volatile__("lock btsl %1, %0"
			: "+m"(__BITS(addr)) : "r"(nr) : "memory", "cc");
}

static __always_inline void clear_bit(long nr, volatile unsigned long *addr)
{
	if (__builtin_constant_p(nr))
		__asm__ __volatile__("lock andb %b1, %0"
			: "+m"(__BYTE_OF(nr, addr)) : "iq"((u8)~__BYTE_MASK(nr))
			: "memory", "cc");
	else
		__asm__ __volatile__("lock btrl %1, %0"
			: "+m"(__BITS(addr)) : "r"(nr) : "memory", "cc");
}

static __always_inline void change_bit(long nr, volatile unsigned long *addr)
{
	if (__builtin_constant_p(nr))
		__asm__ __volatile__("lock xorb %b1, %0"
			: "+m"(__BYTE_OF(nr, addr)) : "iq"(__BYTE_MASK(nr)) : "memory", "cc");
	else
		__asm__ __volatile__("lock btcl %1, %0"
			: "+m"(__BITS(addr)) : "r"(nr) : "memory", "cc");
}

/* The bit as it was before. */
#define __TEST_AND(name, instruction) \
static __always_inline bool name(long nr, volatile unsigned long *addr) \
{ \
	bool old; \
	__asm__ __volatile__(instruction " %2, %0" \
		: "+m"(__BITS(addr)), "=@ccc"(old) : "r"(nr) : "memory"); \
	return old; \
}

__TEST_AND(test_and_set_bit, "lock btsl")
__TEST_AND(test_and_clear_bit, "lock btrl")
__TEST_AND(test_and_change_bit, "lock btcl")
__TEST_AND(__variable_test_and_set_bit, "btsl")
__TEST_AND(__variable_test_and_clear_bit, "btrl")
__TEST_AND(__variable_test_and_change_bit, "btcl")

#undef __TEST_AND

static __always_inline void __set_bit(long nr, volatile unsigned long *addr)
{
	if (__builtin_constant_p(nr))
		__WORD_OF(nr, (unsigned long *)addr) |= BIT_MASK(nr);
	else
		__asm__ __volatile__("btsl %1, %0"
			: "+m"(__BITS(addr)) : "r"(nr) : "memory", "cc");
}

static __always_inline void __clear_bit(long nr, volatile unsigned long *addr)
{
	if (__builtin_constant_p(nr))
		__WORD_OF(nr, (unsigned long *)addr) &= ~BIT_MASK(nr);
	else
		__asm__ __volatile__("btrl %1, %0"
			: "+m"(__BITS(addr)) : "r"(nr) : "memory", "cc");
}

static __always_inline void __change_bit(long nr, volatile unsigned long *addr)
{
	if (__builtin_constant_p(nr))
		__WORD_OF(nr, (unsigned long *)addr) ^= BIT_MASK(nr);
	else
		__asm__ __volatile__("btcl %1, %0"
			: "+m"(__BITS(addr)) : "r"(nr) : "memory", "cc");
}

static __always_inline bool __test_and_set_bit(long nr, volatile unsigned long *addr)
{
	return __variable_test_and_set_bit(nr, addr);
}

static __always_inline bool __test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	return __variable_test_and_clear_bit(nr, addr);
}

static __always_inline bool __test_and_change_bit(long nr, volatile unsigned long *addr)
{
	return __variable_test_and_change_bit(nr, addr);
}

static __always_inline bool test_bit(long nr, const volatile unsigned long *addr)
{
	bool set;

	if (__builtin_constant_p(nr))
		return (__WORD_OF(nr, addr) & BIT_MASK(nr)) != 0;
	__asm__ __volatile__("btl %2, %1"
		: "=@ccc"(set) : "m"(__BITS_CONST(addr)), "r"(nr) : "memory");
	return set;
}

/* test_and_set_bit() as a lock is taken, clear_bit() as it is given back. */
#define test_and_set_bit_lock(nr, addr)	test_and_set_bit(nr, addr)
#define clear_bit_unlock(nr, addr)	do { barrier(); clear_bit(nr, addr); } while (0)
#define __clear_bit_unlock(nr, addr)	do { barrier(); __clear_bit(nr, addr); } while (0)

/* What bsf and bsr make of one word. The ones with underscores are undefined for 0. */
static __always_inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static __always_inline unsigned long ffz(unsigned long word)
{
	return __builtin_ctzl(~word);
}

static __always_inline unsigned long __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

/* Bits counted from 1; 0 when none is set. */
static __always_inline int ffs(int x)
{
	return __builtin_ffs(x);
}

static __always_inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static __always_inline int fls64(u64 x)
{
	u32 high = x >> 32;

	return high ? 32 + fls(high) : fls(x);
}

#undef __BITS
#undef __BITS_CONST
#undef __WORD_OF
#undef __BYTE_OF
#undef __BYTE_MASK

#endif /* _ASM_BITOPS_H */
