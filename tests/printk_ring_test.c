// SPDX-License-Identifier: MIT
/* The log's ring once it is full: it forgets the oldest lines, only as many as it must, and whole. */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#define RING		(64UL << 10)	/* kernel/core/printk.c */
#define LINES		4000		/* three rings full */
#define LONGEST		60		/* x's in a line */

struct walk {
	struct kunit *test;
	int first, next;	/* numbers of our lines; -1: none seen */
	unsigned long bytes;
};

/* Line @n: its number, then so many x's that lines of all lengths come by. */
static int make_line(char *buf, size_t size, int n)
{
	int len = scnprintf(buf, size, "ring %d ", n);

	memset(buf + len, 'x', n % LONGEST);
	len += n % LONGEST;
	buf[len] = '\0';
	return len;
}

static void look_at_line(void *arg, int level, u64 ns, const char *text)
{
	unsigned long size, offset;
	struct walk *walk = arg;
	char wanted[LONGEST + 24];
	int n;

	walk->bytes += strlen(text);
	if (strncmp(text, "ring ", 5))
		return;
	n = simple_strtol(text + 5, NULL, 10);
	if (walk->first < 0)
		walk->first = n;
	else
		KUNIT_EXPECT_EQ(walk->test, n, walk->next);
	walk->next = n + 1;

	make_line(wanted, sizeof(wanted), n);
	KUNIT_EXPECT_STREQ(walk->test, text, wanted);
	/* In one piece within the ring: what goes past its end overwrites something else. */
	if (kallsyms_lookup((unsigned long)text, &size, &offset))
		KUNIT_EXPECT_LT(walk->test, offset + strlen(text), size);
}

static void printk_ring_when_full(struct kunit *test)
{
	struct walk walk = { .test = test, .first = -1 };
	int saved = console_loglevel;
	char line[LONGEST + 24];

	console_loglevel = 0;
	for (int n = 0; n < LINES; n++) {
		make_line(line, sizeof(line), n);
		printk(KERN_DEBUG "%s\n", line);
	}
	console_loglevel = saved;
	kmsg_for_each(look_at_line, &walk);

	KUNIT_EXPECT_GT(test, walk.first, 0);		/* it did forget … */
	KUNIT_EXPECT_EQ(test, walk.next, LINES);	/* … but not the last one, … */
	/* … and not much more than it had to: headers and padding take less than the text. */
	KUNIT_EXPECT_GT(test, walk.bytes, RING / 2);
}

static struct kunit_case printk_ring_cases[] = {
	KUNIT_CASE(printk_ring_when_full),
	{}
};

static struct kunit_suite printk_ring_suite = {
	.name = "printk_ring",
	.test_cases = printk_ring_cases,
};
kunit_test_suite(printk_ring_suite);
