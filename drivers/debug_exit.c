// SPDX-License-Identifier: MIT
/* The ways out of the machine: see <quarry/exit.h>. */
#include <asm/io.h>
#include <asm/processor.h>
#include <linux/console.h>
#include <linux/types.h>
#include <quarry/exit.h>

#define DEBUG_EXIT_PORT		0xf4
#define ACPI_SLEEP		(1 << 13)	/* SLP_EN; sleep type 0 is S5 on QEMU's boards */
#define KEYBOARD_COMMAND	0x64
#define KEYBOARD_INPUT_FULL	0x02
#define KEYBOARD_PULSE_RESET	0xfe
#define RESET_CONTROL		0xcf9
#define RESET_FULL		0x0e

void __noreturn machine_exit(enum exit_code code)
{
	/* QEMU's; Bochs and old QEMU */
	static const u16 acpi_control_ports[] = { 0x604, 0xb004 };
	static const char bye[] = "It is now safe to turn off the computer.\n", halted[] = "Halted.\n";
	unsigned int i;

	outb(code, DEBUG_EXIT_PORT);
	if (code == EXIT_OK) {		/* a failure must not look like an orderly end */
		for (i = 0; i < sizeof(acpi_control_ports) / sizeof(acpi_control_ports[0]); i++)
			outw(ACPI_SLEEP, acpi_control_ports[i]);
		console_write(bye, sizeof(bye) - 1);
	} else {
		console_write(halted, sizeof(halted) - 1);
	}
	cpu_stop();
}

void __noreturn machine_restart(void)
{
	static const struct { u16 limit; u32 base; } __packed no_idt;
	unsigned int tries;

	for (tries = 0; tries < 100000 && (inb(KEYBOARD_COMMAND) & KEYBOARD_INPUT_FULL); tries++)
		cpu_relax();
	outb(KEYBOARD_PULSE_RESET, KEYBOARD_COMMAND);
	for (tries = 0; tries < 100000; tries++)
		io_delay();
	outb(RESET_FULL, RESET_CONTROL);
	for (tries = 0; tries < 100000; tries++)
		io_delay();
	__asm__ __volatile__("lidt %0; int3" : : "m"(no_idt));
	cpu_stop();
}
