/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/model_state.h"

#include <string.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

void model_init(struct model *m, const struct program *p, unsigned int features)
{
	memset(m, 0, sizeof(*m));
	m->features = features;
	m->devices = p->devices;
	m->adjust = p->adjust;
	m->no_callback = p->no_callback;
	memcpy(m->zone_of_quarter, p->zone_of_quarter, sizeof(m->zone_of_quarter));
	m->free = ~(uint64_t)0;
	for (unsigned int i = 0; i < MODEL_LISTS; i++)
		m->lists[i] = (struct model_list){ NO_FRAME, NO_FRAME, 0 };
	for (unsigned int c = 0; c < PROGRAM_CONTEXTS; c++)
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			m->registers[c][i].kind = KIND_NEW;
	_Static_assert(PROGRAM_FRAMES == 64, "free and touched have a bit per frame");
	_Static_assert(SUBJECT_page_free == 0, "zeroed pages are free");
}

struct model_page *model_touch(struct model *m, unsigned int frame)
{
	m->touched |= (uint64_t)1 << frame;
	return &m->pages[frame];
}

/* Puts frame between two neighbours of a list; NO_FRAME is the list's end. */
static void add_between(struct model *m, unsigned int list, unsigned int frame, unsigned int prev,
			unsigned int next)
{
	struct model_list *l = &m->lists[list];
	struct model_page *page = model_touch(m, frame);

	page->list = (uint8_t)list;
	page->prev = (uint8_t)prev;
	page->next = (uint8_t)next;
	if (prev == NO_FRAME)
		l->first = (uint8_t)frame;
	else
		model_touch(m, prev)->next = (uint8_t)frame;
	if (next == NO_FRAME)
		l->last = (uint8_t)frame;
	else
		model_touch(m, next)->prev = (uint8_t)frame;
	l->length++;
	m->touched_lists |= (uint16_t)(1u << list);
}

void model_list_add(struct model *m, unsigned int list, unsigned int frame)
{
	add_between(m, list, frame, NO_FRAME, m->lists[list].first);
}

void model_list_add_tail(struct model *m, unsigned int list, unsigned int frame)
{
	add_between(m, list, frame, m->lists[list].last, NO_FRAME);
}

void model_list_del(struct model *m, unsigned int frame)
{
	struct model_page *page = model_touch(m, frame);
	struct model_list *l = &m->lists[page->list];

	if (page->prev == NO_FRAME)
		l->first = page->next;
	else
		model_touch(m, page->prev)->next = page->next;
	if (page->next == NO_FRAME)
		l->last = page->prev;
	else
		model_touch(m, page->next)->prev = page->prev;
	l->length--;
	m->touched_lists |= (uint16_t)(1u << page->list);
	page->list = MODEL_LISTS;
}

void model_enter_balloon(struct model *m, unsigned int device, unsigned int frame)
{
	struct model_page *page = &m->pages[frame];

	model_list_add(m, device, frame);
	page->state = SUBJECT_page_listed;
	page->device = (uint8_t)device;
	page->flags |= MODEL_OFFLINE;
	if (m->features & FEATURE_migration)
		page->flags |= MODEL_MOVABLE;
}

unsigned int model_alloc(struct model *m, unsigned int near, enum subject state)
{
	uint64_t from_near = m->free & ~(uint64_t)0 << near;
	uint64_t map = from_near ? from_near : m->free;
	struct model_page *page;
	unsigned int frame;

	if (!map)
		return NO_FRAME;
	frame = (unsigned int)__builtin_ctzll(map);
	m->free &= ~((uint64_t)1 << frame);
	page = model_touch(m, frame);
	page->state = (uint8_t)state;
	page->refs = 1;
	page->flags = 0;
	page->list = MODEL_LISTS;
	return frame;
}

void model_put(struct model *m, unsigned int frame)
{
	struct model_page *page = model_touch(m, frame);

	if (--page->refs)
		return;
	page->state = SUBJECT_page_free;
	page->flags = 0;
	m->free |= (uint64_t)1 << frame;
}

void model_put_last_owner(struct model *m, unsigned int frame)
{
	m->pages[frame].state = SUBJECT_page_lingering;
	model_put(m, frame);
}

void model_adjust_managed(struct model *m, unsigned int device, unsigned int frame, int pages)
{
	if (!(m->adjust & 1u << device))
		return;
	m->managed[model_zone(m, frame)] += pages;
	m->total += pages;
}

static void count(struct model *m, unsigned int context, unsigned int device, unsigned int frame,
		  int pages)
{
	if (m->features & FEATURE_node_pages)
		m->counters[context].node_pages[model_zone(m, frame) / 2] += pages;
	model_adjust_managed(m, device, frame, -pages);
}

void model_count_inflate(struct model *m, unsigned int context, unsigned int device,
			 unsigned int frame)
{
	m->counters[context].events[MODEL_INFLATE]++;
	count(m, context, device, frame, 1);
}

void model_count_deflate(struct model *m, unsigned int context, unsigned int device,
			 unsigned int frame)
{
	m->counters[context].events[MODEL_DEFLATE]++;
	count(m, context, device, frame, -1);
}

void model_count_gone(struct model *m, unsigned int context, unsigned int device,
		      unsigned int frame)
{
	long *node_pages = &m->counters[context].node_pages[model_zone(m, frame) / 2];

	model_count_deflate(m, context, device, frame);
	if (m->features & QUIRK_node_leak)
		++*node_pages;
}

void model_count_migrate(struct model *m, unsigned int context, unsigned int device,
			 unsigned int from, unsigned int to)
{
	long *node_pages = m->counters[context].node_pages, before[MODEL_NODES];

	memcpy(before, node_pages, sizeof(before));
	m->counters[context].events[MODEL_MIGRATE]++;
	count(m, context, device, from, -1);
	count(m, context, device, to, 1);
	if (m->features & QUIRK_node_left)
		memcpy(node_pages, before, sizeof(before));
}

enum subject model_device_subject(const struct model *m, unsigned int device)
{
	if (m->lists[device].length)
		return SUBJECT_device_holding;
	return m->isolated[device] ? SUBJECT_device_all_isolated : SUBJECT_device_empty;
}

UNINSTRUMENTED_END
