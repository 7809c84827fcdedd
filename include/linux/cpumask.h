/* SPDX-License-Identifier: MIT */
/*
 * Sets of CPUs. "Possible" CPUs are those that the firmware listed at boot, numbered from 0 without
 * gaps; "online" are those that run threads and answer interrupts. With NR_CPUS this small a set is
 * one word, and is passed about by value where Linux would pass a pointer only if Linux does, too.
 */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/threads.h>
#include <linux/types.h>

typedef struct cpumask {
	unsigned long bits[BITS_TO_LONGS(NR_CPUS)];
} cpumask_t;
typedef struct cpumask cpumask_var_t[1];

/* kernel/core/cpu.c */
extern struct cpumask __cpu_possible_mask, __cpu_online_mask;
extern unsigned int nr_cpu_ids;		/* how many are possible */
#define cpu_possible_mask	((const struct cpumask *)&__cpu_possible_mask)
#define cpu_present_mask	cpu_possible_mask
#define cpu_online_mask		((const struct cpumask *)&__cpu_online_mask)
#define cpu_active_mask		cpu_online_mask

#define cpumask_bits(mask)	((mask)->bits)
#define nr_cpumask_bits		NR_CPUS
#define CPU_MASK_NONE		((cpumask_t){ { 0 } })
#define CPU_MASK_ALL		((cpumask_t){ { BIT(NR_CPUS) - 1 } })

static inline void cpumask_clear(struct cpumask *mask) { mask->bits[0] = 0; }
static inline void cpumask_setall(struct cpumask *mask) { mask->bits[0] = BIT(NR_CPUS) - 1; }
static inline void cpumask_copy(struct cpumask *dst, const struct cpumask *src) { *dst = *src; }

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	set_bit(cpu, mask->bits);
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	clear_bit(cpu, mask->bits);
}

static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *mask)
{
	return test_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	return test_and_set_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	return test_and_clear_bit(cpu, mask->bits);
}

static inline bool cpumask_empty(const struct cpumask *mask) { return !mask->bits[0]; }

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	return a->bits[0] == b->bits[0];
}

static inline bool cpumask_subset(const struct cpumask *a, const struct cpumask *b)
{
	return !(a->bits[0] & ~b->bits[0]);
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return a->bits[0] & b->bits[0];
}

/* These two say whether anything is left in *@dst. */
static inline bool cpumask_and(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	dst->bits[0] = a->bits[0] & b->bits[0];
	return dst->bits[0];
}

static inline bool cpumask_andnot(struct cpumask *dst, const struct cpumask *a,
				  const struct cpumask *b)
{
	dst->bits[0] = a->bits[0] & ~b->bits[0];
	return dst->bits[0];
}

static inline void cpumask_or(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	dst->bits[0] = a->bits[0] | b->bits[0];
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	return hweight32(mask->bits[0]);
}

/* The next CPU behind @cpu (-1: the first); at least nr_cpu_ids when there is none. */
static inline unsigned int cpumask_next(int cpu, const struct cpumask *mask)
{
	return find_next_bit(mask->bits, NR_CPUS, cpu + 1);
}

static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return cpumask_next(-1, mask);
}

#define cpumask_any			cpumask_first
static inline unsigned int cpumask_any_and(const struct cpumask *a, const struct cpumask *b)
{
	struct cpumask both;

	cpumask_and(&both, a, b);
	return cpumask_first(&both);
}

/* The set that has only @cpu in it. */
extern const struct cpumask __cpumask_of[NR_CPUS];
#define cpumask_of(cpu)		(&__cpumask_of[cpu])

static inline bool alloc_cpumask_var(cpumask_var_t *mask, gfp_t gfp) { return true; }
static inline bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t gfp)
{
	cpumask_clear(*mask);
	return true;
}
static inline void free_cpumask_var(cpumask_var_t mask) { }

#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS; (cpu) = cpumask_next((cpu), (mask)))
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < nr_cpu_ids; (cpu)++)
#define for_each_present_cpu		for_each_possible_cpu
#define for_each_online_cpu(cpu)	for_each_cpu(cpu, cpu_online_mask)

#define num_possible_cpus()	nr_cpu_ids
#define num_present_cpus()	nr_cpu_ids
#define num_online_cpus()	cpumask_weight(cpu_online_mask)
#define cpu_online(cpu)		cpumask_test_cpu(cpu, cpu_online_mask)
#define cpu_possible(cpu)	((cpu) < nr_cpu_ids)
#define cpu_present(cpu)	cpu_possible(cpu)

/* CPU @cpu begins, or stops, to take part. */
void set_cpu_online(unsigned int cpu, bool online);

#endif /* _LINUX_CPUMASK_H */
