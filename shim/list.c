/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/list.h"

#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* The page whose link this is; NULL for a list head. */
static struct page *link_owner(struct list_head *link)
{
	struct page *page = link_to_page(link);

	return world_has(page) ? page : NULL;
}

static void report(const char *rule, const char *what, const struct list_head *entry,
		   const struct list_head *a, const struct list_head *b)
{
	char names[3][32];

	observe_finding(rule, "%s of %s; neighbours: %s and %s", what, link_name(entry, names[0]),
			link_name(a, names[1]), link_name(b, names[2]));
}

static bool add_valid(struct list_head *entry, struct list_head *prev, struct list_head *next,
		      const struct page *page)
{
	if (unlikely(!prev || !next)) {
		report("list.uninitialised", "addition next to NULL", entry, prev, next);
		return false;
	}
	if (page)
		page_check(page, "addition to a list");
	if (unlikely(prev->next != next || next->prev != prev)) {
		report("list.corrupt", "addition between entries that are no neighbours", entry,
		       prev, next);
		return false;
	}
	if (unlikely(entry == prev || entry == next || (page && page_linked(page)))) {
		report("list.double-add", "addition of an entry that is on a list", entry, prev,
		       next);
		return false;
	}
	return true;
}

static bool is_device_list(const struct list_head *head)
{
	return (uintptr_t)head - (uintptr_t)world.devices < world.devices_size;
}

/* Which list it is, the neighbour that is its head or any page on it says. */
static enum page_linked list_kind(struct list_head *prev, struct list_head *next)
{
	const struct page *page = link_owner(prev);

	if (!page)
		return is_device_list(prev) ? PAGE_IN_BALLOON : PAGE_LINKED;
	return page_linked(page) == PAGE_IN_BALLOON || is_device_list(next) ? PAGE_IN_BALLOON : PAGE_LINKED;
}

static void add_between(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
	struct page *page = link_owner(entry);
	enum page_linked kind;

	world_step();
	if (!add_valid(entry, prev, next, page))
		return;
	kind = list_kind(prev, next);
	if (kind == PAGE_IN_BALLOON)
		lock_check_taken("a device's list is changed");
	next->prev = entry;
	entry->next = next;
	entry->prev = prev;
	__atomic_store_n(&prev->next, entry, __ATOMIC_RELAXED);
	if (page)
		page_set_linked(page, kind);
}

void list_add(struct list_head *entry, struct list_head *head)
{
	add_between(entry, head, head->next);
}

void list_add_tail(struct list_head *entry, struct list_head *head)
{
	add_between(entry, head->prev, head);
}

static bool del_valid(struct list_head *entry, const struct page *page)
{
	struct list_head *next, *prev;

	if (unlikely(!page))
		observe_finding("list.not-a-page", "a list head was taken for a page's link");
	else
		page_check(page, "removal from a list");
	if (page && page_linked(page) == PAGE_IN_BALLOON)
		lock_check_taken("a device's list is changed");
	next = entry->next;
	prev = entry->prev;
	if (unlikely((page && !page_linked(page)) || next == LIST_POISON_NEXT ||
		     prev == LIST_POISON_PREV || !next || !prev)) {
		report("list.not-linked", "removal of an entry that is on no list", entry, NULL,
		       NULL);
		return false;
	}
	if (unlikely(prev->next != entry || next->prev != entry)) {
		report("list.corrupt", "removal of an entry that its neighbours do not know", entry,
		       prev, next);
		return false;
	}
	return true;
}

void list_del(struct list_head *entry)
{
	struct page *page = link_owner(entry);

	world_step();
	if (del_valid(entry, page)) {
		entry->next->prev = entry->prev;
		__atomic_store_n(&entry->prev->next, entry->next, __ATOMIC_RELAXED);
	}
	entry->next = LIST_POISON_NEXT;
	entry->prev = LIST_POISON_PREV;
	if (page)
		page_set_linked(page, PAGE_UNLINKED);
}

UNINSTRUMENTED_END
