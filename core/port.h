/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * All that the balloon cores need from the system they live in: balloon.c (the
 * contract of 7.0) and balloon_compaction.c (the classic contract, as of 6.1
 * and 6.12).  A port supplies what its core uses: functions marked [modern] are
 * used by balloon.c alone, those marked [classic] by balloon_compaction.c alone.
 *
 * A port puts a port_impl.h on the include path.  That file defines the types
 * named below and may define any of the functions as static inline; those it
 * leaves out are ordinary extern functions which the port links in.  Either
 * way the declarations here hold it to these signatures.  Nothing may be a
 * macro.  core/extern/port_impl.h is a template that defines the types only.
 *
 * Types that port_impl.h defines:
 *
 *   struct page		one order-0 page; the core handles pointers only
 *   struct list_head		{ next, prev }: the core embeds one in each device
 *				and gives drivers lists linked through their pages
 *   port_lock_t		a spinlock; PORT_LOCK_INIT initialises a static one
 *				[modern]
 *   port_irqstate_t		what port_lock() saves of the interrupt state
 *   enum migrate_mode		how hard migration tries; handed through, never read
 *   isolate_mode_t		likewise for isolation
 *   struct movable_operations	the three callbacks isolate_page(page, mode) -> bool,
 *				migrate_page(newpage, page, mode) -> int and
 *				putback_page(page); without migration it may stay incomplete
 *   EAGAIN, EINVAL, ENOENT	error numbers, positive
 *
 * CONFIG_BALLOON_MIGRATION is defined where the system can move balloon pages
 * and not defined where it cannot; functions marked [migration] are used in
 * the former case only.
 *
 * "Atomic" below: may be called with the balloon lock held and interrupts off,
 * must not sleep.
 */
#ifndef BALLOON_PORT_H
#define BALLOON_PORT_H

#include <stdbool.h>
#include <stddef.h>

/* Event counters, system-wide (vmstat's balloon_inflate and so on). */
enum port_event {
	PORT_INFLATE,
	PORT_DEFLATE,
	PORT_MIGRATE,
};

/* What port_page_alloc() is asked for. */
enum port_alloc_flags {
	PORT_ALLOC_HIGHUSER = 1, /* may sleep and reclaim, any zone, not for the kernel's own use */
	PORT_ALLOC_MOVABLE = 2,	 /* and from movable zones: the page can be migrated */
	PORT_ALLOC_NOMEMALLOC = 4, /* never from reserves */
	PORT_ALLOC_NORETRY = 8,	   /* give up early */
	PORT_ALLOC_NOWARN = 16,	   /* fail silently */
};

#include "port_impl.h"

struct movable_operations;

/*
 * Pages.
 *
 * Link: a list_head in the page, whoever owns the page owns its link.  The
 * core uses it from enqueue until dequeue or isolation, and again from putback;
 * it must be on no list at enqueue, at putback, and in newpage at migration.
 * Atomic.
 */
struct list_head *port_page_link(struct page *page);
struct page *port_link_page(struct list_head *link);

/*
 * Owner: one pointer in the page, NULL in a fresh page and so in newpage at
 * migration.  The core writes it under the balloon lock.  It reads it under
 * that lock, or without where it has isolated the page and so nobody else may
 * write.  In the classic contract it is written and read under the page lock,
 * which the core or its caller holds.  Atomic.
 */
void *port_page_owner(const struct page *page);		  /* [migration] */
void port_page_set_owner(struct page *page, void *owner); /* [migration] */

/*
 * Type: marks the page as offline (not the system's to use) and, with migration,
 * as one whose movable operations are those registered for offline pages.
 * Both may be set already and both stay set until the page is free again: the
 * allocator clears them, the core never does.  Scanners read both without any
 * lock, so port_page_set_movable() must not lose a bit that somebody else
 * changes in the same word meanwhile.  Atomic.
 */
void port_page_set_offline(struct page *page);
void port_page_set_movable(struct page *page); /* [modern] [migration] */

/*
 * In the classic contract the core clears the type itself, once for each time
 * that it set it, and the movable mark names the operations.  All of it happens
 * under the page lock: whoever looks at the mark under that lock sees the
 * operations or none.  A look without any lock may still find a page marked
 * whose operations are gone.  Atomic.
 */
void port_page_clear_offline(struct page *page); /* [classic] */
void port_page_set_movable_ops(struct page *page,
			       const struct movable_operations *ops); /* [classic] [migration] */
void port_page_clear_movable_ops(struct page *page);		      /* [classic] [migration] */

/*
 * The page lock, which others sleep for and the core only tries: it stands
 * outside the balloon lock, and the core has that already.  Atomic.
 */
bool port_page_trylock(struct page *page); /* [classic] */
void port_page_unlock(struct page *page);  /* [classic] */
/* Complains where nobody holds it; may do nothing. */
void port_assert_page_locked(struct page *page); /* [classic] [migration] */

/*
 * References: the balloon holds one to each page in it.  port_page_put() of
 * the last one frees the page.  The core never drops a last one itself: the
 * migration code holds its own when the core puts.  Not called with the
 * balloon lock held, but for port_page_get().
 */
void port_page_get(struct page *page); /* [modern] [migration] */
void port_page_put(struct page *page); /* [modern] [migration] */

/* Do both lie in the same zone, and on the same node?  Atomic. */
bool port_same_zone(const struct page *a, const struct page *b); /* [modern] [migration] */
bool port_same_node(const struct page *a, const struct page *b); /* [modern] [migration] */

/*
 * One order-0 page with one reference, or NULL.  flags: exactly those named.
 * May sleep; called with no lock held.
 */
struct page *port_page_alloc(unsigned int flags);

/*
 * Lists: circular, a head and links.  port_list_add() puts entry first.
 * port_list_del() leaves entry unlinked, in whatever state shows misuse best.
 * port_list_first() of an empty list is undefined.  Atomic, under the balloon
 * lock, or private to the caller.
 */
void port_list_init(struct list_head *head);
void port_list_add(struct list_head *entry, struct list_head *head);
void port_list_del(struct list_head *entry);
bool port_list_empty(const struct list_head *head);
struct list_head *port_list_first(const struct list_head *head);

/*
 * The balloon lock: one, shared by all devices; in the classic contract one in
 * each device, which port_lock_init() makes.  Saves the interrupt state and
 * turns interrupts off; unlock restores it.  Taken from any context.
 */
void port_lock_init(port_lock_t *lock); /* [classic] */
port_irqstate_t port_lock(port_lock_t *lock);
void port_unlock(port_lock_t *lock, port_irqstate_t state);
/* Complains where the caller does not hold the lock; may do nothing. */
void port_assert_locked(port_lock_t *lock);

/*
 * Counters.  port_count_event() counts one; it may use a form that needs
 * interrupts off: the core counts under the balloon lock only, and so must a
 * driver that counts for the classic core.  port_count_node_pages() adds to
 * the number of balloon pages of the page's node.  Atomic.
 */
void port_count_event(enum port_event event);
void port_count_node_pages(struct page *page, long delta); /* [modern] */

/*
 * Adds to the managed pages of the page's zone and to the system's total: what
 * a guest takes for its memory.  Only for devices that ask for it.  Atomic.
 */
void port_adjust_managed(struct page *page, long delta); /* [modern] */

/*
 * Says that an invariant is broken, at least the first time for each what.
 * Called without the balloon lock.
 */
void port_warn(const char *what); /* [migration] */
/* Gives up: the state cannot be trusted.  Called without the balloon lock. */
_Noreturn void port_bug(const char *what);

/*
 * Makes ops the movable operations of offline pages.  0, or a negative error
 * where somebody else has.  The caller of isolate_page sees to it
 * that a page is not isolated twice: the core cannot tell.
 */
int port_register_movable(const struct movable_operations *ops); /* [modern] [migration] */

#endif
