/* SPDX-License-Identifier: MIT */
/* Between vsnprintf.c, the formatting engine, and its customers in this room. */
#ifndef _KERNEL_LIB_VSNPRINTF_H
#define _KERNEL_LIB_VSNPRINTF_H

#include <linux/stdarg.h>
#include <linux/types.h>

/*
 * Where the text goes. Characters are numbered from 0 as they are produced; the buffer is a window
 * of @size characters that begins at character @from. What falls outside is counted, not kept.
 */
struct printer {
	char *buf;
	size_t size;
	size_t from;
	size_t pos;		/* the next character's number */
	va_list args;
};

#define FLAG_LEFT	0x01	/* "-": pad on the right */
#define FLAG_PLUS	0x02	/* "+": a sign always */
#define FLAG_SPACE	0x04	/* " ": a blank where the plus sign would be */
#define FLAG_SPECIAL	0x08	/* "#": 0x, or 0 for octal */
#define FLAG_ZEROPAD	0x10	/* "0" */
#define FLAG_SIGNED	0x20	/* d, i: the number may be negative */
#define FLAG_UPPER	0x40	/* X */

struct printf_spec {
	int width;		/* at least so many characters; -1: not given */
	int precision;		/* digits at least, string characters at most; -1: not given */
	unsigned char flags;
	unsigned char base;	/* 8, 10, 16 */
	char length;		/* 'H' for hh, 'h', 'l', 'L' for ll and j; 0 for int */
};

/* @len characters at @text, padded to the width. */
void print_text(struct printer *p, const char *text, size_t len, struct printf_spec spec);

/* A string cut to the precision; NULL and impossible addresses become a word in brackets. */
void print_string(struct printer *p, const char *s, struct printf_spec spec);

/* "(null)" or "(efault)" when @ptr cannot be looked at, else NULL. */
const char *bad_pointer(const void *ptr);

void print_number(struct printer *p, u64 number, struct printf_spec spec);

/* %p: @ext is what follows the "p" in the format. */
void print_pointer(struct printer *p, const void *ptr, const char *ext, struct printf_spec spec);

/* A whole format; the arguments come from p->args. */
void print_format(struct printer *p, const char *fmt);

/* As vsnprintf(), but @buf gets the text from character @from on, and no terminator. */
size_t print_window(char *buf, size_t size, size_t from, const char *fmt, va_list args)
	__attribute__((format(printf, 4, 0)));

#endif /* _KERNEL_LIB_VSNPRINTF_H */
