/* SPDX-License-Identifier: MIT */
/*
 * Editing a line of text on a terminal, as a machine of states: bytes go in, text for the
 * terminal comes out of a callback, and nothing is read, waited for or known of consoles. That
 * is what lets a test type at it and look at the screen. (The keys are those of GNU Readline's
 * Emacs mode; the way of showing a long line is its "horizontal-scroll-mode".)
 *
 * Of the terminal it asks three things only: that it prints letters, that \b goes one to the
 * left and \r to the first column. So it works on any, on a VGA screen, and in a log file.
 */
#ifndef _QUARRY_READLINE_H
#define _QUARRY_READLINE_H

#include <linux/types.h>

#define READLINE_MAX		255	/* bytes in a line */
#define READLINE_HISTORY	32	/* lines remembered */
#define READLINE_COLUMNS	80	/* the terminal is at least this wide */

enum readline_event {
	READLINE_EDITING,	/* the line goes on */
	READLINE_DONE,		/* it is in rl->line, without its end */
	READLINE_CANCELLED,	/* Ctrl-C */
	READLINE_EOF,		/* Ctrl-D where no line has been begun */
};

enum readline_input {		/* how far a key of more than one byte has come */
	READLINE_PLAIN,
	READLINE_ESC,
	READLINE_CSI,		/* ESC [ */
	READLINE_SS3,		/* ESC O */
	READLINE_CSI_CSI,	/* ESC [ [, the Linux console's function keys */
};

/*
 * line[0..len) is the text, 0 <= cursor <= len <= READLINE_MAX, line[len] == 0.
 * The screen shows the prompt and, behind it, the window line[left .. left + shown); the
 * terminal's cursor stands @column behind the prompt. Between two keys column == cursor - left.
 */
struct readline {
	const char *prompt;

	/* Send @count bytes to the terminal. */
	void (*echo)(struct readline *rl, const char *s, unsigned int count);

	/*
	 * For Tab, or NULL: the @n-th word that could begin at @line[@start], or NULL after the
	 * last; what is left of @start tells where we are. Words that do not match what has been
	 * typed may be among them, and the same one twice. Good until the next call.
	 */
	const char *(*candidate)(const char *line, unsigned int start, unsigned int n);

	char line[READLINE_MAX + 1];
	unsigned int len, cursor;

	unsigned int left, shown, column;

	enum readline_input input;
	unsigned int parameter[2];	/* of a CSI key, and which of them is being read */
	unsigned int nr_parameter;
	bool after_cr;			/* the last byte was \r: a \n belongs to it */
	bool after_tab;			/* the last key was Tab, and more than one word fits */

	char killed[READLINE_MAX + 1];	/* for Ctrl-Y */

	char history[READLINE_HISTORY][READLINE_MAX + 1];
	unsigned int nr_history;	/* ever added: the n-th is history[n % READLINE_HISTORY] */
	unsigned int back;		/* 0: the line being typed; n: the n-th last before it */
	char typed[READLINE_MAX + 1];	/* the line being typed, while another is shown */
};

/* Set up @rl with an empty history. @prompt is kept; it is to leave room on the row. */
void readline_init(struct readline *rl, const char *prompt,
		   void (*echo)(struct readline *rl, const char *s, unsigned int count));

/* Begin a line: prints the prompt. */
void readline_start(struct readline *rl);

/* One byte (0 to 255) from the terminal. After anything but READLINE_EDITING: readline_start(). */
enum readline_event readline_feed(struct readline *rl, int c);

#endif /* _QUARRY_READLINE_H */
