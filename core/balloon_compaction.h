/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The classic balloon core: what the memory-balloon drivers of a guest shared
 * before Linux 7.0, as of 6.1 and 6.12.  A system uses this one or balloon.h.
 *
 * The core keeps each device's list and counts events.  A migration is mostly
 * the driver's work: see migratepage.  Managed memory and pages per node are
 * nobody's here: a driver that wants them counts them itself.
 *
 * A page is in a balloon from enqueue, or from balloon_page_insert(), until it
 * is dequeued or balloon_page_finalize()d.  Meanwhile it is on its device's
 * list or isolated (migration has it), has the offline type, its owner is the
 * device, the movable mark names balloon_mops, and the caller's reference is
 * the balloon's.  Type, owner and mark go when it leaves, before it is free.
 *
 * Two locks.  pages_lock, one in each device, guards its list and isolated_pages;
 * always taken with interrupts saved and off.  The page lock guards type, mark
 * and owner: these change under it only, so whoever has it may follow the owner.
 * The page lock is the outer one; enqueue and dequeue need both and have
 * pages_lock first, so they only try the other.
 *
 * "From any context" below: not from an NMI, and not under pages_lock.
 *
 * Order-0 pages only.  Facts: the contract's sections 2.2 and 2.3 (PROVENANCE.md).
 */
#ifndef BALLOON_COMPACTION_H
#define BALLOON_COMPACTION_H

#include "port.h"

struct balloon_dev_info {
	unsigned long isolated_pages; /* of this device's pages, those off the list */
	port_lock_t pages_lock;
	struct list_head pages; /* linked through the pages, newest first */
	/*
	 * Migrates one page.  Called without pages_lock; both pages are locked;
	 * may sleep.  Must not wait for what a task that allocates for this
	 * balloon may hold.  The driver tells the host that newpage is inflated
	 * and page is not.  Once the host has agreed it does, in this order:
	 *   1. take a reference to newpage: the balloon's
	 *   2. under pages_lock: balloon_page_insert(balloon, newpage),
	 *	isolated_pages down by one, port_count_event(PORT_MIGRATE)
	 *   3. balloon_page_finalize(page), without pages_lock
	 *   4. drop the balloon's reference to page: never the last one, as
	 *	migration holds its own
	 * and returns 0.
	 *   0		done, all of the above
	 *   other	nothing has changed, page stays isolated; -EAGAIN: worth
	 *		another try soon
	 * A positive result is a driver bug, and so is a missing callback while
	 * migration is configured: both are warned of and refused with -EINVAL.
	 */
	int (*migratepage)(struct balloon_dev_info *balloon, struct page *newpage,
			   struct page *page, enum migrate_mode mode);
};

/*
 * Makes an empty device without callback, before its first use.  There is no
 * opposite: a device may go away once it holds no page and no migration of its
 * pages is under way.
 */
static inline void balloon_devinfo_init(struct balloon_dev_info *balloon)
{
	balloon->isolated_pages = 0;
	port_lock_init(&balloon->pages_lock);
	port_list_init(&balloon->pages);
	balloon->migratepage = NULL;
}

/*
 * A page fit for a balloon, with one reference that the caller owns; NULL when
 * memory is short, silently.  May sleep and reclaim: no locks held.
 */
struct page *balloon_page_alloc(void);

/*
 * Hands page and the caller's reference to the balloon.  The page is on no
 * list and without type.  It may be isolated and even migrated before this
 * returns.  BUG where somebody else has its lock, as a scanner may that looks
 * closer at a page that was in a balloon before (B15).  From any context.
 */
void balloon_page_enqueue(struct balloon_dev_info *balloon, struct page *page);

/*
 * The same for every page of the list, which is the caller's and empty
 * afterwards.  The device's order is the reverse of the list's.  Returns how
 * many.  At a BUG the pages before the locked one are in the balloon, the locked
 * one is on no list and the others are still on the caller's.
 */
size_t balloon_page_list_enqueue(struct balloon_dev_info *balloon, struct list_head *pages);

/*
 * Takes the newest page out whose lock nobody else has; its reference is the
 * caller's again and it is on no list.  NULL where every page is isolated or
 * locked just now.  A caller must know that the balloon holds a page at all:
 * BUG where it holds none.  From any context.
 */
struct page *balloon_page_dequeue(struct balloon_dev_info *balloon);

/*
 * Takes up to max pages out, newest first, and puts each at the head of the
 * caller's list, which may hold others.  Passes over those that somebody else
 * has locked.  Returns how many; fewer than max, and 0, are no errors.  From
 * any context.
 */
size_t balloon_page_list_dequeue(struct balloon_dev_info *balloon, struct list_head *pages,
				 size_t max);

#ifdef CONFIG_BALLOON_MIGRATION

/*
 * What the movable mark of a page in a balloon names.  Page migration calls
 * these under the page lock, with a reference of its own; on a page whose mark
 * it has found under that lock to name them.
 */
extern const struct movable_operations balloon_mops;

/* The device that page is in.  Under the page lock. */
static inline struct balloon_dev_info *balloon_page_device(struct page *page)
{
	return port_page_owner(page);
}

#endif

/*
 * Puts page in the balloon: type, mark, owner, list.  No reference, no counter.
 * Under the page lock and pages_lock.  The page is on no list and without type.
 */
static inline void balloon_page_insert(struct balloon_dev_info *balloon, struct page *page)
{
	port_assert_locked(&balloon->pages_lock);
	port_page_set_offline(page);
#ifdef CONFIG_BALLOON_MIGRATION
	port_page_set_movable_ops(page, &balloon_mops);
	port_page_set_owner(page, balloon);
#endif
	port_list_add(port_page_link(page), &balloon->pages);
}

/*
 * Takes mark, owner and type from a page that is off its device's list.  No
 * list, no reference, no counter.  Under the page lock.
 */
static inline void balloon_page_finalize(struct page *page)
{
#ifdef CONFIG_BALLOON_MIGRATION
	port_page_clear_movable_ops(page);
	port_page_set_owner(page, NULL);
#endif
	port_page_clear_offline(page);
}

/* Lists of the caller's own, last in, first out: pop unlinks, NULL from an empty list. */
static inline void balloon_page_push(struct list_head *pages, struct page *page)
{
	port_list_add(port_page_link(page), pages);
}

static inline struct page *balloon_page_pop(struct list_head *pages)
{
	struct list_head *link;

	if (port_list_empty(pages))
		return NULL;
	link = port_list_first(pages);
	port_list_del(link);
	return port_link_page(link);
}

#endif
