// SPDX-License-Identifier: MIT
/*
 * Taking a command line apart: words, sizes and lists of numbers. What is accepted is what Linux
 * accepts.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* The end of the first word: a blank outside quotes. *@equals: its first "=", not in front. */
static char *word_end(char *word, bool in_quote, char **equals)
{
	char *p;

	*equals = NULL;
	for (p = word; *p && (in_quote || !isspace(*p)); p++) {
		if (*p == '=' && !*equals && p != word)
			*equals = p;
		else if (*p == '"')
			in_quote = !in_quote;
	}
	return p;
}

/* Quotes around a whole word, or around a value, go away; others stay where they are. */
char *next_arg(char *args, char **param, char **val)
{
	bool quoted = *args == '"';
	char *equals, *end, *next;

	args += quoted;
	end = word_end(args, quoted, &equals);
	next = *end ? end + 1 : end;

	*param = args;
	*val = NULL;
	if (equals) {
		*equals = '\0';
		*val = equals + 1;
		if (**val == '"') {
			++*val;
			quoted = true;
		}
	}
	*end = '\0';
	if (quoted && end[-1] == '"')
		end[-1] = '\0';
	return skip_spaces(next);
}

unsigned long long memparse(const char *ptr, char **retptr)
{
	static const char suffixes[] = "kmgtpe";
	char *end;
	unsigned long long value = simple_strtoull(ptr, &end, 0);
	const char *suffix = *end ? strchr(suffixes, tolower(*end)) : NULL;

	if (suffix) {
		value <<= 10 * (suffix - suffixes + 1);
		end++;
	}
	if (retptr)
		*retptr = end;
	return value;
}

int get_option(char **str, int *pint)
{
	char *begin = *str;
	bool negative;
	int value;

	if (!begin || !*begin)
		return 0;
	negative = *begin == '-';
	begin += negative;
	value = simple_strtoull(begin, str, 0);
	if (pint)
		*pint = negative ? -value : value;
	if (*str == begin)
		return 0;
	if (**str == ',') {
		++*str;
		return 2;
	}
	return **str == '-' ? 3 : 1;
}

/*
 * Expand "4-7" whose 4 is read: @room numbers at most go to @ints (4 5 6), and the 7 is left for
 * the next get_option(). Returns how many numbers there are before the upper bound, or less than
 * 0 for a range that runs backwards.
 */
static int get_range(char **str, int *ints, int room)
{
	int first = *ints, last;

	++*str;
	last = simple_strtol(*str, NULL, 0);
	for (int value = first; room > 0 && value < last; value++, room--)
		*ints++ = value;
	return last - first;
}

char *get_options(const char *str, int nints, int *ints)
{
	bool count_only = nints == 0;
	char *rest = (char *)str;
	int i = 1, kind = 2;

	while (kind != 1 && (count_only || i < nints)) {
		int *slot = count_only ? ints : ints + i;

		kind = get_option(&rest, slot);
		if (kind == 0)
			break;
		if (kind == 3) {
			int between = get_range(&rest, slot, count_only ? 0 : nints - i);

			if (between < 0)
				break;
			i += between;
		} else {
			i++;
		}
	}
	/*
	 * A range may have more numbers than there was room for: only those that are there count.
	 */
	ints[0] = count_only ? i - 1 : min(i, nints) - 1;
	return rest;
}

bool parse_option_str(const char *str, const char *option)
{
	size_t len = strlen(option);

	while (*str) {
		if (!strncmp(str, option, len) && (!str[len] || str[len] == ','))
			return true;
		str = strchrnul(str, ',');
		str += *str == ',';
	}
	return false;
}
