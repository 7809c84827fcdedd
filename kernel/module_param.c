// SPDX-License-Identifier: MIT
/*
 * Parameters of modules: words "name=value" into variables, by the operations of each one's type.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <quarry/modules.h>

#define STRING_PARAM_MAX	1024

/* ---- numbers ---- */

#define NUMBER_OPS(name, type, parse, format) \
	static int set_##name(const char *val, const struct kernel_param *kp) \
	{ \
		return val ? parse(val, 0, (type *)kp->arg) : -EINVAL; \
	} \
	static int get_##name(char *buffer, const struct kernel_param *kp) \
	{ \
		return sprintf(buffer, format "\n", *(type *)kp->arg); \
	} \
	const struct kernel_param_ops param_ops_##name = { .set = set_##name, .get = get_##name }

NUMBER_OPS(byte, u8, kstrtou8, "%hhu");
NUMBER_OPS(short, s16, kstrtos16, "%hd");
NUMBER_OPS(ushort, u16, kstrtou16, "%hu");
NUMBER_OPS(int, int, kstrtoint, "%d");
NUMBER_OPS(uint, unsigned int, kstrtouint, "%u");
NUMBER_OPS(long, long, kstrtol, "%ld");
NUMBER_OPS(ulong, unsigned long, kstrtoul, "%lu");
NUMBER_OPS(ullong, unsigned long long, kstrtoull, "%llu");

/* ---- yes and no: the name alone is yes ---- */

static int set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ?: "1", kp->arg);
}

static int get_bool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'Y' : 'N');
}

static int set_invbool(const char *val, const struct kernel_param *kp)
{
	bool no;
	int error = kstrtobool(val ?: "1", &no);

	if (!error)
		*(bool *)kp->arg = !no;
	return error;
}

static int get_invbool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'N' : 'Y');
}

const struct kernel_param_ops param_ops_bool = { .set = set_bool, .get = get_bool };
const struct kernel_param_ops param_ops_invbool = { .set = set_invbool, .get = get_invbool };

/* ---- strings ---- */

/* A charp that has been set: the string behind it is ours to free. */
struct kept_string {
	struct list_head list;
	char **variable;
	char text[];
};

static LIST_HEAD(kept_strings);

static void free_charp(void *arg)
{
	struct kept_string *kept, *next;

	list_for_each_entry_safe(kept, next, &kept_strings, list) {
		if (kept->variable == arg) {
			list_del(&kept->list);
			kfree(kept);
		}
	}
}

static int set_charp(const char *val, const struct kernel_param *kp)
{
	struct kept_string *kept;
	size_t length;

	if (!val)
		return -EINVAL;
	length = strlen(val);
	if (length > STRING_PARAM_MAX)
		return -ENOSPC;
	kept = kmalloc(struct_size(kept, text, length + 1), GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	free_charp(kp->arg);
	strcpy(kept->text, val);
	kept->variable = kp->arg;
	list_add(&kept->list, &kept_strings);
	*kept->variable = kept->text;
	return 0;
}

static int get_charp(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%s\n", *(char **)kp->arg);
}

const struct kernel_param_ops param_ops_charp = {
	.set = set_charp, .get = get_charp, .free = free_charp,
};

static int set_string(const char *val, const struct kernel_param *kp)
{
	const struct kparam_string *string = kp->arg;

	if (!val)
		return -EINVAL;
	if (strlen(val) >= string->maxlen)
		return -ENOSPC;
	strcpy(string->string, val);
	return 0;
}

static int get_string(char *buffer, const struct kernel_param *kp)
{
	const struct kparam_string *string = kp->arg;

	return sprintf(buffer, "%s\n", string->string);
}

const struct kernel_param_ops param_ops_string = { .set = set_string, .get = get_string };

/* ---- a module's words ---- */

static const struct kernel_param *find_param(const struct module *mod, const char *name)
{
	const struct module_part *part = NULL;

	while ((part = module_part(mod, MODULE_PARAM, part)))
		if (!strcmp(part->param->name, name))
			return part->param;
	return NULL;
}

static int parse_one(const struct module *mod, const char *name, const char *value)
{
	const struct kernel_param *param = find_param(mod, name);
	int error;

	if (!param) {
		pr_warn("%s: unknown parameter '%s' ignored\n", mod->name, name);
		return 0;
	}
	error = param->ops->set(value, param);
	if (error == -ENOSPC)
		pr_err("%s: '%s' too large for parameter '%s'\n", mod->name, value ?: "", name);
	else if (error)
		pr_err("%s: '%s' invalid for parameter '%s'\n", mod->name, value ?: "", name);
	return error;
}

int module_parse_params(const struct module *mod, char *params)
{
	char *name, *value;
	int error;

	params = skip_spaces(params);
	while (*params) {
		params = next_arg(params, &name, &value);
		error = parse_one(mod, name, value);
		if (error)
			return error;
	}
	return 0;
}

void module_free_params(const struct module *mod)
{
	const struct module_part *part = NULL;

	while ((part = module_part(mod, MODULE_PARAM, part)))
		if (part->param->ops->free)
			part->param->ops->free(part->param->arg);
}
