/* SPDX-License-Identifier: MIT */
/*
 * A registry is how a lower room learns of a higher one without including it: an array of
 * pointers that the linker gathers from every file that adds an entry. Adding a test, a command
 * or a checker therefore touches no existing file.
 *
 * The section is named like a C identifier, so that GNU ld delimits it with __start_NAME and
 * __stop_NAME by itself; linker.ld only decides where the arrays lie. Host tests rely on that.
 *
 *	REGISTRY(commands, struct command);			in the header, once
 *	static const struct command hello = { ... };		anywhere
 *	REGISTER(commands, hello);
 *
 *	const struct command *const *c;				in the room that reads it
 *	for_each_registered(commands, c)
 *		(*c)->run();
 *
 * Entries come in link order; a reader that wants another order sorts.
 */
#ifndef _QUARRY_REGISTRY_H
#define _QUARRY_REGISTRY_H

#include <linux/compiler.h>

#define REGISTRY(name, type) \
	typedef type registry_type_##name; \
	extern type *const __start_registry_##name[] __weak; \
	extern type *const __stop_registry_##name[] __weak

#define REGISTER(name, object) \
	static registry_type_##name *const __PASTE(__UNIQUE_ID(registered_##name), object) \
	__used __section("registry_" #name) = &(object)

#define for_each_registered(name, cursor) \
	for (cursor = __start_registry_##name; cursor < __stop_registry_##name; cursor++)

#define registry_size(name) ((size_t)(__stop_registry_##name - __start_registry_##name))

#endif /* _QUARRY_REGISTRY_H */
