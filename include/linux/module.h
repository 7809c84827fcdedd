/* SPDX-License-Identifier: MIT */
/*
 * Modules: code that comes and goes (LDD3 chapter 2). They are files in modules/, linked into the
 * image and asleep there until `insmod NAME` (the file's name) calls the one function and
 * `rmmod NAME` the other. Nobody else need know of them.
 *
 *	static int __init hello_init(void) { ... return 0; }
 *	static void __exit hello_exit(void) { ... }
 *	module_init(hello_init);
 *	module_exit(hello_exit);
 *	MODULE_LICENSE("GPL");
 *
 * Each insmod finds the module's variables as they were compiled, like a module that Linux loads
 * anew. What it has allocated and not freed at its end is listed by the places in its code that
 * asked for it. docs/modules.md tells more. Since all are one image, functions and variables that
 * are not static must have names that no other file has.
 */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/stringify.h>
#include <linux/types.h>
#include <quarry/module_part.h>

/* Process context. init returns 0 or a negative errno: then the module is not loaded. */
#define module_init(fn)		__MODULE_PART(MODULE_INIT, .init = fn)
/* Process context. A module without it stays for good. */
#define module_exit(fn)		__MODULE_PART(MODULE_EXIT, .exit = fn)

/* What `modinfo` prints. */
#define MODULE_INFO(tag, info)		__MODULE_TEXT(tag, info)
#define MODULE_LICENSE(_license)	MODULE_INFO(license, _license)
#define MODULE_AUTHOR(_author)		MODULE_INFO(author, _author)
#define MODULE_DESCRIPTION(_description) MODULE_INFO(description, _description)
#define MODULE_VERSION(_version)	MODULE_INFO(version, _version)
#define MODULE_ALIAS(_alias)		MODULE_INFO(alias, _alias)
#define MODULE_SOFTDEP(_softdep)	MODULE_INFO(softdep, _softdep)
#define MODULE_FIRMWARE(_firmware)	MODULE_INFO(firmware, _firmware)
#define MODULE_IMPORT_NS(_ns)		MODULE_INFO(import_ns, #_ns)

/*
 * A reference keeps a loaded module from being unloaded. try_module_get() gives none to one that is
 * on its way out. NULL stands for the kernel itself, which stays. Any context.
 */
bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(struct module *mod);

static inline bool module_is_live(struct module *mod)
{
	return mod->state != MODULE_STATE_GOING;
}

#define module_name(mod)	({ struct module *__mod = (mod); __mod ? __mod->name : "kernel"; })

/* The loaded module of that name, or NULL; the one whose code or variables @addr lies in. */
struct module *find_module(const char *name);
struct module *__module_address(unsigned long addr);
struct module *__module_text_address(unsigned long addr);

static inline bool is_module_address(unsigned long addr)
{
	return __module_address(addr);
}

static inline bool is_module_text_address(unsigned long addr)
{
	return __module_text_address(addr);
}

#endif /* _LINUX_MODULE_H */
