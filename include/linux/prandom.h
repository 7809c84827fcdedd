/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-random numbers whose whole state the caller owns: the same seed gives the same numbers,
 * on every machine. For tests and for nothing secret.
 */
#ifndef _LINUX_PRANDOM_H
#define _LINUX_PRANDOM_H

#include <linux/types.h>

struct rnd_state {
	u32 s1, s2, s3, s4;	/* not all 0 */
};

/* Any @seed, 0 included, makes a good state; close seeds make unrelated sequences. */
void prandom_seed_state(struct rnd_state *state, u64 seed);

u32 prandom_u32_state(struct rnd_state *state);
void prandom_bytes_state(struct rnd_state *state, void *buf, size_t nbytes);

/* 0 … @ep_ro - 1. */
static inline u32 prandom_u32_max_state(struct rnd_state *state, u32 ep_ro)
{
	return (u32)(((u64)prandom_u32_state(state) * ep_ro) >> 32);
}

#endif /* _LINUX_PRANDOM_H */
