/* SPDX-License-Identifier: MIT */
/*
 * Between the kernel's side of a host program (shim.c and the fuzzers, which see include/) and
 * the operating system's (os.c, which sees libc). The two share no header but this.
 */
#ifndef _TESTS_HOST_H
#define _TESTS_HOST_H

/* The machine's RAM, for __va() and __pa() to be true: it is mapped at PAGE_OFFSET. */
#define HOST_RAM_BYTES	(64UL << 20)
/* What of it the kernel calls low memory: some is left to be high, though mapped as well. */
#define HOST_LOW_BYTES	(48UL << 20)

/* Where vmalloc()'s addresses begin, 8 MiB behind it. */
#define HOST_WINDOW_START	0xd0000000UL

void os_map_ram(unsigned long address, unsigned long bytes);
/* A piece of RAM, seen at a second place; and a place where nothing is seen. */
void os_map_again(unsigned long address, unsigned long ram_offset, unsigned long bytes, int writable);
void os_reserve(unsigned long address, unsigned long bytes);
void os_write(const char *s, unsigned long count);
void os_exit(int status) __attribute__((noreturn));
void os_abort(void) __attribute__((noreturn));

/* Run @run(@arg), and @look after each of its instructions. */
void os_single_step(void (*run)(void *arg), void *arg, void (*look)(void));

/* Memory of which the sanitizers know both ends. */
void *os_alloc(unsigned long bytes);
void os_free(void *p);

/* The function that @address lies in, by its name in the kernel; NULL: none. */
const char *os_symbol(unsigned long address, unsigned long *start, unsigned long *size);

/* The kernel's side, as far as os.c calls it. */
int host_main(const char *command_line);

/* shim.c, for main.c and the fuzzers. */
void host_console_init(void);
/* In place of paging_init(): what memblock knows of below @low_bytes is low memory. */
void host_paging_init(unsigned long low_bytes);

/* window.c: the window has no page yet. */
void host_window_init(void);

#endif /* _TESTS_HOST_H */
