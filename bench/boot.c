// SPDX-License-Identifier: MIT
/* What boot cost: instructions from the image's first to here, where a prompt would come. */
#include <quarry/bench.h>
#include <quarry/time.h>

static void bench_boot(void)
{
	static u64 at_prompt;		/* the first call is the one that counts */

	if (!at_prompt)
		at_prompt = cycles_since_start();
	bench_row("boot_to_prompt", "0", at_prompt * 10);
}
BENCHMARK(boot, bench_boot);
