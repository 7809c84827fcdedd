/* SPDX-License-Identifier: MIT */
/*
 * Memory blocks and strings. Where a name is C's, so is the behaviour; the others say theirs.
 * None of these checks a pointer.
 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#include <linux/types.h>

void *memset(void *s, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *s1, const void *s2, size_t n) __pure;
void *memchr(const void *s, int c, size_t n) __pure;

/* The first byte that is not @c, or NULL. Looks at words where it can: for poison checks. */
void *memchr_inv(const void *s, int c, size_t n) __pure;

/* The first byte that is @c, or the end of the block. */
void *memscan(void *s, int c, size_t n) __pure;

/* @count elements, not bytes. */
void *memset16(u16 *s, u16 v, size_t count);
void *memset32(u32 *s, u32 v, size_t count);
void *memset64(u64 *s, u64 v, size_t count);

static inline void *memset_l(unsigned long *s, unsigned long v, size_t count)
{
	return memset32((u32 *)s, v, count);
}

static inline void *memset_p(void **s, void *v, size_t count)
{
	return memset32((u32 *)s, (u32)(unsigned long)v, count);
}

size_t strlen(const char *s) __pure;
size_t strnlen(const char *s, size_t count) __pure;

/*
 * Copies. strscpy() is the one to use: always terminated (unless @count is 0), returns the length,
 * or -E2BIG when it had to cut. strlcpy() returns the length of @src, strlcat() the length of the
 * string it tried to make. strscpy_pad() fills the rest with zeroes.
 */
char *strcpy(char *dest, const char *src);
char *strncpy(char *dest, const char *src, size_t count);
size_t strlcpy(char *dest, const char *src, size_t size);
ssize_t strscpy(char *dest, const char *src, size_t count);
ssize_t strscpy_pad(char *dest, const char *src, size_t count);

/*
 * Strings in arrays of bytes that need no terminator, such as a field of a fixed width on a disk.
 * @dest is such an array, whole. strtomem() writes the string's characters, as many as there is
 * room for, and lets the rest be; strtomem_pad() fills it with @pad. memcpy_and_pad(): the same of
 * @count bytes, into @dest_len.
 */
static __always_inline void memcpy_and_pad(void *dest, size_t dest_len, const void *src,
					   size_t count, int pad)
{
	size_t copied = count < dest_len ? count : dest_len;

	memcpy(dest, src, copied);
	memset((char *)dest + copied, pad, dest_len - copied);
}

#define strtomem(dest, src) \
({ \
	const char *__strtomem_src = (src); \
	\
	memcpy(dest, __strtomem_src, strnlen(__strtomem_src, __array_bytes(dest))); \
})
#define strtomem_pad(dest, src, pad) \
({ \
	const char *__strtomem_src = (src); \
	\
	memcpy_and_pad(dest, __array_bytes(dest), __strtomem_src, \
		       strnlen(__strtomem_src, __array_bytes(dest)), pad); \
})
/* The size of an array of bytes; anything else does not compile. */
#define __array_bytes(array) \
	(sizeof(array) + BUILD_BUG_ON_ZERO(sizeof((array)[0]) != 1 || \
					   __same_type(array, &(array)[0])))

char *strcat(char *dest, const char *src);
char *strncat(char *dest, const char *src, size_t count);
size_t strlcat(char *dest, const char *src, size_t count);

int strcmp(const char *s1, const char *s2) __pure;
int strncmp(const char *s1, const char *s2, size_t count) __pure;
int strcasecmp(const char *s1, const char *s2) __pure;
int strncasecmp(const char *s1, const char *s2, size_t count) __pure;

/* Equal, except that one of them may end in a newline? For text that came through /proc. */
bool sysfs_streq(const char *s1, const char *s2) __pure;

/* strchrnul(): the end of the string instead of NULL. strnchr…: not beyond @count. */
char *strchr(const char *s, int c) __pure;
char *strchrnul(const char *s, int c) __pure;
char *strnchrnul(const char *s, size_t count, int c) __pure;
char *strrchr(const char *s, int c) __pure;
char *strnchr(const char *s, size_t count, int c) __pure;
char *strstr(const char *s1, const char *s2) __pure;
char *strnstr(const char *s1, const char *s2, size_t len) __pure;
size_t strspn(const char *s, const char *accept) __pure;
size_t strcspn(const char *s, const char *reject) __pure;
char *strpbrk(const char *s, const char *accept) __pure;

/* Cuts *@s at the first of the characters @ct and moves it behind. The piece; NULL at the end. */
char *strsep(char **s, const char *ct);

/* Past the white space in front; the same, and white space at the end is cut off in place. */
char *skip_spaces(const char *s) __pure;
char *strim(char *s);

static inline __must_check char *strstrip(char *s)
{
	return strim(s);
}

/* Every @old becomes @new; returns the string's end, Linux 6.1's way. */
char *strreplace(char *s, char old, char new);

/* The index of @string in @array (of @n, or up to NULL if @n is (size_t)-1), or -EINVAL. */
int match_string(const char *const *array, size_t n, const char *string);

/* What is behind the last "/". */
static inline const char *kbasename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static inline bool strstarts(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

/* The length of @prefix when @str begins with it, else 0. */
static __always_inline size_t str_has_prefix(const char *str, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(str, prefix, len) == 0 ? len : 0;
}

#include <asm/string.h>

/* ---- copies in memory of their own: kfree() frees them. @gfp as for kmalloc(); NULL: no memory ---- */

void *kmemdup(const void *src, size_t len, gfp_t gfp) __alloc_size(2);
/* The same with a terminating 0 behind. NULL also for NULL. */
char *kmemdup_nul(const char *s, size_t len, gfp_t gfp);

/* A string; kstrndup(): at most @max characters of it. NULL also for NULL. */
char *kstrdup(const char *s, gfp_t gfp) __malloc;
char *kstrndup(const char *s, size_t max, gfp_t gfp);
/* The same, but a constant of the kernel's image is its own copy. kfree_const() frees either. */
const char *kstrdup_const(const char *s, gfp_t gfp);
void kfree_const(const void *x);

/* Fill @obj from behind @member on, and from @member on: the rest of a struct, holes included. */
#define memset_after(obj, v, member) \
	__memset_from(obj, v, offsetof(__typeof__(*(obj)), member) + sizeof((obj)->member))
#define memset_startat(obj, v, member) \
	__memset_from(obj, v, offsetof(__typeof__(*(obj)), member))
#define __memset_from(obj, v, from) \
({ \
	__typeof__(obj) __obj = (obj); \
	\
	memset((char *)__obj + (from), v, sizeof(*__obj) - (from)); \
})

/* A memset() that stays even if nobody reads the memory again: for secrets. */
static inline void memzero_explicit(void *s, size_t count)
{
	memset(s, 0, count);
	__asm__ __volatile__("" : : "r"(s) : "memory");
}

#endif /* _LINUX_STRING_H */
