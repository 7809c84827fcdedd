// SPDX-License-Identifier: MIT
/* insmod, rmmod, lsmod, modinfo: modules by hand, as kmod's tools of these names have them. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/modules.h>
#include <quarry/readline.h>

#include "monitor.h"

static int complain_about(const char *command, const char *name, int error)
{
	switch (error) {
	case -ENOENT:
		monitor_printf("%s: %s: no such module%s\n", command, name,
			       module_in_image(name) ? " is loaded" : "");
		return error;
	case -EEXIST:
		monitor_printf("%s: %s: is loaded already\n", command, name);
		return error;
	case -EWOULDBLOCK:
		monitor_printf("%s: %s: is in use\n", command, name);
		return error;
	case -EBUSY:
		monitor_printf("%s: %s: cannot be unloaded\n", command, name);
		return error;
	case -EINVAL:
		monitor_printf("%s: %s: a parameter does not take that value\n", command, name);
		return -EIO;
	}
	return complain(command, name, error);
}

/* The words behind the name as one line again, each in quotes: a value may have blanks. */
static int join_params(char *line, size_t size, char **words, int count)
{
	size_t length = 0;

	line[0] = '\0';
	for (int i = 0; i < count && length < size; i++)
		length += snprintf(line + length, size - length, "\"%s\" ", words[i]);
	return length < size ? 0 : -E2BIG;
}

static int cmd_insmod(int argc, char **argv)
{
	char params[2 * READLINE_MAX];
	int error;

	if (argc < 2)
		return -EINVAL;
	error = join_params(params, sizeof(params), argv + 2, argc - 2);
	if (!error)
		error = module_load(argv[1], params);
	return error ? complain_about("insmod", argv[1], error) : 0;
}

static int cmd_rmmod(int argc, char **argv)
{
	int error;

	if (argc != 2)
		return -EINVAL;
	error = module_unload(argv[1]);
	return error ? complain_about("rmmod", argv[1], error) : 0;
}

static int cmd_lsmod(int argc, char **argv)
{
	struct module *mod;

	if (argc > 1)
		return -EINVAL;
	monitor_printf("Module                  Size  Used by\n");
	for_each_loaded_module(mod)
		monitor_printf("%-19s %8zu  %d\n", mod->name,
			       module_text_size(mod) + module_data_size(mod), mod->refcount);
	return 0;
}

/* ---- modinfo ---- */

static void print_field(const char *field, int length, const char *text)
{
	monitor_printf("%.*s:%*s%s\n", length, field, 15 - length, "", text);
}

/* Its description, if it has one, begins with its name and a colon. */
static const char *param_description(const struct module *mod, const struct kernel_param *param)
{
	static const char tag[] = "parm=";
	const struct module_part *part = NULL;
	size_t length = strlen(param->name);

	while ((part = module_part(mod, MODULE_TEXT, part))) {
		const char *text = part->text + strlen(tag);

		if (!strncmp(part->text, tag, strlen(tag)) && !strncmp(text, param->name, length) &&
		    text[length] == ':')
			return text + length + 1;
	}
	return "";
}

static void print_param(const struct module *mod, const struct kernel_param *param)
{
	monitor_printf("parm:           %s:%s", param->name, param_description(mod, param));
	if (param->type)
		monitor_printf(" (%s)", param->type);
	monitor_printf("\n");
}

static int cmd_modinfo(int argc, char **argv)
{
	struct module *mod = argc == 2 ? module_in_image(argv[1]) : NULL;
	const struct module_part *part = NULL;
	char name[MODULE_NAME_LEN];

	if (argc != 2)
		return -EINVAL;
	if (!mod)
		return complain_about("modinfo", argv[1], -ENOENT);
	print_field("filename", strlen("filename"), mod->file);
	while ((part = module_part(mod, MODULE_TEXT, part))) {
		const char *value = strchr(part->text, '=') + 1;

		if (strncmp(part->text, "parm=", 5))
			print_field(part->text, value - 1 - part->text, value);
	}
	print_field("name", strlen("name"), module_file_name(mod, name));
	while ((part = module_part(mod, MODULE_PARAM, part)))
		print_param(mod, part->param);
	return 0;
}

/* ---- Tab ---- */

static const char *complete_module(int arg, unsigned int n)
{
	static char name[MODULE_NAME_LEN];
	struct module *mod = module_next(NULL);

	if (arg != 1)
		return NULL;
	while (mod && n--)
		mod = module_next(mod);
	return mod ? module_file_name(mod, name) : NULL;
}

static const char *complete_loaded(int arg, unsigned int n)
{
	struct module *mod;

	if (arg != 1)
		return NULL;
	for_each_loaded_module(mod)
		if (n-- == 0)
			return mod->name;
	return NULL;
}

MONITOR_COMMAND_COMPLETE(insmod, "NAME [PARAMETER=VALUE...]", "load a module of the image",
			 cmd_insmod, complete_module);
MONITOR_COMMAND_COMPLETE(rmmod, "NAME", "unload it; what it has not freed is listed", cmd_rmmod,
			 complete_loaded);
MONITOR_COMMAND(lsmod, "", "list the modules that are loaded", cmd_lsmod);
MONITOR_COMMAND_COMPLETE(modinfo, "NAME", "what a module says about itself", cmd_modinfo,
			 complete_module);
