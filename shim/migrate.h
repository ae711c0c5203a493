/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Page migration's side of movable pages (contract 3.1 to 3.3): what
 * compaction, memory offline and their like do around the three callbacks of a
 * page's owner.  Which column of the contract holds, world.features say.
 */
#ifndef PINPRICK_MIGRATE_H
#define PINPRICK_MIGRATE_H

#include "shim/page.h"

enum migrate_mode {
	MIGRATE_ASYNC,
	MIGRATE_SYNC_LIGHT,
	MIGRATE_SYNC,
};

typedef unsigned int isolate_mode_t;

#define MIGRATE_PASSES	     10 /* tries before migration gives a page up */
#define MIGRATE_ASYNC_PASSES 3	/* of them in mode async, with FEATURE_batch */

struct movable_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *newpage, struct page *page, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

/* The callbacks for pages of type offline; each system under test has its own. */
struct movable_registry {
	const struct movable_operations *offline;
	/* With FEATURE_mapping_mark: what the mapping of a movable page must name. */
	const void *mark;
};
extern struct movable_registry *movable_registry;

/* 0, or -EBUSY where there are some already. */
int movable_register(const struct movable_operations *ops);

enum isolate_result {
	ISOLATE_DONE,
	ISOLATE_NOT_MOVABLE, /* the look without a lock says no */
	ISOLATE_NO_REF,	     /* the page is free, or going to be */
	ISOLATE_LOCKED,	     /* somebody has the page lock */
	ISOLATE_TAKEN,	     /* isolated already */
	ISOLATE_REFUSED,     /* a look under the page lock, or the owner's callback, says no */
};

/* A scanner meets a frame.  Done: the caller has a reference and must put back or migrate. */
enum isolate_result movable_isolate(struct page *page);

/* Gives an isolated page back to its owner. */
void movable_putback(struct page *page);

/*
 * Moves an isolated page to the first free frame from near on.  0: the source
 * is given up.  Otherwise the page stays isolated: -EAGAIN after
 * MIGRATE_PASSES, -ENOMEM without target, or the owner's error.  A page that
 * somebody has locked is waited for, but not in mode async, nor with
 * FEATURE_light_gives_up in mode light.
 */
int movable_migrate(struct page *page, unsigned int near, enum migrate_mode mode);

/* The callbacks alone, on a page that nobody isolated: misuse with a defined answer. */
void movable_call_putback(struct page *page);
int movable_call_migrate(struct page *page, unsigned int near, enum migrate_mode mode);

#endif
