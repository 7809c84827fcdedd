/* SPDX-License-Identifier: MIT */
/*
 * Signals, as far as memory needs them: SIGKILL. It is sent to a process and reaches all its threads.
 * It ends nothing by itself, for a thread may hold locks: it ends sleeps that say they may be ended
 * (TASK_INTERRUPTIBLE, TASK_KILLABLE), the functions that slept return an error, and each thread
 * goes home. In Linux the latest place is the return from a system call; here a thread's function
 * asks fatal_signal_pending(), or finds out by what fails.
 *
 * Kernel threads ignore signals.
 */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/signal.h>

/* Has @p been killed, and not yet ended? Any context; of another thread it may be old news. */
static inline int signal_pending(const struct task_struct *p)
{
	return unlikely(READ_ONCE(p->sigkill));
}

static inline int __fatal_signal_pending(const struct task_struct *p)
{
	return signal_pending(p);
}

static inline int fatal_signal_pending(const struct task_struct *p)
{
	return signal_pending(p);
}

/* May @p not sleep in @state, since a signal has come that would have ended the sleep? */
static inline int signal_pending_state(unsigned int state, const struct task_struct *p)
{
	return (state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) && signal_pending(p);
}

/* Thread @t has a signal from now on; if it sleeps and may be woken by that, it is. Any context but NMI. */
static inline void signal_wake_up(struct task_struct *t)
{
	WRITE_ONCE(t->sigkill, true);
	wake_up_state(t, TASK_INTERRUPTIBLE | TASK_WAKEKILL);
}

/* What has come is forgotten. For a thread that becomes a new process. */
static inline void flush_signals(struct task_struct *t)
{
	WRITE_ONCE(t->sigkill, false);
}

/*
 * Send @sig to the process that @p is a thread of. 0: it has been sent, or @p is a kernel thread and
 * ignores it, or @sig is 0, which only asks; -EINVAL: a signal that does not exist here. @priv: from the
 * kernel itself, which makes no difference. The caller holds a reference. Any context but NMI.
 * (mm/process.c)
 */
int send_sig(int sig, struct task_struct *p, int priv);

#endif /* _LINUX_SCHED_SIGNAL_H */
