/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/page_alloc.h"

#include <stddef.h>

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/poison.h"
#include "shim/sleep_lock.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

void (*page_alloc_hook)(void);

/* What a free page's fields hold: neither a list poison nor a valid address. */
#define FREE_POISON ((unsigned long)0x6b6b6b6b6b6b6b6bULL)

#define POISON_FROM offsetof(struct page, lru)
#define POISON_TO   offsetof(struct page, zone)

/*
 * Who clears the bit of a free frame has the page.  That the map is a word for
 * 64 frames must not order those who free and take different ones: TSan does
 * not see it, and the edge from one owner to the next goes through page->free.
 */
ORACLE static bool map_take(unsigned int frame)
{
	frame_map *word = &world.free_map[frame / 64], bit = (uint64_t)1 << frame % 64;

	if (world.parallel)
		return __atomic_fetch_and(word, ~bit, __ATOMIC_ACQUIRE) & bit;
	*word &= ~bit;
	world.touched[frame / 64] |= bit;
	return true;
}

ORACLE static void map_give(unsigned int frame)
{
	frame_map *word = &world.free_map[frame / 64], bit = (uint64_t)1 << frame % 64;

	if (world.parallel) {
		__atomic_fetch_or(word, bit, __ATOMIC_RELEASE);
		return;
	}
	*word |= bit;
	world.touched[frame / 64] |= bit;
}

/* Is a free page as it was left?  Reads what nobody else may; without branches, as it is rarely not. */
ORACLE __attribute__((no_sanitize("address"))) static inline bool is_wiped(const struct page *page)
{
	uint64_t other = page->flags | (page->page_type ^ PAGE_TYPE_NONE) |
			 (unsigned int)page->refcount | (page->private ^ FREE_POISON) |
			 (page->content ^ FREE_POISON) | (unsigned long)page->mapping |
			 ((unsigned long)page->lru.next ^ FREE_POISON) |
			 ((unsigned long)page->lru.prev ^ FREE_POISON);

	return !other;
}

bool page_is_wiped(const struct page *page)
{
	return is_wiped(page);
}

/* What scanners look at is written for them to see whole; the rest only its owner may touch. */
void page_make_free(struct page *page)
{
	memory_allow(&page->lru, POISON_TO - POISON_FROM);
	__atomic_store_n(&page->flags, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&page->page_type, PAGE_TYPE_NONE, __ATOMIC_RELAXED);
	__atomic_store_n(&page->refcount, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&page->mapping, NULL, __ATOMIC_RELAXED);
	page->lru.next = (struct list_head *)FREE_POISON;
	page->lru.prev = (struct list_head *)FREE_POISON;
	page->private = FREE_POISON;
	page->content = FREE_POISON;
	page_set_linked(page, PAGE_UNLINKED);
	page_set_lock_owner(page, 0);
	memory_forbid(&page->lru, POISON_TO - POISON_FROM);
	__atomic_store_n(&page->free, true, __ATOMIC_RELEASE);
	map_give(page_frame(page));
}

ORACLE static void check_at_free(const struct page *page)
{
	unsigned int frame = page_frame(page);

	if (unlikely(page->flags & PG_locked))
		observe_finding("page.free-locked", "f%u is freed while it is locked", frame);
	if (unlikely(page->private))
		observe_finding("page.free-private", "f%u is freed with an owner still set", frame);
	/* A mark whose operations are gone is silently cleared. */
	if (unlikely(world.features & FEATURE_mapping_mark ? page_mark(page) : page->mapping))
		observe_finding("page.free-mapping", "f%u is freed with a mapping still set", frame);
	if (unlikely(page->page_type != PAGE_TYPE_NONE && !(world.features & FEATURE_sticky_type)))
		observe_finding("page.free-typed", "f%u is freed with a type still set", frame);
	if (unlikely(page->linked))
		observe_finding("page.free-linked", "f%u is freed while it is on a list", frame);
}

void page_free(struct page *page)
{
	backend_point("free", page);
	check_at_free(page);
	page_make_free(page);
}

ORACLE static void check_wiped(const struct page *page)
{
	if (unlikely(!is_wiped(page)))
		observe_finding("poison.write-after-free", "f%u was written to while it was free",
				page_frame(page));
}

ORACLE void page_check_free(void)
{
	for (unsigned int frame = 0; frame < world.frames; frame++)
		if (frame_page(frame)->free)
			check_wiped(frame_page(frame));
}

/* The first free frame from near on, around the end; NULL where there is none. */
ORACLE static struct page *find_free(unsigned int near)
{
	unsigned int words = world.frames / 64, first = near % world.frames / 64;
	uint64_t upper = ~(uint64_t)0 << near % 64;

	for (unsigned int i = 0; i <= words; i++) {
		unsigned int word = (first + i) % words;
		uint64_t map = __atomic_load_n(&world.free_map[word], __ATOMIC_RELAXED);

		if (i == 0)
			map &= upper;
		else if (i == words)
			map &= ~upper;
		if (map)
			return frame_page(word * 64 + (unsigned int)__builtin_ctzll(map));
	}
	return NULL;
}

static struct page *take(unsigned int near)
{
	struct page *page;

	do
		page = find_free(near);
	while (page && !map_take(page_frame(page)));
	if (!page)
		return NULL;
	(void)__atomic_load_n(&page->free, __ATOMIC_ACQUIRE);
	check_wiped(page);
	memory_allow(&page->lru, POISON_TO - POISON_FROM);
	page->private = 0;
	memory_stale(&page->lru, sizeof(page->lru));
	__atomic_store_n(&page->free, false, __ATOMIC_RELAXED);
	/* From now on scanners can take references. */
	__atomic_store_n(&page->refcount, 1, __ATOMIC_RELEASE);
	return page;
}

struct page *page_alloc(unsigned int gfp)
{
	struct context *self = context_self();

	might_sleep("a page allocation");
	if (unlikely(gfp != self->request.required))
		observe_finding("alloc.flags", "a page is asked for with the flags %#x, not %#x", gfp,
				self->request.required);
	backend_point("alloc", NULL);
	sleep_lock_note_allocation();
	if (page_alloc_hook) {
		self->reclaim_depth++;
		page_alloc_hook();
		self->reclaim_depth--;
	}
	if (fault_point(FAULT_POINT_ALLOC, "alloc"))
		return NULL;
	return take(self->request.near);
}

struct page *page_alloc_target(unsigned int near)
{
	might_sleep("the allocation of a migration target");
	backend_point("alloc", NULL);
	if (fault_point(FAULT_POINT_ALLOC, "alloc"))
		return NULL;
	return take(near);
}

UNINSTRUMENTED_END
