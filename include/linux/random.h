/* SPDX-License-Identifier: MIT */
/*
 * Random numbers, good for tests and for spreading things, not for secrets: a generator
 * (<linux/prandom.h>) that begins where the clock stands when it is first asked. Any context.
 */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/prandom.h>
#include <linux/types.h>

void get_random_bytes(void *buf, size_t len);
u32 get_random_u32(void);

static inline u8 get_random_u8(void)
{
	return get_random_u32();
}

static inline u16 get_random_u16(void)
{
	return get_random_u32();
}

static inline u64 get_random_u64(void)
{
	u64 high = get_random_u32();

	return high << 32 | get_random_u32();
}

static inline unsigned int get_random_int(void)
{
	return get_random_u32();
}

static inline unsigned long get_random_long(void)
{
	return get_random_u32();
}

/* 0 … @ceil - 1, as Linux 6.1 and as it and later ones call it. */
static inline u32 prandom_u32_max(u32 ceil)
{
	return (u64)get_random_u32() * ceil >> 32;
}

static inline u32 get_random_u32_below(u32 ceil)
{
	return prandom_u32_max(ceil);
}

static inline u32 prandom_u32(void)
{
	return get_random_u32();
}

#endif /* _LINUX_RANDOM_H */
