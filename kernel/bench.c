// SPDX-License-Identifier: MIT
/*
 * The benchmark runner: `bench[=GLOB]` on the command line, `bench GLOB` at the prompt. Prints one
 * line "bench: op,param,cost" per figure; tools/bench makes the table.
 */
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/sort.h>
#include <quarry/bench.h>
#include <quarry/exit.h>
#include <quarry/monitor.h>

static const char *requested;

static int __init bench_setup(char *value)
{
	requested = value ?: "*";
	return 0;
}
early_param("bench", bench_setup);

bool bench_requested(void)
{
	return requested;
}

static int compare_samples(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

u64 bench_median(u64 *samples, unsigned int n)
{
	sort(samples, n, sizeof(*samples), compare_samples, NULL);
	return samples[n / 2];
}

void bench_row(const char *op, const char *param, u64 tenths)
{
	u32 rest = do_div(tenths, 10);

	printk(KERN_NOTICE "bench: %s,%s,%llu.%u\n", op, param, tenths, rest);
}

static int bench_run(const char *glob)
{
	const struct benchmark *const *b;
	unsigned int n = 0;

	for_each_registered(benchmarks, b) {
		if (!glob_match(glob, (*b)->name))
			continue;
		touch_nmi_watchdog();
		(*b)->run();
		n++;
	}
	if (!n)
		pr_err("bench: no benchmark matches \"%s\"\n", glob);
	return n ? 0 : -ENOENT;
}

void bench_run_requested(void)
{
	machine_exit(bench_run(requested) ? EXIT_TEST_FAILED : EXIT_OK);
}

static int cmd_bench(int argc, char **argv)
{
	return argc > 2 ? -EINVAL : bench_run(argc == 2 ? argv[1] : "*");
}

static const char *complete_bench(int arg, unsigned int n)
{
	return arg == 1 && n < registry_size(benchmarks) ?
		__start_registry_benchmarks[n]->name : NULL;
}
MONITOR_COMMAND_COMPLETE(bench, "[GLOB]", "count the instructions of the operations that match",
			 cmd_bench, complete_bench);
