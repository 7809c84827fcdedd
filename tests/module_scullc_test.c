// SPDX-License-Identifier: MIT
/* modules/scullc.c against a model: what is written is read again, across quanta and sets. */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <quarry/modules.h>
#include <quarry/proc.h>
#include <quarry/test_seed.h>

#include "kunit_capture.h"

extern const struct file_operations scullc_fops;

#define SIZE	1000		/* of the model */

static mm_segment_t limit;
static struct inode inode;

/* Small quanta and sets, so that a thousand bytes are many of them. */
static int scullc_setup(struct kunit *test)
{
	int error = module_load("scullc", "scullc_quantum=48 scullc_qset=4");

	limit = get_fs();
	set_fs(KERNEL_DS);
	return error;
}

static void scullc_teardown(struct kunit *test)
{
	set_fs(limit);
	module_unload("scullc");
}

static ssize_t write_at(loff_t pos, const char *bytes, size_t count)
{
	return scullc_fops.write(NULL, bytes, count, &pos);
}

static ssize_t read_at(loff_t pos, char *bytes, size_t count)
{
	return scullc_fops.read(NULL, bytes, count, &pos);
}

/* One call ends where the quantum does, as read(2) and write(2) may. */
static void scullc_stops_at_the_quantum(struct kunit *test)
{
	static const char bytes[100] = "to be, or not to be";
	char back[100];
	loff_t pos = 40;

	KUNIT_EXPECT_EQ(test, read_at(0, back, 10), 0);
	KUNIT_EXPECT_EQ(test, scullc_fops.write(NULL, bytes, 100, &pos), 8);
	KUNIT_EXPECT_EQ(test, pos, 48);
	KUNIT_EXPECT_EQ(test, scullc_fops.write(NULL, bytes, 20, &pos), 20);
	KUNIT_EXPECT_EQ(test, read_at(40, back, 100), 8);
	KUNIT_EXPECT_MEMEQ(test, back, bytes, 8);
	KUNIT_EXPECT_EQ(test, read_at(48, back, 100), 20);
	KUNIT_EXPECT_STREQ(test, back, bytes);
	KUNIT_EXPECT_EQ(test, read_at(68, back, 1), 0);
	KUNIT_EXPECT_EQ(test, read_at(-1, back, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, write_at(-1, back, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, write_at(1ULL << 32, back, 1), -EFBIG);
}

/* What was not written reads as zeros in a quantum that is there, and ends where none is. */
static void scullc_holes(struct kunit *test)
{
	char byte = 'x';

	KUNIT_ASSERT_EQ(test, write_at(500, "y", 1), 1);
	KUNIT_EXPECT_EQ(test, read_at(0, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, read_at(499, &byte, 1), 1);
	KUNIT_EXPECT_EQ(test, byte, 0);
	KUNIT_EXPECT_EQ(test, read_at(500, &byte, 1), 1);
	KUNIT_EXPECT_EQ(test, byte, 'y');
}

/* ledger: X2 */
static void scullc_against_a_model(struct kunit *test)
{
	static char model[SIZE], bytes[64], back[64];
	unsigned int rounds = kunit_rounds(300);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	memset(model, 0, sizeof(model));
	for (unsigned int i = 0; i < SIZE; i++)		/* no holes */
		KUNIT_ASSERT_EQ(test, write_at(i, "", 1), 1);
	while (rounds--) {
		unsigned int pos = prandom_u32_max_state(&rnd, SIZE);
		unsigned int count = prandom_u32_max_state(&rnd, sizeof(bytes)) + 1;
		unsigned int done = min3(count, 48 - pos % 48, SIZE - pos);

		if (prandom_u32_max_state(&rnd, 2)) {
			KUNIT_ASSERT_EQ(test, read_at(pos, back, count), done);
			KUNIT_ASSERT_MEMEQ(test, back, model + pos, done);
		} else {
			prandom_bytes_state(&rnd, bytes, done);
			memcpy(model + pos, bytes, done);
			KUNIT_ASSERT_EQ(test, write_at(pos, bytes, done), done);
		}
	}
}

/* ledger: X2 */
static void scullc_open_and_release(struct kunit *test)
{
	struct file reader = { .f_flags = O_RDONLY }, writer = { .f_flags = O_WRONLY };
	char byte;

	KUNIT_ASSERT_EQ(test, write_at(0, "z", 1), 1);
	KUNIT_ASSERT_EQ(test, scullc_fops.open(&inode, &reader), 0);
	KUNIT_EXPECT_EQ(test, read_at(0, &byte, 1), 1);
	KUNIT_EXPECT_EQ(test, module_unload("scullc"), -EWOULDBLOCK);
	KUNIT_ASSERT_EQ(test, scullc_fops.open(&inode, &writer), 0);
	KUNIT_EXPECT_EQ(test, read_at(0, &byte, 1), 0);		/* open(2) to write empties it */
	scullc_fops.release(&inode, &reader);
	scullc_fops.release(&inode, &writer);
}

/* A user's address that leads nowhere. */
static void scullc_bad_address(struct kunit *test)
{
	char __user *nowhere = (char __user *)0x1000;

	KUNIT_ASSERT_EQ(test, write_at(0, "z", 1), 1);
	set_fs(limit);
	KUNIT_EXPECT_EQ(test, read_at(0, nowhere, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, write_at(0, nowhere, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, write_at(0, (char *)&inode, 1), -EFAULT);		/* the kernel's own */
	set_fs(KERNEL_DS);
}

/* By hand, through /proc. Without the module there is no device. */
static void scullc_proc(struct kunit *test)
{
	struct seq_file none = {};
	char back[16] = "";

	KUNIT_EXPECT_EQ(test, proc_store("driver/scullc", "two words"), 0);
	KUNIT_EXPECT_EQ(test, read_at(0, back, sizeof(back)), 10);
	KUNIT_EXPECT_STREQ(test, back, "two words\n");
	KUNIT_ASSERT_EQ(test, module_unload("scullc"), 0);
	KUNIT_EXPECT_EQ(test, proc_store("driver/scullc", "x"), -ENODEV);
	KUNIT_EXPECT_EQ(test, proc_show("driver/scullc", &none), -ENODEV);
}

/* More quanta than there are notes for what modules allocate, and fewer: none is called a leak. */
static void scullc_many_quanta(struct kunit *test)
{
	static const unsigned int quanta[] = { 1000, 3000 };

	for (unsigned int i = 0; i < ARRAY_SIZE(quanta); i++) {
		const char *log;

		KUNIT_ASSERT_EQ(test, module_unload("scullc"), 0);
		KUNIT_ASSERT_EQ(test, module_load("scullc", "scullc_quantum=8"), 0);
		for (unsigned int n = 0; n < quanta[i]; n++)
			KUNIT_ASSERT_EQ(test, write_at(n * 8, "quantum", 8), 8);
		capture_begin();
		module_unload("scullc");
		log = capture_end();
		KUNIT_EXPECT_NULL(test, strstr(log, "not freed"));
		KUNIT_EXPECT_EQ(test, !strstr(log, "scullc: there was no room to note "), i == 0);
		KUNIT_ASSERT_EQ(test, module_load("scullc", ""), 0);
	}
}

static struct kunit_case scullc_cases[] = {
	KUNIT_CASE(scullc_stops_at_the_quantum),
	KUNIT_CASE(scullc_holes),
	KUNIT_CASE(scullc_against_a_model),
	KUNIT_CASE(scullc_open_and_release),
	KUNIT_CASE(scullc_bad_address),
	KUNIT_CASE(scullc_proc),
	KUNIT_CASE(scullc_many_quanta),
	{}
};

static struct kunit_suite scullc_suite = {
	.name = "module_scullc",
	.init = scullc_setup,
	.exit = scullc_teardown,
	.test_cases = scullc_cases,
};
kunit_test_suite(scullc_suite);
