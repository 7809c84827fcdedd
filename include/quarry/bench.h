/* SPDX-License-Identifier: MIT */
/*
 * Counting instructions. Under `qemu -icount shift=0` the time-stamp counter advances by one per
 * guest instruction, so figures repeat to the digit (bench/README.md says how each is measured).
 * A benchmark is a function in a registry; it measures and calls bench_row() for each figure.
 *
 *	static void bench_memset(void)
 *	{
 *		BENCH_LOOP("memset_const", "64", 1000, memset(buffer, 0, 64));
 *	}
 *	BENCHMARK(memset, bench_memset);
 */
#ifndef _QUARRY_BENCH_H
#define _QUARRY_BENCH_H

#include <asm/msr.h>
#include <linux/compiler.h>
#include <linux/math64.h>
#include <quarry/registry.h>

struct benchmark {
	const char *name;	/* what bench=GLOB matches */
	void (*run)(void);
};

REGISTRY(benchmarks, const struct benchmark);

#define BENCHMARK(_name, _run) \
	static const struct benchmark benchmark_##_name = { .name = #_name, .run = _run }; \
	REGISTER(benchmarks, benchmark_##_name)

#define BENCH_REPETITIONS 31

/*
 * One figure: an operation, its parameter (no commas in either), and its cost in tenths of an
 * instruction.
 */
void bench_row(const char *op, const char *param, u64 tenths);

/* The median of @n samples; sorts them. */
u64 bench_median(u64 *samples, unsigned int n);

/* @instructions in @count operations, in tenths for one, to the nearest. */
static inline u64 bench_tenths(u64 instructions, unsigned int count)
{
	return div_u64(instructions * 10 + count / 2, count);
}

/*
 * Run @body @count times, BENCH_REPETITIONS times over; the median, less the same loop without
 * @body (and with it the counter's own cost), divided by @count, is the row.
 */
#define BENCH_LOOP(op, param, count, body) \
do { \
	u64 __full[BENCH_REPETITIONS], __empty[BENCH_REPETITIONS]; \
	unsigned int __rep; \
	for (__rep = 0; __rep < BENCH_REPETITIONS; __rep++) { \
		__full[__rep] = __BENCH_TIME(count, body); \
		__empty[__rep] = __BENCH_TIME(count, ); \
	} \
	bench_row(op, param, bench_tenths(bench_median(__full, BENCH_REPETITIONS) - \
					  bench_median(__empty, BENCH_REPETITIONS), count)); \
} while (0)

#define __BENCH_TIME(count, body) \
({ \
	u64 __start = rdtsc(); \
	unsigned int __i; \
	for (__i = 0; __i < (count); __i++) { \
		body; \
		barrier(); \
	} \
	rdtsc() - __start; \
})

/* `bench[=GLOB]` on the command line. */
bool bench_requested(void);
void bench_run_requested(void) __noreturn;

#endif /* _QUARRY_BENCH_H */
