// SPDX-License-Identifier: MIT
/*
 * Formats: every check is also made with every smaller buffer, so that cutting, termination and
 * the returned length are right wherever the end of the buffer falls.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp_types.h>
#include <linux/ioport.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define ROOM	160
#define GUARD	0x7e

static char buf[ROOM + 1];

/* The text cut to @size bytes of room must be the beginning of @expected, and no byte more. */
static void check_cut(struct kunit *test, size_t size, const char *expected, const char *fmt,
		      va_list args)
{
	size_t len = strlen(expected), kept = size ? min(len, size - 1) : 0;
	int returned;

	memset(buf, GUARD, sizeof(buf));
	returned = vsnprintf(buf, size, fmt, args);
	KUNIT_EXPECT_EQ_MSG(test, returned, (int)len, "\"%s\" into %zu bytes", fmt, size);
	if (size) {
		KUNIT_EXPECT_EQ(test, memcmp(buf, expected, kept), 0);
		KUNIT_EXPECT_EQ(test, buf[kept], '\0');
		kept++;
	}
	KUNIT_EXPECT_NULL_MSG(test, memchr_inv(buf + kept, GUARD, sizeof(buf) - kept),
			      "\"%s\" into %zu bytes", fmt, size);
}

/* No format attribute: the compiler would object to the formats that are worth testing. */
static void check(struct kunit *test, const char *expected, const char *fmt, ...)
{
	va_list args, copy;

	va_start(args, fmt);
	va_copy(copy, args);
	vsnprintf(buf, ROOM, fmt, copy);
	va_end(copy);
	KUNIT_EXPECT_STREQ_MSG(test, (const char *)buf, expected, "format \"%s\"", fmt);
	for (size_t size = 0; size <= strlen(expected) + 2; size++) {
		va_copy(copy, args);
		check_cut(test, size, expected, fmt, copy);
		va_end(copy);
	}
	va_end(args);
}

static void text_and_percent(struct kunit *test)
{
	check(test, "", "");
	check(test, "plain", "plain");
	check(test, "100%", "100%%");
	check(test, "a%b", "a%%b");
}

static void decimal(struct kunit *test)
{
	check(test, "0 1 -1", "%d %i %d", 0, 1, -1);
	check(test, "2147483647 -2147483648", "%d %d", INT_MAX, INT_MIN);
	check(test, "4294967295", "%u", ~0U);
	check(test, "9223372036854775807", "%lld", LLONG_MAX);
	check(test, "-9223372036854775808", "%lld", LLONG_MIN);
	check(test, "18446744073709551615", "%llu", ~0ULL);
	check(test, "4294967296 10000000000", "%llu %Lu", 1ULL << 32, 10000000000ULL);
	check(test, "-1 4294967295", "%ld %lu", -1L, ~0UL);
	check(test, "7 -7 7", "%zu %zd %td", (size_t)7, (ssize_t)-7, (ptrdiff_t)7);
	check(test, "5000000000", "%ju", 5000000000ULL);
}

static void other_bases(struct kunit *test)
{
	check(test, "0 a ff deadbeef", "%x %x %x %x", 0, 10, 255, 0xdeadbeef);
	check(test, "DEADBEEF", "%X", 0xdeadbeef);
	check(test, "fedcba9876543210", "%llx", 0xfedcba9876543210ULL);
	check(test, "0 7 10 37777777777", "%o %o %o %o", 0, 7, 8, ~0U);
	check(test, "1777777777777777777777", "%llo", ~0ULL);
	check(test, "0x0 0x1f 0X1F", "%#x %#x %#X", 0, 31, 31);
	check(test, "0 037", "%#o %#o", 0, 31);
}

/* Short lengths cut the int that the argument was promoted to. */
static void short_lengths(struct kunit *test)
{
	check(test, "-1 255 -1 65535", "%hhd %hhu %hd %hu", 0x1ff, 0x1ff, 0x1ffff, 0x1ffff);
	check(test, "-128 127", "%hhd %hhi", 0x80, 0x7f);
	check(test, "f ff 1234", "%hhx %hhx %hx", 0xf0f, 0xfff, 0xf1234);
}

static void width_and_flags(struct kunit *test)
{
	check(test, "[    5][5    ][00005]", "[%5d][%-5d][%05d]", 5, 5, 5);
	check(test, "[   -5][-5   ][-0005]", "[%5d][%-5d][%05d]", -5, -5, -5);
	check(test, "[+5][ 5][+5][-5][-5]", "[%+d][% d][% +d][%+d][% d]", 5, 5, 5, -5, -5);
	check(test, "[   +5][+0005][ 0005]", "[%+5d][%+05d][% 05d]", 5, 5, 5);
	check(test, "[5    ]", "[%-05d]", 5);
	check(test, "[    0x1f][0x00001f][0x1f    ]", "[%#8x][%#08x][%-#8x]", 31, 31, 31);
	check(test, "[     5][5     ][123456]", "[%*d][%*d][%*d]", 6, 5, -6, 5, 3, 123456);
	check(test, "[5]", "[%1d]", 5);
}

static void precision(struct kunit *test)
{
	check(test, "[005][-005][123456]", "[%.3d][%.3d][%.3d]", 5, -5, 123456);
	check(test, "[  005][005  ]", "[%5.3d][%-5.3d]", 5, 5);
	check(test, "[0x00001f][  0x001f]", "[%#.6x][%#8.4x]", 31, 31);
	check(test, "[005][5]", "[%.*d][%.*d]", 3, 5, -3, 5);
	check(test, "[0][0]", "[%.0d][%.d]", 0, 0);	/* C would print nothing; Linux does not */
}

static void strings(struct kunit *test)
{
	check(test, "[][slab]", "[%s][%s]", "", "slab");
	check(test, "[  slab][slab  ][slab]", "[%6s][%-6s][%3s]", "slab", "slab", "slab");
	check(test, "[sl][][slab]", "[%.2s][%.0s][%.9s]", "slab", "slab", "slab");
	check(test, "[  sl][sl  ][ab ]", "[%4.2s][%-4.2s][%-*.*s]", "slab", "slab", 3, 2, "ab!");
	check(test, "[x][    y][z    ]", "[%c][%5c][%-5c]", 'x', 'y', 'z');
	check(test, "[no]", "[%.2s]", "not looked at");
}

static void strings_that_are_none(struct kunit *test)
{
	check(test, "[(null)]", "[%s]", NULL);
	check(test, "[  (null)]", "[%8s]", NULL);
	check(test, "[(efault)]", "[%s]", (char *)1);
	check(test, "[(efault)]", "[%s]", (char *)4095);
	check(test, "[(efault)][(efault)]", "[%s][%s]", ERR_PTR(-EINVAL), ERR_PTR(-MAX_ERRNO));
}

/* The output ends where a conversion has no meaning; nothing is written through %n's pointer. */
static void unknown_conversions(struct kunit *test)
{
	int written = 77;

	check(test, "a", "a%y b", 1);
	check(test, "a", "a%");
	check(test, "a", "a%-5.3l");
	check(test, "abc", "abc%n def", &written);
	KUNIT_EXPECT_EQ(test, written, 77);
}

static void absurd_widths(struct kunit *test)
{
	int lowest = INT_MIN;

	OPTIMIZER_HIDE_VAR(lowest);
	KUNIT_EXPECT_EQ(test, snprintf(buf, 4, "%*d", INT_MAX, 1), (1 << 23) - 1);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "   ");
	KUNIT_EXPECT_EQ(test, snprintf(buf, 4, "%*d", lowest, 1), (1 << 23) - 1);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "1  ");
	KUNIT_EXPECT_EQ(test, snprintf(buf, 4, "%.*d", INT_MAX, 1), (1 << 15) - 1);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "000");
}

/* C's lengths, and the kernel's that tell what is there. */
static void what_is_returned(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, snprintf(NULL, 0, "%d", 12345), 5);
	KUNIT_EXPECT_EQ(test, snprintf(buf, 3, "%d", 12345), 5);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 3, "%d", 12345), 2);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "12");
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 6, "%d", 12345), 5);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 5, "%d", 12345), 4);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 1, "%d", 12345), 0);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 0, "%d", 12345), 0);
	KUNIT_EXPECT_EQ(test, sprintf(buf, "%d", 12345), 5);
	KUNIT_EXPECT_STREQ(test, (const char *)buf, "12345");
	KUNIT_EXPECT_EQ(test, snprintf(buf, (size_t)INT_MAX + 1, "%d", 12345), 0);
}

static void addresses(struct kunit *test)
{
	void *p = (void *)0xc0123abc;

	check(test, "c0123abc c0123abc c0123abc", "%p %px %pK", p, p, p);
	check(test, "00000000 00000001", "%p %px", NULL, (void *)1);
	check(test, "[  c0123abc][c0123abc  ]", "[%10px][%-10px]", p, p);
	check(test, "c0123abc.", "%pQz9.", p);		/* unknown letters: the address */
}

static void error_pointers(struct kunit *test)
{
	check(test, "-ENOMEM -EINVAL", "%pe %pe", ERR_PTR(-ENOMEM), ERR_PTR(-EINVAL));
	check(test, "[  -EPERM][-EPERM  ]", "[%8pe][%-8pe]", ERR_PTR(-EPERM), ERR_PTR(-EPERM));
	check(test, "-EPROBE_DEFER", "%pe", ERR_PTR(-EPROBE_DEFER));
	check(test, "-1234", "%pe", ERR_PTR(-1234));
	check(test, "c0123abc 00000000", "%pe %pe", (void *)0xc0123abc, NULL);
}

static void symbols(struct kunit *test)
{
	char with[KSYM_SYMBOL_LEN], without[KSYM_SYMBOL_LEN];
	unsigned long addr = (unsigned long)vsnprintf;

	sprint_symbol(with, addr);
	sprint_symbol_no_offset(without, addr);
	check(test, with, "%pS", (void *)addr);
	check(test, without, "%ps", (void *)addr);
	KUNIT_EXPECT_TRUE(test, strstarts(with, "vsnprintf+0x0/"));
	KUNIT_EXPECT_STREQ(test, without, "vsnprintf");
	snprintf(buf, ROOM, "%pB", (void *)(addr + 1));
	KUNIT_EXPECT_TRUE(test, strstarts(buf, "vsnprintf+0x1/"));
	/* Where the next function may begin, %pB still names the one that made the call. */
	snprintf(buf, ROOM, "%pB", (void *)addr);
	KUNIT_EXPECT_FALSE(test, strstarts(buf, "vsnprintf+0x0/"));
}

static void inner(struct kunit *test, const char *expected, const char *outer,
		  const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	check(test, expected, outer, &vaf, 99);
	va_end(args);
}

static void a_format_in_a_format(struct kunit *test)
{
	inner(test, "<1 two> 99", "<%pV> %d", "%d %s", 1, "two");
	inner(test, "<> 99", "<%pV> %d", "%s", "");
	check(test, "(null)", "%pV", NULL);
}

static void physical_addresses(struct kunit *test)
{
	phys_addr_t low = 0x1000, high = 0x123456789ULL;
	dma_addr_t dma = 0xfee00000;

	check(test, "0x0000000000001000 0x0000000123456789", "%pa %pap", &low, &high);
	check(test, "0x00000000fee00000", "%pad", &dma);
	check(test, "(null)", "%pa", NULL);
}

static void resources(struct kunit *test)
{
	struct resource ram = { .start = 0, .end = 0x9fbff, .flags = IORESOURCE_SYSTEM_RAM };
	struct resource high = { .start = 1ULL << 32, .end = (1ULL << 33) - 1,
				 .flags = IORESOURCE_MEM | IORESOURCE_MEM_64 |
					  IORESOURCE_PREFETCH | IORESOURCE_WINDOW };
	struct resource port = { .start = 0x3f8, .end = 0x3ff,
				 .flags = IORESOURCE_IO | IORESOURCE_DISABLED };
	struct resource irq = { .start = 4, .end = 4, .flags = IORESOURCE_IRQ };
	struct resource bus = { .start = 0, .end = 0xff, .flags = IORESOURCE_BUS };
	struct resource unset = { .start = 0, .end = 0xfff,
				  .flags = IORESOURCE_MEM | IORESOURCE_UNSET };
	struct resource strange = { .start = 1, .end = 2, .flags = 0x40 };

	check(test, "[mem 0x00000000-0x0009fbff]", "%pR", &ram);
	check(test, "[mem 0x00000000-0x0009fbff flags 0x1000200]", "%pr", &ram);
	check(test, "[mem 0x100000000-0x1ffffffff 64bit pref window]", "%pR", &high);
	check(test, "[io  0x03f8-0x03ff disabled]", "%pR", &port);
	check(test, "[irq 4]", "%pR", &irq);
	check(test, "[bus 00-ff]", "%pR", &bus);
	check(test, "[mem size 0x00001000]", "%pR", &unset);
	check(test, "[??? 0x00000001-0x00000002 flags 0x40]", "%pR", &strange);
	check(test, "(null)", "%pR", NULL);
}

static void bytes(struct kunit *test)
{
	static const u8 mac[] = { 0x00, 0x1a, 0x2b, 0xc3, 0xd4, 0xff };

	check(test, "00 1a 2b c3 d4 ff", "%*ph", 6, mac);
	check(test, "00:1a:2b:c3:d4:ff", "%*phC", 6, mac);
	check(test, "00-1a-2b", "%3phD", mac);
	check(test, "001a2b", "%3phN", mac);
	check(test, "00 .", "%ph .", mac);
	check(test, "[]", "[%*ph]", 0, mac);
	check(test, "(null)", "%2ph", NULL);
}

static void bitmaps(struct kunit *test)
{
	DECLARE_BITMAP(map, 100);

	bitmap_zero(map, 100);
	check(test, "0,00000000,00000000,00000000", "%*pb", 100, map);
	check(test, "[]", "[%*pbl]", 100, map);
	__set_bit(0, map);
	bitmap_set(map, 3, 5);
	bitmap_set(map, 30, 4);
	__set_bit(99, map);
	check(test, "8,00000000,00000003,c00000f9", "%*pb", 100, map);
	check(test, "0,3-7,30-33,99", "%*pbl", 100, map);
	check(test, "3,c00000f9", "%*pb", 34, map);
	check(test, "1,c00000f9", "%*pb", 33, map);
	check(test, "c00000f9", "%*pb", 32, map);
	check(test, "79", "%*pb", 7, map);
	check(test, "0,3-4", "%*pbl", 5, map);
	check(test, "0,3-6", "%*pbl", 7, map);
	check(test, "[][]", "[%*pb][%*pbl]", 0, map, 0, map);
	bitmap_fill(map, 100);
	check(test, "0-99", "%*pbl", 100, map);
}

/* ledger: G14 */
static void gfp_names(struct kunit *test)
{
	static const struct { gfp_t mask; const char *names; } known[] = {
		{ 0, "none" },
		{ 0xcc0, "GFP_KERNEL" },
		{ GFP_KERNEL | __GFP_ZERO, "GFP_KERNEL|__GFP_ZERO" },
		{ GFP_ATOMIC | __GFP_DMA, "GFP_ATOMIC|GFP_DMA" },
		{ __GFP_ATOMIC, "__GFP_ATOMIC" },
		{ GFP_NOWAIT, "GFP_NOWAIT" },
		{ GFP_NOIO, "GFP_NOIO" },
		{ GFP_NOFS, "GFP_NOFS" },
		{ GFP_USER, "GFP_USER" },
		{ GFP_HIGHUSER, "GFP_HIGHUSER" },
		{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" },
		{ GFP_KERNEL_ACCOUNT, "GFP_KERNEL_ACCOUNT" },
		{ GFP_TRANSHUGE, "GFP_TRANSHUGE" },
		{ GFP_TRANSHUGE_LIGHT, "GFP_TRANSHUGE_LIGHT" },
		{ GFP_DMA32 | __GFP_HIGHMEM, "__GFP_HIGHMEM|GFP_DMA32" },
		{ __GFP_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM" },
		{ GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY | 0x8000000,
		  "GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|0x8000000" },
		{ 0x40000000, "0x40000000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		check(test, known[i].names, "%pGg", &known[i].mask);
	check(test, "(null)", "%pGg", NULL);
}

/* ledger: G9 */
static void gfp_values(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, GFP_KERNEL, 0xcc0U);
	KUNIT_EXPECT_EQ(test, GFP_ATOMIC, 0xa20U);
	KUNIT_EXPECT_EQ(test, GFP_NOWAIT, 0x800U);
	KUNIT_EXPECT_EQ(test, GFP_NOIO, 0xc00U);
	KUNIT_EXPECT_EQ(test, GFP_NOFS, 0xc40U);
	KUNIT_EXPECT_EQ(test, GFP_USER, 0x100cc0U);
	KUNIT_EXPECT_EQ(test, GFP_HIGHUSER_MOVABLE, 0x100ccaU);
	KUNIT_EXPECT_EQ(test, __GFP_ZEROTAGS, 0x800000U);
	KUNIT_EXPECT_EQ(test, __GFP_WAIT, __GFP_RECLAIM);
	KUNIT_EXPECT_EQ(test, __GFP_COLD, 0U);
	KUNIT_EXPECT_EQ(test, __GFP_REPEAT, __GFP_RETRY_MAYFAIL);
}

static struct kunit_case vsnprintf_cases[] = {
	KUNIT_CASE(text_and_percent),
	KUNIT_CASE(decimal),
	KUNIT_CASE(other_bases),
	KUNIT_CASE(short_lengths),
	KUNIT_CASE(width_and_flags),
	KUNIT_CASE(precision),
	KUNIT_CASE(strings),
	KUNIT_CASE(strings_that_are_none),
	KUNIT_CASE(unknown_conversions),
	KUNIT_CASE(absurd_widths),
	KUNIT_CASE(what_is_returned),
	KUNIT_CASE(addresses),
	KUNIT_CASE(error_pointers),
	KUNIT_CASE(symbols),
	KUNIT_CASE(a_format_in_a_format),
	KUNIT_CASE(physical_addresses),
	KUNIT_CASE(resources),
	KUNIT_CASE(bytes),
	KUNIT_CASE(bitmaps),
	KUNIT_CASE(gfp_names),
	KUNIT_CASE(gfp_values),
	{}
};

static struct kunit_suite vsnprintf_suite = {
	.name = "lib_vsnprintf",
	.test_cases = vsnprintf_cases,
};
kunit_test_suite(vsnprintf_suite);
