/* SPDX-License-Identifier: MIT */
/*
 * Lists that need no lock: any number of CPUs push, one takes everything at once. What was pushed
 * last comes first; llist_reverse_order() turns it round.
 */
#ifndef _LINUX_LLIST_H
#define _LINUX_LLIST_H

#include <asm/atomic.h>
#include <linux/container_of.h>
#include <linux/types.h>

struct llist_head {
	struct llist_node *first;
};

struct llist_node {
	struct llist_node *next;
};

#define LLIST_HEAD_INIT(name)	{ NULL }
#define LLIST_HEAD(name)	struct llist_head name = LLIST_HEAD_INIT(name)

static inline void init_llist_head(struct llist_head *list)
{
	list->first = NULL;
}

#define llist_entry(ptr, type, member)	container_of(ptr, type, member)
#define member_address_is_nonnull(ptr, member) \
	((uintptr_t)(ptr) + offsetof(typeof(*(ptr)), member) != 0)

#define llist_for_each(pos, node) for ((pos) = (node); pos; (pos) = (pos)->next)
#define llist_for_each_safe(pos, n, node) \
	for ((pos) = (node); (pos) && ((n) = (pos)->next, true); (pos) = (n))
#define llist_for_each_entry(pos, node, member) \
	for ((pos) = llist_entry((node), typeof(*(pos)), member); \
	     member_address_is_nonnull(pos, member); \
	     (pos) = llist_entry((pos)->member.next, typeof(*(pos)), member))
#define llist_for_each_entry_safe(pos, n, node, member) \
	for (pos = llist_entry((node), typeof(*pos), member); \
	     member_address_is_nonnull(pos, member) && \
	     (n = llist_entry(pos->member.next, typeof(*n), member), true); \
	     pos = n)

static inline bool llist_empty(const struct llist_head *head)
{
	return READ_ONCE(head->first) == NULL;
}

static inline struct llist_node *llist_next(struct llist_node *node)
{
	return node->next;
}

/* Push @node, or a chain of them. True: the list was empty, so whoever takes should be told. */
static inline bool llist_add_batch(struct llist_node *new_first, struct llist_node *new_last,
				   struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	do {
		new_last->next = first;
	} while (!arch_try_cmpxchg((int *)&head->first, (int *)&first, (int)new_first));
	return !first;
}

static inline bool llist_add(struct llist_node *node, struct llist_head *head)
{
	return llist_add_batch(node, node, head);
}

/* Everything, which the list then has no more; NULL: it was empty. */
static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	return (struct llist_node *)arch_xchg((int *)&head->first, 0);
}

/* The first. Only one CPU may take at a time. */
static inline struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	while (first && !arch_try_cmpxchg((int *)&head->first, (int *)&first, (int)first->next))
		;
	return first;
}

static inline struct llist_node *llist_reverse_order(struct llist_node *node)
{
	struct llist_node *reversed = NULL;

	while (node) {
		struct llist_node *next = node->next;

		node->next = reversed;
		reversed = node;
		node = next;
	}
	return reversed;
}

#endif /* _LINUX_LLIST_H */
