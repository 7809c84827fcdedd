// SPDX-License-Identifier: MIT
/* kmalloc() and what is made of it. Rows as in linux-6.1-i386.csv. */
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "batch.h"

/* ---- pairs: every class, and two sizes beyond them ---- */

#define FOR_EACH_SIZE(DO) \
	DO(8) DO(16) DO(32) DO(64) DO(96) DO(128) DO(192) DO(256) DO(512) DO(1024) DO(2048) \
	DO(4096) DO(8192) DO(32768) DO(131072)

/* Instructions for @count pairs, the loop's own included. */
typedef u64 (*pair_loop_t)(unsigned int count);

#define PAIR(size, flags) \
({ \
	void *object = kmalloc(size, flags); \
	OPTIMIZER_HIDE_VAR(object); \
	kfree(object); \
})

/* A function for each size that is a literal: only so does the compiler pick the cache. */
#define CONST_LOOPS(size) \
static u64 const_KERNEL_##size(unsigned int count) \
{ \
	return BATCH_TIME(count, PAIR(size, GFP_KERNEL)); \
} \
static u64 const_ATOMIC_##size(unsigned int count) \
{ \
	return BATCH_TIME(count, PAIR(size, GFP_ATOMIC)); \
}
FOR_EACH_SIZE(CONST_LOOPS)

static size_t var_size;
static gfp_t var_flags;

static u64 var_loop(unsigned int count)
{
	return BATCH_TIME(count, PAIR(READ_ONCE(var_size), READ_ONCE(var_flags)));
}

static noinline u64 empty_loop(unsigned int count)
{
	return BATCH_TIME(count, );
}

static void pair_row(const char *op, const char *param, unsigned int count, pair_loop_t loop)
{
	u64 full[BENCH_REPETITIONS], empty[BENCH_REPETITIONS];

	for (unsigned int i = 0; i < BENCH_REPETITIONS; i++) {
		full[i] = loop(count);
		empty[i] = empty_loop(count);
	}
	bench_row(op, param, bench_tenths(bench_median(full, BENCH_REPETITIONS) -
					  bench_median(empty, BENCH_REPETITIONS), count));
}

static const struct pair_size {
	const char *param;
	size_t size;
	pair_loop_t const_kernel, const_atomic;
} pair_sizes[] = {
#define PAIR_SIZE(size) { #size, size, const_KERNEL_##size, const_ATOMIC_##size },
	FOR_EACH_SIZE(PAIR_SIZE)
};

static void var_row(const char *op, const struct pair_size *pair, unsigned int count, gfp_t flags)
{
	var_size = pair->size;
	var_flags = flags;
	pair_row(op, pair->param, count, var_loop);
}

static void bench_kmalloc_pairs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pair_sizes); i++) {
		const struct pair_size *pair = &pair_sizes[i];
		unsigned int count = pair->size <= KMALLOC_MAX_CACHE_SIZE ? 1000 : 100;

		touch_nmi_watchdog();
		pair_row("kmalloc_kfree_pair_const_KERNEL", pair->param, count, pair->const_kernel);
		pair_row("kmalloc_kfree_pair_const_ATOMIC", pair->param, count, pair->const_atomic);
		var_row("kmalloc_kfree_pair_var_KERNEL", pair, count, GFP_KERNEL);
		var_row("kmalloc_kfree_pair_var_ATOMIC", pair, count, GFP_ATOMIC);
	}
}
BENCHMARK(kmalloc_pair, bench_kmalloc_pairs);

/* ---- batches ---- */

#define FOR_EACH_BATCH_SIZE(DO) DO(32) DO(64) DO(256) DO(1024)

#define BATCH_LOOP(size) \
static u64 time_kmalloc_##size(const struct batch *batch, void **objects, unsigned int n) \
{ \
	return BATCH_TIME(n, objects[i] = kmalloc(size, GFP_KERNEL)); \
}
FOR_EACH_BATCH_SIZE(BATCH_LOOP)

static u64 time_kfree(const struct batch *batch, void **objects, unsigned int n)
{
	return BATCH_TIME(n, kfree(objects[i]));
}

#define BATCH(_n, size) \
	{ .name = "kmalloc_batch" #_n, .param = #size, .n = _n, \
	  .time_alloc = time_kmalloc_##size, .time_free = time_kfree },
#define BATCH1000(size) BATCH(1000, size)

static const struct batch batches[] = {
	FOR_EACH_BATCH_SIZE(BATCH1000)
	BATCH(100, 64)
};

static void bench_kmalloc_batches(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(batches); i++)
		bench_batch(&batches[i]);
}
BENCHMARK(kmalloc_batch, bench_kmalloc_batches);

/* ---- zeros, nothing, other sizes ---- */

#define KZALLOC_ROW(size) \
	BENCH_LOOP("kzalloc_kfree_pair", #size, 1000, ({ \
		object = kzalloc(size, GFP_KERNEL); \
		OPTIMIZER_HIDE_VAR(object); \
		kfree(object); \
	}))

static void bench_kzalloc(void)
{
	void *object;

	KZALLOC_ROW(64);
	KZALLOC_ROW(256);
	KZALLOC_ROW(4096);
}
BENCHMARK(kzalloc, bench_kzalloc);

static void bench_kfree_null(void)
{
	BENCH_LOOP("kfree_NULL", "", 1000, ({
		void *nothing = NULL;

		OPTIMIZER_HIDE_VAR(nothing);
		kfree(nothing);
	}));
}
BENCHMARK(kfree_null, bench_kfree_null);

static void bench_kvmalloc(void)
{
	void *memory;

	BENCH_LOOP("kvmalloc_kvfree_pair", "65536", 100, ({
		memory = kvmalloc(65536, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(memory);
		kvfree(memory);
	}));
}
BENCHMARK(kvmalloc, bench_kvmalloc);

/* One object grows from 8 bytes to a page, twice as large each time. */
static void grow(void)
{
	void *object = kmalloc(8, GFP_KERNEL);

	for (size_t size = 16; object && size <= 4096; size *= 2) {
		void *larger = krealloc(object, size, GFP_KERNEL);

		if (!larger)
			break;
		object = larger;
	}
	kfree(object);
}

static void bench_krealloc(void)
{
	BENCH_LOOP("krealloc_grow_8_to_4096_series", "kmalloc8+9 krealloc+kfree", 100, grow());
}
BENCHMARK(krealloc, bench_krealloc);
