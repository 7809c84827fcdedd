// SPDX-License-Identifier: MIT
/* A line into its words. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/command_line.h>

char command_redirect[] = ">";

static bool ends_word(char c)
{
	return c == '\0' || c == ' ' || c == '\t' || c == '>';
}

/*
 * Move the word at @in together over its quotes, and terminate it. *@stop becomes the character
 * behind it, which the end of the word may have overwritten. Returns where that stood; NULL when
 * a quote was not closed.
 */
static char *take_word(char *in, char *stop)
{
	char *out = in, quote = '\0';

	for (; *in && (quote || !ends_word(*in)); in++) {
		if (quote ? *in == quote : *in == '\'' || *in == '"')
			quote = quote ? '\0' : *in;
		else
			*out++ = *in;
	}
	*stop = *in;
	*out = '\0';
	return quote ? NULL : in;
}

int split_words(char *line, char **words)
{
	int count = 0;
	char stop;

	for (;;) {
		line = skip_spaces(line);
		stop = *line;
		if (stop && stop != '>') {
			if (count == COMMAND_WORDS_MAX)
				return -E2BIG;
			words[count++] = line;
			line = take_word(line, &stop);
			if (!line)
				return -EINVAL;
		}
		if (stop == '>') {
			if (count == COMMAND_WORDS_MAX)
				return -E2BIG;
			words[count++] = command_redirect;
		}
		if (!stop)
			break;
		line++;
	}
	words[count] = NULL;
	return count;
}
