/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The page allocator.  Gives the first free frame from a hint on, so that a
 * program can tell where its pages lie.  Checks what it is asked for, and a
 * page that comes back as contract 3.4 says and more strictly.
 */
#ifndef PINPRICK_PAGE_ALLOC_H
#define PINPRICK_PAGE_ALLOC_H

#include "shim/page.h"

enum gfp {
	GFP_HIGHUSER = 1, /* may sleep */
	GFP_MOVABLE = 2,
	GFP_NOMEMALLOC = 4,
	GFP_NORETRY = 8,
	GFP_NOWARN = 16,
};

/* A context's wishes, set by whoever drives its next allocation: context_self()->request. */
struct page_alloc_request {
	unsigned int near;     /* the frame to start at */
	unsigned int required; /* the exact flags that the contract asks for */
};

/* Runs whenever an allocation may reclaim or compact; NULL: nothing does. */
extern void (*page_alloc_hook)(void);

/* The driver's allocation.  May sleep. */
struct page *page_alloc(unsigned int gfp);

/* Page migration's allocation of a target. */
struct page *page_alloc_target(unsigned int near);

/* The last reference is gone: checks, wipes, poisons. */
void page_free(struct page *page);

/* Is a free page as page_free() left it? */
bool page_is_wiped(const struct page *page);

/* Complains of every free page that is not. */
void page_check_free(void);

/* For the reset only: a page as it is in a new world, without any check. */
void page_make_free(struct page *page);

#endif
