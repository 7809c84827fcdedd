/* SPDX-License-Identifier: MIT */
/*
 * Doubly linked lists.
 *
 * A list is a ring of struct list_head. One of them, the head, stands alone and marks the ring's
 * begin and end; the others are members of the structures on the list:
 *
 *	struct region { unsigned long start; struct list_head link; };
 *
 *	LIST_HEAD(regions);
 *	list_add_tail(&r->link, &regions);
 *
 *	struct region *r;
 *	list_for_each_entry(r, &regions, link)
 *		print(r->start);
 *
 * Entry: a structure on the list, or its list_head. Head: the list_head that is no entry. Of a
 * list that is not empty, head->next is the first entry and head->prev the last; every entry's
 * neighbours point back at it. An empty list's head points at itself. A deleted entry points at
 * addresses that are never mapped, so that using it faults at once.
 *
 * hlist: the same for hash tables, whose heads are many and should be small. The head is one
 * pointer, and an entry knows the pointer that points at it instead of its predecessor.
 *
 * Nothing here locks, allocates or checks. In the names of the loops, "safe" means: safe against
 * deleting the current entry in the loop, nothing else.
 */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/poison.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

/* Make @prev and @next neighbours. Everything below is made of this. */
static inline void __list_link(struct list_head *prev, struct list_head *next)
{
	next->prev = prev;
	WRITE_ONCE(prev->next, next);
}

static inline void __list_add(struct list_head *entry, struct list_head *prev,
			      struct list_head *next)
{
	next->prev = entry;
	entry->next = next;
	entry->prev = prev;
	WRITE_ONCE(prev->next, entry);
}

/* Behind @head: the first entry, as on a stack. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head, head->next);
}

/* In front of @head: the last entry, as in a queue. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head->prev, head);
}

#define __list_del(prev, next)	__list_link(prev, next)

static inline void __list_del_entry(struct list_head *entry)
{
	__list_link(entry->prev, entry->next);
}

/* Take @entry off its list; its links become poison. */
static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

/* Take @entry off its list and make it an empty list of its own. */
static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

/* @entry takes @old's place; @old's links stay as they were. */
static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	__list_add(entry, old->prev, old->next);
}

static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
	list_replace(old, entry);
	INIT_LIST_HEAD(old);
}

/* Exchange the places of two entries, of one list or of two; neighbours too. */
static inline void list_swap(struct list_head *entry1, struct list_head *entry2)
{
	struct list_head place;		/* stands in for entry1 meanwhile */

	list_replace(entry1, &place);
	list_replace(entry2, entry1);
	list_replace(&place, entry2);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add_tail(entry, head);
}

/* Move the run from @first to @last, both included, in front of @head, which is not in it. */
static inline void list_bulk_move_tail(struct list_head *head, struct list_head *first,
				       struct list_head *last)
{
	__list_link(first->prev, last->next);
	__list_link(head->prev, first);
	__list_link(last, head);
}

static inline int list_is_first(const struct list_head *entry, const struct list_head *head)
{
	return entry->prev == head;
}

static inline int list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}

static inline int list_is_head(const struct list_head *entry, const struct list_head *head)
{
	return entry == head;
}

static inline int list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

/*
 * For two CPUs without a lock: the one takes the last entry off with list_del_init_careful(), the
 * other may then reuse the memory once list_empty_careful() says so. x86 keeps stores in order,
 * and loads too; only the compiler must be told.
 */
static inline void list_del_init_careful(struct list_head *entry)
{
	__list_del_entry(entry);
	WRITE_ONCE(entry->prev, entry);
	barrier();
	WRITE_ONCE(entry->next, entry);
}

static inline int list_empty_careful(const struct list_head *head)
{
	struct list_head *next = READ_ONCE(head->next);

	barrier();
	return list_is_head(next, head) && next == READ_ONCE(head->prev);
}

/* Is there exactly one entry? */
static inline int list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

/* The first entry becomes the last. */
static inline void list_rotate_left(struct list_head *head)
{
	if (!list_empty(head))
		list_move_tail(head->next, head);
}

/* @entry becomes the first; those before it follow behind the last. */
static inline void list_rotate_to_front(struct list_head *entry, struct list_head *head)
{
	list_move_tail(head, entry);
}

/* Give the run head->next … @last of @head to the empty head @list. */
static inline void __list_cut(struct list_head *list, struct list_head *head,
			      struct list_head *last)
{
	struct list_head *rest = last->next;

	__list_link(list, head->next);
	__list_link(last, list);
	__list_link(head, rest);
}

/*
 * The first entries of @head up to and including @entry become the list @list, whose former
 * contents are forgotten. @entry may be @head itself: then nothing is moved.
 */
static inline void list_cut_position(struct list_head *list, struct list_head *head,
				     struct list_head *entry)
{
	if (list_empty(head))
		return;
	INIT_LIST_HEAD(list);
	if (!list_is_head(entry, head))
		__list_cut(list, head, entry);
}

/* The same up to but not including @entry; with @head itself, all entries are moved. */
static inline void list_cut_before(struct list_head *list, struct list_head *head,
				   struct list_head *entry)
{
	INIT_LIST_HEAD(list);
	if (head->next != entry)
		__list_cut(list, head, entry->prev);
}

/* Put @list's entries, of which there is at least one, between @prev and @next. */
static inline void __list_splice(const struct list_head *list, struct list_head *prev,
				 struct list_head *next)
{
	struct list_head *first = list->next, *last = list->prev;

	__list_link(prev, first);
	__list_link(last, next);
}

/* All entries of @list go to the front of @head, or to its end. @list itself is left dangling… */
static inline void list_splice(const struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head, head->next);
}

static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head->prev, head);
}

/* … or becomes empty. */
static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}

/* From a list_head to the structure around it. The list must not be empty, where not said. */
#define list_entry(ptr, type, member)		container_of(ptr, type, member)
#define list_first_entry(ptr, type, member)	list_entry((ptr)->next, type, member)
#define list_last_entry(ptr, type, member)	list_entry((ptr)->prev, type, member)

/* The first entry, or NULL when the list is empty. */
#define list_first_entry_or_null(ptr, type, member) \
({ \
	struct list_head *__list = (ptr); \
	struct list_head *__first = READ_ONCE(__list->next); \
	__first != __list ? list_entry(__first, type, member) : NULL; \
})

#define list_next_entry(pos, member) \
	list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member) \
	list_entry((pos)->member.prev, __typeof__(*(pos)), member)

/* Once around: behind the last comes the first. */
#define list_next_entry_circular(pos, head, member) \
	(list_is_last(&(pos)->member, head) ? \
	 list_first_entry(head, __typeof__(*(pos)), member) : list_next_entry(pos, member))
#define list_prev_entry_circular(pos, head, member) \
	(list_is_first(&(pos)->member, head) ? \
	 list_last_entry(head, __typeof__(*(pos)), member) : list_prev_entry(pos, member))

/* Is @pos, a structure's address, the place where the head would be the member? */
#define list_entry_is_head(pos, head, member)	(&(pos)->member == (head))

/* Loops over list_heads. */
#define list_for_each(pos, head) \
	for (pos = (head)->next; !list_is_head(pos, (head)); pos = pos->next)
#define list_for_each_continue(pos, head) \
	for (pos = pos->next; !list_is_head(pos, (head)); pos = pos->next)
#define list_for_each_prev(pos, head) \
	for (pos = (head)->prev; !list_is_head(pos, (head)); pos = pos->prev)
#define list_for_each_safe(pos, n, head) \
	for (pos = (head)->next, n = pos->next; !list_is_head(pos, (head)); \
	     pos = n, n = pos->next)
#define list_for_each_prev_safe(pos, n, head) \
	for (pos = (head)->prev, n = pos->prev; !list_is_head(pos, (head)); \
	     pos = n, n = pos->prev)

/*
 * Loops over structures. _reverse: last to first. _continue: from the one behind @pos. _from:
 * from @pos. _safe: @n holds the next one while the body may delete @pos.
 */
#define list_for_each_entry(pos, head, member) \
	for (pos = list_first_entry(head, __typeof__(*pos), member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = list_next_entry(pos, member))
#define list_for_each_entry_reverse(pos, head, member) \
	for (pos = list_last_entry(head, __typeof__(*pos), member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = list_prev_entry(pos, member))

/* @pos, or the head in its place when @pos is NULL: where list_for_each_entry_continue() starts. */
#define list_prepare_entry(pos, head, member) \
	((pos) ? : list_entry(head, __typeof__(*pos), member))

#define list_for_each_entry_continue(pos, head, member) \
	for (pos = list_next_entry(pos, member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = list_next_entry(pos, member))
#define list_for_each_entry_continue_reverse(pos, head, member) \
	for (pos = list_prev_entry(pos, member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = list_prev_entry(pos, member))
#define list_for_each_entry_from(pos, head, member) \
	for (; !list_entry_is_head(pos, head, member); \
	     pos = list_next_entry(pos, member))
#define list_for_each_entry_from_reverse(pos, head, member) \
	for (; !list_entry_is_head(pos, head, member); \
	     pos = list_prev_entry(pos, member))
#define list_for_each_entry_safe(pos, n, head, member) \
	for (pos = list_first_entry(head, __typeof__(*pos), member), \
	     n = list_next_entry(pos, member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = n, n = list_next_entry(n, member))
#define list_for_each_entry_safe_continue(pos, n, head, member) \
	for (pos = list_next_entry(pos, member), n = list_next_entry(pos, member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = n, n = list_next_entry(n, member))
#define list_for_each_entry_safe_from(pos, n, head, member) \
	for (n = list_next_entry(pos, member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = n, n = list_next_entry(n, member))
#define list_for_each_entry_safe_reverse(pos, n, head, member) \
	for (pos = list_last_entry(head, __typeof__(*pos), member), \
	     n = list_prev_entry(pos, member); \
	     !list_entry_is_head(pos, head, member); \
	     pos = n, n = list_prev_entry(n, member))

/* In a _safe loop, after the lock was dropped and taken again: find @n anew behind @pos. */
#define list_safe_reset_next(pos, n, member) \
	n = list_next_entry(pos, member)

/* hlist: entries point back at the pointer that points at them. */
#define HLIST_HEAD_INIT		{ .first = NULL }
#define HLIST_HEAD(name)	struct hlist_head name = { .first = NULL }
#define INIT_HLIST_HEAD(ptr)	((ptr)->first = NULL)

static inline void INIT_HLIST_NODE(struct hlist_node *h)
{
	h->next = NULL;
	h->pprev = NULL;
}

/* Is @h on no list? For entries that were initialised, or deleted with hlist_del_init(). */
static inline int hlist_unhashed(const struct hlist_node *h)
{
	return !h->pprev;
}

static inline int hlist_unhashed_lockless(const struct hlist_node *h)
{
	return !READ_ONCE(h->pprev);
}

static inline int hlist_empty(const struct hlist_head *h)
{
	return !READ_ONCE(h->first);
}

/* Let the pointer at @place point at @n, and what it pointed at follow behind @n. */
static inline void __hlist_insert(struct hlist_node *n, struct hlist_node **place)
{
	struct hlist_node *next = *place;

	WRITE_ONCE(n->next, next);
	if (next)
		WRITE_ONCE(next->pprev, &n->next);
	WRITE_ONCE(n->pprev, place);
	WRITE_ONCE(*place, n);
}

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	__hlist_insert(n, &h->first);
}

static inline void hlist_add_before(struct hlist_node *n, struct hlist_node *next)
{
	__hlist_insert(n, next->pprev);
}

static inline void hlist_add_behind(struct hlist_node *n, struct hlist_node *prev)
{
	__hlist_insert(n, &prev->next);
}

static inline void __hlist_del(struct hlist_node *n)
{
	struct hlist_node *next = n->next, **pprev = n->pprev;

	WRITE_ONCE(*pprev, next);
	if (next)
		WRITE_ONCE(next->pprev, pprev);
}

static inline void hlist_del(struct hlist_node *n)
{
	__hlist_del(n);
	n->next = LIST_POISON1;
	n->pprev = LIST_POISON2;
}

/* Also for an entry that is on no list: nothing happens then. */
static inline void hlist_del_init(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		__hlist_del(n);
		INIT_HLIST_NODE(n);
	}
}

/* An entry of a list without a head: it looks hashed, and may be deleted. */
static inline void hlist_add_fake(struct hlist_node *n)
{
	n->pprev = &n->next;
}

static inline bool hlist_fake(struct hlist_node *h)
{
	return h->pprev == &h->next;
}

/* Is @n the only entry of @h? Does not look at the head. */
static inline bool hlist_is_singular_node(struct hlist_node *n, struct hlist_head *h)
{
	return !n->next && n->pprev == &h->first;
}

/* All entries of @old become those of @new, whose own are forgotten. */
static inline void hlist_move_list(struct hlist_head *old, struct hlist_head *new)
{
	new->first = old->first;
	if (new->first)
		new->first->pprev = &new->first;
	old->first = NULL;
}

#define hlist_entry(ptr, type, member)	container_of(ptr, type, member)

/* NULL stays NULL. */
#define hlist_entry_safe(ptr, type, member) \
({ \
	__typeof__(ptr) __node = (ptr); \
	__node ? hlist_entry(__node, type, member) : NULL; \
})

#define hlist_for_each(pos, head) \
	for (pos = (head)->first; pos; pos = pos->next)
#define hlist_for_each_safe(pos, n, head) \
	for (pos = (head)->first; pos && ({ n = pos->next; 1; }); pos = n)

#define __hlist_next_entry(pos, member) \
	hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member)
#define hlist_for_each_entry(pos, head, member) \
	for (pos = hlist_entry_safe((head)->first, __typeof__(*(pos)), member); \
	     pos; pos = __hlist_next_entry(pos, member))
#define hlist_for_each_entry_continue(pos, member) \
	for (pos = __hlist_next_entry(pos, member); pos; pos = __hlist_next_entry(pos, member))
#define hlist_for_each_entry_from(pos, member) \
	for (; pos; pos = __hlist_next_entry(pos, member))
/* Here @n is a struct hlist_node *. */
#define hlist_for_each_entry_safe(pos, n, head, member) \
	for (pos = hlist_entry_safe((head)->first, __typeof__(*pos), member); \
	     pos && ({ n = pos->member.next; 1; }); \
	     pos = hlist_entry_safe(n, __typeof__(*pos), member))

#endif /* _LINUX_LIST_H */
