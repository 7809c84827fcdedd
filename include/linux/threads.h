/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_THREADS_H
#define _LINUX_THREADS_H

#define NR_CPUS		8		/* the most that are used */
#define PID_MAX_LIMIT	32768

#endif /* _LINUX_THREADS_H */
