/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The page descriptor, its flags, type, references and lock.
 *
 * Who may touch what: whoever holds a reference may use everything.  Without
 * one, only the speculative accessors may be used, as scanners do.  Any other
 * access to a free page is a finding.
 */
#ifndef PINPRICK_PAGE_H
#define PINPRICK_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/instrument.h"
#include "shim/list.h"

enum page_flag {
	PG_locked = 1,
	PG_movable_ops = 2,
	PG_movable_ops_isolated = 4,
};

/* A page's type stands in the top byte of page_type; the rest is all ones. */
#define PAGE_TYPE_NONE	  0xffffffffu
#define PAGE_TYPE_OFFLINE 0xf1ffffffu

struct page {
	unsigned long flags; /* atomic, enum page_flag */
	unsigned int page_type;
	int refcount; /* atomic */
	/* From here to the shim's own fields a free page is poisoned. */
	struct list_head lru;
	unsigned long private;
	void *mapping;
	uint64_t content; /* stands for the 4 KiB that the page describes */
	/* The shim's own. */
	unsigned short zone;
	bool free;
	bool linked; /* its lru is on a list */
	unsigned char lock_owner;
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct page) == 64, "one cache line");

/* Who locks a page: a context, or the stranger whom programs drive by hand. */
#define PAGE_LOCK_STRANGER 255

/* Reports a plain access to a free page. */
void page_report_free(const struct page *page, const char *access);

UNINSTRUMENTED_BEGIN

static inline void page_check(const struct page *page, const char *access)
{
	if (unlikely(page->free))
		page_report_free(page, access);
}

/* The speculative accessors: any page, any time. */
static inline unsigned long page_peek_flags(const struct page *page)
{
	return __atomic_load_n(&page->flags, __ATOMIC_RELAXED);
}

static inline unsigned int page_peek_type(const struct page *page)
{
	return __atomic_load_n(&page->page_type, __ATOMIC_RELAXED);
}

static inline int page_refs(const struct page *page)
{
	return __atomic_load_n(&page->refcount, __ATOMIC_RELAXED);
}

/* Flags, for whoever holds a reference. */
static inline void page_set_flag(struct page *page, enum page_flag flag)
{
	page_check(page, "flag set");
	__atomic_fetch_or(&page->flags, (unsigned long)flag, __ATOMIC_RELAXED);
}

static inline void page_clear_flag(struct page *page, enum page_flag flag)
{
	page_check(page, "flag clear");
	__atomic_fetch_and(&page->flags, ~(unsigned long)flag, __ATOMIC_RELAXED);
}

UNINSTRUMENTED_END

/* Sets a type; one that is set already stays without complaint, another is a finding. */
void page_set_type(struct page *page, unsigned int type);

/* References. */
bool page_get_unless_zero(struct page *page);
void page_get(struct page *page);
void page_put(struct page *page); /* the last one frees the page */

/*
 * The page lock: sleeps, but for the try; owner is a context's index + 1 or
 * PAGE_LOCK_STRANGER.
 */
bool page_trylock(struct page *page, unsigned int owner);
void page_lock(struct page *page, unsigned int owner);
void page_unlock(struct page *page, unsigned int owner);

#endif
