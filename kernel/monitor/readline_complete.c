// SPDX-License-Identifier: MIT
/*
 * Tab. The words that fit come one at a time and nothing is stored of them, so whatever is asked
 * of all of them together, how far they agree, or which is the next in the alphabet, is one more
 * walk. There are few, and a person is waiting.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "readline.h"

#define LIST_MAX	100	/* more than that is not listed, but counted */

struct matches {
	char first[READLINE_MAX + 1];
	unsigned int count;	/* the first, and those that differ from it */
	unsigned int common;	/* bytes that all share, the typed ones among them */
};

static unsigned int word_start(const struct readline *rl)
{
	unsigned int at = rl->cursor;

	while (at > 0 && rl->line[at - 1] != ' ' && rl->line[at - 1] != '>')
		at--;
	return at;
}

/* The next candidate from *n on that begins with what has been typed. */
static const char *next_match(struct readline *rl, unsigned int start, unsigned int *n)
{
	const char *word;

	while ((word = rl->candidate(rl->line, start, (*n)++))) {
		if (!strncmp(word, rl->line + start, rl->cursor - start) &&
		    strlen(word) <= READLINE_MAX)
			return word;
	}
	return NULL;
}

static unsigned int common_length(const char *a, const char *b)
{
	unsigned int same = 0;

	while (a[same] && a[same] == b[same])
		same++;
	return same;
}

static void find_matches(struct readline *rl, unsigned int start, struct matches *m)
{
	unsigned int n = 0;
	const char *word;

	m->count = 0;
	while ((word = next_match(rl, start, &n))) {
		if (m->count == 0) {
			strcpy(m->first, word);
			m->common = strlen(word);
			m->count = 1;
		} else if (strcmp(word, m->first)) {
			m->common = min(m->common, common_length(word, m->first));
			m->count++;
		}
	}
}

/* Copies the least match that is greater than @word over it; false when there is none. */
static bool next_in_alphabet(struct readline *rl, unsigned int start, char *word)
{
	char least[READLINE_MAX + 1];
	unsigned int n = 0;
	const char *match;
	bool found = false;

	while ((match = next_match(rl, start, &n))) {
		if (strcmp(match, word) > 0 && (!found || strcmp(match, least) < 0)) {
			strcpy(least, match);
			found = true;
		}
	}
	if (found)
		strcpy(word, least);
	return found;
}

static void list_matches(struct readline *rl, unsigned int start, const struct matches *m)
{
	char word[READLINE_MAX + 1] = "", sentence[40];

	readline_put(rl, '\n');
	if (m->count > LIST_MAX) {
		snprintf(sentence, sizeof(sentence), "%u words fit\n", m->count);
		readline_puts(rl, sentence);
	} else {
		while (next_in_alphabet(rl, start, word)) {
			readline_puts(rl, word);
			readline_put(rl, '\n');
		}
	}
	readline_redraw(rl);
}

/* Behind the one word that fits comes a blank, unless the word may go on. */
static void end_word(struct readline *rl, const struct matches *m)
{
	if (m->common > 0 && m->first[m->common - 1] != '/' && rl->line[rl->cursor] != ' ')
		readline_insert(rl, " ", 1);
}

void readline_complete(struct readline *rl, bool again)
{
	unsigned int start = word_start(rl), typed = rl->cursor - start;
	struct matches m;

	if (rl->candidate)
		find_matches(rl, start, &m);
	if (!rl->candidate || m.count == 0) {
		readline_beep(rl);
		return;
	}
	if (m.common > typed && !readline_insert(rl, m.first + typed, m.common - typed))
		return;
	if (m.count == 1) {
		end_word(rl, &m);
	} else if (again) {
		list_matches(rl, start, &m);
		rl->after_tab = true;
	} else {
		if (m.common == typed)
			readline_beep(rl);
		rl->after_tab = true;
	}
}
