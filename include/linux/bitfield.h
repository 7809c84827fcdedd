/* SPDX-License-Identifier: MIT */
/*
 * Fields of words, named by their masks: bits in a row, such as GENMASK(7, 4).
 *
 *	FIELD_PREP(mask, 5)	5 where the mask has its bits
 *	FIELD_GET(mask, word)	what stands there, moved down
 *	FIELD_FIT(mask, value)	is there room for @value?
 *	FIELD_MAX(mask)		the largest for which there is
 *
 * Masks are constants. One with a gap, or a constant that does not fit, does not compile. The
 * functions below do the same with masks that are variables, for words of either order of bytes:
 * le32_encode_bits(), le32_replace_bits(), le32p_replace_bits(), le32_get_bits().
 */
#ifndef _LINUX_BITFIELD_H
#define _LINUX_BITFIELD_H

#include <asm/byteorder.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define __bf_shf(mask)		(__builtin_ffsll(mask) - 1)

/* A run of ones plus its lowest bit is one bit, above the run, or nothing at all. */
#define __BF_CHECK(mask, value) \
	({ \
		BUILD_BUG_ON(!__builtin_constant_p(mask)); \
		BUILD_BUG_ON((mask) == 0); \
		BUILD_BUG_ON(__builtin_constant_p(value) ? \
			     ~((u64)(mask) >> __bf_shf(mask)) & (u64)(value) : 0); \
		BUILD_BUG_ON(((mask) + (1ULL << __bf_shf(mask))) & \
			     ((mask) + (1ULL << __bf_shf(mask)) - 1)); \
	})

#define FIELD_MAX(mask) \
	({ __BF_CHECK(mask, 0); (__typeof__(mask))((mask) >> __bf_shf(mask)); })
#define FIELD_FIT(mask, value) \
	({ __BF_CHECK(mask, 0); !((((__typeof__(mask))(value)) << __bf_shf(mask)) & ~(mask)); })
#define FIELD_PREP(mask, value) \
	({ \
		__BF_CHECK(mask, value); \
		((__typeof__(mask))(value) << __bf_shf(mask)) & (mask); \
	})
#define FIELD_GET(mask, word) \
	({ __BF_CHECK(mask, 0); (__typeof__(mask))(((word) & (mask)) >> __bf_shf(mask)); })

/* Not there: a call that the compiler could not drop names what is wrong. */
extern void __field_overflow(void)
	__attribute__((error("the value does not fit into the field")));
extern void __bad_mask(void) __attribute__((error("the mask of a field has a gap")));

static __always_inline u64 field_multiplier(u64 field)
{
	if ((field | (field - 1)) & ((field | (field - 1)) + 1))
		__bad_mask();
	return field & -field;
}

static __always_inline u64 field_mask(u64 field)
{
	return field / field_multiplier(field);
}

#define field_max(field)	((__typeof__(field))field_mask(field))

#define __BITFIELD_FUNCTIONS(name, type, to, from) \
static __always_inline __##type name##_encode_bits(from v, from field) \
{ \
	if (__builtin_constant_p(v) && (v & ~field_mask(field))) \
		__field_overflow(); \
	return to((v & field_mask(field)) * field_multiplier(field)); \
} \
static __always_inline __##type name##_replace_bits(__##type old, from val, from field) \
{ \
	return (old & ~to(field)) | name##_encode_bits(val, field); \
} \
static __always_inline void name##p_replace_bits(__##type *p, from val, from field) \
{ \
	*p = name##_replace_bits(*p, val, field); \
} \
static __always_inline from name##_get_bits(__##type v, from field) \
{ \
	return ((from)(__BF_BACK(name)(v)) & field) / field_multiplier(field); \
}
#define __BF_BACK(name)		__PASTE(name, _to_cpu)
#define __BITFIELD_SIZES(size) \
	__BITFIELD_FUNCTIONS(le##size, le##size, cpu_to_le##size, u##size) \
	__BITFIELD_FUNCTIONS(be##size, be##size, cpu_to_be##size, u##size) \
	__BITFIELD_FUNCTIONS(u##size, u##size, , u##size)

/* For words in the CPU's own order there is nothing to turn round. */
#define u8_to_cpu(x)		(x)
#define u16_to_cpu(x)		(x)
#define u32_to_cpu(x)		(x)
#define u64_to_cpu(x)		(x)
__BITFIELD_FUNCTIONS(u8, u8, , u8)
__BITFIELD_SIZES(16)
__BITFIELD_SIZES(32)
__BITFIELD_SIZES(64)

#undef __BITFIELD_SIZES
#undef __BITFIELD_FUNCTIONS
#undef __BF_BACK
#undef u8_to_cpu
#undef u16_to_cpu
#undef u32_to_cpu
#undef u64_to_cpu

#endif /* _LINUX_BITFIELD_H */
