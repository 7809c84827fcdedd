// SPDX-License-Identifier: MIT
/*
 * slab_freelist_random=1: objects do not come in the order in which they lie in their slab. Who
 * overruns one of two that were allocated one after the other then rarely hits the other, and
 * cannot rely on it. (In Linux a build option, CONFIG_SLAB_FREELIST_RANDOM.) The dice are seeded
 * from the clock: this makes mistakes visible, it does not keep secrets.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/prandom.h>
#include <linux/smp.h>
#include <quarry/time.h>

#include "../hooks.h"

static DEFINE_PER_CPU(struct rnd_state, slab_dice);

/* With interrupts off. */
static unsigned int random_choice(unsigned int num)
{
	struct rnd_state *dice = raw_cpu_ptr(&slab_dice);

	if (!dice->s1 && !dice->s2 && !dice->s3 && !dice->s4)
		prandom_seed_state(dice, cycles_since_start() + raw_smp_processor_id());
	return prandom_u32_max_state(dice, num);
}

static int __init parse_slab_freelist_random(char *value)
{
	bool on = true;

	if (value && kstrtobool(value, &on))
		return -1;
	slab_first_choice = on ? random_choice : NULL;
	return 0;
}
early_param("slab_freelist_random", parse_slab_freelist_random);
