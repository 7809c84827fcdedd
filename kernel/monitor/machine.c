// SPDX-License-Identifier: MIT
/* boot, poweroff, reboot: how this machine was started, and how it ends. */
#include <linux/errno.h>
#include <quarry/boot_info.h>
#include <quarry/exit.h>

#include "monitor.h"

static const char *map_type_name(u32 type)
{
	switch (type) {
	case BOOT_MAP_RAM:	return "RAM";
	case BOOT_MAP_RESERVED:	return "reserved";
	case BOOT_MAP_ACPI:	return "ACPI tables";
	case BOOT_MAP_NVS:	return "ACPI, kept across sleep";
	case BOOT_MAP_UNUSABLE:	return "broken";
	case BOOT_MAP_PMEM:	return "persistent";
	}
	return "unknown, reserved";
}

/* As the loader gave them; what was made of them is in /proc/iomem. */
static void print_map(const struct boot_info *b)
{
	unsigned int i;

	monitor_printf("memory map:    %u entries\n", b->nr_map);
	for (i = 0; i < b->nr_map; i++) {
		const struct boot_map_entry *e = &b->map[i];

		monitor_printf("  base %#018llx size %#018llx type %u: %s\n",
			       e->base, e->size, e->type, map_type_name(e->type));
	}
	if (b->map_dropped)
		monitor_printf("  %u more did not fit\n", b->map_dropped);
}

static void print_modules(const struct boot_info *b)
{
	unsigned int i;

	monitor_printf("modules:       %u\n", b->nr_modules);
	for (i = 0; i < b->nr_modules; i++) {
		const struct boot_module *m = &b->modules[i];

		monitor_printf("  [mem %#010x-%#010x] %s\n", m->start, m->end - 1, m->args);
	}
	if (b->modules_dropped)
		monitor_printf("  %u more did not fit\n", b->modules_dropped);
}

static int cmd_boot(int argc, char **argv)
{
	const struct boot_info *b = &boot_info;

	if (argc > 1)
		return -EINVAL;
	monitor_printf("loader:        %s\n", *b->loader ? b->loader : "(gave no name)");
	/* a command line may be longer than one monitor_printf() prints: `cat /proc/cmdline` */
	monitor_printf("command line:  %.400s%s\n", b->command_line,
		       b->command_line_cut ? " [cut]" : "");
	if (b->has_mem_sizes)
		monitor_printf("memory sizes:  %u KiB from 0, %u KiB from 1 MiB\n",
			       b->mem_lower_kb, b->mem_upper_kb);
	print_map(b);
	print_modules(b);
	return 0;
}

static int cmd_poweroff(int argc, char **argv)
{
	if (argc > 1)
		return -EINVAL;
	machine_exit(EXIT_OK);
}

static int cmd_reboot(int argc, char **argv)
{
	if (argc > 1)
		return -EINVAL;
	machine_restart();
}

MONITOR_COMMAND(boot, "", "what the boot loader said", cmd_boot);
MONITOR_COMMAND(poweroff, "", "leave: QEMU ends with status 33", cmd_poweroff);
MONITOR_COMMAND(reboot, "", "start the machine again", cmd_reboot);
