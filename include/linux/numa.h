/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_NUMA_H
#define _LINUX_NUMA_H

#ifndef NUMA_NO_NODE
#define NUMA_NO_NODE	(-1)		/* wherever: there is one node */
#endif

#endif /* _LINUX_NUMA_H */
