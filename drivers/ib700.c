// SPDX-License-Identifier: MIT
/*
 * The watchdog: a timer outside the CPU that has to be restarted again and again. When it runs out,
 * QEMU (`-device ib700 -action watchdog=inject-nmi`) sends a non-maskable interrupt, which arrives
 * even where interrupts are off; kernel/x86/traps.c then says where the CPU hangs. The device is
 * an IB700 board's; nothing tells whether one is there, and where none is, the writes go nowhere.
 */
#include <asm/io.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/time64.h>
#include <quarry/softlockup.h>
#include <quarry/watchdog.h>

#define IB700_ENABLE	0x443
#define IB700_DISABLE	0x441

int nmi_watchdog_user_enabled = 1;
int watchdog_thresh = 10;

static bool running;

/* The device counts in steps of two seconds, from 30 (written as 0) down to 0 (15). */
#define STEP		2
#define LONGEST		30

static u8 encode_seconds(int seconds)
{
	return (LONGEST - seconds) / STEP;
}

static void restart(int seconds)
{
	if (running)
		outb(encode_seconds(seconds), IB700_ENABLE);
}

void touch_nmi_watchdog(void)
{
	restart(watchdog_thresh);
}

void watchdog_last_chance(void)
{
	restart(STEP);
}

void __init watchdog_start(void)
{
	running = nmi_watchdog_user_enabled && watchdog_thresh;
	touch_nmi_watchdog();
}

void watchdog_stop(void)
{
	running = false;
	outb(0, IB700_DISABLE);
}

static int __init nmi_watchdog_setup(char *value)
{
	return value ? kstrtoint(value, 0, &nmi_watchdog_user_enabled) : -EINVAL;
}
early_param("nmi_watchdog", nmi_watchdog_setup);

/*
 * Seconds, made into what the device can count; 0 switches the watchdog off, as in Linux. And as
 * there, soft lockups have twice the time.
 */
static int __init watchdog_thresh_setup(char *value)
{
	unsigned int seconds;

	if (!value || kstrtouint(value, 0, &seconds))
		return -EINVAL;
	watchdog_thresh = min_t(unsigned int, roundup(seconds, STEP), LONGEST);
	softlockup_thresh_ms = 2 * watchdog_thresh * MSEC_PER_SEC;
	return 0;
}
early_param("watchdog_thresh", watchdog_thresh_setup);
