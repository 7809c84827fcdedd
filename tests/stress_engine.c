// SPDX-License-Identifier: MIT
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/nmi.h>
#include <quarry/test_seed.h>
#include "stress_engine.h"

#define STEP_COST	4000UL	/* instructions, roughly: most go into the look for overlaps */

static bool check_each;

static int __init parse_stress(char *value)
{
	if (!value || strcmp(value, "each"))
		return -EINVAL;
	check_each = true;
	return 0;
}
early_param("stress", parse_stress);

/* ---- the table ---- */

static const struct stress_held *overlapping(const struct stress *s, unsigned long start,
					     unsigned long length)
{
	const struct stress_held *held;

	for (held = s->held; held < s->held + s->nr; held++)
		if (start < held->start + held->length && held->start < start + length)
			return held;
	return NULL;
}

struct stress_held *stress_hold(struct stress *s, unsigned long start, unsigned long length,
				unsigned int kind, unsigned int order)
{
	const struct stress_held *other = overlapping(s, start, length);
	struct stress_held *held = &s->held[s->nr];

	STRESS_ASSERT(s, !other, "%#lx+%#lx was given out, but %#lx+%#lx is in use", start, length,
		      other->start, other->length);
	STRESS_ASSERT(s, stress_room(s), "the table is full");
	*held = (struct stress_held){
		.start = start, .length = length, .kind = kind, .order = order,
		.tag = prandom_u32_state(&s->rnd),
	};
	s->nr++;
	s->units += length;
	return held;
}

void stress_forget(struct stress *s, struct stress_held *held)
{
	s->units -= held->length;
	*held = s->held[--s->nr];
}

/* ---- steps ---- */

static struct stress_held *any(struct stress *s)
{
	return &s->held[stress_below(s, s->nr)];
}

static void free_one(struct stress *s)
{
	struct stress_held *held = any(s), gone = *held;

	s->ops->check(s, held);
	stress_forget(s, held);
	s->ops->free(s, &gone);
	s->freed++;
}

static void alloc_one(struct stress *s)
{
	if (s->ops->alloc(s))
		s->allocated++;
	else
		s->refused++;
}

/* How much is held goes up and down: full, empty and everything between come by. */
static void choose_goal(struct stress *s)
{
	if (stress_one_in(s, 256))
		s->goal = stress_below(s, STRESS_HELD - 32);
}

static void take_step(struct stress *s)
{
	u32 what = stress_below(s, 16);

	choose_goal(s);
	if (what == 0 && s->ops->other)
		s->ops->other(s);
	else if (what == 1 && s->ops->change && s->nr)
		s->ops->change(s, any(s));
	else if (what == 2 && s->nr)
		s->ops->check(s, any(s));
	else if (s->nr && (s->nr > s->goal ? what > 5 : what > 11))
		free_one(s);
	else if (stress_room(s) > 32)
		alloc_one(s);
}

static void validate(struct stress *s)
{
	unsigned int i;

	STRESS_ASSERT(s, s->ops->validate(s), "damaged (seed=%llu; stress=each finds the step)",
		      kunit_seed());
	for (i = 0; i < s->nr; i++)
		s->ops->check(s, &s->held[i]);
	touch_nmi_watchdog();
}

void stress_run(struct stress *s, struct kunit *test, const struct stress_ops *ops,
		unsigned long steps)
{
	unsigned long spent = 0;

	memset(s, 0, sizeof(*s));
	s->test = test;
	s->ops = ops;
	s->goal = STRESS_HELD / 2;
	prandom_seed_state(&s->rnd, kunit_seed());
	validate(s);
	for (s->step = 1; s->step <= steps; s->step++) {
		take_step(s);
		spent += STEP_COST;
		if (check_each || spent >= ops->validate_cost) {
			validate(s);
			spent = 0;
		}
	}
	while (s->nr)
		free_one(s);
	validate(s);
	kunit_info(test, "%lu allocations, %lu refused, in %lu steps\n", s->allocated, s->refused, steps);
	KUNIT_EXPECT_EQ(test, s->units, 0);
	KUNIT_EXPECT_GT(test, s->allocated, steps / 16);
}
