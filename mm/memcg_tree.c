// SPDX-License-Identifier: MIT
/*
 * The tree of memory control groups: references, walking, names, events.
 *
 * All groups are on one list, a parent before its children, and between it and the next that is not in
 * it only what is: so walking a part of the tree is walking a part of the list, and no stack is needed.
 * memcg_lock keeps the list. What is found on it under the lock is held by the tree, so a reference can
 * be taken. A group holds its parent; so the way up is there as long as the group is. Any context but NMI.
 */
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "memcg.h"

static struct mem_cgroup root = {
	.memory.max = PAGE_COUNTER_MAX,
	.refs = REFCOUNT_INIT(1),
	.online = true,
	.list = LIST_HEAD_INIT(root.list),
	.objcg_list = LIST_HEAD_INIT(root.objcg_list),
};
struct mem_cgroup *root_mem_cgroup = &root;

DEFINE_SPINLOCK(memcg_lock);

/* ---- references, walking ---- */

/* A group holds its parent, which may go with it. */
void mem_cgroup_put(struct mem_cgroup *memcg)
{
	while (memcg && refcount_dec_and_test(&memcg->refs)) {
		struct mem_cgroup *parent = memcg->parent;

		WARN_ON_ONCE(page_counter_read(&memcg->memory));
		kfree_rcu(memcg, rcu);
		memcg = parent;
	}
}

bool mem_cgroup_is_descendant(struct mem_cgroup *memcg, struct mem_cgroup *top)
{
	while (memcg && memcg != top)
		memcg = memcg->parent;
	return memcg;
}

/* The list begins with the root, and all of @top's descendants follow it directly. */
static struct mem_cgroup *next_in(struct mem_cgroup *top, struct mem_cgroup *memcg)
{
	if (!memcg->online || list_is_last(&memcg->list, &root.list))
		return NULL;
	memcg = list_next_entry(memcg, list);
	return mem_cgroup_is_descendant(memcg, top) ? memcg : NULL;
}

struct mem_cgroup *mem_cgroup_iter(struct mem_cgroup *top, struct mem_cgroup *prev,
				   struct mem_cgroup_reclaim_cookie *reclaim)
{
	struct mem_cgroup *next;
	unsigned long flags;

	if (!top)
		top = &root;
	spin_lock_irqsave(&memcg_lock, flags);
	next = prev ? next_in(top, prev) : top;
	if (next)
		mem_cgroup_get(next);
	spin_unlock_irqrestore(&memcg_lock, flags);
	mem_cgroup_put(prev);
	return next;
}

/* ---- names ---- */

char *mem_cgroup_path(const struct mem_cgroup *memcg, char *buf, size_t size)
{
	size_t start = size - 1;

	buf[start] = '\0';
	for (; memcg->parent; memcg = memcg->parent) {
		size_t length = strlen(memcg->name);

		if (length + 1 > start)
			break;
		start -= length;
		memcpy(buf + start, memcg->name, length);
		buf[--start] = '/';
	}
	if (!buf[start] && start)
		buf[--start] = '/';
	return memmove(buf, buf + start, size - start);
}

struct mem_cgroup *memcg_find_child(struct mem_cgroup *parent, const char *name, size_t length)
{
	struct mem_cgroup *memcg;

	list_for_each_entry(memcg, &root.list, list)
		if (memcg->parent == parent && strlen(memcg->name) == length &&
		    !memcmp(memcg->name, name, length))
			return memcg;
	return NULL;
}

struct mem_cgroup *mem_cgroup_find(const char *path)
{
	struct mem_cgroup *memcg = &root;
	unsigned long flags;

	spin_lock_irqsave(&memcg_lock, flags);
	while (memcg) {
		size_t length;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (!length)
			break;
		memcg = memcg_find_child(memcg, path, length);
		path += length;
	}
	if (memcg)
		mem_cgroup_get(memcg);
	spin_unlock_irqrestore(&memcg_lock, flags);
	return memcg;
}

/* ---- events ---- */

void memcg_memory_event(struct mem_cgroup *memcg, enum memcg_memory_event event)
{
	atomic_long_inc(&memcg->memory_events_local[event]);
	for (; memcg && memcg != &root; memcg = memcg->parent)
		atomic_long_inc(&memcg->memory_events[event]);
}

/* ---- processes ---- */

/* @mm may be taken elsewhere meanwhile: its group's memory stays for as long as we read. */
bool mm_match_cgroup(struct mm_struct *mm, struct mem_cgroup *memcg)
{
	bool match;

	rcu_read_lock();
	match = mem_cgroup_is_descendant(READ_ONCE(mm->memcg) ?: &root, memcg);
	rcu_read_unlock();
	return match;
}

struct mem_cgroup *get_mem_cgroup_from_mm(struct mm_struct *mm)
{
	struct mem_cgroup *memcg;

	rcu_read_lock();
	do {
		memcg = READ_ONCE(mm->memcg) ?: &root;
	} while (!refcount_inc_not_zero(&memcg->refs));
	rcu_read_unlock();
	return memcg;
}

void memcg_memory_event_mm(struct mm_struct *mm, enum memcg_memory_event event)
{
	struct mem_cgroup *memcg = get_mem_cgroup_from_mm(mm);

	memcg_memory_event(memcg, event);
	mem_cgroup_put(memcg);
}
