// SPDX-License-Identifier: MIT
/*
 * Processes, by hand: kill, choom (util-linux's name for it), and oom, which makes memory run out to
 * see what becomes of it.
 *
 * `oom` starts four processes that own memory, a "scapegoat" that has said so (oom_score_adj), one that
 * must not be killed, a small and a large one; and a fifth that never has enough. Each kill is in the
 * log, with the state of memory and the table of processes at that moment.
 */
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/oom.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "monitor.h"

/* ---- kill ---- */

static struct task_struct *find_task(const char *command, const char *word, int *error)
{
	struct task_struct *task;
	int pid;

	if (kstrtoint(word, 0, &pid)) {
		*error = -EINVAL;
		return NULL;
	}
	task = find_get_task_by_vpid(pid);
	if (!task)
		*error = complain(command, word, -ESRCH);
	return task;
}

static int cmd_kill(int argc, char **argv)
{
	struct task_struct *task;
	int error = 0;

	if (argc != 2)
		return -EINVAL;
	task = find_task("kill", argv[1], &error);
	if (!task)
		return error;
	if (task->flags & PF_KTHREAD)
		monitor_printf("%s is the kernel's own: it ignores signals\n", task->comm);
	error = send_sig(SIGKILL, task, 0);
	put_task_struct(task);
	return error;
}
MONITOR_COMMAND(kill, "PID", "end a process (SIGKILL)", cmd_kill);

/* ---- choom ---- */

/* As /proc/PID/oom_score has it in Linux: 0 never, 667 nothing of its own, 2000 all of memory and more. */
static int oom_score(const struct mm_struct *mm)
{
	unsigned long total = totalram_pages();
	long points = oom_badness(mm, total);

	if (points == LONG_MIN)
		return 0;
	return max((1000 + (int)div_s64((s64)points * 1000, total)) * 2 / 3, 0);
}

static int adjust(struct mm_struct *mm, const char *word)
{
	int adj;

	if (kstrtoint(word, 0, &adj))
		return -EINVAL;
	if (adj < OOM_SCORE_ADJ_MIN || adj > OOM_SCORE_ADJ_MAX)
		return complain("choom", word, -ERANGE);
	WRITE_ONCE(mm->oom_score_adj, adj);
	return 0;
}

static int cmd_choom(int argc, char **argv)
{
	struct task_struct *task;
	struct mm_struct *mm;
	int error = 0;

	if (argc != 2 && argc != 3)
		return -EINVAL;
	task = find_task("choom", argv[1], &error);
	if (!task)
		return error;
	mm = grab_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return complain("choom", argv[1], -ESRCH);
	if (argc == 3)
		error = adjust(mm, argv[2]);
	if (!error)
		monitor_printf("pid %d's current OOM score: %d\n"
			       "pid %d's current OOM score adjust value: %d\n",
			       mm->pid, oom_score(mm), mm->pid, mm->oom_score_adj);
	mmdrop(mm);
	return error;
}
MONITOR_COMMAND(choom, "PID [ADJ]", "how likely the OOM killer chooses a process; -1000 never",
		cmd_choom);

/* ---- oom ---- */

struct hog {
	const char *name;
	unsigned int share;		/* of what is free, in hundredths; 0: it wants all */
	short adj;
	unsigned long pages;
	struct mm_struct *mm;		/* with mmgrab() */
	struct completion ready, gone;
};

static struct hog hogs[] = {
	{ .name = "scapegoat", .share = 5, .adj = 500 },
	{ .name = "precious", .share = 25, .adj = OOM_SCORE_ADJ_MIN },
	{ .name = "small", .share = 10 },
	{ .name = "large", .share = 20 },
	{ .name = "greedy" },
};
static DECLARE_COMPLETION(show_is_over);

/* The greedy one's end is that it is killed itself. */
static void want_more(struct hog *hog)
{
	unsigned long addr = do_brk(0);

	while (!fatal_signal_pending(current) && do_brk(addr + PAGE_SIZE) == addr + PAGE_SIZE) {
		if (mm_populate(addr, PAGE_SIZE))
			break;
		addr += PAGE_SIZE;
		touch_nmi_watchdog();
	}
}

static int be_a_hog(void *data)
{
	struct hog *hog = data;
	unsigned long start = do_brk(0);

	set_task_comm(current, hog->name);
	hog->mm = current->mm;
	mmgrab(hog->mm);
	hog->mm->oom_score_adj = hog->adj;
	if (do_brk(start + hog->pages * PAGE_SIZE) != start)
		mm_populate(start, hog->pages * PAGE_SIZE);
	complete(&hog->ready);
	if (hog->share)
		wait_for_completion_killable(&show_is_over);
	else
		want_more(hog);
	do_brk(start);
	complete(&hog->gone);
	return 0;
}

static int start_hog(struct hog *hog, unsigned long free)
{
	pid_t pid;

	hog->mm = NULL;
	hog->pages = free / 100 * hog->share;
	init_completion(&hog->ready);
	init_completion(&hog->gone);
	pid = user_mode_thread(be_a_hog, hog, 0);
	if (pid < 0)
		return pid;
	wait_for_completion(&hog->ready);
	monitor_printf("%5d %-10s owns %lu kB, oom_score_adj %d\n", pid, hog->name,
		       get_mm_rss(hog->mm) << (PAGE_SHIFT - 10), hog->adj);
	return 0;
}

static void end_hog(struct hog *hog)
{
	if (!hog->mm)
		return;
	wait_for_completion(&hog->gone);
	monitor_printf("%-10s %s\n", hog->name,
		       test_bit(MMF_OOM_VICTIM, &hog->mm->flags) ? "was killed" : "has lived");
	mmdrop(hog->mm);
}

static int cmd_oom(int argc, char **argv)
{
	unsigned long free = nr_free_pages();
	int error = 0;

	if (argc > 1)
		return -EINVAL;
	reinit_completion(&show_is_over);
	for (struct hog *hog = hogs; hog < hogs + ARRAY_SIZE(hogs); hog++)
		error = error ?: start_hog(hog, free);
	if (!error)
		wait_for_completion(&hogs[ARRAY_SIZE(hogs) - 1].gone);
	else
		complain("oom", "no process", error);
	complete_all(&hogs[ARRAY_SIZE(hogs) - 1].gone);
	complete_all(&show_is_over);
	for (struct hog *hog = hogs; hog < hogs + ARRAY_SIZE(hogs); hog++)
		end_hog(hog);
	return error;
}
MONITOR_COMMAND(oom, "", "let memory run out, and see who is killed for it", cmd_oom);
