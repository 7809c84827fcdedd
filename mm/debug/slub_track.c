// SPDX-License-Identifier: MIT
/*
 * slub_debug=U: who allocated an object last, and who freed it. Both are noted in its slot with
 * their whole backtraces, not in the stack depot: so a cache may ask for it at any time, and
 * nothing is ever too full to be noted.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "slub.h"

#define HOOK_FRAMES	3	/* of a backtrace: track_set(), the hook, and slab_watched_*() */
#define NSEC_PER_MSEC	1000000

static u32 now_in_ms(void)
{
	return div_u64(local_clock(), NSEC_PER_MSEC);
}

noinline void track_set(struct track *track)
{
	unsigned int n = stack_trace_save(track->addrs, TRACK_DEPTH, HOOK_FRAMES);

	if (n < TRACK_DEPTH)
		track->addrs[n] = 0;
	track->when = now_in_ms();
	track->pid = current->pid;
	track->cpu = raw_smp_processor_id();
}

/* ---- telling ---- */

/*
 * The allocator's own functions, which may be the last ones of a backtrace. Where the compiler has
 * made two of one, the part's name goes on with a dot.
 */
static const char *const own[] = {
	"alloc_from_slabs", "cache_alloc_slow", "alloc_slow", "kmem_cache_alloc",
	"kmem_cache_alloc_bulk", "kmalloc_trace", "__kmalloc", "krealloc", "kvmalloc_node",
	"kvrealloc", "kmemdup", "kmemdup_nul", "kstrdup", "kstrndup", "kvasprintf", "kasprintf",
	"free_to_slabs", "cache_free_slow", "kmem_cache_free", "kmem_cache_free_bulk", "kfree",
	"kfree_sensitive", "kvfree",
};

#define STRANGERS	3	/* others may lie between two of them */

static bool is_own(unsigned long addr)
{
	char name[64];

	snprintf(name, sizeof(name), "%ps", (void *)(addr - 1));
	name[strcspn(name, ".")] = '\0';
	for (int i = 0; i < ARRAY_SIZE(own); i++)
		if (!strcmp(name, own[i]))
			return true;
	return false;
}

static unsigned int track_depth(const struct track *track)
{
	unsigned int n = 0;

	while (n < TRACK_DEPTH && track->addrs[n])
		n++;
	return n;
}

/* Who called the outermost of them. The backtrace is not empty. */
static unsigned long who(const struct track *track, unsigned int depth)
{
	unsigned int caller = 0;

	for (unsigned int i = 0; i + 1 < depth && i <= caller + STRANGERS; i++)
		if (is_own(track->addrs[i]))
			caller = i + 1;
	return track->addrs[caller];
}

static void print_one(const char *what, const struct track *track)
{
	unsigned int depth = track_depth(track);

	if (!depth)
		return;
	pr_err("%s in %pB age=%u cpu=%u pid=%d\n", what, (void *)who(track, depth),
	       now_in_ms() - track->when, track->cpu, track->pid);
	for (unsigned int i = 0; i < depth; i++)
		pr_err(" %pB\n", (void *)track->addrs[i]);
}

void track_print(const struct track tracks[NR_TRACKS])
{
	print_one("Allocated", &tracks[TRACK_ALLOC]);
	print_one("Freed", &tracks[TRACK_FREE]);
}
