// SPDX-License-Identifier: MIT
#include <linux/kernel.h>
#include <linux/string.h>

#include "../mm/hooks.h"
#include "../mm/slab.h"
#include "climb_watch.h"
#include "zone_sandbox.h"

/* Room for the longest way there is: 17 rounds of four rungs. */
static char rungs[1024];
static size_t length;
static gfp_t last_gfp;

static void note(const struct alloc_step *step)
{
	if (!is_tagged(step->gfp))
		return;
	last_gfp = step->gfp;
	length += scnprintf(rungs + length, sizeof(rungs) - length, "%s%s", length ? " " : "",
			    step->rung);
}

void climb_watch_begin(void)
{
	length = 0;
	rungs[0] = '\0';
	last_gfp = 0;
	WRITE_ONCE(alloc_step_watcher, note);
}

void climb_watch_end(void)
{
	WRITE_ONCE(alloc_step_watcher, NULL);
}

const char *climb_rungs(void)
{
	return rungs;
}

/* "fail" stands in "nofail", and "reserves" in "last reserves". */
static bool is_whole(const char *at)
{
	return at == rungs || (at[-1] == ' ' && (at < rungs + 5 || strncmp(at - 5, "last ", 5)));
}

unsigned int climb_count(const char *rung)
{
	unsigned int count = 0;

	for (const char *at = rungs; (at = strstr(at, rung)); at += strlen(rung))
		count += is_whole(at);
	return count;
}

gfp_t climb_gfp(void)
{
	return last_gfp;
}

void empty_everything(void)
{
	zones_squeeze(0);
	slab_reap_caches();
	zones_squeeze(0);
}

struct page *climb(gfp_t gfp, unsigned int order)
{
	struct page *page;

	climb_watch_begin();
	page = sandbox_alloc(gfp | TAG, order);
	climb_watch_end();
	return page;
}
