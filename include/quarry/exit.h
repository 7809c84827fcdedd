/* SPDX-License-Identifier: MIT */
/*
 * How a run ends, and with which status QEMU leaves. Its isa-debug-exit device turns a byte
 * written to port 0xf4 into (byte << 1) | 1; QEMU itself ends with 0 or 1, so these three cannot
 * be mistaken for a crash of the emulator.
 */
#ifndef _QUARRY_EXIT_H
#define _QUARRY_EXIT_H

#include <linux/compiler.h>

enum exit_code {
	EXIT_OK			= 0x10,	/* 33: tests passed, or poweroff */
	EXIT_TEST_FAILED	= 0x11,	/* 35 */
	EXIT_PANIC		= 0x12,	/* 37 */
};

/* Leave. Without the device: power off through ACPI's usual ports, and then halt with a message. */
void __noreturn machine_exit(enum exit_code code);

/* Start the machine again: keyboard controller, reset port, triple fault, in this order. */
void __noreturn machine_restart(void);

#endif /* _QUARRY_EXIT_H */
