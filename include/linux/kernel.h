/* SPDX-License-Identifier: MIT */
/* What nearly every file needs; most of it lives in the small headers included here. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/stdarg.h>
#include <linux/stddef.h>
#include <linux/stringify.h>
#include <linux/typecheck.h>
#include <linux/types.h>

/* The number of elements of an array; a pointer does not compile. */
#define __must_be_array(a)	BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0]))
#define ARRAY_SIZE(arr)		(sizeof(arr) / sizeof((arr)[0]) + __must_be_array(arr))

/* The two halves of a 64-bit value, also of a shorter one. */
#define upper_32_bits(n)	((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n)	((u32)((n) & 0xffffffff))
#define upper_16_bits(n)	((u16)((n) >> 16))
#define lower_16_bits(n)	((u16)((n) & 0xffff))

/* How many arguments a macro got, 0 to 12; @a and @b joined after expansion. */
#define __COUNT_ARGS(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n
#define COUNT_ARGS(...) \
	__COUNT_ARGS(, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define CONCATENATE(a, b)	__PASTE(a, b)

/*
 * Formatted text into @buf of @size bytes, always terminated when @size is not 0. The formats
 * are C's integer and string conversions and the kernel's %p… extensions: kernel/lib/vsnprintf.c.
 * snprintf: returns the length the whole text has, cut or not.
 * scnprintf: returns the number of characters that are really in @buf.
 */
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);
int vsprintf(char *buf, const char *fmt, va_list args) __printf(2, 0);

/*
 * The same into memory of its own, as much as the text needs: kfree() frees it. @gfp as for
 * kmalloc(); NULL: no memory. kvasprintf_const(): a text that is a constant of the image already is
 * not copied; kfree_const() frees either.
 */
char *kasprintf(gfp_t gfp, const char *fmt, ...) __printf(2, 3) __malloc;
char *kvasprintf(gfp_t gfp, const char *fmt, va_list args) __printf(2, 0) __malloc;
const char *kvasprintf_const(gfp_t gfp, const char *fmt, va_list args) __printf(2, 0);

/* Hexadecimal digits. */
extern const char hex_asc[];
extern const char hex_asc_upper[];
#define hex_asc_lo(x)	hex_asc[(x) & 0x0f]
#define hex_asc_hi(x)	hex_asc[((x) & 0xf0) >> 4]

/* Two digits for @byte; returns the place behind them. */
static inline char *hex_byte_pack(char *buf, u8 byte)
{
	*buf++ = hex_asc_hi(byte);
	*buf++ = hex_asc_lo(byte);
	return buf;
}

/* The digit's value, or -1. */
int hex_to_bin(unsigned char ch);

/* 2 * @count digits to @count bytes: 0, or -EINVAL at the first character that is no digit. */
int __must_check hex2bin(u8 *dst, const char *src, size_t count);

/* @count bytes to digits, not terminated; returns the place behind the last. */
char *bin2hex(char *dst, const void *src, size_t count);

/* The command line's words: kernel/lib/cmdline.c. */

/*
 * One "name", "name=value" or "name="quoted value"" off the front of @args, which is cut up in
 * place: sets *@param and *@val (NULL without "="), returns the rest, leading blanks skipped.
 */
char *next_arg(char *args, char **param, char **val);

/* A number with an optional suffix K M G T P E (powers of 1024); *@retptr: the place behind. */
unsigned long long memparse(const char *ptr, char **retptr);

/*
 * An integer off *@str into *@pint (which may be NULL). Returns 0: there is none; 1: it was the
 * last; 2: a comma followed, and was skipped; 3: a hyphen follows, so it is a range's begin.
 */
int get_option(char **str, int *pint);

/*
 * A list like "1,3-5,9" into @ints[1] …; @ints[0] gets how many. @nints is the array's size, or 0
 * to count only. Returns the place where parsing stopped.
 */
char *get_options(const char *str, int nints, int *ints);

/* Is @option one of @str's comma-separated words? */
bool parse_option_str(const char *str, const char *option);

#endif /* _LINUX_KERNEL_H */
