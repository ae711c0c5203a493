/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that differ from the kernel on purpose: changes of whole lists.
 * Entry by entry, so that each is checked as the change of one entry is, and
 * what the kernel leaves stale is poisoned.
 */
#ifndef PINPRICK_LINUX_DIFFERS_LIST_H
#define PINPRICK_LINUX_DIFFERS_LIST_H

#include "shim/linux/restated.h"

UNINSTRUMENTED_BEGIN

/* Links of pages, which must be: the head of an empty list is none. */
static inline struct list_head *kernel_page_link(struct list_head *link)
{
	if (unlikely(!world_has(link_to_page(link))))
		observe_finding("list.not-a-page", "a list head was taken for a page's link");
	return link;
}

static inline void list_splice_init(struct list_head *from, struct list_head *to)
{
	while (!list_empty(from)) {
		struct list_head *link = from->prev;

		list_del(link);
		list_add(link, to);
	}
}

static inline void list_splice_tail_init(struct list_head *from, struct list_head *to)
{
	while (!list_empty(from)) {
		struct list_head *link = from->next;

		list_del(link);
		list_add_tail(link, to);
	}
}

/* A head that must be initialised before it is used again. */
static inline void kernel_leave_stale(struct list_head *head)
{
	head->next = LIST_POISON_NEXT;
	head->prev = LIST_POISON_PREV;
}

static inline void list_splice(struct list_head *from, struct list_head *to)
{
	if (list_empty(from))
		return;
	list_splice_init(from, to);
	kernel_leave_stale(from);
}

static inline void list_splice_tail(struct list_head *from, struct list_head *to)
{
	if (list_empty(from))
		return;
	list_splice_tail_init(from, to);
	kernel_leave_stale(from);
}

/* Everything up to and with last, which is on the list or its head. */
static inline void list_cut_position(struct list_head *to, struct list_head *head,
				     struct list_head *last)
{
	struct list_head *link = head;

	if (list_empty(head))
		return;
	list_init(to);
	while (link != last && !list_empty(head)) {
		link = head->next;
		list_del(link);
		list_add_tail(link, to);
	}
}

/* Everything before next, which is on the list or its head. */
static inline void list_cut_before(struct list_head *to, struct list_head *head,
				   struct list_head *next)
{
	list_init(to);
	if (next != head)
		list_cut_position(to, head, next->prev);
	else
		list_splice_init(head, to);
}

/* The old entry's links are poisoned, as those of a removed one. */
static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	list_add(entry, old);
	list_del(old);
}

static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
	list_replace(old, entry);
	list_init(old);
}

UNINSTRUMENTED_END

#define list_del_init_careful(entry) list_del_init(entry)
#define lru_to_page(head)	     list_last_entry(head, struct page, lru)
#define lru_to_folio(head)	     list_last_entry(head, struct folio, lru)

/* clang-format off */
#define LIST_END(link, type, member) \
	list_entry(__builtin_types_compatible_p(type, struct page) || \
				   __builtin_types_compatible_p(type, struct folio) ? \
			   kernel_page_link(link) : (link), type, member)
#define list_first_entry(head, type, member) LIST_END((head)->next, type, member)
#define list_last_entry(head, type, member)  LIST_END((head)->prev, type, member)
/* clang-format on */

#endif
