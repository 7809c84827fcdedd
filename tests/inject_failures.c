// SPDX-License-Identifier: MIT
#include <linux/kernel.h>
#include <quarry/proc.h>

#include "inject_failures.h"

void inject_failures(unsigned int percent)
{
	static const char *const words[][2] = {
		{ "interval", "1" }, { "space", "0" }, { "times", "-1" }, { "verbose", "0" },
		{ "ignore-gfp-wait", "N" },
	};
	char path[48], probability[4];

	snprintf(probability, sizeof(probability), "%u", percent);
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(path, sizeof(path), "failslab/%s", words[i][0]);
		proc_store(path, words[i][1]);
		snprintf(path, sizeof(path), "fail_page_alloc/%s", words[i][0]);
		proc_store(path, words[i][1]);
	}
	proc_store("fail_page_alloc/min-order", "0");
	proc_store("failslab/probability", probability);
	proc_store("fail_page_alloc/probability", probability);
}
