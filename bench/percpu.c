// SPDX-License-Identifier: MIT
/* Memory of which each CPU has a copy. Rows as in linux-6.1-i386.csv; they are of one CPU. */
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>

#include "batch.h"

#define SIZE	64
#define COUNT	1000

static DEFINE_PER_CPU(unsigned long, counter);

static u64 pair_loop(unsigned int count)
{
	return BATCH_TIME(count, ({
		void __percpu *ptr = __alloc_percpu(SIZE, 8);

		OPTIMIZER_HIDE_VAR(ptr);
		free_percpu(ptr);
	}));
}

static u64 inc_loop(unsigned int count)
{
	return BATCH_TIME(count, this_cpu_inc(counter));
}

static noinline u64 empty_loop(unsigned int count)
{
	return BATCH_TIME(count, );
}

static void loop_row(const char *op, const char *param, u64 (*loop)(unsigned int count))
{
	u64 full[BENCH_REPETITIONS], empty[BENCH_REPETITIONS];
	unsigned int count = COUNT;

	OPTIMIZER_HIDE_VAR(count);	/* or the empty loop would be another one */
	for (unsigned int i = 0; i < BENCH_REPETITIONS; i++) {
		full[i] = loop(count);
		empty[i] = empty_loop(count);
		touch_nmi_watchdog();
	}
	bench_row(op, param, bench_tenths(bench_median(full, BENCH_REPETITIONS) -
					  bench_median(empty, BENCH_REPETITIONS), count));
}

static u64 time_alloc(const struct batch *batch, void **array, unsigned int n)
{
	return BATCH_TIME(n, array[i] = __alloc_percpu(SIZE, 8));
}

static u64 time_free(const struct batch *batch, void **array, unsigned int n)
{
	return BATCH_TIME(n, free_percpu(array[i]));
}

static void bench_percpu(void)
{
	const struct batch batch = {
		.name = "alloc_percpu_batch100",
		.param = "64B",
		.n = 100,
		.time_alloc = time_alloc,
		.time_free = time_free,
	};

	loop_row("this_cpu_inc", "", inc_loop);
	loop_row("alloc_percpu_pair", "64B", pair_loop);
	bench_batch(&batch);
}
BENCHMARK(percpu, bench_percpu);
