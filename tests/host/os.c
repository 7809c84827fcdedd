// SPDX-License-Identifier: MIT
/* The only file here that sees libc. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "host.h"

void os_map_ram(unsigned long address, unsigned long bytes)
{
	void *ram = mmap((void *)address, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (ram != (void *)address) {
		fprintf(stderr, "tests/host: cannot map %lu bytes at %#lx\n", bytes, address);
		exit(2);
	}
}

void os_write(const char *s, unsigned long count)
{
	fwrite(s, 1, count, stdout);
}

void os_exit(int status)
{
	fflush(stdout);
	exit(status);
}

void os_abort(void)
{
	fflush(stdout);
	abort();
}

void *os_alloc(unsigned long bytes)
{
	return malloc(bytes);
}

void os_free(void *p)
{
	free(p);
}

const char *os_symbol(unsigned long address, unsigned long *start, unsigned long *size)
{
	const ElfW(Sym) *symbol;
	Dl_info info;

	if (!dladdr1((void *)address, &info, (void **)&symbol, RTLD_DL_SYMENT) || !info.dli_sname)
		return NULL;
	*start = (unsigned long)info.dli_saddr;
	*size = symbol->st_size;
	return strncmp(info.dli_sname, "kernel_", 7) ? info.dli_sname : info.dli_sname + 7;
}

#ifndef HOST_FUZZER
/* The arguments are the kernel's command line; none: all suites. */
int main(int argc, char **argv)
{
	static char line[1024] = "test";
	int i;

	if (argc > 1)
		line[0] = '\0';
	for (i = 1; i < argc; i++) {
		strncat(line, argv[i], sizeof(line) - strlen(line) - 2);
		strcat(line, " ");
	}
	return host_main(line);
}
#endif
