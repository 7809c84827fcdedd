/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STDARG_H
#define _LINUX_STDARG_H

#include <stdarg.h>	/* the compiler's own */

#endif /* _LINUX_STDARG_H */
