// SPDX-License-Identifier: MIT
/*
 * Any bytes as a command line: it is taken apart without touching a byte outside of it, words come
 * in order, and every parameter that is linked in survives every value.
 */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/params.h>
#include "host.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check(bool condition, const char *what)
{
	if (condition)
		return;
	os_write(what, strlen(what));
	os_write("\n", 1);
	os_abort();
}

/* @line has @size bytes, its terminator included, and a sanitizer watches both its ends. */
static void take_apart(char *line, size_t size)
{
	char *at = line, *end = line + size - 1, *word, *value, *next;

	while (*at) {
		next = next_arg(at, &word, &value);
		check(next > at && next <= end, "next_arg: the rest lies outside, or nothing was taken");
		check(word >= at && word + strlen(word) <= end, "next_arg: the word lies outside");
		check(!value || (value > word && value + strlen(value) <= end),
		      "next_arg: the value lies outside");
		check(!value || !strchr(word, '=') || word[0] == '=', "next_arg: not the first \"=\"");
		at = next;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *line = os_alloc(size + 1), *copy = os_alloc(size + 1);

	console_loglevel = 0;
	memcpy(line, data, size);
	line[size] = '\0';
	memcpy(copy, line, size + 1);
	take_apart(copy, strlen(copy) + 1);
	parse_boot_params(line);
	os_free(copy);
	os_free(line);
	return 0;
}
