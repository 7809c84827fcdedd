// SPDX-License-Identifier: MIT
/*
 * Line editing at random: keys are typed from a seed, and the same keys change a second editor
 * that has no screen and no speed and is too simple to be wrong. After each of them both must have
 * the same line and cursor, and the terminal must show it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "terminal.h"

static struct readline rl;

#define FUZZ_KEYS	3000
#define MODEL_HISTORY	256

/* text[0..len) and the cursor; history as an array that never forgets. */
static struct model {
	char text[READLINE_MAX + 1], killed[READLINE_MAX + 1], typed[READLINE_MAX + 1];
	char lines[MODEL_HISTORY][READLINE_MAX + 1];
	unsigned int cursor, nr_lines, back;
	bool after_cr;			/* a \n would be the second half of a line's end */
} *model;

/* Replace text[from..to) by @with, if the whole still fits; the cursor goes behind it. */
static void splice(unsigned int from, unsigned int to, const char *with)
{
	unsigned int length = strlen(with);
	char rest[READLINE_MAX + 1];

	if (strlen(model->text) - (to - from) + length > READLINE_MAX)
		return;
	strcpy(rest, model->text + to);
	strcpy(model->text + from, with);
	strcpy(model->text + from + length, rest);
	model->cursor = from + length;
}

static void kill(unsigned int from, unsigned int to)
{
	if (from == to)
		return;
	memcpy(model->killed, model->text + from, to - from);
	model->killed[to - from] = '\0';
	splice(from, to, "");
}

static void browse(unsigned int back)
{
	if (back > min(model->nr_lines, (unsigned int)READLINE_HISTORY))
		return;
	if (model->back == 0)
		strcpy(model->typed, model->text);
	model->back = back;
	strcpy(model->text, back ? model->lines[model->nr_lines - back] : model->typed);
	model->cursor = strlen(model->text);
}

static unsigned int model_word_left(void)
{
	unsigned int at = model->cursor;

	while (at && model->text[at - 1] == ' ')
		at--;
	while (at && model->text[at - 1] != ' ')
		at--;
	return at;
}

static void enter(void)
{
	if (*skip_spaces(model->text) &&
	    (!model->nr_lines || strcmp(model->lines[model->nr_lines - 1], model->text)))
		strcpy(model->lines[model->nr_lines++], model->text);
}

enum key {
	KEY_LETTERS, KEY_BLANK, KEY_LEFT, KEY_RIGHT, KEY_WORD_LEFT, KEY_HOME, KEY_END,
	KEY_BACKSPACE, KEY_DELETE, KEY_KILL_END, KEY_KILL_START, KEY_KILL_WORD, KEY_YANK,
	KEY_OLDER, KEY_NEWER, KEY_REDRAW, KEY_NOTHING, KEY_CANCEL, KEY_ENTER, NR_KEYS
};

/* The bytes for each key: one of two ways to type it. */
static const char *const key_bytes[NR_KEYS][2] = {
	[KEY_BLANK]	 = { " ", " " },
	[KEY_LEFT]	 = { "\033[D", "\002" },
	[KEY_RIGHT]	 = { "\033OC", "\006" },
	[KEY_WORD_LEFT]	 = { "\033[1;5D", "\033[1;5D" },
	[KEY_HOME]	 = { "\033[H", "\001" },
	[KEY_END]	 = { "\033OF", "\005" },
	[KEY_BACKSPACE]	 = { "\b", "\177" },
	[KEY_DELETE]	 = { "\033[3~", "\033[3~" },
	[KEY_KILL_END]	 = { "\013", "\013" },
	[KEY_KILL_START] = { "\025", "\025" },
	[KEY_KILL_WORD]	 = { "\027", "\027" },
	[KEY_YANK]	 = { "\031", "\031" },
	[KEY_OLDER]	 = { "\033[A", "\020" },
	[KEY_NEWER]	 = { "\033OB", "\016" },
	[KEY_REDRAW]	 = { "\014", "\014" },
	[KEY_NOTHING]	 = { "\033[17~", "\033\033[24;5~" },
	[KEY_CANCEL]	 = { "\003", "\003" },
	[KEY_ENTER]	 = { "\r", "\n" },
};

static void model_key(enum key key, const char *bytes)
{
	unsigned int length = strlen(model->text), at = model->cursor;

	switch (key) {
	case KEY_LETTERS:
		for (; *bytes; bytes++)
			splice(model->cursor, model->cursor, (char [2]){ *bytes });
		break;
	case KEY_BLANK:
		splice(at, at, bytes);
		break;
	case KEY_LEFT:
		model->cursor -= at > 0;
		break;
	case KEY_RIGHT:
		model->cursor += at < length;
		break;
	case KEY_WORD_LEFT:
		model->cursor = model_word_left();
		break;
	case KEY_HOME:
		model->cursor = 0;
		break;
	case KEY_END:
		model->cursor = length;
		break;
	case KEY_BACKSPACE:
		splice(at - (at > 0), at, "");
		break;
	case KEY_DELETE:
		splice(at, at + (at < length), "");
		break;
	case KEY_KILL_END:
		kill(at, length);
		break;
	case KEY_KILL_START:
		kill(0, at);
		break;
	case KEY_KILL_WORD:
		kill(model_word_left(), at);
		break;
	case KEY_YANK:
		splice(at, at, model->killed);
		break;
	case KEY_OLDER:
		browse(model->back + 1);
		break;
	case KEY_NEWER:
		if (model->back > 0)
			browse(model->back - 1);
		break;
	default:
		break;
	}
}

/* Mostly a few letters, now and then a paste that makes the line a long one. */
static void random_letters(struct rnd_state *rnd, char *bytes, unsigned int size)
{
	unsigned int most = prandom_u32_max_state(rnd, 20) ? 3 : size - 1;
	unsigned int count = 1 + prandom_u32_max_state(rnd, most);

	bytes[count] = '\0';
	while (count--)
		bytes[count] = '!' + prandom_u32_max_state(rnd, '~' - '!' + 1);
}

/* Letters half of the time; leaving the line seldom, or none would become long. */
static enum key random_key(struct rnd_state *rnd)
{
	enum key key = KEY_LETTERS;

	if (prandom_u32_max_state(rnd, 2))
		key = prandom_u32_max_state(rnd, NR_KEYS);
	if ((key == KEY_CANCEL || key == KEY_KILL_START) && prandom_u32_max_state(rnd, 2))
		key = KEY_BLANK;
	return key;
}

static void press(struct kunit *test, enum key key, const char *bytes)
{
	enum readline_event event = READLINE_EDITING;

	if (*bytes == '\n' && model->after_cr)
		key = KEY_NOTHING;
	model->after_cr = *bytes == '\r';
	model_key(key, bytes);
	for (; *bytes && event == READLINE_EDITING; bytes++)
		event = readline_feed(&rl, *bytes);

	KUNIT_ASSERT_EQ(test, event, key == KEY_ENTER ? READLINE_DONE :
				     key == KEY_CANCEL ? READLINE_CANCELLED : READLINE_EDITING);
	KUNIT_ASSERT_STREQ(test, rl.line, model->text);
	if (event == READLINE_EDITING) {
		KUNIT_ASSERT_EQ(test, rl.cursor, model->cursor);
		terminal_check(test, &rl);
		return;
	}
	if (event == READLINE_DONE)
		enter();
	strcpy(model->text, "");
	model->cursor = model->back = 0;
	terminal.wraps = 0;
	readline_start(&rl);
}

static const u64 seeds[] = { 1, 2, 3, 4 };

static void seed_name(const u64 *seed, char *desc)
{
	sprintf(desc, "seed %llu", *seed);
}
KUNIT_ARRAY_PARAM(seed, seeds, seed_name);

static void readline_random(struct kunit *test)
{
	struct rnd_state rnd;
	char letters[100];
	unsigned int i;

	prandom_seed_state(&rnd, *(const u64 *)test->param_value);
	memset(model, 0, sizeof(*model));
	terminal_start(&rl);
	for (i = 0; i < FUZZ_KEYS && model->nr_lines < MODEL_HISTORY - 1; i++) {
		enum key key = random_key(&rnd);

		random_letters(&rnd, letters, sizeof(letters));
		press(test, key, key == KEY_LETTERS ? letters :
				 key_bytes[key][prandom_u32_max_state(&rnd, 2)]);
	}
	KUNIT_EXPECT_GT(test, model->nr_lines, READLINE_HISTORY);
}

static struct kunit_case readline_random_cases[] = {
	KUNIT_CASE_PARAM(readline_random, seed_gen_params),
	{}
};

static int readline_random_init(struct kunit *test)
{
	model = vmalloc(sizeof(*model));
	return model ? 0 : -ENOMEM;
}

static void readline_random_exit(struct kunit *test)
{
	vfree(model);
}

static struct kunit_suite readline_random_suite = {
	.name = "readline_random",
	.init = readline_random_init,
	.exit = readline_random_exit,
	.test_cases = readline_random_cases,
};

kunit_test_suite(readline_random_suite);
