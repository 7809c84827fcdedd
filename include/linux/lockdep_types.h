/* SPDX-License-Identifier: MIT */
/*
 * What a lock carries in builds that check the order of locks (`make DEBUG=1`): which class it
 * belongs to. In all others, nothing. <linux/lockdep.h> tells more.
 */
#ifndef _LINUX_LOCKDEP_TYPES_H
#define _LINUX_LOCKDEP_TYPES_H

#define MAX_LOCKDEP_SUBCLASSES	8

#ifdef CONFIG_LOCKDEP

/* Only its address counts, and those behind it: one for each subclass. */
struct lock_class_key { char subkeys[MAX_LOCKDEP_SUBCLASSES]; };

/* @key NULL: a lock that was there from the beginning, with a class of its own. */
struct lockdep_map {
	const struct lock_class_key *key;
	const char *name;
};

#define LOCKDEP_MAP			struct lockdep_map dep_map;
#define LOCKDEP_MAP_INIT(lockname)	, .dep_map = { NULL, #lockname }

#else

struct lock_class_key { char unused[0]; };

#define LOCKDEP_MAP
#define LOCKDEP_MAP_INIT(name)

#endif

#endif /* _LINUX_LOCKDEP_TYPES_H */
