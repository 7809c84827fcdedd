// SPDX-License-Identifier: MIT
/* Whether something shall fail: <linux/fault-inject.h>. */
#include <linux/fault-inject.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <quarry/time.h>

/* ---- dice ---- */

static u64 boot_seed;
static bool have_boot_seed;

static int __init parse_fault_seed(char *value)
{
	have_boot_seed = value && !kstrtou64(value, 0, &boot_seed);
	return have_boot_seed ? 0 : -1;
}
early_param("fault_seed", parse_fault_seed);

void fault_attr_seed(struct fault_attr *attr, u64 seed)
{
	attr->seed = seed;
	attr->seeded = true;
	prandom_seed_state(&attr->random, seed);
	pr_info("FAULT_INJECTION: %s: seed %llu\n", attr->name, seed);
}

static bool roll(struct fault_attr *attr)
{
	if (!attr->seeded)
		fault_attr_seed(attr, have_boot_seed ? boot_seed : cycles_since_start());
	return prandom_u32_max_state(&attr->random, 100) < attr->probability;
}

/* ---- setting ---- */

int setup_fault_attr(struct fault_attr *attr, char *str)
{
	enum { INTERVAL, PROBABILITY, SPACE, TIMES, NUMBERS } i;
	char text[64], *rest = text, *word;
	int number[NUMBERS];

	if (!str || strscpy(text, str, sizeof(text)) < 0)
		rest = NULL;
	for (i = INTERVAL; i < NUMBERS; i++) {
		word = strsep(&rest, ",");
		if (!word || kstrtoint(word, 0, &number[i]))
			break;
	}
	if (i < NUMBERS || rest || number[INTERVAL] < 0 || number[PROBABILITY] < 0) {
		pr_warn("FAULT_INJECTION: failed to parse arguments\n");
		return 0;
	}
	attr->interval = number[INTERVAL];
	attr->probability = number[PROBABILITY];
	atomic_set(&attr->space, number[SPACE]);
	atomic_set(&attr->times, number[TIMES]);
	return 1;
}

/* ---- asking ---- */

static void report(const struct fault_attr *attr)
{
	if (attr->verbose == 0 || attr->no_warn)
		return;
	pr_notice("FAULT_INJECTION: forcing a failure.\n");
	pr_notice("name %s, interval %lu, probability %lu, space %d, times %d\n", attr->name,
		  attr->interval, attr->probability, atomic_read(&attr->space),
		  atomic_read(&attr->times));
	if (attr->verbose > 1)
		dump_stack_lvl(KERN_NOTICE);
}

/* Is this call's size still a gift? */
static bool granted(struct fault_attr *attr, ssize_t size)
{
	if (atomic_read(&attr->space) <= size)
		return false;
	atomic_sub(size, &attr->space);
	return true;
}

/* One at a time: nothing is counted twice, and the dice fall one after the other. */
static DEFINE_SPINLOCK(dice_lock);

static bool decide(struct fault_attr *attr, ssize_t size)
{
	if (!atomic_read(&attr->times) || granted(attr, size))
		return false;
	if (attr->interval > 1 && ++attr->count % attr->interval)
		return false;
	if (!roll(attr))
		return false;
	if (atomic_read(&attr->times) > 0)
		atomic_dec(&attr->times);
	return true;
}

bool should_fail(struct fault_attr *attr, ssize_t size)
{
	unsigned long flags;
	bool fails;

	if (!attr->probability)
		return false;
	spin_lock_irqsave(&dice_lock, flags);
	fails = decide(attr, size);
	spin_unlock_irqrestore(&dice_lock, flags);
	if (fails)
		report(attr);
	return fails;
}
