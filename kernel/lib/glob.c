// SPDX-License-Identifier: MIT
/*
 * Shell patterns, in time proportional to the product of the lengths at worst, and without
 * recursion: when a later part does not match, it is enough to let the *last* star swallow one
 * more character. Letting an earlier one grow could not help: whatever follows it has been
 * matched already, as far to the left as possible.
 */
#include <linux/glob.h>

/*
 * Is @c in the class that begins at *@pat, behind the "["? Moves *@pat behind the class. When
 * there is no "]", the "[" stands for itself and *@pat stays.
 */
static bool class_matches(const char **pat, unsigned char c)
{
	const unsigned char *p = (const unsigned char *)*pat;
	bool inverted = *p == '!', found = false;

	p += inverted;
	do {		/* a "]" in the first place belongs to the class */
		unsigned char first = *p++, last = first;

		if (!first)
			return c == '[';
		if (p[0] == '-' && p[1] != ']') {
			last = p[1];
			if (!last)
				return c == '[';
			p += 2;
		}
		found |= first <= c && c <= last;
	} while (*p != ']');
	*pat = (const char *)p + 1;
	return found != inverted;
}

/* Does one element of the pattern, no "*", match @c? Moves *@pat behind the element. */
static bool element_matches(const char **pat, char c)
{
	char p = *(*pat)++;

	switch (p) {
	case '?':
		return true;
	case '[':
		return class_matches(pat, c);
	case '\\':
		p = *(*pat)++;
		break;
	}
	return p == c;
}

bool glob_match(const char *pat, const char *str)
{
	const char *star = NULL, *swallowed = NULL;	/* behind the last "*", and what it took */

	while (*str || *pat == '*') {
		if (*pat == '*') {
			star = ++pat;
			swallowed = str;
		} else if (*pat && element_matches(&pat, *str)) {
			str++;
		} else if (star) {
			pat = star;
			str = ++swallowed;
		} else {
			return false;
		}
	}
	return !*pat;
}
