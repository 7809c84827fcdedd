/* SPDX-License-Identifier: MIT */
/*
 * The kernel's integer types. i386: int, long and pointers have 32 bits; physical addresses
 * have 64, because PAE lets a 32-bit machine own more than 4 GiB of RAM.
 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>

typedef signed char		s8;
typedef unsigned char		u8;
typedef signed short		s16;
typedef unsigned short		u16;
typedef signed int		s32;
typedef unsigned int		u32;
typedef signed long long	s64;
typedef unsigned long long	u64;

typedef s8	int8_t;
typedef u8	uint8_t;
typedef s16	int16_t;
typedef u16	uint16_t;
typedef s32	int32_t;
typedef u32	uint32_t;
typedef s64	int64_t;
typedef u64	uint64_t;

typedef u8	__u8;
typedef s8	__s8;
typedef u16	__u16;
typedef s16	__s16;
typedef u32	__u32;
typedef s32	__s32;
typedef u64	__u64;
typedef s64	__s64;
typedef u16	__le16;
typedef u32	__le32;
typedef u64	__le64;
typedef u16	__be16;
typedef u32	__be32;
typedef u64	__be64;

typedef __SIZE_TYPE__		size_t;
typedef __PTRDIFF_TYPE__	ptrdiff_t;
typedef __INTPTR_TYPE__		intptr_t;
typedef __UINTPTR_TYPE__	uintptr_t;
typedef __PTRDIFF_TYPE__	ssize_t;

typedef unsigned char		u_char;
typedef unsigned short		u_short;
typedef unsigned int		u_int;
typedef unsigned long		u_long;
typedef unsigned int		uint;
typedef unsigned long		ulong;
typedef unsigned short		ushort;

typedef _Bool			bool;
enum { false = 0, true = 1 };

typedef s64			loff_t;
typedef long			off_t;
typedef unsigned short		umode_t;
typedef int			pid_t;
typedef u32			dev_t;

typedef u64			phys_addr_t;	/* a physical address: 36 bits of it are real */
typedef phys_addr_t		resource_size_t;
typedef u64			dma_addr_t;
typedef unsigned int		gfp_t;
typedef unsigned int		slab_flags_t;
typedef unsigned int		fmode_t;

typedef struct { int counter; } atomic_t;

struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };

/* For call_rcu(): a place in what is to be freed later (<linux/rcupdate.h>). */
struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};
#define rcu_head callback_head
typedef void (*rcu_callback_t)(struct rcu_head *head);
typedef void (*call_rcu_func_t)(struct rcu_head *head, rcu_callback_t func);

#define BITS_PER_BYTE	8
#define BITS_PER_LONG	(8 * __SIZEOF_LONG__)
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

#include <linux/stddef.h>

#endif /* _LINUX_TYPES_H */
