/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The balloon core: the part that all memory-balloon drivers of a guest share.
 *
 * A driver allocates pages, hands them to its balloon device and tells the
 * host, or takes pages out, tells the host and frees them.  The core keeps
 * the device's list, counts, and lets the system's page migration move pages
 * that lie in a balloon.
 *
 * A page is in a balloon from enqueue, or from its turn as the target of a
 * migration, until it is dequeued or migrated.  Meanwhile it is on its
 * device's list or isolated (migration has it), has the offline type, its owner
 * is the device, and the caller's reference is the balloon's.  One lock, which
 * the core keeps to itself, guards the lists, the owners and isolated_pages of
 * all devices.
 *
 * "From any context" below: not from an NMI.
 *
 * Order-0 pages only.  Facts: the contract's sections 1.0 to 1.5 (PROVENANCE.md).
 */
#ifndef BALLOON_H
#define BALLOON_H

#include "port.h"

struct balloon_dev_info {
	unsigned long isolated_pages; /* of this device's pages, those off the list */
	struct list_head pages;	      /* linked through the pages, newest first */
	/*
	 * The driver's part of a migration: tell the host that newpage is
	 * inflated and page is not.  No lock of the core is held; both pages
	 * are locked; may sleep.  Must not wait for what a task that allocates
	 * for this balloon may hold.
	 *   0		done
	 *   -ENOENT	page is deflated, but newpage could not be inflated: the
	 *		driver has one page less, and has counted so already
	 *   other	nothing has changed; -EAGAIN: worth another try soon
	 * A positive result is a driver bug, and so is a missing callback while
	 * migration is configured: both are warned of and refused with -EINVAL.
	 */
	int (*migratepage)(struct balloon_dev_info *balloon, struct page *newpage,
			   struct page *page, enum migrate_mode mode);
	bool adjust_managed_page_count; /* inflated pages do not count as managed memory */
};

/*
 * Makes an empty device without callback, before its first use.  There is no
 * opposite: a device may go away once it holds no page and no migration of its
 * pages is under way.
 */
static inline void balloon_devinfo_init(struct balloon_dev_info *balloon)
{
	balloon->isolated_pages = 0;
	port_list_init(&balloon->pages);
	balloon->migratepage = NULL;
	balloon->adjust_managed_page_count = false;
}

/*
 * Registers the core with page migration, once, before the first enqueue.  0,
 * or the error of port_register_movable(), and then no device may be used.
 * Without migration there is nothing to do.
 */
int balloon_init(void);

/*
 * A page fit for a balloon, with one reference that the caller owns; NULL when
 * memory is short, silently.  May sleep and reclaim: no locks held.
 */
struct page *balloon_page_alloc(void);

/*
 * Hands page and the caller's reference to the balloon.  The page is on no
 * list.  It may be isolated and even migrated before this returns.  From any
 * context.
 */
void balloon_page_enqueue(struct balloon_dev_info *balloon, struct page *page);

/*
 * The same for every page of the list, which is the caller's and empty
 * afterwards.  The device's order is the reverse of the list's.  Returns how
 * many.
 */
size_t balloon_page_list_enqueue(struct balloon_dev_info *balloon, struct list_head *pages);

/*
 * Takes the newest page out; its reference is the caller's again and it is on
 * no list.  NULL where every page is isolated just now.  A caller must know
 * that the balloon holds a page at all: BUG where it holds none.  From any
 * context.
 */
struct page *balloon_page_dequeue(struct balloon_dev_info *balloon);

/*
 * Takes up to max pages out, newest first, and puts each at the head of the
 * caller's list, which may hold others.  Returns how many; fewer than max, and
 * 0, are no errors.
 */
size_t balloon_page_list_dequeue(struct balloon_dev_info *balloon, struct list_head *pages,
				 size_t max);

#endif
