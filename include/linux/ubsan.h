/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_UBSAN_H
#define _LINUX_UBSAN_H

/* `make UBSAN=1`: how often what C leaves undefined has been reported. Each place reports once. */
extern unsigned long ubsan_reports;

#endif /* _LINUX_UBSAN_H */
