// SPDX-License-Identifier: MIT
/* The line of every report that says who runs where. */
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <quarry/version.h>

void dump_stack_print_info(const char *log_lvl)
{
	printk("%sCPU: %d PID: %d Comm: %s Not tainted %s\n", log_lvl, raw_smp_processor_id(),
	       current->pid, current->comm, QUARRY_VERSION);
}
