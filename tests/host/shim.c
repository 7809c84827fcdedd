// SPDX-License-Identifier: MIT
/*
 * What stands below the chapters when they run as a program: a machine made of libc. It has no
 * traps, no page tables and no clock; its RAM is a mapping at PAGE_OFFSET, and its console stdout.
 */
#include <asm/early_ioremap.h>
#include <asm/page.h>
#include <asm/setjmp.h>
#include <linux/bug.h>
#include <linux/console.h>
#include <linux/highmem.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/stacktrace.h>
#include <quarry/exit.h>
#include <quarry/memory_layout.h>
#include <quarry/recover.h>
#include <quarry/time.h>
#include "host.h"

phys_addr_t cpu_phys_limit = MAX_PHYS_ADDR;
unsigned long max_low_pfn, max_pfn;
void *high_memory;

static void stdout_write(struct console *con, const char *s, unsigned int count)
{
	os_write(s, count);
}

static struct console stdout_console = { .name = "stdout", .write = stdout_write };

void host_console_init(void)
{
	register_console(&stdout_console);
}

void __noreturn machine_exit(enum exit_code code)
{
	os_exit(code == EXIT_OK ? 0 : 1);
}

void panic(const char *fmt, ...)
{
	static char reason[512];
	va_list args;

	va_start(args, fmt);
	vscnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	console_loglevel = LOGLEVEL_DEBUG;
	pr_emerg("Kernel panic - not syncing: %s\n", reason);
	os_abort();
}

/* What the trap code does on the machine: report, and leave to whoever waits for a fault. */
void __noreturn host_bug(const char *file, int line)
{
	struct recovery *r = recovery_take();

	pr_crit("kernel BUG at %s:%d!\n", file, line);
	if (r)
		kernel_longjmp(&r->env, 1);
	panic("Fatal exception");
}

void __warn_plain(const char *file, int line)
{
	pr_warn("WARNING: CPU: 0 PID: 0 at %s:%d\n", file, line);
}

void __warn_printf(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	__warn_plain(file, line);
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
}

void dump_stack(void)
{
}

void dump_stack_lvl(const char *level)
{
}

/* A stack of one: enough for those who keep them to have something to keep. */
unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	if (!size)
		return 0;
	store[0] = (unsigned long)__builtin_return_address(0);
	return 1;
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset)
{
	unsigned long start;
	const char *name = os_symbol(addr, &start, size);

	*offset = name ? addr - start : 0;
	return name;
}

const char *describe_address(unsigned long addr, char *buf, size_t size)
{
	scnprintf(buf, size, "a process of the host's");
	return buf;
}

u64 local_clock(void)
{
	return 0;
}

u64 cycles_since_start(void)
{
	return 0;
}

void touch_nmi_watchdog(void)
{
}

void *early_memremap(phys_addr_t phys, unsigned long size)
{
	if (!size || size > EARLY_MAP_MAX || phys + size > HOST_RAM_BYTES)
		return NULL;
	return __va(phys);
}

void early_memunmap(void *addr, unsigned long size)
{
}

void host_paging_init(unsigned long low_bytes)
{
	max_pfn = PFN_DOWN(memblock_end_of_DRAM());
	max_low_pfn = min(max_pfn, PFN_DOWN(low_bytes));
	high_memory = __va(PFN_PHYS(max_low_pfn));
	memblock_set_current_limit(PFN_PHYS(max_low_pfn));
}

/* High memory is as much there as the rest; what counts is that it is asked for this way. */
void *kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot)
{
	BUG_ON(pfn >= PFN_DOWN(HOST_RAM_BYTES));
	return __va(PFN_PHYS(pfn));
}

void kmap_local_init(void)
{
}

void kmap_flush_unused(void)
{
}

void *highmem_page_address(const struct page *page)
{
	return NULL;
}

void *kmap_local_high(const struct page *page)
{
	return kmap_local_pfn(page_to_pfn(page));
}

void kunmap_local_high(const void *vaddr)
{
}
