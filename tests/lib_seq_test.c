// SPDX-License-Identifier: MIT
/* seq_file: lines of any length arrive whole and in order. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

struct collected {
	char text[600];
	size_t len;
};

static struct collected all;

static void collect(struct seq_file *m, const char *s, size_t count)
{
	struct collected *c = m->private;

	count = min(count, sizeof(c->text) - 1 - c->len);
	memcpy(c->text + c->len, s, count);
	c->len += count;
	c->text[c->len] = '\0';
}

static struct seq_file *new_file(void)
{
	static struct seq_file file = { .sink = collect, .private = &all };

	all.len = 0;
	all.text[0] = '\0';
	return &file;
}

static void pieces(struct kunit *test)
{
	struct seq_file *m = new_file();

	seq_puts(m, "Mem");
	seq_putc(m, ':');
	seq_printf(m, "%8lu kB", 130048UL);
	seq_write(m, "\n\0x", 2);
	KUNIT_EXPECT_EQ(test, all.len, (size_t)17);
	KUNIT_EXPECT_STREQ(test, (const char *)all.text, "Mem:  130048 kB\n");
	seq_puts(m, "");
	seq_printf(m, "%s", "");
	KUNIT_EXPECT_EQ(test, all.len, (size_t)17);
}

/* All lengths around the inner buffer's size and its multiples. */
static void long_lines(struct kunit *test)
{
	static char line[500];

	for (size_t len = 0; len < sizeof(line) - 1;
	     len += len % 128 > 120 || len % 128 < 4 ? 1 : 7) {
		struct seq_file *m = new_file();

		for (size_t i = 0; i < len; i++)
			line[i] = 'a' + i % 26;
		line[len] = '\0';
		seq_printf(m, "%s|%d", line, 42);
		KUNIT_EXPECT_EQ(test, all.len, len + 3);
		KUNIT_EXPECT_EQ(test, memcmp(all.text, line, len), 0);
		KUNIT_EXPECT_STREQ(test, (const char *)all.text + len, "|42");
	}
}

static struct kunit_case seq_cases[] = {
	KUNIT_CASE(pieces),
	KUNIT_CASE(long_lines),
	{}
};

static struct kunit_suite seq_suite = {
	.name = "lib_seq_file",
	.test_cases = seq_cases,
};
kunit_test_suite(seq_suite);
