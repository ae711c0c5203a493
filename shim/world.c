/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim/page_alloc.h"

UNINSTRUMENTED_BEGIN

struct world world;
_Thread_local unsigned int backend_context;

#define WORD_BITS 64u

const char *link_name(const void *link, char buffer[32])
{
	const struct page *page = link_to_page(link);

	if (!link)
		return "NULL";
	if (link == LIST_POISON_NEXT || link == LIST_POISON_PREV)
		return "list poison";
	if (!world_has(page))
		return "a list head";
	snprintf(buffer, 32, "the link of f%u", page_frame(page));
	return buffer;
}

int world_create(unsigned int frames)
{
	unsigned int words = frames / WORD_BITS;

	world.pages = aligned_alloc(sizeof(struct page), frames * sizeof(struct page));
	world.free_map = calloc(words, sizeof(uint64_t));
	world.touched = calloc(words, sizeof(uint64_t));
	if (!world.pages || !world.free_map || !world.touched) {
		world_free();
		return -ENOMEM;
	}
	world.frames = frames;
	world.contexts_used = WORLD_CONTEXTS;
	for (unsigned int frame = 0; frame < frames; frame++)
		page_make_free(frame_page(frame));
	memset(world.touched, 0, words * sizeof(uint64_t));
	world_set_zones((const uint8_t[4]){ 0, 1, 2, 3 });
	return 0;
}

void world_free(void)
{
	free(world.pages);
	free(world.free_map);
	free(world.touched);
	memset(&world, 0, sizeof(world));
}

void world_set_zones(const uint8_t zone_of_quarter[4])
{
	unsigned int quarter = world.frames / 4;

	if (memcmp(world.zone_of_quarter, zone_of_quarter, sizeof(world.zone_of_quarter)) == 0)
		return;
	memcpy(world.zone_of_quarter, zone_of_quarter, sizeof(world.zone_of_quarter));
	world.total_pages = (long)world.frames;
	for (unsigned int zone = 0; zone < WORLD_ZONES; zone++)
		world.zones[zone] = (struct zone){ .node = zone / 2 };
	for (unsigned int q = 0; q < 4; q++) {
		struct zone *zone = &world.zones[zone_of_quarter[q]];

		zone->base += quarter;
		zone->managed += quarter;
		for (unsigned int i = 0; i < quarter; i++)
			world.pages[q * quarter + i].zone = zone_of_quarter[q];
	}
}

static void context_reset(struct context *context)
{
	context->pages_locked = 0;
	context->irq_depth = 0;
	context->reclaim_depth = 0;
	context->irqs_off = false;
	context->steps = 0;
	context->request = (struct page_alloc_request){ 0 };
	context->plan = NULL;
	memset(context->events, 0, sizeof(context->events));
	memset(context->node_pages, 0, sizeof(context->node_pages));
}

void world_reset(void)
{
	lock_reset();
	for (unsigned int word = 0; word < world.frames / WORD_BITS; word++) {
		while (world.touched[word]) {
			unsigned int bit = (unsigned int)__builtin_ctzll(world.touched[word]);
			struct page *page = frame_page(word * WORD_BITS + bit);

			if (!page->free || !page_is_wiped(page))
				page_make_free(page);
			world.touched[word] &= world.touched[word] - 1;
		}
	}
	for (unsigned int i = 0; i < world.contexts_used; i++)
		context_reset(&world.contexts[i]);
	world.total_pages = (long)world.frames;
	for (unsigned int zone = 0; zone < WORLD_ZONES; zone++)
		world.zones[zone].managed = world.zones[zone].base;
}

void world_restore(void)
{
	memset(world.touched, 0xff, world.frames / 8);
	world_reset();
}

UNINSTRUMENTED_END
