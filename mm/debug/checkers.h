/* SPDX-License-Identifier: MIT */
/* What the checkers of pages know of each other. */
#ifndef _MM_DEBUG_CHECKERS_H
#define _MM_DEBUG_CHECKERS_H

#include <linux/types.h>

/* page_poison=1 is on the command line. */
bool page_poisoning_enabled(void);

#endif /* _MM_DEBUG_CHECKERS_H */
