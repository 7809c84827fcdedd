// SPDX-License-Identifier: MIT
/* The monitor without its line: words, commands, what Tab offers, and the files of /proc. */
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/command_line.h>
#include <quarry/monitor.h>
#include <quarry/proc.h>

/* ---- words ---- */

static const struct splitting {
	const char *line;
	int count;
	const char *words;	/* each with [ ] around it; a > that redirects is bare */
} splittings[] = {
	{ "", 0, "" },
	{ " \t ", 0, "" },
	{ "ls", 1, "[ls]" },
	{ "  cat\ta   b ", 3, "[cat][a][b]" },
	{ "echo 'a  b' \"c d\"", 3, "[echo][a  b][c d]" },
	{ "a'b c'd\"e f\"", 1, "[ab cde f]" },
	{ "'it''s' \"don't\"", 2, "[its][don't]" },
	{ "echo '' x", 3, "[echo][][x]" },
	{ "echo 1 > f", 4, "[echo][1]>[f]" },
	{ "echo 1>f", 4, "[echo][1]>[f]" },
	{ "a>>b>", 5, "[a]>>[b]>" },
	{ ">", 1, ">" },
	{ "echo '>' \">\"x", 3, "[echo][>][>x]" },
	{ "echo 'a", -EINVAL, "" },
	{ "echo a\"b'", -EINVAL, "" },
	{ "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6", COMMAND_WORDS_MAX,
	  "[a][b][c][d][e][f][g][h][i][j][k][l][m][n][o][p][q][r][s][t][u][v][w][x][y][z]"
	  "[1][2][3][4][5][6]" },
	{ "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7", -E2BIG, "" },
	{ "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6>", -E2BIG, "" },
};

static void splitting_name(const struct splitting *s, char *desc)
{
	strcpy(desc, s->line);
}
KUNIT_ARRAY_PARAM(splitting, splittings, splitting_name);

static void monitor_split_words(struct kunit *test)
{
	const struct splitting *s = test->param_value;
	char line[128], *words[COMMAND_WORDS_MAX + 1], result[256] = "";
	int i, count;

	strcpy(line, s->line);
	count = split_words(line, words);
	KUNIT_ASSERT_EQ(test, count, s->count);
	for (i = 0; i < count; i++)
		sprintf(result + strlen(result),
			words[i] == command_redirect ? "%s" : "[%s]", words[i]);
	KUNIT_EXPECT_STREQ(test, result, s->words);
	if (count >= 0)
		KUNIT_EXPECT_NULL(test, words[count]);
}

/* ---- commands ---- */

static void monitor_finds_commands(struct kunit *test)
{
	const struct monitor_command *help = find_command("help");

	KUNIT_ASSERT_NOT_NULL(test, help);
	KUNIT_EXPECT_STREQ(test, help->name, "help");
	KUNIT_EXPECT_NULL(test, find_command("hel"));
	KUNIT_EXPECT_NULL(test, find_command("helpp"));
	KUNIT_EXPECT_NULL(test, find_command(""));
}

static void monitor_names_the_nearest(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, nearest_command("hlep"), "help");
	KUNIT_EXPECT_STREQ(test, nearest_command("hepl"), "help");
	KUNIT_EXPECT_STREQ(test, nearest_command("pwoeroff"), "poweroff");
	KUNIT_EXPECT_STREQ(test, nearest_command("power"), "poweroff");
	KUNIT_EXPECT_STREQ(test, nearest_command("demsg"), "dmesg");
	KUNIT_EXPECT_STREQ(test, nearest_command("cta"), "cat");
	KUNIT_EXPECT_NULL(test, nearest_command("xyzzy"));
	KUNIT_EXPECT_NULL(test, nearest_command(""));
	KUNIT_EXPECT_NULL(test, nearest_command("a word longer than any name of a command"));
}

static void monitor_executes(struct kunit *test)
{
	char line[300];

	KUNIT_EXPECT_EQ(test, monitor_execute(""), 0);
	KUNIT_EXPECT_EQ(test, monitor_execute("   "), 0);
	KUNIT_EXPECT_EQ(test, monitor_execute("echo done"), 0);
	KUNIT_EXPECT_EQ(test, monitor_execute("nothing_of_the_kind"), -ENOENT);
	KUNIT_EXPECT_EQ(test, monitor_execute("poweroff now"), -EINVAL);
	KUNIT_EXPECT_EQ(test, monitor_execute("echo 'a"), -EINVAL);
	KUNIT_EXPECT_EQ(test, monitor_execute("cat /proc/nothing"), -ENOENT);
	KUNIT_EXPECT_EQ(test, monitor_execute("cat"), -EINVAL);
	KUNIT_EXPECT_EQ(test, monitor_execute("echo 1 >"), -EINVAL);
	KUNIT_EXPECT_EQ(test, monitor_execute("echo 1 > /proc/version more"), -EINVAL);
	KUNIT_EXPECT_EQ(test, monitor_execute("echo 1 > /proc/version"), -EACCES);
	KUNIT_EXPECT_EQ(test, monitor_execute("ls /proc/version"), 0);
	KUNIT_EXPECT_EQ(test, monitor_execute("ls /proc/version/"), -ENOTDIR);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	KUNIT_EXPECT_EQ(test, monitor_execute(line), -E2BIG);
}

/* ---- Tab ---- */

/* Is @word among the candidates for what follows @before? */
static bool offers(const char *before, const char *word)
{
	const char *candidate;
	unsigned int n;

	for (n = 0; (candidate = command_candidate(before, strlen(before), n)); n++) {
		if (!strcmp(candidate, word))
			return true;
	}
	return false;
}

static void monitor_offers_words(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, offers("", "poweroff"));
	KUNIT_EXPECT_TRUE(test, offers("  ", "help"));
	KUNIT_EXPECT_FALSE(test, offers("", "/proc/version"));
	KUNIT_EXPECT_TRUE(test, offers("help ", "cat"));
	KUNIT_EXPECT_FALSE(test, offers("help cat ", "cat"));
	KUNIT_EXPECT_TRUE(test, offers("crash ", "double-fault"));
	KUNIT_EXPECT_TRUE(test, offers("cat ", "/proc/version"));
	KUNIT_EXPECT_TRUE(test, offers("cat /proc/version ", "/proc/sys/kernel/printk"));
	KUNIT_EXPECT_FALSE(test, offers("cat ", "/proc/sysrq-trigger"));
	KUNIT_EXPECT_TRUE(test, offers("ls ", "/proc/sys/kernel/"));
	KUNIT_EXPECT_TRUE(test, offers("lookup ", "start_kernel"));
	KUNIT_EXPECT_FALSE(test, offers("poweroff ", "poweroff"));
	KUNIT_EXPECT_FALSE(test, offers("nothing_of_the_kind ", "help"));
	KUNIT_EXPECT_FALSE(test, offers("cat 'a ", "/proc/version"));
}

static void monitor_offers_files_to_write(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, offers("echo ", "/proc/sys/kernel/printk"));
	KUNIT_EXPECT_TRUE(test, offers("echo 4 > ", "/proc/sys/kernel/printk"));
	KUNIT_EXPECT_TRUE(test, offers("echo 4>", "/proc/sys/kernel/printk"));
	KUNIT_EXPECT_TRUE(test, offers("echo > ", "/proc/sysrq-trigger"));
	KUNIT_EXPECT_FALSE(test, offers("echo > ", "/proc/version"));
	KUNIT_EXPECT_FALSE(test, offers("echo '>' ", "/proc/sys/kernel/printk"));
}

static struct kunit_case monitor_cases[] = {
	KUNIT_CASE_PARAM(monitor_split_words, splitting_gen_params),
	KUNIT_CASE(monitor_finds_commands),
	KUNIT_CASE(monitor_names_the_nearest),
	KUNIT_CASE(monitor_executes),
	KUNIT_CASE(monitor_offers_words),
	KUNIT_CASE(monitor_offers_files_to_write),
	{}
};

static struct kunit_suite monitor_suite = {
	.name = "monitor",
	.test_cases = monitor_cases,
};

/* ---- /proc ---- */

struct text {
	char bytes[1024];
	size_t length;
};

static void to_text(struct seq_file *m, const char *s, size_t count)
{
	struct text *text = m->private;

	count = min(count, sizeof(text->bytes) - 1 - text->length);
	memcpy(text->bytes + text->length, s, count);
	text->length += count;
}

static int show(struct text *text, const char *path)
{
	struct seq_file m = { .sink = to_text, .private = text };

	memset(text, 0, sizeof(*text));
	return proc_show(path, &m);
}

static void proc_shows(struct kunit *test)
{
	struct text text;

	KUNIT_EXPECT_EQ(test, show(&text, "/proc/cmdline"), 0);
	KUNIT_EXPECT_EQ(test, text.bytes[text.length - 1], '\n');
	text.bytes[text.length - 1] = '\0';
	KUNIT_EXPECT_MEMEQ(test, text.bytes, boot_info.command_line, text.length);
	KUNIT_EXPECT_EQ(test, show(&text, "cmdline"), 0);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc//cmdline"), 0);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc/version"), 0);
	KUNIT_EXPECT_EQ(test, strncmp(text.bytes, "Quarry version ", 15), 0);
}

/* Two numbers with two decimals each, that do not run backwards. */
static void proc_uptime(struct kunit *test)
{
	struct text text;
	unsigned long first, second;
	char *end;

	KUNIT_ASSERT_EQ(test, show(&text, "/proc/uptime"), 0);
	first = simple_strtoul(text.bytes, &end, 10);
	KUNIT_EXPECT_EQ(test, *end, '.');
	KUNIT_ASSERT_EQ(test, end[3], ' ');
	KUNIT_EXPECT_LE(test, simple_strtoul(end + 4, &end, 10), (first + 1) * num_online_cpus());
	KUNIT_EXPECT_EQ(test, end[0], '.');
	KUNIT_EXPECT_STREQ(test, end + 3, "\n");
	KUNIT_ASSERT_EQ(test, show(&text, "/proc/uptime"), 0);
	second = simple_strtoul(text.bytes, NULL, 10);
	KUNIT_EXPECT_LE(test, first, second);
}

static void proc_refuses(struct kunit *test)
{
	struct text text;

	KUNIT_EXPECT_EQ(test, show(&text, "/proc/nothing"), -ENOENT);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc/versio"), -ENOENT);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc/version/x"), -ENOENT);
	KUNIT_EXPECT_EQ(test, show(&text, "/procversion"), -ENOENT);
	KUNIT_EXPECT_EQ(test, show(&text, "/etc/version"), -ENOENT);
	KUNIT_EXPECT_EQ(test, show(&text, "/version"), -ENOENT);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc/version/"), -ENOTDIR);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc"), -EISDIR);
	KUNIT_EXPECT_EQ(test, show(&text, ""), -EISDIR);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc/sys"), -EISDIR);
	KUNIT_EXPECT_EQ(test, show(&text, "sys/kernel/"), -EISDIR);
	KUNIT_EXPECT_EQ(test, show(&text, "/proc/sysrq-trigger"), -EACCES);
	KUNIT_EXPECT_EQ(test, proc_store("/proc/version", "1"), -EACCES);
	KUNIT_EXPECT_EQ(test, proc_store("/proc/nothing", "1"), -ENOENT);
	KUNIT_EXPECT_EQ(test, proc_store("/proc/sys/kernel", "1"), -EISDIR);
	KUNIT_EXPECT_EQ(test, proc_store("/proc/sysrq-trigger", "?"), -EINVAL);
}

static int saved_printk[4];

static int proc_test_init(struct kunit *test)
{
	memcpy(saved_printk, console_printk, sizeof(saved_printk));
	return 0;
}

static void proc_test_exit(struct kunit *test)
{
	memcpy(console_printk, saved_printk, sizeof(saved_printk));
}

static void proc_printk(struct kunit *test)
{
	static const char path[] = "/proc/sys/kernel/printk";
	char long_value[300];
	struct text text;

	KUNIT_EXPECT_EQ(test, proc_store(path, " 7 4  1\t7 \n"), 0);
	KUNIT_EXPECT_EQ(test, show(&text, path), 0);
	KUNIT_EXPECT_STREQ(test, text.bytes, "7\t4\t1\t7\n");
	KUNIT_EXPECT_EQ(test, proc_store(path, "6"), 0);
	KUNIT_EXPECT_EQ(test, show(&text, path), 0);
	KUNIT_EXPECT_STREQ(test, text.bytes, "6\t4\t1\t7\n");

	KUNIT_EXPECT_EQ(test, proc_store(path, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, proc_store(path, "1 2 3 4 5"), -EINVAL);
	KUNIT_EXPECT_EQ(test, proc_store(path, "5 x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, proc_store(path, "99999999999"), -ERANGE);
	memset(long_value, '1', sizeof(long_value));
	long_value[sizeof(long_value) - 1] = '\0';
	KUNIT_EXPECT_EQ(test, proc_store(path, long_value), -EINVAL);
	KUNIT_EXPECT_EQ(test, show(&text, path), 0);
	KUNIT_EXPECT_STREQ(test, text.bytes, "6\t4\t1\t7\n");
}

struct listing {
	char last[64];
	bool sorted, version, sys, kernel;
};

static void note_entry(const char *name, bool is_directory, void *arg)
{
	struct listing *listing = arg;

	if (strcmp(name, listing->last) <= 0)
		listing->sorted = false;
	strcpy(listing->last, name);
	listing->version |= !strcmp(name, "version") && !is_directory;
	listing->sys |= !strcmp(name, "sys") && is_directory;
	listing->kernel |= !strcmp(name, "kernel") && is_directory;
}

static void proc_lists(struct kunit *test)
{
	struct listing top = { .sorted = true }, sys = { .sorted = true };

	KUNIT_EXPECT_EQ(test, proc_list("/proc", note_entry, &top), 0);
	KUNIT_EXPECT_TRUE(test, top.sorted);		/* and each name once */
	KUNIT_EXPECT_TRUE(test, top.version);
	KUNIT_EXPECT_TRUE(test, top.sys);
	KUNIT_EXPECT_FALSE(test, top.kernel);

	KUNIT_EXPECT_EQ(test, proc_list("/proc/sys/", note_entry, &sys), 0);
	KUNIT_EXPECT_TRUE(test, sys.sorted);
	KUNIT_EXPECT_TRUE(test, sys.kernel);
	KUNIT_EXPECT_FALSE(test, sys.version);

	KUNIT_EXPECT_EQ(test, proc_list("/proc/version", note_entry, &sys), -ENOTDIR);
	KUNIT_EXPECT_EQ(test, proc_list("/proc/nothing", note_entry, &sys), -ENOENT);
}

static struct kunit_case proc_cases[] = {
	KUNIT_CASE(proc_shows),
	KUNIT_CASE(proc_uptime),
	KUNIT_CASE(proc_refuses),
	KUNIT_CASE(proc_printk),
	KUNIT_CASE(proc_lists),
	{}
};

static struct kunit_suite proc_suite = {
	.name = "proc",
	.init = proc_test_init,
	.exit = proc_test_exit,
	.test_cases = proc_cases,
};

kunit_test_suites(&monitor_suite, &proc_suite);
