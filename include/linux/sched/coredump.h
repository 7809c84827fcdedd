/* SPDX-License-Identifier: MIT */
/* mm_struct.flags: bit numbers. Linux's, but for those that Linux keeps elsewhere. */
#ifndef _LINUX_SCHED_COREDUMP_H
#define _LINUX_SCHED_COREDUMP_H

#define MMF_OOM_SKIP		21	/* there is nothing left to get: the OOM killer looks for another */
#define MMF_UNSTABLE		22	/* the reaper takes its memory away: what is gone stays so */
#define MMF_OOM_REAP_QUEUED	25	/* the reaper knows of it */
#define MMF_OOM_VICTIM		28	/* chosen by the OOM killer. Linux: signal->oom_mm */
#define MMF_EXITING		29	/* killed, all of it. Linux: SIGNAL_GROUP_EXIT */

#endif /* _LINUX_SCHED_COREDUMP_H */
