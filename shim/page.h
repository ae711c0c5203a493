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

#include "shim/backend.h"
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

/* The low bits of a mapping that is a movable mark. */
#define PAGE_MAPPING_MOVABLE 2ul
#define PAGE_MAPPING_BITS    3ul

enum page_linked {
	PAGE_UNLINKED,
	PAGE_LINKED,
	PAGE_IN_BALLOON, /* on the list of a device: with the balloon lock only */
};

struct page {
	unsigned long flags; /* atomic, enum page_flag */
	unsigned int page_type;
	int refcount; /* atomic */
	void *mapping; /* with FEATURE_mapping_mark: PAGE_MAPPING_MOVABLE and whose operations */
	/* From here to the shim's own fields a free page is poisoned. */
	struct list_head lru;
	unsigned long private;
	uint64_t content; /* stands for the 4 KiB that the page describes */
	/* The shim's own; atomic but for the zone, which never changes in a run. */
	unsigned short zone;
	bool free; /* released with all else when it is freed, acquired by who allocates it */
	unsigned char linked; /* its lru is on a list: enum page_linked */
	unsigned char lock_owner;
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct page) == 64, "one cache line");

/* Who locks a page: a context, or the stranger whom programs drive by hand. */
#define PAGE_LOCK_STRANGER 255

/* Reports a plain access to a free page, and one that needs the page lock. */
void page_report_free(const struct page *page, const char *access);
void page_report_unlocked(const struct page *page, const char *what);

UNINSTRUMENTED_BEGIN

ORACLE static inline void page_check(const struct page *page, const char *access)
{
	if (unlikely(__atomic_load_n(&page->free, __ATOMIC_RELAXED)))
		page_report_free(page, access);
}

ORACLE static inline enum page_linked page_linked(const struct page *page)
{
	return (enum page_linked)__atomic_load_n(&page->linked, __ATOMIC_RELAXED);
}

ORACLE static inline void page_set_linked(struct page *page, enum page_linked linked)
{
	__atomic_store_n(&page->linked, (unsigned char)linked, __ATOMIC_RELAXED);
}

ORACLE static inline unsigned int page_lock_owner(const struct page *page)
{
	return __atomic_load_n(&page->lock_owner, __ATOMIC_RELAXED);
}

ORACLE static inline void page_set_lock_owner(struct page *page, unsigned int owner)
{
	__atomic_store_n(&page->lock_owner, (unsigned char)owner, __ATOMIC_RELAXED);
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

/* What its mark names; NULL where it has none, or has it no more. */
static inline const void *page_mark(const struct page *page)
{
	uintptr_t mapping = (uintptr_t)__atomic_load_n(&page->mapping, __ATOMIC_RELAXED);

	return (const void *)(mapping & ~PAGE_MAPPING_BITS);
}

static inline int page_refs(const struct page *page)
{
	return __atomic_load_n(&page->refcount, __ATOMIC_RELAXED);
}

/* Complains unless the running context has locked the page; what says what was done. */
ORACLE static inline void page_check_locked(const struct page *page, const char *what)
{
	/* Whoever takes the lock is its owner only while PG_locked is set: one look is enough. */
	if (unlikely(page_lock_owner(page) != backend_self() + 1))
		page_report_unlocked(page, what);
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

/*
 * Sets a type; another one that is set already is a finding.  Where the core
 * clears types (no FEATURE_sticky_type), it sets and clears each once; elsewhere
 * one that is set already stays without complaint.
 */
void page_set_type(struct page *page, unsigned int type);
void page_clear_type(struct page *page, unsigned int type);

/*
 * The movable mark of FEATURE_mapping_mark, under the page lock.  Clearing takes
 * the operations away; that the page once was movable can be seen until it is free.
 */
void page_set_mark(struct page *page, const void *operations);
void page_clear_mark(struct page *page);

/* Without lock or reference, as scanners look: may be stale. */
bool page_is_marked(const struct page *page); /* has, or had, the movable mark */
bool page_looks_movable(const struct page *page);


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
