// SPDX-License-Identifier: MIT
/*
 * Transcripts that no KUnit would print, written line by line: `red=NAME` on the command line
 * prints one and leaves as if all were well. They show that the reader believes the cases, not
 * what is said about them. "honest" contradicts nothing and must pass: without it, the others
 * might be red for a reason that all of them share.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <quarry/exit.h>

#define SUITE(plan, second, end) \
	"KTAP version 1\n1..1\n" \
	"    KTAP version 1\n    # Subtest: forged\n    1.." plan "\n" \
	"    ok 1 first\n    " second " 2 second\n" end

static const struct forgery {
	const char *name, *text;
	enum exit_code status;
} forgeries[] = {
	{ "honest", SUITE("2", "ok", "ok 1 forged\n"), EXIT_OK },
	{ "plan-too-long", SUITE("3", "ok", "ok 1 forged\n"), EXIT_OK },
	{ "plan-too-short", SUITE("1", "ok", "ok 1 forged\n"), EXIT_OK },
	{ "ok-over-failed", SUITE("2", "not ok", "ok 1 forged\n"), EXIT_OK },
	{ "not-ok-over-passed", SUITE("2", "ok", "not ok 1 forged\n"), EXIT_TEST_FAILED },
	{ "failed-but-all-well", SUITE("2", "not ok", "not ok 1 forged\n"), EXIT_OK },
	{ "passed-but-failed", SUITE("2", "ok", "ok 1 forged\n"), EXIT_TEST_FAILED },
	{ "passed-but-panicked", SUITE("2", "ok", "ok 1 forged\n"), EXIT_PANIC },
	{ "no-end", SUITE("2", "ok", ""), EXIT_OK },
	{ "more-after-the-end", SUITE("2", "ok", "ok 1 forged\nok 2 more\n"), EXIT_OK },
	{ "silence", "", EXIT_OK },
};

/* A log line each: what is printed at once would get one time stamp for all. */
static void print_lines(const char *text)
{
	while (*text) {
		const char *end = strchr(text, '\n');

		pr_info("%.*s\n", (int)(end - text), text);
		text = end + 1;
	}
}

static int __init red_setup(char *name)
{
	const struct forgery *f;

	if (!name)
		return -1;
	if (!strcmp(name, "panic"))
		panic("red: before the first test");
	if (!strcmp(name, "warning")) {	/* and then the tests, as if nothing had been */
		WARN(1, "red: a warning at boot\n");
		return 0;
	}
	for (f = forgeries; f < forgeries + ARRAY_SIZE(forgeries); f++) {
		if (strcmp(name, f->name))
			continue;
		print_lines(f->text);
		machine_exit(f->status);
	}
	return -1;
}
early_param("red", red_setup);
