// SPDX-License-Identifier: MIT
/*
 * The tables of kernel/locking/lockdep.c, which tells what they are for: classes of locks, and the orders
 * in which they were taken. Things are added under its graph_lock, and found without it.
 */
#ifdef CONFIG_LOCKDEP

#include <asm/sections.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "lockdep.h"

#define HASH_BITS	7

struct lock_class lock_classes[MAX_CLASSES];	/* [0] is nobody's */
DECLARE_BITMAP(lock_after[MAX_CLASSES], MAX_CLASSES);
static unsigned int nr_classes = 1, nr_edges;
static u16 hash_heads[1 << HASH_BITS];
static struct lock_edge edges[MAX_EDGES];

/* ---- classes ---- */

const void *lockdep_key(const struct lockdep_map *map)
{
	if (map->key)
		return map->key;
	if ((char *)map >= _sdata && (char *)map < _end)
		return map;
	return map->name;
}

static u16 *hash_head(const void *key, unsigned int subclass)
{
	return &hash_heads[hash_long((unsigned long)key + subclass, HASH_BITS)];
}

unsigned int lockdep_find_class(const void *key, unsigned int subclass)
{
	unsigned int i = READ_ONCE(*hash_head(key, subclass));

	while (i && (lock_classes[i].key != key || lock_classes[i].subclass != subclass))
		i = lock_classes[i].next;
	return i;
}

unsigned int lockdep_add_class(const struct lockdep_map *map, const void *key, unsigned int subclass)
{
	u16 *head = hash_head(key, subclass);
	unsigned int class;

	class = lockdep_find_class(key, subclass);
	if (!class && nr_classes < MAX_CLASSES) {
		class = nr_classes++;
		lock_classes[class] = (struct lock_class){
			.key = key, .name = map->name, .subclass = subclass, .next = *head,
		};
		barrier();
		WRITE_ONCE(*head, class);
	}
	return class;
}

/* ---- the graph ---- */

const struct lock_edge *lockdep_find_edge(unsigned int from, unsigned int to)
{
	for (unsigned int i = 0; i < nr_edges; i++)
		if (edges[i].from == from && edges[i].to == to)
			return &edges[i];
	return NULL;
}

static u16 came_from[MAX_CLASSES];

unsigned int lockdep_search(unsigned int start, bool back, wanted_t wanted, unsigned int what)
{
	static u16 queue[MAX_CLASSES];
	static DECLARE_BITMAP(seen, MAX_CLASSES);
	unsigned int first = 0, end = 1, next;

	bitmap_zero(seen, MAX_CLASSES);
	__set_bit(start, seen);
	queue[0] = start;
	came_from[start] = 0;
	while (first < end) {
		unsigned int class = queue[first++];

		if (wanted(class, what))
			return class;
		for (next = 1; next < nr_classes; next++) {
			if (!(back ? test_bit(class, lock_after[next]) : test_bit(next, lock_after[class])))
				continue;
			if (!__test_and_set_bit(next, seen)) {
				came_from[next] = class;
				queue[end++] = next;
			}
		}
	}
	return 0;
}

static void path_add(struct lock_path *path, unsigned int class)
{
	if (path->length < ARRAY_SIZE(path->class))
		path->class[path->length++] = class;
}

void lock_path_add_found(struct lock_path *path, unsigned int found)
{
	for (unsigned int class = found; class; class = came_from[class])
		path_add(path, class);
}

void lock_path_reverse(struct lock_path *path, unsigned int from)
{
	for (unsigned int to = path->length - 1; from < to && path->length; from++, to--)
		swap(path->class[from], path->class[to]);
}

/* ---- orders ---- */

/* The backtrace from @ip on: what is before it is our own. */
static void note_trace(struct lock_edge *edge, unsigned long ip)
{
	unsigned long trace[TRACE_LENGTH + 8];
	unsigned int nr = stack_trace_save(trace, ARRAY_SIZE(trace), 1), first = 0;

	while (first < nr && trace[first] != ip)
		first++;
	nr = min(nr - first, (unsigned int)TRACE_LENGTH);
	memset(edge->trace, 0, sizeof(edge->trace));
	edge->trace[0] = ip;
	memcpy(edge->trace, trace + first, nr * sizeof(*trace));
}

bool lockdep_add_edge(unsigned int from, unsigned int to, unsigned long ip)
{
	struct lock_edge *edge = &edges[nr_edges];

	if (nr_edges == MAX_EDGES)
		return false;
	edge->from = from;
	edge->to = to;
	note_trace(edge, ip);
	barrier();
	nr_edges++;
	__set_bit(to, lock_after[from]);
	return true;
}

#endif /* CONFIG_LOCKDEP */
