/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/page_alloc.h"

#include <stddef.h>

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/poison.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

struct page_alloc_request page_alloc_request;
void (*page_alloc_hook)(void);

/* What a free page's fields hold: neither a list poison nor a valid address. */
#define FREE_POISON ((unsigned long)0x6b6b6b6b6b6b6b6bULL)

#define POISON_FROM offsetof(struct page, lru)
#define POISON_TO   offsetof(struct page, zone)

static void mark(struct page *page, bool free)
{
	unsigned int frame = page_frame(page);
	uint64_t bit = (uint64_t)1 << frame % 64;

	page->free = free;
	world.touched[frame / 64] |= bit;
	if (free)
		world.free_map[frame / 64] |= bit;
	else
		world.free_map[frame / 64] &= ~bit;
}

/* Is a free page as it was left?  Reads what nobody else may; without branches, as it is rarely not. */
__attribute__((no_sanitize("address"))) static inline bool is_wiped(const struct page *page)
{
	unsigned long other = page->flags | (page->page_type ^ PAGE_TYPE_NONE) |
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

void page_make_free(struct page *page)
{
	memory_allow(&page->lru, POISON_TO - POISON_FROM);
	page->flags = 0;
	page->page_type = PAGE_TYPE_NONE;
	page->refcount = 0;
	page->lru.next = (struct list_head *)FREE_POISON;
	page->lru.prev = (struct list_head *)FREE_POISON;
	page->private = FREE_POISON;
	page->mapping = NULL;
	page->content = FREE_POISON;
	page->linked = PAGE_UNLINKED;
	page->lock_owner = 0;
	mark(page, true);
	memory_forbid(&page->lru, POISON_TO - POISON_FROM);
}

static void check_at_free(const struct page *page)
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

static void check_wiped(const struct page *page)
{
	if (unlikely(!is_wiped(page)))
		observe_finding("poison.write-after-free", "f%u was written to while it was free",
				page_frame(page));
}

void page_check_free(void)
{
	for (unsigned int frame = 0; frame < world.frames; frame++)
		if (frame_page(frame)->free)
			check_wiped(frame_page(frame));
}

/* The first free frame from near on, around the end; NULL where there is none. */
static struct page *find_free(unsigned int near)
{
	unsigned int words = world.frames / 64, first = near % world.frames / 64;
	uint64_t upper = ~(uint64_t)0 << near % 64;

	for (unsigned int i = 0; i <= words; i++) {
		unsigned int word = (first + i) % words;
		uint64_t map = world.free_map[word];

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
	struct page *page = find_free(near);

	if (!page)
		return NULL;
	check_wiped(page);
	memory_allow(&page->lru, POISON_TO - POISON_FROM);
	page->private = 0;
	page->refcount = 1;
	mark(page, false);
	memory_stale(&page->lru, sizeof(page->lru));
	return page;
}

struct page *page_alloc(unsigned int gfp)
{
	might_sleep("a page allocation");
	if (unlikely(gfp != page_alloc_request.required))
		observe_finding("alloc.flags", "a page is asked for with the flags %#x, not %#x", gfp,
				page_alloc_request.required);
	backend_point("alloc", NULL);
	if (page_alloc_hook)
		page_alloc_hook();
	if (fault_point(FAULT_POINT_ALLOC, "alloc"))
		return NULL;
	return take(page_alloc_request.near);
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
