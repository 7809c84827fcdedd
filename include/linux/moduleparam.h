/* SPDX-License-Identifier: MIT */
/*
 * Parameters of modules: `insmod scullc scullc_quantum=2000`.
 *
 *	static int scullc_quantum = 4000;
 *	module_param(scullc_quantum, int, 0444);
 *	MODULE_PARM_DESC(scullc_quantum, "bytes in a quantum");
 *
 * Types: byte short ushort int uint long ulong ullong charp bool invbool. A parameter has its value
 * before the module's init function runs. Permissions are for /sys, which is not there.
 */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <quarry/module_part.h>

struct kernel_param;

/* Both return 0 (get: a length) or a negative errno. @buffer has room for a page. */
struct kernel_param_ops {
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);	/* or NULL: what set() has allocated, at rmmod */
};

struct kernel_param {
	const char *name;
	const struct kernel_param_ops *ops;
	u16 perm;
	const char *type;		/* as modinfo names it */
	void *arg;			/* the variable */
};

#define __module_param(_name, _type, _ops, _arg, _perm) \
	static const struct kernel_param __PASTE(__param_, _name) = { \
		.name = #_name, .ops = _ops, .perm = _perm, .type = _type, .arg = _arg, \
	}; \
	__MODULE_PART(MODULE_PARAM, .param = &__PASTE(__param_, _name))

/* @name is the variable's name, too; _named: it has another; _cb: operations of one's own. */
#define module_param(name, type, perm)	module_param_named(name, name, type, perm)
#define module_param_named(name, value, type, perm) \
	static inline __maybe_unused __typeof__(value) *__PASTE(__check_, name)(void) \
	{ \
		return param_check_##type(&(value)); \
	} \
	__module_param(name, #type, &param_ops_##type, &value, perm)
#define module_param_cb(name, ops, arg, perm) __module_param(name, NULL, ops, arg, perm)

/* A string of at most @len - 1 bytes, copied into the array @string. */
struct kparam_string {
	unsigned int maxlen;
	char *string;
};

#define module_param_string(name, string, len, perm) \
	static const struct kparam_string __PASTE(__param_string_, name) = { len, string }; \
	__module_param(name, "string", &param_ops_string, \
		       (void *)&__PASTE(__param_string_, name), perm)

#define MODULE_PARM_DESC(_parm, desc)	__MODULE_TEXT(parm, #_parm ":" desc)

/* Is the variable of the type that was named? The address of another one does not compile. */
#define __param_check(type, p)	({ type *__param = (p); __param; })
#define param_check_byte(p)	__param_check(unsigned char, p)
#define param_check_short(p)	__param_check(short, p)
#define param_check_ushort(p)	__param_check(unsigned short, p)
#define param_check_int(p)	__param_check(int, p)
#define param_check_uint(p)	__param_check(unsigned int, p)
#define param_check_long(p)	__param_check(long, p)
#define param_check_ulong(p)	__param_check(unsigned long, p)
#define param_check_ullong(p)	__param_check(unsigned long long, p)
#define param_check_charp(p)	__param_check(char *, p)
#define param_check_bool(p)	__param_check(bool, p)
#define param_check_invbool(p)	__param_check(bool, p)

extern const struct kernel_param_ops param_ops_byte, param_ops_short, param_ops_ushort,
	param_ops_int, param_ops_uint, param_ops_long, param_ops_ulong, param_ops_ullong,
	param_ops_charp, param_ops_bool, param_ops_invbool, param_ops_string;

#endif /* _LINUX_MODULEPARAM_H */
