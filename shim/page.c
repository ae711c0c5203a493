/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/page.h"

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

void page_report_free(const struct page *page, const char *access)
{
	observe_finding("poison.use-after-free", "%s of f%u, which is free", access,
			page_frame(page));
}

void page_set_type(struct page *page, unsigned int type)
{
	page_check(page, "type set");
	if (unlikely(page_peek_type(page) != PAGE_TYPE_NONE && page_peek_type(page) != type))
		observe_finding("page.type-conflict", "f%u has the type %#x already",
				page_frame(page), page_peek_type(page) >> 24);
	else if (unlikely(page_peek_type(page) == type && !(world.features & FEATURE_sticky_type)))
		observe_finding("page.type-unpaired", "f%u gets a type that it has", page_frame(page));
	__atomic_store_n(&page->page_type, type, __ATOMIC_RELAXED);
}

void page_clear_type(struct page *page, unsigned int type)
{
	page_check(page, "type clear");
	if (unlikely(page_peek_type(page) != type))
		observe_finding("page.type-unpaired", "f%u loses a type that it has not",
				page_frame(page));
	__atomic_store_n(&page->page_type, PAGE_TYPE_NONE, __ATOMIC_RELAXED);
}

void page_report_unlocked(const struct page *page, const char *what)
{
	observe_finding("lock.page-not-held", "%s of f%u without its page lock", what,
			page_frame(page));
}

void page_set_mark(struct page *page, const void *operations)
{
	uintptr_t mark = (uintptr_t)operations | PAGE_MAPPING_MOVABLE;

	page_check(page, "movable mark");
	page_check_locked(page, "movable mark");
	__atomic_store_n(&page->mapping, (void *)mark, __ATOMIC_RELAXED);
}

void page_clear_mark(struct page *page)
{
	page_check(page, "loss of the movable mark");
	page_check_locked(page, "loss of the movable mark");
	__atomic_store_n(&page->mapping, (void *)PAGE_MAPPING_MOVABLE, __ATOMIC_RELAXED);
}

bool page_is_marked(const struct page *page)
{
	uintptr_t mapping = (uintptr_t)__atomic_load_n(&page->mapping, __ATOMIC_RELAXED);

	if (world.features & FEATURE_mapping_mark)
		return (mapping & PAGE_MAPPING_BITS) == PAGE_MAPPING_MOVABLE;
	return page_peek_flags(page) & PG_movable_ops;
}

bool page_looks_movable(const struct page *page)
{
	return page_is_marked(page) && ((world.features & FEATURE_mapping_mark) ||
					page_peek_type(page) == PAGE_TYPE_OFFLINE);
}

bool page_get_unless_zero(struct page *page)
{
	int refs = page_refs(page);

	backend_point("get", page);
	if (!refs || fault_point(FAULT_POINT_REF, "get"))
		return false;
	while (!__atomic_compare_exchange_n(&page->refcount, &refs, refs + 1, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		if (!refs)
			return false;
	return true;
}

void page_get(struct page *page)
{
	page_check(page, "reference");
	backend_point("get", page);
	__atomic_fetch_add(&page->refcount, 1, __ATOMIC_RELAXED);
}

void page_put(struct page *page)
{
	backend_point("put", page);
	if (unlikely(__atomic_load_n(&page->free, __ATOMIC_RELAXED))) {
		observe_finding("page.ref-underflow", "a reference to f%u is dropped, and there is none",
				page_frame(page));
		return;
	}
	if (__atomic_sub_fetch(&page->refcount, 1, __ATOMIC_ACQ_REL) == 0)
		page_free(page);
}

static bool take_lock(struct page *page, unsigned int owner)
{
	if (__atomic_fetch_or(&page->flags, (unsigned long)PG_locked, __ATOMIC_ACQUIRE) & PG_locked)
		return false;
	page_set_lock_owner(page, owner);
	if (owner != PAGE_LOCK_STRANGER)
		context_self()->pages_locked++;
	return true;
}

bool page_trylock(struct page *page, unsigned int owner)
{
	if (unlikely(!world_has(page))) {
		observe_finding("list.not-a-page", "a list head was taken for a page's link");
		return false;
	}
	page_check(page, "trylock");
	backend_point("page trylock", page);
	if (fault_point(FAULT_POINT_LOCK, "page trylock"))
		return false;
	return take_lock(page, owner);
}

void page_lock(struct page *page, unsigned int owner)
{
	page_check(page, "lock");
	might_sleep("the page lock");
	lock_order_check(LOCK_CLASS_PAGE, "the page lock");
	backend_point("page lock", page);
	while (!take_lock(page, owner))
		if (!backend_wait("the page lock"))
			break;
}

void page_unlock(struct page *page, unsigned int owner)
{
	unsigned int locked_by = page_lock_owner(page);

	page_check(page, "unlock");
	backend_point("page unlock", page);
	if (unlikely(!(page_peek_flags(page) & PG_locked))) {
		observe_finding("page.unlock-unlocked", "f%u is unlocked, but it is not locked",
				page_frame(page));
		return;
	}
	if (unlikely(locked_by != owner))
		observe_finding("page.unlock-other", "f%u is unlocked, but somebody else locked it",
				page_frame(page));
	if (locked_by != PAGE_LOCK_STRANGER)
		world.contexts[locked_by - 1].pages_locked--;
	page_set_lock_owner(page, 0);
	__atomic_fetch_and(&page->flags, ~(unsigned long)PG_locked, __ATOMIC_RELEASE);
}

UNINSTRUMENTED_END
