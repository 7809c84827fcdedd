/* SPDX-License-Identifier: MIT */
/* How large a thread's stack is: two pages, or one in a build with STACK_4K=1. */
#ifndef _LINUX_THREAD_INFO_H
#define _LINUX_THREAD_INFO_H

#include <asm/page.h>

#if defined(CONFIG_KASAN)
#define THREAD_SIZE_ORDER	3	/* red zones around every array on it */
#elif defined(CONFIG_STACK_4K)
#define THREAD_SIZE_ORDER	0
#else
#define THREAD_SIZE_ORDER	1
#endif
#define THREAD_SIZE		(PAGE_SIZE << THREAD_SIZE_ORDER)

#endif /* _LINUX_THREAD_INFO_H */
