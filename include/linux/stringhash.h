/* SPDX-License-Identifier: MIT */
/*
 * Hashes of names. Each character is mixed in by itself, so a name can be hashed while its end is
 * looked for:
 *
 *	hash = init_name_hash(salt);
 *	while ((c = *p++))
 *		hash = partial_name_hash(c, hash);
 *	bucket = hash_32(end_name_hash(hash), bits);
 *
 * This is the hash of Fowler, Noll and Vo (their variant 1a, of 32 bits). With a @salt, such as the
 * address of the directory that a name is in, equal names in different places are spread. The
 * values are not those of Linux, whose own have changed from version to version.
 */
#ifndef _LINUX_STRINGHASH_H
#define _LINUX_STRINGHASH_H

#include <linux/compiler.h>
#include <linux/types.h>

static inline unsigned long __name_hash_begin(unsigned long salt)
{
	return 0x811c9dc5UL ^ salt;
}
#define init_name_hash(salt)	__name_hash_begin((unsigned long)(salt))

static inline unsigned long partial_name_hash(unsigned long c, unsigned long prevhash)
{
	return (prevhash ^ (c & 0xff)) * 0x01000193UL;
}

/* The last characters have reached the upper bits only: they come down once more. */
static inline unsigned int end_name_hash(unsigned long hash)
{
	return hash ^ hash >> 15;
}

/* A hash and the length of what was hashed, in one word. */
#define hashlen_create(hash, len)	((u64)(len) << 32 | (u32)(hash))
#define hashlen_hash(hashlen)		((u32)(hashlen))
#define hashlen_len(hashlen)		((u32)((hashlen) >> 32))

/* Of the @len characters of @name; of the string @name, with its length. */
static inline unsigned int full_name_hash(const void *salt, const char *name, unsigned int len)
{
	unsigned long hash = init_name_hash(salt);

	while (len--)
		hash = partial_name_hash(*name++, hash);
	return end_name_hash(hash);
}

static inline u64 hashlen_string(const void *salt, const char *name)
{
	unsigned long hash = init_name_hash(salt);
	const char *end = name;

	while (*end)
		hash = partial_name_hash(*end++, hash);
	return hashlen_create(end_name_hash(hash), end - name);
}

#endif /* _LINUX_STRINGHASH_H */
