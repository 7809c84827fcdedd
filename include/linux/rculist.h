/* SPDX-License-Identifier: MIT */
/*
 * Lists that are read under RCU (<linux/rcupdate.h>). Writers keep each other off as ever, and
 * use what is here: an entry is complete before it can be found, and one that is taken out still
 * leads on, so that a reader who is there gets back to the list. It may be freed, or be put on a
 * list anew, after a grace period. Readers go forwards only.
 */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#define list_next_rcu(list)	((list)->next)
#define list_tail_rcu(head)	((head)->prev)
#define hlist_first_rcu(head)	((head)->first)
#define hlist_next_rcu(node)	((node)->next)
#define hlist_pprev_rcu(node)	(*(node)->pprev)

/* ---- lists: writing ---- */

/* Nobody may be reading yet; or nobody may be reading any more. */
static inline void INIT_LIST_HEAD_RCU(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add_rcu(struct list_head *entry, struct list_head *prev,
				  struct list_head *next)
{
	entry->next = next;
	entry->prev = prev;
	rcu_assign_pointer(prev->next, entry);
	next->prev = entry;
}

static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
	__list_add_rcu(entry, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
	__list_add_rcu(entry, head->prev, head);
}

/* entry->next stays: readers are on their way. */
static inline void list_del_rcu(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->prev = LIST_POISON2;
}

static inline void list_replace_rcu(struct list_head *old, struct list_head *entry)
{
	entry->next = old->next;
	entry->prev = old->prev;
	rcu_assign_pointer(entry->prev->next, entry);
	entry->next->prev = entry;
	old->prev = LIST_POISON2;
}

/*
 * All of @list goes between @prev and @next. Readers of @list would not find their head any more:
 * it is emptied first, and @sync (synchronize_rcu, mostly) waits for them.
 */
static inline void __list_splice_init_rcu(struct list_head *list, struct list_head *prev,
					  struct list_head *next, void (*sync)(void))
{
	struct list_head *first = list->next, *last = list->prev;

	if (list_empty(list))
		return;
	INIT_LIST_HEAD_RCU(list);
	sync();
	last->next = next;
	first->prev = prev;
	rcu_assign_pointer(prev->next, first);
	next->prev = last;
}

static inline void list_splice_init_rcu(struct list_head *list, struct list_head *head,
					void (*sync)(void))
{
	__list_splice_init_rcu(list, head, head->next, sync);
}

static inline void list_splice_tail_init_rcu(struct list_head *list, struct list_head *head,
					     void (*sync)(void))
{
	__list_splice_init_rcu(list, head->prev, head, sync);
}

/* ---- lists: reading ---- */

/* @cond: why it may be read otherwise than under rcu_read_lock(); nothing: it is read so. */
#define __list_check_rcu(cond...) \
	RCU_LOCKDEP_WARN(!((cond + 0) || rcu_read_lock_any_held()), \
			 "RCU-list traversed in non-reader section")

#define list_entry_rcu(ptr, type, member) container_of(READ_ONCE(ptr), type, member)
#define list_entry_lockless		list_entry_rcu

/* Not list_empty() and then list_first_entry(): it may become empty in between. */
#define list_first_or_null_rcu(ptr, type, member) \
({ \
	struct list_head *__head = (ptr), *__first = READ_ONCE(__head->next); \
	\
	__first != __head ? list_entry_rcu(__first, type, member) : NULL; \
})

#define list_next_or_null_rcu(head, ptr, type, member) \
({ \
	struct list_head *__head = (head), *__next = READ_ONCE((ptr)->next); \
	\
	__next != __head ? list_entry_rcu(__next, type, member) : NULL; \
})

#define list_for_each_rcu(pos, head) \
	for (pos = rcu_dereference((head)->next); !list_is_head(pos, (head)); \
	     pos = rcu_dereference(pos->next))

#define list_for_each_entry_rcu(pos, head, member, cond...) \
	for (({ __list_check_rcu(cond); }), \
	     pos = list_entry_rcu((head)->next, typeof(*pos), member); \
	     &pos->member != (head); \
	     pos = list_entry_rcu(pos->member.next, typeof(*pos), member))
#define list_for_each_entry_srcu	list_for_each_entry_rcu

#define list_for_each_entry_lockless(pos, head, member) \
	for (pos = list_entry_lockless((head)->next, typeof(*pos), member); \
	     &pos->member != (head); \
	     pos = list_entry_lockless(pos->member.next, typeof(*pos), member))

#define list_for_each_entry_continue_rcu(pos, head, member) \
	for (pos = list_entry_rcu(pos->member.next, typeof(*pos), member); \
	     &pos->member != (head); \
	     pos = list_entry_rcu(pos->member.next, typeof(*pos), member))

#define list_for_each_entry_from_rcu(pos, head, member) \
	for (; &(pos)->member != (head); \
	     pos = list_entry_rcu(pos->member.next, typeof(*(pos)), member))

/* ---- hlists: writing ---- */

static inline void __hlist_insert_rcu(struct hlist_node *n, struct hlist_node **place)
{
	struct hlist_node *next = *place;

	n->next = next;
	WRITE_ONCE(n->pprev, place);
	rcu_assign_pointer(*place, n);
	if (next)
		WRITE_ONCE(next->pprev, &n->next);
}

static inline void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h)
{
	__hlist_insert_rcu(n, &h->first);
}

static inline void hlist_add_tail_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node **place = &h->first;

	while (*place)
		place = &(*place)->next;
	__hlist_insert_rcu(n, place);
}

static inline void hlist_add_before_rcu(struct hlist_node *n, struct hlist_node *next)
{
	__hlist_insert_rcu(n, next->pprev);
}

static inline void hlist_add_behind_rcu(struct hlist_node *n, struct hlist_node *prev)
{
	__hlist_insert_rcu(n, &prev->next);
}

static inline void hlist_del_rcu(struct hlist_node *n)
{
	__hlist_del(n);
	WRITE_ONCE(n->pprev, LIST_POISON2);
}

/* Afterwards hlist_unhashed(), but it still leads on. */
static inline void hlist_del_init_rcu(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		__hlist_del(n);
		WRITE_ONCE(n->pprev, NULL);
	}
}

static inline void hlist_replace_rcu(struct hlist_node *old, struct hlist_node *entry)
{
	struct hlist_node *next = old->next;

	entry->next = next;
	WRITE_ONCE(entry->pprev, old->pprev);
	rcu_assign_pointer(*entry->pprev, entry);
	if (next)
		WRITE_ONCE(next->pprev, &entry->next);
	WRITE_ONCE(old->pprev, LIST_POISON2);
}

/* ---- hlists: reading ---- */

#define __hlist_for_each_rcu(pos, head) \
	for (pos = rcu_dereference((head)->first); pos; pos = rcu_dereference(pos->next))

#define hlist_for_each_entry_rcu(pos, head, member, cond...) \
	for (({ __list_check_rcu(cond); }), \
	     pos = hlist_entry_safe(READ_ONCE((head)->first), typeof(*(pos)), member); \
	     pos; \
	     pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member))
#define hlist_for_each_entry_rcu_notrace hlist_for_each_entry_rcu
#define hlist_for_each_entry_rcu_bh	hlist_for_each_entry_rcu

#define hlist_for_each_entry_continue_rcu(pos, member) \
	for (pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member); pos; \
	     pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member))
#define hlist_for_each_entry_from_rcu(pos, member) \
	for (; pos; \
	     pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member))

#endif /* _LINUX_RCULIST_H */
