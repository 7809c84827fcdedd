// SPDX-License-Identifier: MIT
/*
 * Which modules the image has, what they say about themselves, and where they lie: reading the
 * registry that kernel/module.c tells about.
 */
#include <asm/sections.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/modules.h>

const struct module_part *module_part(const struct module *mod, enum module_part_kind kind,
				      const struct module_part *previous)
{
	const struct module_part *const *p;
	bool begin = !previous;

	for_each_registered(module_parts, p) {
		if (begin && (*p)->module == mod && (*p)->kind == kind)
			return *p;
		if (*p == previous)
			begin = true;
	}
	return NULL;
}

/* "modules/memory.c" is memory's; as in Linux, a dash in it becomes an underscore. */
const char *module_file_name(const struct module *mod, char *name)
{
	const char *base = strrchr(mod->file, '/');
	char *dot;

	strscpy(name, base ? base + 1 : mod->file, MODULE_NAME_LEN);
	dot = strchr(name, '.');
	if (dot)
		*dot = '\0';
	strreplace(name, '-', '_');
	return name;
}

static int compare_names(const struct module *a, const struct module *b)
{
	char name_a[MODULE_NAME_LEN], name_b[MODULE_NAME_LEN];

	return strcmp(module_file_name(a, name_a), module_file_name(b, name_b));
}

struct module *module_next(const struct module *previous)
{
	const struct module_part *const *p;
	struct module *next = NULL;

	for_each_registered(module_parts, p) {
		if ((*p)->kind != MODULE_INIT && (*p)->kind != MODULE_EXIT)
			continue;
		if (previous && compare_names((*p)->module, previous) <= 0)
			continue;
		if (!next || compare_names((*p)->module, next) < 0)
			next = (*p)->module;
	}
	return next;
}

struct module *module_in_image(const char *name)
{
	char file_name[MODULE_NAME_LEN];
	struct module *mod;

	for (mod = module_next(NULL); mod; mod = module_next(mod))
		if (!strcmp(module_file_name(mod, file_name), name))
			return mod;
	return NULL;
}

/* ---- where their code and their variables are ---- */

/* The least mark above @mark: the member of struct module that lies at @member. */
static char *next_mark(const char *mark, size_t member, char *end)
{
	const struct module_part *const *p;

	for_each_registered(module_parts, p) {
		char *other = *(char **)((char *)(*p)->module + member);

		if (other > mark && other < end)
			end = other;
	}
	return end;
}

size_t module_text_size(const struct module *mod)
{
	if (mod->text < __start_modules_text || mod->text >= __stop_modules_text)
		return 0;		/* a file of the kernel's that uses module_init() */
	return next_mark(mod->text, offsetof(struct module, text), __stop_modules_text) - mod->text;
}

size_t module_data_size(const struct module *mod)
{
	if (mod->data < __start_modules_data || mod->data >= __stop_modules_data)
		return 0;
	return next_mark(mod->data, offsetof(struct module, data), __stop_modules_data) - mod->data;
}
