/* SPDX-License-Identifier: MIT */
/* Loading and unloading the modules that lie in the image: what insmod and rmmod do. */
#ifndef _QUARRY_MODULES_H
#define _QUARRY_MODULES_H

#include <linux/list.h>
#include <linux/module.h>

/*
 * Load the module called @name, with parameters like "quantum=2000 name=x". 0; -ENOENT: there is
 * none; -EEXIST: it is loaded; -ENOMEM; -EINVAL: a parameter does not take its value; or what its
 * init function returned. Process context.
 */
int module_load(const char *name, const char *params);

/*
 * Unload it. What it has not freed is listed in the log. 0; -ENOENT: it is not loaded;
 * -EWOULDBLOCK: somebody needs it; -EBUSY: it cannot be unloaded, or comes or goes just now. Process context.
 */
int module_unload(const char *name);

/* Modules in the image, in the order of the alphabet: the one after @previous (NULL: the first). */
struct module *module_next(const struct module *previous);
/* The one of that name, loaded or not; NULL: there is none. */
struct module *module_in_image(const char *name);
/* Its name, as its file says. */
const char *module_file_name(const struct module *mod, char *name);

/* The part of @mod of that @kind that comes after @previous (NULL: the first); NULL: no more. */
const struct module_part *module_part(const struct module *mod, enum module_part_kind kind,
				      const struct module_part *previous);

/* Bytes of its code and variables. */
size_t module_text_size(const struct module *mod);
size_t module_data_size(const struct module *mod);

/* For each loaded module, the latest first. */
extern struct list_head loaded_modules;
#define for_each_loaded_module(mod) list_for_each_entry(mod, &loaded_modules, list)

/* ---- kernel/module_param.c ---- */

/* Set parameters from words like "name=value". 0, or what the first that failed returned. */
int module_parse_params(const struct module *mod, char *params);
/* What setting them has allocated is freed. */
void module_free_params(const struct module *mod);

#endif /* _QUARRY_MODULES_H */
