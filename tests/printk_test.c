// SPDX-License-Identifier: MIT
/* The log: levels, lines, the ring, taps, consoles. */
#include <kunit/test.h>
#include <linux/console.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/log_tap.h>

#include "heard_console.h"

#define HEARD_LINES 8

/* A tap that keeps what it hears. */
struct listener {
	struct log_tap tap;
	unsigned int lines;
	int level[HEARD_LINES];
	char text[HEARD_LINES][128];
	size_t longest;
};

static struct listener ear;

static void hear(struct log_tap *tap, int level, const char *text)
{
	struct listener *l = container_of(tap, struct listener, tap);

	if (l->lines < HEARD_LINES) {
		l->level[l->lines] = level;
		strscpy(l->text[l->lines], text, sizeof(l->text[0]));
	}
	l->longest = max(l->longest, strlen(text));
	l->lines++;
}

/* Every case listens, with the consoles silent: what it prints is about printing. */
static int saved_loglevel;

static int printk_init(struct kunit *test)
{
	memset(&ear, 0, sizeof(ear));
	ear.tap.line = hear;
	saved_loglevel = console_loglevel;
	console_loglevel = 0;
	log_tap_add(&ear.tap);
	return 0;
}

static void printk_exit(struct kunit *test)
{
	log_tap_remove(&ear.tap);
	console_loglevel = saved_loglevel;
}

static void stop_listening(void)
{
	log_tap_remove(&ear.tap);
}

static void printk_levels(struct kunit *test)
{
	pr_emerg("a\n");
	pr_err("b\n");
	pr_info("c\n");
	printk("d\n");
	printk(KERN_DEBUG "e\n");
	stop_listening();
	KUNIT_ASSERT_EQ(test, ear.lines, 5);
	KUNIT_EXPECT_EQ(test, ear.level[0], LOGLEVEL_EMERG);
	KUNIT_EXPECT_EQ(test, ear.level[1], LOGLEVEL_ERR);
	KUNIT_EXPECT_EQ(test, ear.level[2], LOGLEVEL_INFO);
	KUNIT_EXPECT_EQ(test, ear.level[3], default_message_loglevel);
	KUNIT_EXPECT_EQ(test, ear.level[4], LOGLEVEL_DEBUG);
	KUNIT_EXPECT_STREQ(test, ear.text[2], "c");
}

static void printk_continued_lines(struct kunit *test)
{
	pr_info("one");
	pr_cont(", two");
	pr_cont(", three\n");
	pr_err("not ended");
	pr_info("new\n");
	stop_listening();
	KUNIT_ASSERT_EQ(test, ear.lines, 3);
	KUNIT_EXPECT_STREQ(test, ear.text[0], "one, two, three");
	KUNIT_EXPECT_STREQ(test, ear.text[1], "not ended");
	KUNIT_EXPECT_EQ(test, ear.level[1], LOGLEVEL_ERR);
	KUNIT_EXPECT_STREQ(test, ear.text[2], "new");
}

static void printk_several_lines_in_one_call(struct kunit *test)
{
	pr_err("one\n\ntwo\n");
	stop_listening();
	KUNIT_ASSERT_EQ(test, ear.lines, 3);
	KUNIT_EXPECT_STREQ(test, ear.text[1], "");
	KUNIT_EXPECT_STREQ(test, ear.text[2], "two");
	KUNIT_EXPECT_EQ(test, ear.level[2], LOGLEVEL_ERR);
}

/* Longer than a line may be: cut into several, nothing lost. */
static void printk_long_line(struct kunit *test)
{
	static char text[1500];
	int printed;

	memset(text, 'x', sizeof(text) - 1);
	printed = printk("%s", text);
	pr_cont("%s\n", text);
	stop_listening();
	KUNIT_EXPECT_GT(test, printed, 900);
	KUNIT_EXPECT_GE(test, ear.lines, 2);
	KUNIT_EXPECT_LE(test, ear.longest, 1000);
}

struct tail_check {
	unsigned int lines;
	char last[64];
};

static void note_tail(void *arg, int level, u64 ns, const char *text)
{
	struct tail_check *t = arg;

	t->lines++;
	strscpy(t->last, text, sizeof(t->last));
}

/* The ring keeps the youngest lines, whole, whatever their lengths. */
static void printk_ring_wraps(struct kunit *test)
{
	struct tail_check tail = { 0 };
	unsigned int i;

	for (i = 0; i < 5000; i++)
		printk(KERN_DEBUG "%.*s%u\n", i % 61,
		       "............................................................", i);
	kmsg_for_each(note_tail, &tail);
	KUNIT_EXPECT_GT(test, tail.lines, 500);
	KUNIT_EXPECT_LT(test, tail.lines, 5000);
	tail.lines = 0;
	kmsg_for_each_tail(3, note_tail, &tail);
	KUNIT_EXPECT_EQ(test, tail.lines, 3);
	KUNIT_EXPECT_NOT_NULL(test, strstr(tail.last, "4999"));
}

/* A console that comes late is told what was said before, with time stamps, as its level allows. */
static void printk_console(struct kunit *test)
{
	static struct console con = { .name = "test", .write = heard_write };

	heard_len = 0;
	register_console(&con);
	KUNIT_EXPECT_EQ(test, heard_len, 0);		/* the level is 0: nothing to show */

	console_loglevel = LOGLEVEL_INFO;
	printk(KERN_INFO "hidden\n");
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	printk(KERN_NOTICE "quarry test: a visible line\n");
	console_loglevel = 0;
	KUNIT_EXPECT_EQ(test, heard[0], '[');
	KUNIT_EXPECT_NOT_NULL(test, strstr(heard, "] quarry test: a visible line\n"));

	KUNIT_EXPECT_EQ(test, unregister_console(&con), 0);
	heard_len = 0;
	console_loglevel = LOGLEVEL_INFO;
	printk(KERN_NOTICE "quarry test: one console less\n");
	console_loglevel = 0;
	KUNIT_EXPECT_EQ(test, heard_len, 0);
	KUNIT_EXPECT_LT(test, unregister_console(&con), 0);
}

static struct kunit_case printk_cases[] = {
	KUNIT_CASE(printk_levels),
	KUNIT_CASE(printk_continued_lines),
	KUNIT_CASE(printk_several_lines_in_one_call),
	KUNIT_CASE(printk_long_line),
	KUNIT_CASE(printk_ring_wraps),
	KUNIT_CASE(printk_console),
	{}
};

static struct kunit_suite printk_suite = {
	.name = "printk",
	.init = printk_init,
	.exit = printk_exit,
	.test_cases = printk_cases,
};
kunit_test_suite(printk_suite);
