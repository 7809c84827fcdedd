// SPDX-License-Identifier: MIT
/* Random numbers for those who do not want to repeat them: one generator for all. */
#include <linux/irqflags.h>
#include <linux/random.h>
#include <quarry/time.h>

static struct rnd_state state;

/* An interrupt may ask in the middle of an answer. */
void get_random_bytes(void *buf, size_t len)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!(state.s1 | state.s2 | state.s3 | state.s4))
		prandom_seed_state(&state, cycles_since_start());
	prandom_bytes_state(&state, buf, len);
	local_irq_restore(flags);
}

u32 get_random_u32(void)
{
	u32 number;

	get_random_bytes(&number, sizeof(number));
	return number;
}
