/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Binds the core's port (core/port.h) to the shim.
 */
#ifndef PINPRICK_PORT_IMPL_H
#define PINPRICK_PORT_IMPL_H

#include <errno.h>

#include "shim/count.h"
#include "shim/migrate.h"
#include "shim/observe.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

typedef spinlock_t port_lock_t;
#define PORT_LOCK_INIT SPINLOCK_INIT("the balloon lock")
typedef unsigned long port_irqstate_t;

_Static_assert((int)PORT_INFLATE == EVENT_INFLATE && (int)PORT_DEFLATE == EVENT_DEFLATE &&
		       (int)PORT_MIGRATE == EVENT_MIGRATE, "one numbering");
_Static_assert((int)PORT_ALLOC_HIGHUSER == GFP_HIGHUSER && (int)PORT_ALLOC_MOVABLE == GFP_MOVABLE &&
		       (int)PORT_ALLOC_NOMEMALLOC == GFP_NOMEMALLOC &&
		       (int)PORT_ALLOC_NORETRY == GFP_NORETRY &&
		       (int)PORT_ALLOC_NOWARN == GFP_NOWARN, "one numbering");

UNINSTRUMENTED_BEGIN

static inline struct list_head *port_page_link(struct page *page)
{
	/* Not by its name, for what a wrong core takes for a page may not even be aligned like one. */
	return (struct list_head *)((uintptr_t)page + offsetof(struct page, lru));
}

static inline struct page *port_link_page(struct list_head *link)
{
	/* Whether it is one, whatever is done with it looks. */
	return link_to_page(link);
}

static inline void *port_page_owner(const struct page *page)
{
	page_check(page, "read of the owner");
	return (void *)page->private;
}

static inline void port_page_set_owner(struct page *page, void *owner)
{
	if (world.features & FEATURE_page_lock)
		page_check_locked(page, "change of the owner");
	else
		lock_check_taken("an owner is written");
	page_check(page, "write of the owner");
	page->private = (unsigned long)owner;
}

static inline void port_page_set_offline(struct page *page)
{
	lock_check_taken("a type is set");
	page_set_type(page, PAGE_TYPE_OFFLINE);
}

static inline void port_page_set_movable(struct page *page)
{
	lock_check_taken("a page is marked movable");
	page_set_flag(page, PG_movable_ops);
}

static inline void port_page_clear_offline(struct page *page)
{
	page_check_locked(page, "loss of the type");
	page_clear_type(page, PAGE_TYPE_OFFLINE);
}

static inline void port_page_set_movable_ops(struct page *page,
					     const struct movable_operations *ops)
{
	lock_check_taken("a page is marked movable");
	page_set_mark(page, ops);
}

static inline void port_page_clear_movable_ops(struct page *page)
{
	page_clear_mark(page);
}

static inline bool port_page_trylock(struct page *page)
{
	return page_trylock(page, backend_self() + 1);
}

static inline void port_page_unlock(struct page *page)
{
	page_unlock(page, backend_self() + 1);
}

static inline void port_assert_page_locked(struct page *page)
{
	page_check_locked(page, "work of the balloon");
}

static inline void port_page_get(struct page *page)
{
	lock_check_taken("the balloon takes a reference");
	page_get(page);
}

static inline void port_page_put(struct page *page)
{
	lock_check_free("lock.put", "a reference is dropped");
	page_put(page);
}

static inline bool port_same_zone(const struct page *a, const struct page *b)
{
	page_check(a, "zone of a page");
	page_check(b, "zone of a page");
	return a->zone == b->zone;
}

static inline bool port_same_node(const struct page *a, const struct page *b)
{
	page_check(a, "node of a page");
	page_check(b, "node of a page");
	return world.zones[a->zone].node == world.zones[b->zone].node;
}

static inline struct page *port_page_alloc(unsigned int flags)
{
	return page_alloc(flags);
}

static inline void port_list_init(struct list_head *head)
{
	list_init(head);
}

static inline void port_list_add(struct list_head *entry, struct list_head *head)
{
	list_add(entry, head);
}

static inline void port_list_del(struct list_head *entry)
{
	list_del(entry);
}

static inline bool port_list_empty(const struct list_head *head)
{
	return list_empty(head);
}

static inline struct list_head *port_list_first(const struct list_head *head)
{
	return head->next;
}

static inline void port_lock_init(port_lock_t *lock)
{
	*lock = (spinlock_t)SPINLOCK_INIT("the device's balloon lock");
}

static inline port_irqstate_t port_lock(port_lock_t *lock)
{
	return spin_lock_irqsave(lock);
}

static inline void port_unlock(port_lock_t *lock, port_irqstate_t state)
{
	spin_unlock_irqrestore(lock, state);
}

static inline void port_assert_locked(port_lock_t *lock)
{
	lock_assert_held(lock);
}

static inline void port_count_event(enum port_event event)
{
	count_event_irqs_off((enum balloon_event)event);
}

static inline void port_count_node_pages(struct page *page, long delta)
{
	count_node_pages(page, delta);
}

static inline void port_adjust_managed(struct page *page, long delta)
{
	adjust_managed_page_count(page, delta);
}

static inline void port_warn(const char *what)
{
	lock_check_free("lock.report", "the core warns");
	observe_warning(what);
}

_Noreturn static inline void port_bug(const char *what)
{
	lock_check_free("lock.report", "the core gives up");
	observe_bug(what);
}

static inline int port_register_movable(const struct movable_operations *ops)
{
	return movable_register(ops);
}

UNINSTRUMENTED_END

#endif
