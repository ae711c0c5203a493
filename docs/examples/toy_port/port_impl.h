/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A complete port of the balloon core, to a toy kernel: one CPU, 16 pages, two
 * nodes with one zone each.  docs/porting.md walks through it.  The toy kernel
 * itself (its memory, its migration) and a demonstration are in main.c.
 *
 * Everything that is short is static inline here; what is not is left out, so
 * it is extern and main.c defines it.
 */
#ifndef BALLOON_PORT_IMPL_H
#define BALLOON_PORT_IMPL_H

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>

#define TOY_PAGES 16
#define TOY_NODES 2

/* Types. */

struct list_head {
	struct list_head *next, *prev;
};

enum toy_type {
	TOY_NORMAL,
	TOY_OFFLINE,
};

/* Bits of page->flags: several parties change them, so always atomically. */
enum toy_flag {
	TOY_LOCKED = 1,
	TOY_MOVABLE = 2,
	TOY_ISOLATED = 4, /* the toy's migration owns it; the core never touches it */
};

struct page {
	struct list_head link;
	void *owner;
	_Atomic unsigned int refs;
	_Atomic unsigned int type;
	_Atomic unsigned int flags;
	unsigned int node;
};

typedef struct {
	bool held;
} port_lock_t;
#define PORT_LOCK_INIT { false }

typedef bool port_irqstate_t;

enum migrate_mode {
	TOY_MIGRATE,
};

typedef unsigned int isolate_mode_t;

/* Declared in any case, as port.h names it in a prototype. */
struct movable_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *newpage, struct page *page, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

/* The toy kernel, in main.c. */

extern bool toy_irqs_on;
extern unsigned long toy_events[3]; /* by enum port_event */
extern long toy_balloon_pages[TOY_NODES];
extern long toy_managed[TOY_NODES];
void toy_free(struct page *page);

/* Pages. */

static inline struct list_head *port_page_link(struct page *page)
{
	return &page->link;
}

static inline struct page *port_link_page(struct list_head *link)
{
	return (struct page *)((char *)link - offsetof(struct page, link));
}

static inline void *port_page_owner(const struct page *page)
{
	return page->owner;
}

static inline void port_page_set_owner(struct page *page, void *owner)
{
	page->owner = owner;
}

static inline void port_page_set_offline(struct page *page)
{
	atomic_store_explicit(&page->type, TOY_OFFLINE, memory_order_relaxed);
}

static inline void port_page_set_movable(struct page *page)
{
	atomic_fetch_or_explicit(&page->flags, TOY_MOVABLE, memory_order_relaxed);
}

static inline void port_page_get(struct page *page)
{
	atomic_fetch_add(&page->refs, 1);
}

static inline void port_page_put(struct page *page)
{
	if (atomic_fetch_sub(&page->refs, 1) == 1)
		toy_free(page);
}

static inline bool port_same_node(const struct page *a, const struct page *b)
{
	return a->node == b->node;
}

static inline bool port_same_zone(const struct page *a, const struct page *b)
{
	return port_same_node(a, b); /* each node has one zone */
}

/* Lists. */

static inline void port_list_init(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline void port_list_add(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

/* NULL afterwards, so that a second removal faults. */
static inline void port_list_del(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
	entry->next = NULL;
	entry->prev = NULL;
}

static inline bool port_list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline struct list_head *port_list_first(const struct list_head *head)
{
	return head->next;
}

/* Lock: with one CPU, having interrupts off is all the exclusion there is. */

static inline port_irqstate_t port_lock(port_lock_t *lock)
{
	port_irqstate_t state = toy_irqs_on;

	toy_irqs_on = false;
	assert(!lock->held);
	lock->held = true;
	return state;
}

static inline void port_unlock(port_lock_t *lock, port_irqstate_t state)
{
	assert(lock->held);
	lock->held = false;
	toy_irqs_on = state;
}

static inline void port_assert_locked(port_lock_t *lock)
{
	(void)lock; /* unused where NDEBUG drops the assertion */
	assert(lock->held);
}

/* Counters: plain additions, as interrupts are off. */

static inline void port_count_event(enum port_event event)
{
	assert(!toy_irqs_on);
	toy_events[event]++;
}

static inline void port_count_node_pages(struct page *page, long delta)
{
	assert(!toy_irqs_on);
	toy_balloon_pages[page->node] += delta;
}

static inline void port_adjust_managed(struct page *page, long delta)
{
	assert(!toy_irqs_on);
	toy_managed[page->node] += delta;
}

#endif
