/* SPDX-License-Identifier: MIT */
/*
 * What modules may call. Modules are linked into the image, which hides nothing from them: these
 * words tell the reader that a function is meant for others.
 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#define __EXPORT_SYMBOL(sym)		struct __exports_##sym
#define EXPORT_SYMBOL(sym)		__EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym)		__EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS(sym, ns)	__EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns)	__EXPORT_SYMBOL(sym)

#endif /* _LINUX_EXPORT_H */
