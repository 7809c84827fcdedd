// SPDX-License-Identifier: MIT
/*
 * Line editing, seen from both ends: keys are fed to it byte by byte, and what it sends goes to
 * the model of a terminal. After every byte the terminal must show what the line is.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "terminal.h"

static struct readline rl;

static enum readline_event feed(struct kunit *test, int byte)
{
	enum readline_event event = readline_feed(&rl, byte);

	if (event == READLINE_EDITING)
		terminal_check(test, &rl);
	KUNIT_ASSERT_FALSE(test, terminal.bad);
	return event;
}

/* Feed all bytes of @keys. Returns the last event that was not READLINE_EDITING, if any. */
static enum readline_event type(struct kunit *test, const char *keys)
{
	enum readline_event event, last = READLINE_EDITING;

	for (; *keys; keys++) {
		event = feed(test, (unsigned char)*keys);
		if (event == READLINE_EDITING)
			continue;
		last = event;
		terminal.wraps = 0;
		if (keys[1])
			readline_start(&rl);
	}
	return last;
}

static int readline_test_init(struct kunit *test)
{
	terminal_start(&rl);
	return 0;
}

/* ---- keys, and the line that they should make ---- */

static const struct edit {
	const char *name, *keys, *line;
	unsigned int cursor;
} edits[] = {
	{ "letters", "abc", "abc", 3 },
	{ "insert in the middle", "ac\033[Db", "abc", 2 },
	{ "backspace as BS", "abc\b", "ab", 2 },
	{ "backspace as DEL", "abc\177", "ab", 2 },
	{ "backspace in the middle", "abc\002\177", "ac", 1 },
	{ "backspace at the start", "a\001\177", "a", 0 },
	{ "delete", "abc\001\033[3~", "bc", 0 },
	{ "delete with a modifier", "abc\001\033[3;5~", "bc", 0 },
	{ "delete at the end", "abc\033[3~", "abc", 3 },
	{ "Ctrl-D in a line", "abc\001\004", "bc", 0 },
	{ "arrows, CSI", "abc\033[D\033[D\033[C", "abc", 2 },
	{ "arrows, SS3", "abc\033OD\033OD\033OC", "abc", 2 },
	{ "arrows stop at the ends", "ab\033[D\033[D\033[Dx\033[C\033[C\033[Cy", "xaby", 4 },
	{ "home and end, CSI letters", "bc\033[Ha\033[Fd", "abcd", 4 },
	{ "home and end, SS3", "bc\033OHa\033OFd", "abcd", 4 },
	{ "home and end, numbers", "bc\033[1~a\033[4~d", "abcd", 4 },
	{ "home and end, rxvt", "bc\033[7~a\033[8~d", "abcd", 4 },
	{ "Ctrl-A and Ctrl-E", "bc\001a\005d", "abcd", 4 },
	{ "Ctrl-B and Ctrl-F", "ad\002b\006\002c", "abcd", 3 },
	{ "word left and right",
	  "one two  three\033[1;5D\033[1;5D\033[1;5D\033[1;5C", "one two  three", 3 },
	{ "Ctrl-K", "abcd\002\002\013", "ab", 2 },
	{ "Ctrl-U", "abcd\002\002\025", "cd", 0 },
	{ "Ctrl-W", "one two  \027", "one ", 4 },
	{ "Ctrl-W in a word", "one two\002\027", "one o", 4 },
	{ "Ctrl-Y", "ab cd\027\001\031\031", "cdcdab ", 4 },
	{ "Ctrl-Y without a kill", "ab\031", "ab", 2 },
	{ "Ctrl-L", "abc\002\014x", "abxc", 3 },
	{ "a lone ESC", "a\033b", "ab", 2 },
	{ "ESC twice before an arrow", "ab\033\033[Dx", "axb", 2 },
	{ "unknown CSI", "a\033[5~\033[12;3Zb", "ab", 2 },
	{ "unknown CSI with a question mark", "a\033[?25hb", "ab", 2 },
	{ "unknown SS3", "a\033OPb", "ab", 2 },
	{ "function key of the Linux console", "a\033[[Ab", "ab", 2 },
	{ "a paste with brackets around it", "\033[200~ab\033[201~", "ab", 2 },
	{ "a number without end", "a\033[99999999999999999999~b", "ab", 2 },
	{ "a control key ends a sequence", "ab\033[1\001x", "xab", 1 },
	{ "letters of two bytes", "a\303\244b", "ab", 2 },
	{ "control keys without a meaning",
	  "a\016\017\020\021\022\023\024\026\030\032\034\035\036\037b",
	  "ab", 2 },
	{ "no words to complete", "a\tb", "ab", 2 },
};

static void edit_name(const struct edit *edit, char *desc)
{
	strcpy(desc, edit->name);
}
KUNIT_ARRAY_PARAM(edit, edits, edit_name);

static void readline_edits(struct kunit *test)
{
	const struct edit *edit = test->param_value;

	KUNIT_EXPECT_EQ(test, type(test, edit->keys), READLINE_EDITING);
	KUNIT_EXPECT_STREQ(test, rl.line, edit->line);
	KUNIT_EXPECT_EQ(test, rl.cursor, edit->cursor);
	KUNIT_EXPECT_EQ(test, type(test, "\r"), READLINE_DONE);
	KUNIT_EXPECT_STREQ(test, rl.line, edit->line);
}

/* ---- ends of lines ---- */

static unsigned int count_lines(struct kunit *test, const char *keys)
{
	unsigned int lines = 0;

	terminal_start(&rl);
	for (; *keys; keys++) {
		if (feed(test, *keys) != READLINE_DONE)
			continue;
		lines++;
		readline_start(&rl);
	}
	return lines;
}

static void readline_line_ends(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, count_lines(test, "a\rb\r"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "a\nb\n"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "a\r\nb\r\n"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "\r\r"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "\n\n"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "\r\n\n"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "\r" "a\n"), 2);
	KUNIT_EXPECT_EQ(test, count_lines(test, "a\033[\r"), 1);
}

static void readline_leaves(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, type(test, "abc\033[D\003"), READLINE_CANCELLED);
	KUNIT_EXPECT_MEMEQ(test, terminal.row[0], PROMPT "abc^C ", 8);
	readline_start(&rl);
	KUNIT_EXPECT_STREQ(test, rl.line, "");
	KUNIT_EXPECT_EQ(test, type(test, "\004"), READLINE_EOF);
	readline_start(&rl);
	KUNIT_EXPECT_EQ(test, type(test, "a\177\004"), READLINE_EOF);
}

/* ---- long lines ---- */

static void type_letters(struct kunit *test, unsigned int count)
{
	char letter[2] = "";

	for (; count > 0; count--) {
		letter[0] = 'a' + rl.len % 26;
		type(test, letter);
	}
}

static void readline_full(struct kunit *test)
{
	type_letters(test, READLINE_MAX);
	KUNIT_EXPECT_EQ(test, rl.len, READLINE_MAX);
	KUNIT_EXPECT_EQ(test, terminal.bells, 0);
	type(test, "!");
	KUNIT_EXPECT_EQ(test, terminal.bells, 1);
	type(test, "\001!");
	KUNIT_EXPECT_EQ(test, terminal.bells, 2);
	KUNIT_EXPECT_EQ(test, rl.len, READLINE_MAX);
	KUNIT_EXPECT_EQ(test, rl.line[0], 'a');
	type(test, "\013\031\031");		/* all of it away, and twice back */
	KUNIT_EXPECT_EQ(test, rl.len, READLINE_MAX);
	KUNIT_EXPECT_EQ(test, terminal.bells, 3);
}

/* When the line ends, all of it is on the screen, for the log. */
static void readline_shows_all(struct kunit *test)
{
	unsigned int i;

	type_letters(test, 2 * READLINE_COLUMNS);
	KUNIT_EXPECT_EQ(test, type(test, "\001\r"), READLINE_DONE);
	KUNIT_ASSERT_EQ(test, terminal.nr_rows, 3);
	KUNIT_EXPECT_EQ(test, terminal.row[0][0], PROMPT[0]);
	for (i = strlen(PROMPT); i < 2 * READLINE_COLUMNS + strlen(PROMPT); i++)
		KUNIT_EXPECT_EQ(test, terminal.row[i / READLINE_COLUMNS][i % READLINE_COLUMNS],
				'a' + (i - strlen(PROMPT)) % 26);
}

/* ---- history ---- */

static void readline_history(struct kunit *test)
{
	type(test, "one\r\rtwo\rtwo\r  \rthree\rty");
	type(test, "\033[A");
	KUNIT_EXPECT_STREQ(test, rl.line, "three");
	type(test, "\020");
	KUNIT_EXPECT_STREQ(test, rl.line, "two");
	type(test, "\033OA");
	KUNIT_EXPECT_STREQ(test, rl.line, "one");
	type(test, "\033[A");
	KUNIT_EXPECT_STREQ(test, rl.line, "one");
	KUNIT_EXPECT_EQ(test, terminal.bells, 1);
	type(test, "\033[B\016\033OB");
	KUNIT_EXPECT_STREQ(test, rl.line, "ty");
	KUNIT_EXPECT_EQ(test, rl.cursor, 2);
	type(test, "\016");
	KUNIT_EXPECT_EQ(test, terminal.bells, 2);
}

static void readline_history_edited(struct kunit *test)
{
	type(test, "one\rtwo\r\033[A\033[A!\r");
	KUNIT_EXPECT_STREQ(test, rl.line, "one!");
	readline_start(&rl);
	type(test, "\033[A");
	KUNIT_EXPECT_STREQ(test, rl.line, "one!");
	type(test, "\033[A\033[A");
	KUNIT_EXPECT_STREQ(test, rl.line, "one");
}

static void readline_history_forgets(struct kunit *test)
{
	char line[8];
	int i;

	for (i = 0; i < READLINE_HISTORY + 3; i++) {
		snprintf(line, sizeof(line), "%d\r", i);
		type(test, line);
		readline_start(&rl);
	}
	for (i = 0; i < READLINE_HISTORY + 1; i++)
		type(test, "\020");
	KUNIT_EXPECT_STREQ(test, rl.line, "3");
	KUNIT_EXPECT_EQ(test, terminal.bells, 1);
}

/* ---- Tab ---- */

static const char *some_word(const char *line, unsigned int start, unsigned int n)
{
	static const char *const first[] = { "help", "lookup", "ls", "load", "lookup" };
	static const char *const second[] = { "/proc/", "/proc/sys/a", "/proc/sys/b", "dir/" };

	if (start == 0)
		return n < ARRAY_SIZE(first) ? first[n] : NULL;
	return n < ARRAY_SIZE(second) ? second[n] : NULL;
}

static const struct edit completions[] = {
	{ "one fits", "h\t", "help ", 5 },
	{ "one fits, in the middle", "h x\001\006\t", "help x", 4 },
	{ "the same word twice", "look\t", "lookup ", 7 },
	{ "one fits that goes on", "ls d\t", "ls dir/", 7 },
	{ "none fits", "x\t", "x", 1 },
	{ "nothing in common", "l\t", "l", 1 },
	{ "a beginning in common", "lo\t", "lo", 2 },
	{ "the second word", "ls /proc/s\t", "ls /proc/sys/", 13 },
	{ "behind >", "e 1>/proc/s\t", "e 1>/proc/sys/", 14 },
	{ "a whole word that goes on", "ls /p\t", "ls /proc/", 9 },
	{ "listed", "ls /\t\tx", "ls /proc/x", 10 },
};
KUNIT_ARRAY_PARAM(completion, completions, edit_name);

static void readline_completes(struct kunit *test)
{
	const struct edit *edit = test->param_value;

	rl.candidate = some_word;
	type(test, edit->keys);
	KUNIT_EXPECT_STREQ(test, rl.line, edit->line);
	KUNIT_EXPECT_EQ(test, rl.cursor, edit->cursor);
}

static void readline_lists(struct kunit *test)
{
	rl.candidate = some_word;
	type(test, "l\t");
	KUNIT_EXPECT_EQ(test, terminal.bells, 1);
	KUNIT_EXPECT_EQ(test, terminal.nr_rows, 0);
	type(test, "\t");
	KUNIT_ASSERT_EQ(test, terminal.nr_rows, 4);
	KUNIT_EXPECT_MEMEQ(test, terminal.row[0], "% l ", 4);
	KUNIT_EXPECT_MEMEQ(test, terminal.row[1], "load ", 5);
	KUNIT_EXPECT_MEMEQ(test, terminal.row[2], "lookup ", 7);
	KUNIT_EXPECT_MEMEQ(test, terminal.row[3], "ls ", 3);
	type(test, "\001\005\t");		/* other keys came between: not a second Tab */
	KUNIT_EXPECT_EQ(test, terminal.nr_rows, 4);
}

static struct kunit_case readline_cases[] = {
	KUNIT_CASE_PARAM(readline_edits, edit_gen_params),
	KUNIT_CASE(readline_line_ends),
	KUNIT_CASE(readline_leaves),
	KUNIT_CASE(readline_full),
	KUNIT_CASE(readline_shows_all),
	KUNIT_CASE(readline_history),
	KUNIT_CASE(readline_history_edited),
	KUNIT_CASE(readline_history_forgets),
	KUNIT_CASE_PARAM(readline_completes, completion_gen_params),
	KUNIT_CASE(readline_lists),
	{}
};

static struct kunit_suite readline_suite = {
	.name = "readline",
	.init = readline_test_init,
	.test_cases = readline_cases,
};

kunit_test_suite(readline_suite);
