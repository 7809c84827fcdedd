/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <quarry/registry.h>

/*
 * Marks code and data that only boot needs. It says so to the reader; nothing is thrown away yet.
 */
#define __init		__cold
#define __initdata
#define __initconst
#define __exit

/*
 * Words of the command line register themselves. @fn gets what stands behind "=" (NULL when
 * there is no "="), and returns 0, or nonzero to have the word reported as malformed.
 *
 * early_param: parsed before memblock has settled the memory map; no allocator is there.
 * __setup:     the same for Linux's older form, whose string ends in "=" when it takes a value
 *              and whose @fn returns 1 for "handled".
 */
struct boot_param {
	const char *name;	/* "mem", "loglevel=" … */
	int (*setup)(char *value);
	bool old_style;		/* __setup: 1 means handled */
};

REGISTRY(boot_params, const struct boot_param);

#define __boot_param(_name, fn, old) \
	static const struct boot_param __PASTE(boot_param_, fn) = { \
		.name = _name, .setup = fn, .old_style = old, \
	}; \
	REGISTER(boot_params, __PASTE(boot_param_, fn))

#define early_param(name, fn)	__boot_param(name, fn, false)
#define __setup(name, fn)	__boot_param(name, fn, true)

#endif /* _LINUX_INIT_H */
