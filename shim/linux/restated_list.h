/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel: looks at lists, walks
 * through them, and changes of one entry, which the shim checks.
 */
#ifndef PINPRICK_LINUX_RESTATED_LIST_H
#define PINPRICK_LINUX_RESTATED_LIST_H

#include "shim/linux/restated_language.h"
#include "shim/list.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* The step to the next entry of a walk. */
static inline struct list_head *list_step(struct list_head *link)
{
	world_step();
	return link;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	list_init(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

static inline bool list_empty_careful(const struct list_head *head)
{
	return list_empty(head) && head->prev == head;
}

static inline size_t list_count_nodes(struct list_head *head)
{
	size_t count = 0;

	for (struct list_head *link = list_step(head->next); link != head;
	     link = list_step(link->next))
		count++;
	return count;
}

UNINSTRUMENTED_END

/* clang-format off */
#define LIST_HEAD_INIT(name)   { &(name), &(name) }
#define LIST_HEAD(name)	       struct list_head name = LIST_HEAD_INIT(name)
#define INIT_LIST_HEAD(head)   list_init(head)
#define list_is_singular(head) (!list_empty(head) && (head)->next == (head)->prev)
#define list_is_head(link, head)   ((link) == (head))
#define list_is_first(link, head)  ((link)->prev == (head))
#define list_is_last(link, head)   ((link)->next == (head))

#define list_entry(link, type, member) container_of(link, type, member)
/* At its end a walk's entry is none, and may be aligned like none: only its link is used. */
#define list_link(entry, member) \
	((struct list_head *)(void *)((char *)(entry) + offsetof(__typeof__(*(entry)), member)))
#define list_like(link, entry, member) list_entry(link, __typeof__(*(entry)), member)
#define list_next_entry(entry, member) \
	list_like(list_step(list_link(entry, member)->next), entry, member)
#define list_prev_entry(entry, member) \
	list_like(list_step(list_link(entry, member)->prev), entry, member)
#define list_entry_is_head(entry, head, member) (list_link(entry, member) == (head))
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_last_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_last_entry(head, type, member))

/* Links. */
#define list_for_each(link, head) \
	for (link = list_step((head)->next); link != (head); link = list_step(link->next))
#define list_for_each_prev(link, head) \
	for (link = list_step((head)->prev); link != (head); link = list_step(link->prev))
#define list_for_each_safe(link, next_link, head) \
	for (link = list_step((head)->next), next_link = link->next; link != (head); \
	     link = list_step(next_link), next_link = link->next)
#define list_for_each_prev_safe(link, prev_link, head) \
	for (link = list_step((head)->prev), prev_link = link->prev; link != (head); \
	     link = list_step(prev_link), prev_link = link->prev)

/* Entries: from where a walk starts; the safe ones know the one behind before the body runs. */
#define LIST_WALK(entry, start, head, member, way) \
	for (entry = (start); !list_entry_is_head(entry, head, member); \
	     entry = list_##way##_entry(entry, member))
#define LIST_WALK_SAFE(entry, behind, start, head, member, way) \
	for (entry = (start), behind = list_##way##_entry(entry, member); \
	     !list_entry_is_head(entry, head, member); \
	     entry = behind, behind = list_##way##_entry(entry, member))

#define list_for_each_entry(entry, head, member) \
	LIST_WALK(entry, list_like((head)->next, entry, member), head, member, next)
#define list_for_each_entry_reverse(entry, head, member) \
	LIST_WALK(entry, list_like((head)->prev, entry, member), head, member, prev)
#define list_for_each_entry_continue(entry, head, member) \
	LIST_WALK(entry, list_next_entry(entry, member), head, member, next)
#define list_for_each_entry_continue_reverse(entry, head, member) \
	LIST_WALK(entry, list_prev_entry(entry, member), head, member, prev)
#define list_for_each_entry_from(entry, head, member) \
	LIST_WALK(entry, (entry), head, member, next)
#define list_for_each_entry_from_reverse(entry, head, member) \
	LIST_WALK(entry, (entry), head, member, prev)

#define list_for_each_entry_safe(entry, behind, head, member) \
	LIST_WALK_SAFE(entry, behind, list_like((head)->next, entry, member), head, member, next)
#define list_for_each_entry_safe_reverse(entry, behind, head, member) \
	LIST_WALK_SAFE(entry, behind, list_like((head)->prev, entry, member), head, member, prev)
#define list_for_each_entry_safe_continue(entry, behind, head, member) \
	LIST_WALK_SAFE(entry, behind, list_next_entry(entry, member), head, member, next)
#define list_for_each_entry_safe_from(entry, behind, head, member) \
	LIST_WALK_SAFE(entry, behind, (entry), head, member, next)

/* A later walk of that kind, which keeps the next entry to itself. */
#define list_for_each_entry_mutable(entry, head, member) \
	for (__typeof__(entry) mutable_next = list_like((head)->next, entry, member); \
	     entry = mutable_next, mutable_next = list_next_entry(entry, member), \
	     !list_entry_is_head(entry, head, member);)
/* clang-format on */

#endif
