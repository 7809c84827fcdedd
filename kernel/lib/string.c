// SPDX-License-Identifier: MIT
/*
 * Memory blocks and strings.
 *
 * Blocks go by words, strings by bytes: a string must not be read beyond its end, where the next
 * page may be missing. A word is loaded and stored through __builtin_memcpy(), which is how C says
 * "four bytes at any address"; it becomes one instruction.
 *
 * String instructions are nothing a sanitizer sees: functions that use them ask KASAN themselves.
 *
 * The parentheses around some names keep the macros of <asm/string.h> from being expanded there.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kasan.h>
#include <linux/string.h>

static __always_inline u32 load_word(const void *p)
{
	u32 word;

	__builtin_memcpy(&word, p, sizeof(word));
	return word;
}

static __always_inline void store_word(void *p, u32 word)
{
	__builtin_memcpy(p, &word, sizeof(word));
}

void *(memset)(void *s, int c, size_t n)
{
	__kasan_check_write(s, n);
	__fill(s, __BYTE_PATTERN(c), n / 4, n % 4);
	return s;
}

void *(memcpy)(void *to, const void *from, size_t n)
{
	__kasan_check_read(from, n);
	__kasan_check_write(to, n);
	__copy(to, from, n / 4, n % 4);
	return to;
}

static void copy_downwards(void *to, const void *from, size_t n)
{
	while (n >= 4) {
		n -= 4;
		store_word(to + n, load_word(from + n));
	}
	while (n--)
		((u8 *)to)[n] = ((const u8 *)from)[n];
}

void *memmove(void *to, const void *from, size_t n)
{
	__kasan_check_read(from, n);
	__kasan_check_write(to, n);
	/*
	 * Upwards overwrites what is still to be read only when @to lies inside [from, from + n).
	 */
	if ((unsigned long)to - (unsigned long)from >= n)
		__copy(to, from, n / 4, n % 4);
	else
		copy_downwards(to, from, n);
	return to;
}

int memcmp(const void *s1, const void *s2, size_t n)
{
	const u8 *p1 = s1, *p2 = s2;

	for (; n >= 4 && load_word(p1) == load_word(p2); n -= 4)
		p1 += 4, p2 += 4;
	for (; n; n--, p1++, p2++)
		if (*p1 != *p2)
			return *p1 - *p2;
	return 0;
}

void *memscan(void *s, int c, size_t n)
{
	u8 *p = s;

	while (n && *p != (u8)c)
		p++, n--;
	return p;
}

void *memchr(const void *s, int c, size_t n)
{
	u8 *p = memscan((void *)s, c, n);

	return p == s + n ? NULL : p;
}

void *memchr_inv(const void *s, int c, size_t n)
{
	const u8 *p = s;
	u32 pattern = __BYTE_PATTERN(c);

	for (; n >= 4 && load_word(p) == pattern; n -= 4)
		p += 4;
	for (; n; n--, p++)
		if (*p != (u8)c)
			return (void *)p;
	return NULL;
}

void *memset16(u16 *s, u16 v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		s[i] = v;
	return s;
}

void *memset32(u32 *s, u32 v, size_t count)
{
	__kasan_check_write(s, count * sizeof(*s));
	__fill(s, v, count, 0);
	return s;
}

void *memset64(u64 *s, u64 v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		s[i] = v;
	return s;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}

size_t strnlen(const char *s, size_t count)
{
	const char *end = s;

	while (count-- && *end)
		end++;
	return end - s;
}

char *strcpy(char *dest, const char *src)
{
	return memcpy(dest, src, strlen(src) + 1);
}

char *strncpy(char *dest, const char *src, size_t count)
{
	size_t len = strnlen(src, count);

	memcpy(dest, src, len);
	memset(dest + len, 0, count - len);
	return dest;
}

ssize_t strscpy(char *dest, const char *src, size_t count)
{
	size_t len;

	if (!count)
		return -E2BIG;
	len = strnlen(src, count);
	if (len < count) {
		memcpy(dest, src, len + 1);
		return len;
	}
	memcpy(dest, src, count - 1);
	dest[count - 1] = '\0';
	return -E2BIG;
}

ssize_t strscpy_pad(char *dest, const char *src, size_t count)
{
	ssize_t len = strscpy(dest, src, count);

	if (len >= 0)
		memset(dest + len, 0, count - len);
	return len;
}

size_t strlcpy(char *dest, const char *src, size_t size)
{
	size_t len = strlen(src);

	strscpy(dest, src, size);
	return len;
}

char *strcat(char *dest, const char *src)
{
	strcpy(dest + strlen(dest), src);
	return dest;
}

char *strncat(char *dest, const char *src, size_t count)
{
	size_t len = strnlen(src, count);
	char *end = dest + strlen(dest);

	memcpy(end, src, len);
	end[len] = '\0';
	return dest;
}

size_t strlcat(char *dest, const char *src, size_t count)
{
	size_t used = strnlen(dest, count);

	return used + strlcpy(dest + used, src, count - used);
}

/* The characters' order is that of unsigned bytes; the result is -1, 0 or 1. */
static int order(u8 c1, u8 c2)
{
	return c1 < c2 ? -1 : c1 > c2;
}

int strcmp(const char *s1, const char *s2)
{
	for (; *s1 && *s1 == *s2; s1++, s2++)
		;
	return order(*s1, *s2);
}

int strncmp(const char *s1, const char *s2, size_t count)
{
	for (; count && *s1 && *s1 == *s2; s1++, s2++)
		count--;
	return count ? order(*s1, *s2) : 0;
}

int strncasecmp(const char *s1, const char *s2, size_t count)
{
	for (; count && *s1 && tolower(*s1) == tolower(*s2); s1++, s2++)
		count--;
	return count ? tolower(*s1) - tolower(*s2) : 0;
}

int strcasecmp(const char *s1, const char *s2)
{
	return strncasecmp(s1, s2, (size_t)-1);
}

bool sysfs_streq(const char *s1, const char *s2)
{
	for (; *s1 && *s1 == *s2; s1++, s2++)
		;
	if (*s1 == '\n')
		s1++;
	else if (*s2 == '\n')
		s2++;
	return !*s1 && !*s2;
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strnchrnul(const char *s, size_t count, int c)
{
	while (count-- && *s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strchr(const char *s, int c)
{
	s = strchrnul(s, c);
	return *s == (char)c ? (char *)s : NULL;
}

char *strnchr(const char *s, size_t count, int c)
{
	for (; count--; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strnstr(const char *s1, const char *s2, size_t len)
{
	size_t wanted = strlen(s2);

	for (; len >= wanted; len--, s1++) {
		if (!strncmp(s1, s2, wanted))
			return (char *)s1;
		if (!*s1)
			break;
	}
	return NULL;
}

char *strstr(const char *s1, const char *s2)
{
	return strnstr(s1, s2, (size_t)-1);
}

size_t strspn(const char *s, const char *accept)
{
	const char *p = s;

	while (*p && strchr(accept, *p))
		p++;
	return p - s;
}

size_t strcspn(const char *s, const char *reject)
{
	const char *p = s;

	while (*p && !strchr(reject, *p))
		p++;
	return p - s;
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

char *strsep(char **s, const char *ct)
{
	char *piece = *s;

	if (piece) {
		*s = strpbrk(piece, ct);
		if (*s)
			*(*s)++ = '\0';
	}
	return piece;
}

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

char *strim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace(end[-1]))
		end--;
	*end = '\0';
	return skip_spaces(s);
}

char *strreplace(char *s, char old, char new)
{
	for (; *s; s++)
		if (*s == old)
			*s = new;
	return s;
}

int match_string(const char *const *array, size_t n, const char *string)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (!strcmp(array[i], string))
			return i;
	return -EINVAL;
}
