/* SPDX-License-Identifier: MIT */
/*
 * The stress engine: random operations on an allocator, against a table of what it has given out.
 * The allocator is behind a few functions; the engine decides what happens next, and checks that
 * nothing that is held overlaps anything else, that what a step touched is right after the step,
 * and, every so many instructions, that the whole structure is sound.
 *
 * Sequences depend on the seed alone (`seed=N` on the command line; KUnit prints it). To find the
 * first step that did the damage, repeat the run with `stress=each`: then the whole is checked
 * after every step.
 */
#ifndef _TESTS_STRESS_ENGINE_H
#define _TESTS_STRESS_ENGINE_H

#include <kunit/test.h>
#include <linux/prandom.h>

#define STRESS_HELD	384	/* things held at a time */

struct stress;

/* Something that the allocator has given out: @length units of it (pages, bytes …) at @start. */
struct stress_held {
	unsigned long start, length;
	u32 tag;			/* for its contents */
	unsigned short kind, order;	/* the functions' own */
};

struct stress_ops {
	/* Ask for something and stress_hold() what came; false: it was refused. */
	bool (*alloc)(struct stress *s);
	/* Give it back. The table has forgotten it already; it may hold parts of it again. */
	void (*free)(struct stress *s, const struct stress_held *held);
	/* Is it what it was? Called before it is freed, and now and then. */
	void (*check)(struct stress *s, const struct stress_held *held);
	/* Optional: do something to it. The table still has it; stress_forget() it if it goes. */
	void (*change)(struct stress *s, struct stress_held *held);
	/* Optional: something that allocates and frees nothing. */
	void (*other)(struct stress *s);
	/* The whole structure; and what that costs, in instructions. */
	bool (*validate)(struct stress *s);
	unsigned long validate_cost;
};

struct stress {
	struct kunit *test;
	const struct stress_ops *ops;
	struct rnd_state rnd;
	unsigned long step;
	unsigned int nr, goal;		/* things held; how many there should be */
	unsigned long units;		/* and how much they are together */
	unsigned long allocated, refused, freed;
	struct stress_held held[STRESS_HELD];
};

/* @steps random steps from nothing held to nothing held. @s is a static one: it is large. */
void stress_run(struct stress *s, struct kunit *test, const struct stress_ops *ops,
		unsigned long steps);

/* For the functions. A random number below @limit; one chance in @n. */
static inline u32 stress_below(struct stress *s, u32 limit)
{
	return prandom_u32_max_state(&s->rnd, limit);
}

static inline bool stress_one_in(struct stress *s, u32 n)
{
	return !stress_below(s, n);
}

/* Enter it into the table, which must have room (stress_room()); the tag is chosen here. */
struct stress_held *stress_hold(struct stress *s, unsigned long start, unsigned long length,
				unsigned int kind, unsigned int order);
void stress_forget(struct stress *s, struct stress_held *held);

static inline unsigned int stress_room(const struct stress *s)
{
	return STRESS_HELD - s->nr;
}

#define STRESS_ASSERT(s, condition, fmt, ...) \
	KUNIT_ASSERT_TRUE_MSG((s)->test, condition, "step %lu: " fmt, (s)->step, ##__VA_ARGS__)

#endif /* _TESTS_STRESS_ENGINE_H */
