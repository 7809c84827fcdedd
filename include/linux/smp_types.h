/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SMP_TYPES_H
#define _LINUX_SMP_TYPES_H

#include <linux/llist.h>
#include <linux/types.h>

typedef void (*smp_call_func_t)(void *info);

/* A function to be called on another CPU, while it is on its way. */
typedef struct __call_single_data {
	struct llist_node llist;
	unsigned int flags;		/* CSD_FLAG_LOCK while it is on its way */
	smp_call_func_t func;
	void *info;
} call_single_data_t;

#define CSD_FLAG_LOCK	1
#define CSD_INIT(_func, _info)	(call_single_data_t){ .func = (_func), .info = (_info) }
#define INIT_CSD(_csd, _func, _info) do { *(_csd) = CSD_INIT(_func, _info); } while (0)

#endif /* _LINUX_SMP_TYPES_H */
