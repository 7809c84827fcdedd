// SPDX-License-Identifier: MIT
/*
 * `pressure`: a hog. A process of its own that owns so many megabytes, touches them, and holds them for
 * some seconds, while the watermarks and the pressure it makes are drawn each second. What it does not get
 * at once it waits for, as any process does; if it wants more than there is, it is killed, and that is told.
 */
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <quarry/console_input.h>

#include "monitor.h"

#define MOST_MB		2900		/* a process has the addresses below 3 GiB */
#define SECONDS		5		/* unless it is said otherwise */

static struct {
	unsigned int mb, touched;	/* megabytes */
	bool must_end;
	int error;			/* why it has no more */
	struct completion gone;
} hog;

/* ---- the hog's own ---- */

static int touch_all(unsigned long start)
{
	for (; hog.touched < hog.mb && !READ_ONCE(hog.must_end); hog.touched++) {
		int error = mm_populate(start + hog.touched * SZ_1M, SZ_1M);

		if (error)
			return error;
	}
	return 0;
}

static int be_a_hog(void *unused)
{
	unsigned long start = do_brk(0);

	set_task_comm(current, "hog");
	hog.error = do_brk(start + hog.mb * SZ_1M) == start + hog.mb * SZ_1M ?
		    touch_all(start) : -ENOMEM;
	while (!READ_ONCE(hog.must_end) && !fatal_signal_pending(current))
		schedule_timeout_killable(HZ / 10);
	if (fatal_signal_pending(current))
		hog.error = -EINTR;
	exit_mm();			/* what it owned is free before anybody is told */
	complete(&hog.gone);
	return 0;
}

/* ---- who looks at it ---- */

static void draw(unsigned int second)
{
	monitor_printf("\n%u s: the hog has touched %u of %u MB\n", second, READ_ONCE(hog.touched), hog.mb);
	monitor_execute("watermarks 1");
	monitor_execute("cat pressure/memory");
}

/* Until it has had its time, has been killed, or a key is typed. */
static void watch(unsigned int seconds)
{
	for (unsigned int second = 1; second <= seconds && !completion_done(&hog.gone); second++) {
		if (console_key_within(HZ))
			return;
		draw(second);
	}
}

static void tell_end(void)
{
	if (hog.error == -EINTR)
		monitor_printf("The hog was killed, with %u of %u MB.\n", hog.touched, hog.mb);
	else if (hog.error)
		monitor_printf("The hog got %u of %u MB: error %d.\n", hog.touched, hog.mb, hog.error);
	else
		monitor_printf("The hog has given back %u MB.\n", hog.touched);
}

static int run_hog(unsigned int mb, unsigned int seconds)
{
	pid_t pid;

	hog.mb = mb;
	hog.touched = hog.error = 0;
	hog.must_end = false;
	init_completion(&hog.gone);
	pid = user_mode_thread(be_a_hog, NULL, 0);
	if (pid < 0)
		return complain("pressure", "a process", pid);
	watch(seconds);
	WRITE_ONCE(hog.must_end, true);
	wait_for_completion(&hog.gone);
	tell_end();
	return 0;
}

static int cmd_pressure(int argc, char **argv)
{
	unsigned int mb, seconds = SECONDS;

	if (argc < 2 || argc > 3 || kstrtouint(argv[1], 0, &mb) || !mb || mb > MOST_MB)
		return -EINVAL;
	if (argc == 3 && kstrtouint(argv[2], 0, &seconds))
		return -EINVAL;
	return run_hog(mb, seconds);
}
MONITOR_COMMAND(pressure, "MB [SECONDS]",
		"a process that owns MB megabytes, for a while; what it does to memory", cmd_pressure);
