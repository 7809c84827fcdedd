// SPDX-License-Identifier: MIT
/* The only file here that sees libc. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "host.h"

static int ram = -1;

static void map(unsigned long address, unsigned long bytes, int rights, int flags, int file,
		unsigned long offset)
{
	void *place = mmap((void *)address, bytes, rights, flags, file, offset);

	if (place != (void *)address) {
		fprintf(stderr, "tests/host: cannot map %lu bytes at %#lx\n", bytes, address);
		exit(2);
	}
}

void os_map_ram(unsigned long address, unsigned long bytes)
{
	ram = memfd_create("ram", 0);
	if (ram < 0 || ftruncate(ram, bytes)) {
		perror("tests/host: memory");
		exit(2);
	}
	map(address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, ram, 0);
}

void os_map_again(unsigned long address, unsigned long ram_offset, unsigned long bytes, int writable)
{
	map(address, bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED | MAP_FIXED, ram, ram_offset);
}

void os_reserve(unsigned long address, unsigned long bytes)
{
	map(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
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

static void (*look_at_step)(void);

static void step(int signal)
{
	if (look_at_step)
		look_at_step();
}

/* The processor's trap flag, bit 8: an exception after each instruction, which becomes a signal. */
void os_single_step(void (*run)(void *arg), void *arg, void (*look)(void))
{
	struct sigaction action = { .sa_handler = step }, old;

	sigaction(SIGTRAP, &action, &old);
	look_at_step = look;
	__asm__ __volatile__("pushfl; orl $0x100, (%%esp); popfl" : : : "memory", "cc");
	run(arg);
	__asm__ __volatile__("pushfl; andl $~0x100, (%%esp); popfl" : : : "memory", "cc");
	look_at_step = NULL;
	sigaction(SIGTRAP, &old, NULL);
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
