/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_GLOB_H
#define _LINUX_GLOB_H

#include <linux/compiler.h>
#include <linux/types.h>

/*
 * Does the whole of @str match the shell pattern @pat? "?" is any character, "*" any number of
 * them ("/" and a leading "." included), [a-z0] one of a class, [!a-z] one outside it, and a
 * backslash takes the next character's meaning away. A "[" without its "]" stands for itself.
 */
bool __pure glob_match(const char *pat, const char *str);

#endif /* _LINUX_GLOB_H */
