// SPDX-License-Identifier: MIT
/*
 * Clearing and copying: the floor under every allocator's zeroing. Rows as in linux-6.1-i386.csv.
 */
#include <asm/page.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <quarry/bench.h>

static u8 source[PAGE_SIZE] __aligned(64), target[PAGE_SIZE] __aligned(64);

static void bench_string(void)
{
	size_t size = PAGE_SIZE;

	BENCH_LOOP("memset_const", "64", 1000, memset(target, 0, 64));
	BENCH_LOOP("memset_const", "256", 1000, memset(target, 0, 256));
	BENCH_LOOP("memset_const", "4096", 100, memset(target, 0, 4096));
	OPTIMIZER_HIDE_VAR(size);
	BENCH_LOOP("memset_var", "4096", 100, memset(target, 0, size));
	BENCH_LOOP("memcpy_const", "4096", 100, memcpy(target, source, 4096));
	BENCH_LOOP("memcpy_var", "4096", 100, memcpy(target, source, size));
}
BENCHMARK(string, bench_string);
