// SPDX-License-Identifier: MIT
/*
 * slub_debug=: which caches are checked, and how. Linux's grammar:
 *
 *	slub_debug			FZPU for all caches
 *	slub_debug=LETTERS		these for all caches; '-' is none
 *	slub_debug=LETTERS,NAME,…	these for caches of these names; the others: as without it.
 *					A name may end in '*'. No letters: FZPU
 *	slub_debug=GROUP;GROUP;…	several of the above. The first that names a cache decides
 *
 *	F consistency	Z red zones	P poison	U owners	T trace
 *	A failslab may fail it		O no notes where they would make slabs larger
 *
 * Only caches that are created later take notice. The text is read anew for each of them: there are
 * some dozens, and no room is needed to note it down.
 */
#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "slub.h"

#define DEFAULT_FLAGS	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

static slab_flags_t global_flags;
static const char *groups;	/* NULL: no group has names */
static bool keep_order;

bool slub_debug_keeps_order(void)
{
	return keep_order;
}

bool slub_debug_poisons_all(void)
{
	return global_flags & SLAB_POISON;
}

/* ---- letters ---- */

static const struct {
	char letter;
	slab_flags_t flag;
} letters[] = {
	{ 'f', SLAB_CONSISTENCY_CHECKS }, { 'z', SLAB_RED_ZONE }, { 'p', SLAB_POISON },
	{ 'u', SLAB_STORE_USER }, { 't', SLAB_TRACE }, { 'a', SLAB_FAILSLAB },
};

static slab_flags_t flag_of(char letter)
{
	for (int i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == letter)
			return letters[i].flag;
	return 0;
}

/* A group without its names: some letters, or none, which stand for the usual ones. */
static slab_flags_t parse_letters(const char *text, const char *end, bool first_time)
{
	slab_flags_t flags = 0;

	if (text == end)
		return DEFAULT_FLAGS;
	for (; text < end; text++) {
		char letter = tolower(*text);

		if (letter == '-')
			flags = 0;
		else if (letter == 'o')
			keep_order = true;
		else if (flag_of(letter))
			flags |= flag_of(letter);
		else if (first_time)
			pr_err("slub_debug option '%c' unknown. skipped\n", *text);
	}
	return flags;
}

/* ---- groups ---- */

struct group {
	slab_flags_t flags;
	const char *names, *end;	/* names is NULL: it is for all caches */
};

/* The group at @text. Returns the next one, or NULL. */
static const char *parse_group(const char *text, struct group *group, bool first_time)
{
	const char *letters_end = text + strcspn(text, ",;");

	group->flags = parse_letters(text, letters_end, first_time);
	group->end = strchrnul(letters_end, ';');
	group->names = *letters_end == ',' ? letters_end + 1 : NULL;
	return *group->end && group->end[1] ? group->end + 1 : NULL;
}

/* "slub_debug=;": a group of nothing is no group. */
static const char *skip_empty(const char *text)
{
	while (text && *text == ';')
		text++;
	return text && *text ? text : NULL;
}

static int __init parse_slub_debug(char *value)
{
	const char *text = value ? skip_empty(value) : NULL;
	bool names = false;
	struct group group;

	groups = NULL;
	keep_order = false;
	global_flags = text ? 0 : DEFAULT_FLAGS;
	while (text) {
		text = skip_empty(parse_group(text, &group, true));
		names |= !!group.names;
		if (!group.names)
			global_flags = group.flags;
	}
	if (names)
		groups = value;
	return 0;
}
early_param("slub_debug", parse_slub_debug);

/* ---- caches ---- */

/* As Linux does it: what follows a '*' does not matter. */
static bool name_matches(const char *name, const char *pattern, size_t len)
{
	const char *star = strnchr(pattern, len, '*');

	if (star)
		return !strncmp(name, pattern, star - pattern);
	return strlen(name) == len && !strncmp(name, pattern, len);
}

static bool group_names(const struct group *group, const char *name)
{
	const char *pattern, *end;

	for (pattern = group->names; pattern && pattern < group->end; pattern = end + 1) {
		end = pattern + strcspn(pattern, ",;");
		if (end > pattern && name_matches(name, pattern, end - pattern))
			return true;
	}
	return false;
}

slab_flags_t slub_debug_flags(const char *name, slab_flags_t flags)
{
	const char *text = skip_empty(groups);
	struct group group;

	/* The last are those that slabs stand on: their objects come past nobody who watches. */
	if (flags & (SLAB_NO_USER_FLAGS | SLAB_NO_MAGAZINES))
		return flags;
	while (text) {
		text = skip_empty(parse_group(text, &group, false));
		if (group_names(&group, name))
			return flags | group.flags;
	}
	/* Whoever is kept out of leak finders is so since they use it themselves. */
	return flags | (flags & SLAB_NOLEAKTRACE ? global_flags & ~SLAB_STORE_USER : global_flags);
}
