// SPDX-License-Identifier: MIT
/* Which Quarry this is. No date and no machine: the same sources give the same bytes. */
#include <quarry/version.h>

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char quarry_banner[] =
	"Quarry version " QUARRY_VERSION " (" COMPILER "), the API of Linux 6.1 on i386";
