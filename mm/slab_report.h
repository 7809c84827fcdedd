/* SPDX-License-Identifier: MIT */
/* The parts of a report on an object, for those who watch objects: mm/debug/. */
#ifndef _MM_SLAB_REPORT_H
#define _MM_SLAB_REPORT_H

#include <linux/compiler.h>
#include <linux/types.h>

struct kmem_cache;
struct page;

/*
 * The head of a report, in a frame of its own: which cache (NULL: none), and what is wrong. False:
 * somebody only counts such reports at the moment (<quarry/slab_errors.h>); then print no more.
 */
bool slab_bug(const struct kmem_cache *cache, const char *fmt, ...) __printf(2, 3) __cold;

/* What was done about it. */
void slab_fix(const struct kmem_cache *cache, const char *fmt, ...) __printf(2, 3) __cold;

/* @size bytes at @from, 16 a line; each line begins with @level and @label. */
void slab_dump(const char *level, const char *label, const void *from, size_t size) __cold;

/*
 * What is known of @object of @cache: what the watchers tell, its slab, itself, and what stands in
 * the slot before and behind it.
 */
void slab_report_object(struct kmem_cache *cache, const void *object) __cold;

/* The slab of @page, on a line. */
void slab_report_slab(const struct kmem_cache *cache, const struct page *page) __cold;

/* Bytes from the first of @object's slab. */
long slab_offset(const struct kmem_cache *cache, const void *object);

#endif /* _MM_SLAB_REPORT_H */
