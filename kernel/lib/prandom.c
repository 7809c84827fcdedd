// SPDX-License-Identifier: MIT
/*
 * Marsaglia's xorshift with 128 bits of state ("Xorshift RNGs", 2003): period 2^128 - 1, four
 * shifts a number. A seed is stretched into a state by hashing a counter that starts at it, so
 * that the seeds 1 and 2 have nothing in common.
 */
#include <linux/hash.h>
#include <linux/prandom.h>

static u32 mixed(u32 x)
{
	x = __hash_32(x ^ (x >> 16));
	x = __hash_32(x ^ (x >> 13));
	return x ^ (x >> 16);
}

void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	u32 low = seed, high = seed >> 32;

	state->s1 = mixed(low + 1);
	state->s2 = mixed(low ^ mixed(high + 2));
	state->s3 = mixed(high + state->s2);
	state->s4 = mixed(state->s1 ^ state->s3) | 1;	/* never all zero */
	for (int i = 0; i < 8; i++)
		prandom_u32_state(state);
}

u32 prandom_u32_state(struct rnd_state *state)
{
	u32 oldest = state->s1, newest = state->s4;

	oldest ^= oldest << 11;
	oldest ^= oldest >> 8;
	state->s1 = state->s2;
	state->s2 = state->s3;
	state->s3 = state->s4;
	state->s4 = newest ^ (newest >> 19) ^ oldest;
	return state->s4;
}

void prandom_bytes_state(struct rnd_state *state, void *buf, size_t nbytes)
{
	u32 bits = 0;

	for (size_t i = 0; i < nbytes; i++, bits >>= 8) {
		if (i % 4 == 0)
			bits = prandom_u32_state(state);
		((u8 *)buf)[i] = bits;
	}
}
