// SPDX-License-Identifier: MIT
/*
 * The boot command line: words, each given to whoever registered its name (early_param and
 * __setup in <linux/init.h>). A word that nobody knows is reported and ignored: a typing error
 * should not stop a boot, and should not go unnoticed either.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/params.h>

/* "name=" of the older form matches only with a value; "name" of either form with or without. */
static bool names(const struct boot_param *p, const char *word, const char *value)
{
	size_t len = strlen(p->name);

	if (len && p->name[len - 1] == '=')
		return value && strlen(word) == len - 1 && !strncmp(p->name, word, len - 1);
	return !strcmp(p->name, word);
}

static bool accepted(const struct boot_param *p, char *value)
{
	int ret = p->setup(value);

	return p->old_style ? ret == 1 : ret == 0;
}

static void __init parse_word(char *word, char *value)
{
	const struct boot_param *const *p;
	bool known = false;

	for_each_registered(boot_params, p) {
		if (!names(*p, word, value))
			continue;
		known = true;
		if (!accepted(*p, value))
			pr_warn("Malformed kernel command line parameter \"%s%s%s\", ignored\n",
				word, value ? "=" : "", value ?: "");
	}
	if (!known)
		pr_notice("Unknown kernel command line parameter \"%s%s%s\", ignored\n", word,
			  value ? "=" : "", value ?: "");
}

void __init parse_params(char *line)
{
	char *word, *value;

	line = skip_spaces(line);
	while (*line) {
		line = next_arg(line, &word, &value);
		parse_word(word, value);
	}
}

void __init parse_boot_params(const char *command_line)
{
	static char words[COMMAND_LINE_SIZE];	/* values point into it from now on */

	strscpy(words, command_line, sizeof(words));
	parse_params(words);
}
