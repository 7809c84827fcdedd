// SPDX-License-Identifier: MIT
/*
 * 1. The idea. printf for the kernel: C's integer, character and string conversions, and under %p
 *    a family of extensions for the kernel's own objects (vsprintf_pointer.c). No floating point.
 *
 * 2. Vocabulary. A *format* is text with *conversions*: % [flags] [width] [.precision] [length]
 *    letter. Their parameters are collected in a struct printf_spec. A *printer* takes characters
 *    and keeps those that fall into its window, so that the whole text may be longer than the
 *    buffer: snprintf looks through a window at the beginning, and seq_printf moves it along.
 *
 * 3. Behaviour beyond C's, all of it Linux's. Zero prints "0" even with precision 0. "#" writes
 *    0x also before zero. "0" pads with zeroes even when there is a precision. %n and unknown
 *    letters end the output: there is no telling what argument they wanted.
 *
 * 4. Contexts. Any: neither state nor locks, about 200 bytes of stack a level, and a level more
 *    for each %pV.
 *
 * 5. Not checked: that arguments fit the format (the compiler does that), and that a string or an
 *    object really lies where its pointer says; only the first and the last page are known to be
 *    wrong.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <asm/page.h>
#include "vsnprintf.h"

static void print_char(struct printer *p, char c)
{
	size_t i = p->pos++ - p->from;		/* wraps to something huge before the window */

	if (i < p->size)
		p->buf[i] = c;
}

static void print_repeated(struct printer *p, char c, int times)
{
	while (times-- > 0)
		print_char(p, c);
}

void print_text(struct printer *p, const char *text, size_t len, struct printf_spec spec)
{
	int padding = spec.width - (int)len;

	if (!(spec.flags & FLAG_LEFT))
		print_repeated(p, ' ', padding);
	while (len--)
		print_char(p, *text++);
	if (spec.flags & FLAG_LEFT)
		print_repeated(p, ' ', padding);
}

const char *bad_pointer(const void *ptr)
{
	if (!ptr)
		return "(null)";
	if ((unsigned long)ptr < PAGE_SIZE || IS_ERR(ptr))
		return "(efault)";
	return NULL;
}

void print_string(struct printer *p, const char *s, struct printf_spec spec)
{
	const char *bad = bad_pointer(s);

	if (bad)
		s = bad;
	print_text(p, s, strnlen(s, spec.precision), spec);	/* -1 is no limit */
}

/* Enough for the 22 octal digits of a u64. */
#define MAX_DIGITS	22

/* The digits of @number at the end of the buffer; returns the first one's place. */
static char *decimal_digits(char *end, u64 number)
{
	u32 low;

	while (number >> 32)
		*--end = '0' + do_div(number, 10);
	for (low = number; low >= 10; low /= 10)
		*--end = '0' + low % 10;
	*--end = '0' + low;
	return end;
}

static char *binary_digits(char *end, u64 number, struct printf_spec spec)
{
	const char *digits = spec.flags & FLAG_UPPER ? hex_asc_upper : hex_asc;
	unsigned int shift = spec.base == 16 ? 4 : 3;

	do {
		*--end = digits[number & (spec.base - 1)];
		number >>= shift;
	} while (number);
	return end;
}

/* What stands before the digits: "-", "+", " ", "0x", "0X", "0" or nothing. */
static const char *number_prefix(bool negative, bool zero, struct printf_spec spec)
{
	if (spec.flags & FLAG_SIGNED)
		return negative ? "-" : spec.flags & FLAG_PLUS ? "+" :
			spec.flags & FLAG_SPACE ? " " : "";
	if (!(spec.flags & FLAG_SPECIAL) || spec.base == 10)
		return "";
	if (spec.base == 16)
		return spec.flags & FLAG_UPPER ? "0X" : "0x";
	return zero ? "" : "0";
}

void print_number(struct printer *p, u64 number, struct printf_spec spec)
{
	char digits[MAX_DIGITS], *end = digits + MAX_DIGITS, *first;
	bool negative = (spec.flags & FLAG_SIGNED) && (s64)number < 0;
	const char *prefix = number_prefix(negative, number == 0, spec);
	int zeroes, padding;

	if (negative)
		number = -number;
	first = spec.base == 10 ? decimal_digits(end, number) : binary_digits(end, number, spec);
	zeroes = max(spec.precision - (int)(end - first), 0);
	padding = spec.width - (int)strlen(prefix) - zeroes - (int)(end - first);

	if (!(spec.flags & (FLAG_LEFT | FLAG_ZEROPAD)))
		print_repeated(p, ' ', padding);
	while (*prefix)
		print_char(p, *prefix++);
	if ((spec.flags & (FLAG_LEFT | FLAG_ZEROPAD)) == FLAG_ZEROPAD)
		print_repeated(p, '0', padding);
	print_repeated(p, '0', zeroes);
	while (first < end)
		print_char(p, *first++);
	if (spec.flags & FLAG_LEFT)
		print_repeated(p, ' ', padding);
}

static unsigned char flag_of(char c)
{
	switch (c) {
	case '-': return FLAG_LEFT;
	case '+': return FLAG_PLUS;
	case ' ': return FLAG_SPACE;
	case '#': return FLAG_SPECIAL;
	case '0': return FLAG_ZEROPAD;
	}
	return 0;
}

/* A wrong argument for a * must not keep us padding for ever. */
#define WIDTH_MAX	((1 << 23) - 1)
#define PRECISION_MAX	((1 << 15) - 1)

/* A number in the format, or an argument in its place. */
static int parse_count(struct printer *p, const char **fmt)
{
	unsigned int count = 0;

	if (**fmt == '*') {
		++*fmt;
		return va_arg(p->args, int);
	}
	while (isdigit(**fmt))
		count = count * 10 + *(*fmt)++ - '0';
	return count;
}

static void parse_width(struct printer *p, const char **fmt, struct printf_spec *spec)
{
	if (**fmt != '*' && !isdigit(**fmt))
		return;
	spec->width = clamp(parse_count(p, fmt), -WIDTH_MAX, WIDTH_MAX);
	if (spec->width < 0) {			/* only from an argument */
		spec->width = -spec->width;
		spec->flags |= FLAG_LEFT;
	}
}

static char parse_length(const char **fmt)
{
	char c = **fmt;

	if (c == 'j') {
		++*fmt;
		return 'L';
	}
	if (!c || !strchr("hlLzt", c))
		return 0;
	++*fmt;
	if ((c == 'h' || c == 'l') && **fmt == c) {
		++*fmt;
		return c == 'h' ? 'H' : 'L';
	}
	return c;
}

static struct printf_spec parse_spec(struct printer *p, const char **fmt)
{
	struct printf_spec spec = { .width = -1, .precision = -1, .base = 10 };

	for (; flag_of(**fmt); ++*fmt)
		spec.flags |= flag_of(**fmt);
	parse_width(p, fmt, &spec);
	if (**fmt == '.') {
		++*fmt;
		spec.precision = clamp(parse_count(p, fmt), 0, PRECISION_MAX);
	}
	spec.length = parse_length(fmt);
	return spec;
}

/* The next argument, extended to 64 bits in the way its type wants. */
static u64 integer_argument(struct printer *p, struct printf_spec spec)
{
	bool is_signed = spec.flags & FLAG_SIGNED;
	unsigned int value;

	if (spec.length == 'L')
		return va_arg(p->args, u64);
	value = va_arg(p->args, unsigned int);		/* int, long, size_t and ptrdiff_t */
	if (spec.length == 'h')
		value = is_signed ? (s16)value : (u16)value;
	else if (spec.length == 'H')
		value = is_signed ? (s8)value : (u8)value;
	return is_signed ? (u64)(s64)(int)value : value;
}

static void print_integer(struct printer *p, char letter, struct printf_spec spec)
{
	if (letter == 'd' || letter == 'i')
		spec.flags |= FLAG_SIGNED;
	else if (letter == 'o')
		spec.base = 8;
	else if (letter != 'u')
		spec.base = 16;
	if (letter == 'X')
		spec.flags |= FLAG_UPPER;
	print_number(p, integer_argument(p, spec), spec);
}

/* One conversion, from behind its %; returns what follows it, or NULL when it has no meaning. */
static const char *print_conversion(struct printer *p, const char *fmt)
{
	struct printf_spec spec = parse_spec(p, &fmt);
	char letter = *fmt++, c;

	switch (letter) {
	case '%':
		print_char(p, '%');
		break;
	case 'c':
		c = va_arg(p->args, int);
		print_text(p, &c, 1, spec);
		break;
	case 's':
		print_string(p, va_arg(p->args, const char *), spec);
		break;
	case 'p':
		print_pointer(p, va_arg(p->args, const void *), fmt, spec);
		while (isalnum(*fmt))
			fmt++;
		break;
	case 'd': case 'i': case 'u': case 'x': case 'X': case 'o':
		print_integer(p, letter, spec);
		break;
	default:
		return NULL;
	}
	return fmt;
}

void print_format(struct printer *p, const char *fmt)
{
	while (fmt && *fmt) {
		if (*fmt == '%')
			fmt = print_conversion(p, fmt + 1);
		else
			print_char(p, *fmt++);
	}
}

size_t print_window(char *buf, size_t size, size_t from, const char *fmt, va_list args)
{
	struct printer p = { .buf = buf, .size = size, .from = from };

	va_copy(p.args, args);
	print_format(&p, fmt);
	va_end(p.args);
	return p.pos;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	size_t len;

	if (size > INT_MAX)		/* a negative number that became a size */
		return 0;
	len = print_window(buf, size, 0, fmt, args);
	if (size)
		buf[min(len, size - 1)] = '\0';
	return len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	size_t len = vsnprintf(buf, size, fmt, args);

	return len < size ? len : size ? size - 1 : 0;
}

int vsprintf(char *buf, const char *fmt, va_list args)
{
	return vsnprintf(buf, INT_MAX, fmt, args);
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsprintf(buf, fmt, args);
	va_end(args);
	return len;
}
