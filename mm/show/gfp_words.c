// SPDX-License-Identifier: MIT
/* GFP flags as people type them. How they are printed, %pGg decides. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "show.h"

#define NAME(flag) { flag, #flag }
#define SEPARATORS "|,+"

/* Those that %pGg never prints, since another name says the same. */
static const struct trace_print_flags other_names[] = {
	NAME(__GFP_DMA),
	NAME(__GFP_DMA32),
	NAME(__GFP_WAIT),
	NAME(__GFP_REPEAT),
	NAME(__GFP_COLD),
	{ 0, NULL }
};

static const struct trace_print_flags *nth_name(unsigned int n)
{
	const struct trace_print_flags *f;

	for (f = gfpflag_names; f->name; f++)
		if (n-- == 0)
			return f;
	return n < ARRAY_SIZE(other_names) - 1 ? &other_names[n] : NULL;
}

const char *nth_gfp_name(unsigned int n)
{
	const struct trace_print_flags *f = nth_name(n);

	return f ? f->name : NULL;
}

gfp_t known_gfp_bits(void)
{
	const struct trace_print_flags *f;
	unsigned int n;
	gfp_t known = 0;

	for (n = 0; (f = nth_name(n)); n++)
		known |= f->mask;
	return known;
}

/* Without the GFP_ or __GFP_ in front. */
static const char *short_name(const char *name)
{
	return strstr(name, "GFP_") + strlen("GFP_");
}

/* Full names first: "__GFP_ATOMIC" is one flag, "atomic" the combination. */
static const struct trace_print_flags *find_name(const char *word)
{
	const struct trace_print_flags *f;
	unsigned int n;

	for (n = 0; (f = nth_name(n)); n++)
		if (!strcasecmp(f->name, word))
			return f;
	for (n = 0; (f = nth_name(n)); n++)
		if (!strcasecmp(short_name(f->name), word))
			return f;
	return NULL;
}

static int add_word(const char *word, gfp_t *gfp)
{
	const struct trace_print_flags *f;
	bool without = *word == '~';
	unsigned int bits;

	word += without;
	f = find_name(word);
	if (f)
		bits = f->mask;
	else if (kstrtouint(word, 0, &bits))
		return -EINVAL;
	*gfp = without ? *gfp & ~bits : *gfp | bits;
	return 0;
}

int parse_gfp(const char *command, const char *text, gfp_t *gfp)
{
	char word[32];
	size_t length;

	for (;; text += length + 1) {
		length = strcspn(text, SEPARATORS);
		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		if (length >= sizeof(word) || add_word(word, gfp)) {
			monitor_printf("%s: %s: neither a GFP flag nor a number\n", command, word);
			return -EINVAL;
		}
		if (!text[length])
			return 0;
	}
}
