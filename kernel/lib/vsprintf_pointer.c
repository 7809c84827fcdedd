// SPDX-License-Identifier: MIT
/*
 * The %p family: what follows the p says what the pointer points to.
 *
 *	%p %px %pK	the address, 8 digits. Linux prints a hash of it for %p, so that a log does
 *			not give the kernel's layout away; here there is nobody to hide it from, and
 *			%p does what it does on a Linux started with no_hash_pointers
 *	%pS %ps		the symbol there, with and without offset
 *	%pB		the same for a return address: the call before it, which may be the last
 *			instruction of a function
 *	%pe		an error pointer's name, -ENOMEM
 *	%pV		a struct va_format: a format with its own arguments
 *	%pa %pap %pad	a phys_addr_t, a dma_addr_t (both by address)
 *	%pR %pr		a struct resource, its flags decoded or raw
 *	%*ph		so many bytes in hexadecimal; %*phC %*phD %*phN: with ":", "-", nothing
 *			between
 *	%*pb %*pbl	a bitmap of so many bits: words in hexadecimal, or a list of ranges
 *	%pGg		a gfp_t by its flags' names
 *	%pGp		page->flags (by address): the word, and all that it says
 *
 * Any other letter: the address.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp_types.h>
#include <linux/ioport.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/page-flags.h>
#include <linux/string.h>
#include "vsnprintf.h"

static const struct printf_spec plain = { .width = -1, .precision = -1, .base = 10 };
static const struct printf_spec special_hex = {
	.width = -1, .precision = -1, .base = 16, .flags = FLAG_SPECIAL,
};

static void print_plain(struct printer *p, const char *s)
{
	print_string(p, s, plain);
}

static void print_hex(struct printer *p, u32 value, int digits)
{
	struct printf_spec spec = { .width = -1, .precision = digits, .base = 16 };

	print_number(p, value, spec);
}

static void print_address(struct printer *p, const void *ptr, struct printf_spec spec)
{
	spec.base = 16;
	if (spec.width == -1) {
		spec.width = 2 * sizeof(ptr);
		spec.flags |= FLAG_ZEROPAD;
	}
	print_number(p, (unsigned long)ptr, spec);
}

/* As sprint_symbol(), but looked up one byte earlier. */
static void sprint_backtrace(char *buf, unsigned long addr)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(addr - 1, &size, &offset);

	if (name)
		snprintf(buf, KSYM_SYMBOL_LEN, "%s+%#lx/%#lx", name, offset + 1, size);
	else
		snprintf(buf, KSYM_SYMBOL_LEN, "%#lx", addr);
}

static void print_symbol(struct printer *p, const void *ptr, char kind, struct printf_spec spec)
{
	char symbol[KSYM_SYMBOL_LEN];

	if (kind == 'B')
		sprint_backtrace(symbol, (unsigned long)ptr);
	else if (kind == 's')
		sprint_symbol_no_offset(symbol, (unsigned long)ptr);
	else
		sprint_symbol(symbol, (unsigned long)ptr);
	print_string(p, symbol, spec);
}

static void print_error(struct printer *p, const void *ptr, struct printf_spec spec)
{
	const char *name;

	if (!IS_ERR(ptr)) {
		print_address(p, ptr, spec);
		return;
	}
	name = errname(PTR_ERR(ptr));
	if (name) {
		print_string(p, name, spec);
	} else {
		spec.flags |= FLAG_SIGNED;
		print_number(p, (s64)PTR_ERR(ptr), spec);
	}
}

static void print_va_format(struct printer *p, const struct va_format *vaf)
{
	struct printer inner = *p;

	va_copy(inner.args, *vaf->va);
	print_format(&inner, vaf->fmt);
	va_end(inner.args);
	p->pos = inner.pos;
}

/* A physical address has all its digits, so that columns of them line up. */
static void print_phys_addr(struct printer *p, u64 addr, size_t size)
{
	struct printf_spec spec = special_hex;

	spec.flags |= FLAG_ZEROPAD;
	spec.width = 2 + 2 * size;
	print_number(p, addr, spec);
}

/* The kinds of resources, and how their numbers look. */
static const struct resource_kind {
	unsigned long flag;
	const char *name;
	const char *number;
} resource_kinds[] = {
	{ IORESOURCE_IO,	"io ",	"%#06llx" },
	{ IORESOURCE_MEM,	"mem",	"%#010llx" },
	{ IORESOURCE_IRQ,	"irq",	"%lld" },
	{ IORESOURCE_DMA,	"dma",	"%lld" },
	{ IORESOURCE_BUS,	"bus",	"%02llx" },
	{ 0,			"???",	"%#010llx" },
};

static const struct resource_kind *kind_of(const struct resource *res)
{
	const struct resource_kind *kind = resource_kinds;

	while (kind->flag && !(res->flags & kind->flag))
		kind++;
	return kind;
}

struct text {
	char buf[128];
	int len;
};

static void __printf(2, 3) append(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->len += vscnprintf(t->buf + t->len, sizeof(t->buf) - t->len, fmt, args);
	va_end(args);
}

static void append_range(struct text *t, const struct resource *res, const char *number)
{
	append(t, number, res->start);
	if (res->start != res->end) {
		append(t, "-");
		append(t, number, res->end);
	}
}

static void append_attributes(struct text *t, unsigned long flags)
{
	if (flags & IORESOURCE_MEM_64)
		append(t, " 64bit");
	if (flags & IORESOURCE_PREFETCH)
		append(t, " pref");
	if (flags & IORESOURCE_WINDOW)
		append(t, " window");
	if (flags & IORESOURCE_DISABLED)
		append(t, " disabled");
}

static void print_resource(struct printer *p, const struct resource *res, bool decode,
			   struct printf_spec spec)
{
	const struct resource_kind *kind = kind_of(res);
	struct text t = { .len = 0 };

	decode = decode && kind->flag;
	append(&t, "[%s ", kind->name);
	if (decode && (res->flags & IORESOURCE_UNSET)) {
		append(&t, "size ");
		append(&t, kind->number, resource_size(res));
	} else {
		append_range(&t, res, kind->number);
	}
	if (decode)
		append_attributes(&t, res->flags);
	else
		append(&t, " flags %#lx", res->flags);
	append(&t, "]");
	print_string(p, t.buf, spec);
}

static void print_bytes(struct printer *p, const u8 *bytes, char separator,
			struct printf_spec spec)
{
	const char *between = separator == 'C' ? ":" : separator == 'D' ? "-" :
			      separator == 'N' ? "" : " ";
	int count = spec.width > 0 ? min(spec.width, 64) : 1;

	if (spec.width == 0)
		return;
	for (int i = 0; i < count; i++) {
		if (i)
			print_plain(p, between);
		print_hex(p, bytes[i], 2);
	}
}

/* The highest word first, with the digits its bits need; commas between words. */
static void print_bitmap(struct printer *p, const unsigned long *map, int nbits)
{
	for (int i = BITS_TO_LONGS(nbits) - 1; i >= 0; i--) {
		int bits = min(nbits - i * BITS_PER_LONG, BITS_PER_LONG);

		print_hex(p, map[i] & BITMAP_LAST_WORD_MASK(bits), DIV_ROUND_UP(bits, 4));
		if (i)
			print_plain(p, ",");
	}
}

static void print_bitmap_list(struct printer *p, const unsigned long *map, int nbits)
{
	unsigned long begin, end;
	const char *separator = "";

	for_each_set_bitrange(begin, end, map, nbits) {
		print_plain(p, separator);
		print_number(p, begin, plain);
		if (end - begin > 1) {
			print_plain(p, "-");
			print_number(p, end - 1, plain);
		}
		separator = ",";
	}
}

/* The names of the flags in @flags, in the table's order; what has none, in hexadecimal. */
static void format_flags(struct printer *p, unsigned long flags,
			 const struct trace_print_flags *names)
{
	if (!flags)
		print_plain(p, "none");
	for (; flags && names->name; names++) {
		if ((flags & names->mask) != names->mask)
			continue;
		flags &= ~names->mask;
		print_plain(p, names->name);
		if (flags)
			print_plain(p, "|");
	}
	if (flags)
		print_number(p, flags, special_hex);
}

static void print_field(struct printer *p, const char *name, unsigned long value, const char *end)
{
	print_plain(p, name);
	print_number(p, value, plain);
	print_plain(p, end);
}

/*
 * page->flags as Linux prints it, "0x80001001(locked|reserved|zone=2)": the word, the PG_* flags,
 * and then its fields. Of these an allocated block's state goes without saying, and so does a
 * reserved page's, which its flag tells.
 */
static void print_page_flags(struct printer *p, unsigned long flags)
{
	unsigned long named = flags & ~(PAGE_BLOCK_MASK | PAGE_ZONE_MASK);
	const struct page page = { .flags = flags };
	enum page_state state = page_state(&page);

	print_number(p, flags, special_hex);
	print_plain(p, "(");
	if (named) {
		format_flags(p, named, pageflag_names);
		print_plain(p, "|");
	}
	if (state != PAGE_ALLOCATED && !(state == PAGE_RESERVED && PageReserved(&page))) {
		print_plain(p, page_state_names[state]);
		print_plain(p, "|");
	}
	if (page_block_order(&page))
		print_field(p, "order=", page_block_order(&page), "|");
	print_field(p, "zone=", flags >> PAGE_ZONE_SHIFT, ")");
}

/* The extensions that look at what the pointer points to. True when @ext is one of them. */
static bool print_object(struct printer *p, const void *ptr, const char *ext,
			 struct printf_spec spec)
{
	switch (ext[0]) {
	case 'V':
		print_va_format(p, ptr);
		return true;
	case 'a':
		if (ext[1] == 'd')
			print_phys_addr(p, *(const dma_addr_t *)ptr, sizeof(dma_addr_t));
		else
			print_phys_addr(p, *(const phys_addr_t *)ptr, sizeof(phys_addr_t));
		return true;
	case 'R':
	case 'r':
		print_resource(p, ptr, ext[0] == 'R', spec);
		return true;
	case 'h':
		print_bytes(p, ptr, ext[1], spec);
		return true;
	case 'b':
		if (ext[1] == 'l')
			print_bitmap_list(p, ptr, max(spec.width, 0));
		else
			print_bitmap(p, ptr, max(spec.width, 0));
		return true;
	case 'G':
		if (ext[1] == 'p')
			print_page_flags(p, *(const unsigned long *)ptr);
		else
			format_flags(p, *(const gfp_t *)ptr, gfpflag_names);
		return true;
	}
	return false;
}

static bool is_object(const char *ext)
{
	return ext[0] == 'G' ? ext[1] == 'g' || ext[1] == 'p' : ext[0] && strchr("VaRrhb", ext[0]);
}

void print_pointer(struct printer *p, const void *ptr, const char *ext, struct printf_spec spec)
{
	const char *bad;

	if (ext[0] == 'S' || ext[0] == 's' || ext[0] == 'B') {
		print_symbol(p, ptr, ext[0], spec);
	} else if (ext[0] == 'e') {
		print_error(p, ptr, spec);
	} else if (!is_object(ext)) {
		print_address(p, ptr, spec);
	} else if ((bad = bad_pointer(ptr))) {
		print_string(p, bad, spec);
	} else {
		print_object(p, ptr, ext, spec);
	}
}
