/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_VERSION_H
#define _QUARRY_VERSION_H

#define QUARRY_VERSION	"0.1"

extern const char quarry_banner[];	/* "Quarry version 0.1 (gcc …), Linux 6.1 API" */

#endif /* _QUARRY_VERSION_H */
