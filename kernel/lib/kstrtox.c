// SPDX-License-Identifier: MIT
/* Text to numbers: one function reads digits, the others differ in what may stand around them. */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

/* Decides @*base where it is 0, and steps over 0x, which needs a digit behind it. */
static const char *skip_prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && _tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* The digit's value in any base up to 36; something larger when it is none. */
static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return c - '0';
	c = _tolower(c);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 255;
}

/*
 * Digits from @s on, as many as there are; wraps on overflow and notes it. Returns the end.
 * A result below 2^58 has room for one more digit of any base, and no division is needed.
 */
static const char *parse_digits(const char *s, unsigned int base, u64 *value, bool *overflow)
{
	u64 result = 0;
	unsigned int digit;

	*overflow = false;
	for (; (digit = digit_value(*s)) < base; s++) {
		if (result >> 58 && result > div_u64(~0ULL - digit, base))
			*overflow = true;
		result = result * base + digit;
	}
	*value = result;
	return s;
}

/* One whole number without a sign, a newline allowed behind it. */
static int parse_whole(const char *s, unsigned int base, u64 *value)
{
	const char *digits = skip_prefix(s, &base), *end;
	bool overflow;

	end = parse_digits(digits, base, value, &overflow);
	if (end == digits)
		return -EINVAL;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	return overflow ? -ERANGE : 0;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	u64 value;
	int err = parse_whole(s + (*s == '+'), base, &value);

	if (!err)
		*res = value;
	return err;
}

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	u64 value, limit = S64_MAX;
	int err;

	if (*s == '-')
		limit++;
	err = parse_whole(s + (*s == '-' || *s == '+'), base, &value);
	if (err)
		return err;
	if (value > limit)
		return -ERANGE;
	*res = *s == '-' ? -value : value;
	return 0;
}

/* The narrower types: read the widest, and see whether it fits. */
#define KSTRTO(name, type, widest, read_widest) \
int name(const char *s, unsigned int base, type *res) \
{ \
	widest value; \
	int err = read_widest(s, base, &value); \
	if (err) \
		return err; \
	if (value != (type)value) \
		return -ERANGE; \
	*res = value; \
	return 0; \
}

KSTRTO(kstrtoul, unsigned long, unsigned long long, kstrtoull)
KSTRTO(kstrtouint, unsigned int, unsigned long long, kstrtoull)
KSTRTO(kstrtou16, u16, unsigned long long, kstrtoull)
KSTRTO(kstrtou8, u8, unsigned long long, kstrtoull)
KSTRTO(kstrtol, long, long long, kstrtoll)
KSTRTO(kstrtoint, int, long long, kstrtoll)
KSTRTO(kstrtos16, s16, long long, kstrtoll)
KSTRTO(kstrtos8, s8, long long, kstrtoll)

int kstrtobool(const char *s, bool *res)
{
	char first = s ? s[0] : '\0', second = first ? s[1] : '\0';

	if (first && strchr("yY1", first))
		*res = true;
	else if (first && strchr("nN0", first))
		*res = false;
	else if ((first == 'o' || first == 'O') && second && strchr("nNfF", second))
		*res = _tolower(second) == 'n';
	else
		return -EINVAL;
	return 0;
}

unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base)
{
	u64 value;
	bool overflow;

	cp = skip_prefix(cp, &base);
	cp = parse_digits(cp, base, &value, &overflow);
	if (endp)
		*endp = (char *)cp;
	return value;
}

unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)
{
	return simple_strtoull(cp, endp, base);
}

long long simple_strtoll(const char *cp, char **endp, unsigned int base)
{
	return *cp == '-' ? -simple_strtoull(cp + 1, endp, base) : simple_strtoull(cp, endp, base);
}

long simple_strtol(const char *cp, char **endp, unsigned int base)
{
	return simple_strtoll(cp, endp, base);
}
