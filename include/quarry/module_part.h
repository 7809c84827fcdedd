/* SPDX-License-Identifier: MIT */
/* How a file says that it is a module, and what there is of it: under <linux/module.h>. */
#ifndef _QUARRY_MODULE_PART_H
#define _QUARRY_MODULE_PART_H

#include <linux/compiler.h>
#include <linux/stringify.h>
#include <linux/types.h>
#include <quarry/registry.h>

#define MODULE_NAME_LEN		(64 - sizeof(unsigned long))

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,		/* its init function runs */
	MODULE_STATE_GOING,		/* its exit function does */
	MODULE_STATE_UNFORMED,		/* not loaded */
};

struct module {
	enum module_state state;
	struct list_head list;		/* of those that are loaded, the latest first */
	char name[MODULE_NAME_LEN];	/* once it has been loaded */

	/* Quarry's own. */
	int refcount;			/* who needs it to stay */
	const char *file;		/* where its name comes from */
	char *text, *data;		/* where its code and its variables begin */
	void *fresh;			/* while it is loaded: its variables as they were compiled */
};

/* What a file says about its module. */
struct module_part {
	struct module *module;
	enum module_part_kind { MODULE_INIT, MODULE_EXIT, MODULE_PARAM, MODULE_TEXT } kind;
	union {
		int (*init)(void);
		void (*exit)(void);
		const struct kernel_param *param;
		const char *text;	/* "license=GPL" */
	};
};

REGISTRY(module_parts, const struct module_part);

#define __MODULE_PART(kind, value...) \
	__MODULE_PART_CALLED(__UNIQUE_ID(module_part), kind, value)
#define __MODULE_PART_CALLED(id, _kind, value...) \
	static const struct module_part id = { .module = THIS_MODULE, .kind = _kind, value }; \
	REGISTER(module_parts, id)
#define __MODULE_TEXT(tag, info) \
	__MODULE_PART(MODULE_TEXT, .text = __stringify(tag) "=" info)

/*
 * The linker puts the sections of one file side by side, and those of modules/ behind each other.
 * So what a file has begins at its mark and ends where the next one's is. The assembler sees the
 * marks first, before any code.
 */
__asm__(".pushsection .text\n.Lmodule_text:\n.popsection\n"
	".pushsection .data\n.Lmodule_data:\n.popsection");
extern char __module_text[] __asm__(".Lmodule_text");
extern char __module_data[] __asm__(".Lmodule_data");

static struct module __this_module __maybe_unused = {
	.state = MODULE_STATE_UNFORMED,
	.file = __BASE_FILE__,
	.text = __module_text,
	.data = __module_data,
};
#define THIS_MODULE		(&__this_module)

#endif /* _QUARRY_MODULE_PART_H */
