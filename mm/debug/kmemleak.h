/* SPDX-License-Identifier: MIT */
/* What the leak finder's files know of each other. */
#ifndef _MM_DEBUG_KMEMLEAK_H
#define _MM_DEBUG_KMEMLEAK_H

#include <linux/kmemleak.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "../slab.h"
#include "../vmalloc.h"

/* What somebody has told us about an object, or about a part of one. */
struct kmemleak_note {
	unsigned long addr;		/* 0: the note is not in use */
	unsigned long size;		/* of BLOCK and AREA */
	unsigned int what;
};

#define NOTE_BLOCK	0x01		/* kmemleak_alloc(): we would not know of it otherwise */
#define NOTE_GREY	0x02		/* no leak */
#define NOTE_BLACK	0x04		/* no leak, and not to be scanned */
#define NOTE_NO_SCAN	0x08
#define NOTE_AREA	0x10		/* of an object, which itself has no AREA set: scan this */

#define NR_NOTES	64
#define NR_LEAKS	64

/*
 * All that is ours and has addresses in it, so that a scan can leave it out: what only we refer to
 * is a leak.
 */
struct kmemleak_own {
	spinlock_t lock;		/* guards the notes */
	struct kmemleak_note notes[NR_NOTES];
	unsigned int nr_notes;		/* in use */
	unsigned int notes_lost;	/* there was no room */
	struct kmemleak_leak leaks[NR_LEAKS];	/* the last scan's … */
	unsigned int nr_leaks;
	unsigned long nr_found;		/* … and how many more than these */
	unsigned long bytes_found;
};

extern struct kmemleak_own kmemleak_own;
#define for_each_note(note) \
	for ((note) = kmemleak_own.notes; (note) < kmemleak_own.notes + NR_NOTES; (note)++) \
		if (!(note)->addr) { } else

/* ---- kmemleak.c ---- */

/* Somebody's object that begins there: how large it is; 0 when there is none. Any context. */
size_t kmemleak_object_size(unsigned long addr);

/* The object is gone, and with it what was noted of it and of its parts. */
void kmemleak_forget(unsigned long addr, size_t size);

/* ---- one scan ---- */

/* Memory that is one object, or a slab of them. */
struct scan_region {
	unsigned long start, end;
	u32 bit;			/* of the first object */
};

struct scan_object {
	unsigned long start, end;
	u32 bit;
};

struct scan {
	struct scan_region *regions;	/* NULL: they are only being counted */
	unsigned long *live, *reached;
	struct scan_object *stack;
	unsigned int nr_regions;
	u32 nr_bits;
	unsigned int depth, room;
	bool overflow;			/* some were reached, and not looked into */
	bool picky;			/* some objects are not scanned, or only parts of them */
	unsigned long sp;		/* what lies below it on our own stack is history */
};

/* ---- kmemleak_mark.c: regions, and what is reached in them ---- */

/* All regions, or how many there are and how many bits they need; then sorted by address. */
void scan_collect(struct scan *s);
/* Which objects are somebody's. */
void scan_mark_live(struct scan *s);

/* False: @addr is in no object, free or not. */
bool scan_find(const struct scan *s, unsigned long addr, struct scan_object *object);
/* The slab that a region is; NULL: it is one object. */
struct page *scan_slab_of(const struct scan_region *region);
/* The @n-th object of @region; false: it has no more. */
bool scan_object_at(const struct scan *s, const struct scan_region *region, unsigned int n,
		    struct scan_object *object);

/* @addr leads somewhere, perhaps; and so do all words in [start, end), perhaps. */
void scan_reach(struct scan *s, unsigned long addr);
void scan_words(struct scan *s, unsigned long start, unsigned long end);
/* Look into all that was reached, and into what that reaches. */
void scan_follow(struct scan *s);

/* Every object whose bit is set in @live, and in @reached what @is_reached says. */
#define for_each_object(s, region, n, object, is_reached) \
	for ((region) = (s)->regions; (region) < (s)->regions + (s)->nr_regions; (region)++) \
		for ((n) = 0; scan_object_at(s, region, n, &(object)); (n)++) \
			if (!test_bit((object).bit, (s)->live) || \
			    test_bit((object).bit, (s)->reached) != (is_reached)) { } else

/* ---- kmemleak_trace.c: who and when, if kmemleak=on ---- */

struct kmemleak_trace {
	unsigned long addr;		/* 0: the record is not in use */
	u16 stack;			/* a stack depot handle; 0: there was no room for it */
	u16 pid;
	u32 when;			/* milliseconds since boot */
};

/* False: it was not noted. */
bool kmemleak_trace_of(unsigned long addr, struct kmemleak_trace *trace);
/* Objects for whose traces there was no room. */
unsigned long kmemleak_traces_lost(void);

#endif /* _MM_DEBUG_KMEMLEAK_H */
