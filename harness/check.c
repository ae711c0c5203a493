/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Holds the world against the model.  A page's state is packed into one word on
 * either side, so that the usual case is one comparison; only a difference is
 * looked at field by field.
 */
#include "harness/run_state.h"

#include <stdio.h>
#include <string.h>

#include "shim/count.h"
#include "shim/page_alloc.h"

UNINSTRUMENTED_BEGIN

static uint8_t part(uint64_t word, unsigned int shift)
{
	return (uint8_t)(word >> shift);
}

_Static_assert(PROGRAM_FRAMES == 64, "the world's maps are one word");

enum { OWNER_NONE = 0, OWNER_ODD = 0xff };
enum { ODD_TYPE = 1, ODD_MAPPING = 2, ODD_FREE = 4, LIVE_MARK = 8 };

struct list_head *list_of(unsigned int list)
{
	if (list < PROGRAM_DEVICES)
		return run.sut->device_pages(run.devices[list]);
	list -= PROGRAM_DEVICES;
	return &run.lists[list / PROGRAM_LISTS][list % PROGRAM_LISTS];
}

static uint8_t owner_of(const struct page *page)
{
	if (!page->private)
		return OWNER_NONE;
	for (unsigned int i = 0; i < run.model.devices; i++)
		if (page->private == (unsigned long)run.devices[i])
			return (uint8_t)(i + 1);
	return OWNER_ODD;
}

static uint8_t link_of(const struct list_head *link, const struct list_head *head)
{
	const struct page *page = link_to_page(link);

	if (world_has(page))
		return (uint8_t)page_frame(page);
	return link == head ? LINK_HEAD : LINK_ODD;
}

static uint8_t flags_of(const struct page *page)
{
	unsigned long flags = page_peek_flags(page);

	return (uint8_t)((flags & PG_locked ? MODEL_LOCKED : 0) |
			 (page_is_marked(page) ? MODEL_MOVABLE : 0) |
			 (flags & PG_movable_ops_isolated ? MODEL_ISOLATED : 0) |
			 (page->page_type == PAGE_TYPE_OFFLINE ? MODEL_OFFLINE : 0));
}

/* A mark that names the operations; anything else in a mapping is odd. */
static uint64_t mapping_of(const struct page *page)
{
	const void *mark = page_mark(page);

	if (likely(!page->mapping))
		return 0;
	if (!page_is_marked(page) || (mark && mark != run.sut->registry->mark))
		return ODD_MAPPING;
	return mark ? LIVE_MARK : 0;
}

uint64_t seen_page(unsigned int frame)
{
	const struct page *page = frame_page(frame);
	unsigned int list = run.model.pages[frame].list;
	uint64_t word, odd;

	if (page->free)
		return (uint64_t)ODD_FREE << WORD_ODD;
	odd = mapping_of(page) |
	      (page->page_type == PAGE_TYPE_OFFLINE || page->page_type == PAGE_TYPE_NONE ?
		       0 : ODD_TYPE);
	word = (uint64_t)(uint8_t)page_refs(page) << WORD_REFS |
	       (uint64_t)flags_of(page) << WORD_FLAGS | (uint64_t)owner_of(page) << WORD_OWNER |
	       odd << WORD_ODD;
	if (page->linked) {
		const struct list_head *head = list < MODEL_LISTS ? list_of(list) : NULL;

		word |= (uint64_t)1 << WORD_LINKED |
			(uint64_t)link_of(page->lru.next, head) << WORD_NEXT |
			(uint64_t)link_of(page->lru.prev, head) << WORD_PREV;
	}
	return word;
}

static uint64_t expected_page(unsigned int frame)
{
	const struct model_page *page = &run.model.pages[frame];
	uint64_t word, next, prev;

	if (page->state == SUBJECT_page_free)
		return (uint64_t)ODD_FREE << WORD_ODD;
	word = (uint64_t)page->refs << WORD_REFS | (uint64_t)page->flags << WORD_FLAGS;
	if ((run.model.features & FEATURE_migration) &&
	    (page->state == SUBJECT_page_listed || page->state == SUBJECT_page_isolated ||
	     (page->state == SUBJECT_page_moving && (page->flags & MODEL_ISOLATED)))) {
		word |= (uint64_t)(page->device + 1) << WORD_OWNER;
		if (run.model.features & FEATURE_mapping_mark)
			word |= (uint64_t)LIVE_MARK << WORD_ODD;
	}
	if (page->list < MODEL_LISTS) {
		next = page->next == NO_FRAME ? LINK_HEAD : page->next;
		prev = page->prev == NO_FRAME ? LINK_HEAD : page->prev;
		word |= (uint64_t)1 << WORD_LINKED | next << WORD_NEXT | prev << WORD_PREV;
	}
	return word;
}

static const char *link_text(uint8_t link, char buffer[16])
{
	if (link == LINK_HEAD)
		return "the head";
	if (link == LINK_ODD)
		return "no neighbour of this list";
	snprintf(buffer, 16, "f%u", link);
	return buffer;
}

/* Do both words agree in this part? */
static bool same(uint64_t a, uint64_t b, unsigned int shift)
{
	return part(a, shift) == part(b, shift);
}

static void report_refs(unsigned int frame, uint64_t want, uint64_t got)
{
	if (part(want ^ got, WORD_ODD) & ODD_FREE)
		observe_finding("ledger.refs", "f%u should %sbe free", frame,
				part(want, WORD_ODD) & ODD_FREE ? "" : "not ");
	else if (!same(want, got, WORD_REFS))
		observe_finding("ledger.refs", "f%u has %u references, not %u", frame,
				part(got, WORD_REFS), part(want, WORD_REFS));
}

static void report_flags(unsigned int frame, uint8_t want, uint8_t got)
{
	if ((want ^ got) & (MODEL_MOVABLE | MODEL_ISOLATED | MODEL_LOCKED))
		observe_finding("state.flags", "f%u: movable %u, isolated %u, locked %u; should be %u, %u, %u",
				frame, !!(got & MODEL_MOVABLE), !!(got & MODEL_ISOLATED),
				!!(got & MODEL_LOCKED), !!(want & MODEL_MOVABLE),
				!!(want & MODEL_ISOLATED), !!(want & MODEL_LOCKED));
}

static void report_links(unsigned int frame, uint64_t want, uint64_t got)
{
	char text[4][16];

	if (!same(want, got, WORD_LINKED))
		observe_finding("state.list", "f%u should %sbe on a list", frame,
				part(want, WORD_LINKED) ? "" : "not ");
	else if (!same(want, got, WORD_NEXT) || !same(want, got, WORD_PREV))
		observe_finding("state.list", "f%u lies between %s and %s, not between %s and %s",
				frame, link_text(part(got, WORD_PREV), text[0]),
				link_text(part(got, WORD_NEXT), text[1]),
				link_text(part(want, WORD_PREV), text[2]),
				link_text(part(want, WORD_NEXT), text[3]));
}

static void report_page(unsigned int frame, uint64_t want, uint64_t got)
{
	uint8_t owner = part(want, WORD_OWNER), flags = part(want, WORD_FLAGS);

	report_refs(frame, want, got);
	if (part(want | got, WORD_ODD) & ODD_FREE)
		return;
	if ((part(got, WORD_ODD) & (ODD_TYPE | ODD_MAPPING)) ||
	    (flags ^ part(got, WORD_FLAGS)) & MODEL_OFFLINE)
		observe_finding("state.type", "f%u should %shave the offline type, and no mapping",
				frame, flags & MODEL_OFFLINE ? "" : "not ");
	else if (!same(want, got, WORD_ODD))
		observe_finding("state.flags", "f%u's movable mark should %sname operations", frame,
				part(want, WORD_ODD) & LIVE_MARK ? "" : "not ");
	report_flags(frame, flags, part(got, WORD_FLAGS));
	if (!same(want, got, WORD_OWNER))
		observe_finding("state.owner", "f%u's owner should be %s%c", frame,
				owner ? "b" : "none", owner ? '0' + owner - 1 : ' ');
	report_links(frame, want, got);
}

static void compare_page(unsigned int frame, uint64_t got)
{
	uint64_t want = expected_page(frame);

	if (unlikely(want != got))
		report_page(frame, want, got);
}

static void compare_list(unsigned int list)
{
	const struct model_list *want = &run.model.lists[list];
	const struct list_head *head = list_of(list);
	uint8_t first = link_of(head->next, head), last = link_of(head->prev, head);
	uint8_t want_first = want->first == NO_FRAME ? LINK_HEAD : want->first;
	uint8_t want_last = want->last == NO_FRAME ? LINK_HEAD : want->last;
	char text[4][16];

	if (unlikely(first != want_first || last != want_last))
		observe_finding("state.list", "a list begins with %s and ends with %s, not with %s and %s",
				link_text(first, text[0]), link_text(last, text[1]),
				link_text(want_first, text[2]), link_text(want_last, text[3]));
}

static void compare_device(unsigned int device)
{
	unsigned long isolated = run.sut->device_isolated(run.devices[device]);

	if (unlikely(isolated != run.model.isolated[device]))
		observe_finding("state.isolated", "b%u counts %lu isolated pages, not %u", device,
				isolated, run.model.isolated[device]);
}

static void report_counters(const struct context *cpu, const struct model_counters *want)
{
	static const char *const names[] = { "inflate", "deflate", "migrate" };
	const struct model *m = &run.model;

	for (unsigned int i = 0; i < EVENT_COUNT; i++)
		if (cpu->events[i] != want->events[i])
			observe_finding("state.events", "the %s event was counted %ld times, not %ld",
					names[i], cpu->events[i], want->events[i]);
	for (unsigned int i = 0; i < WORLD_NODES; i++)
		if (cpu->node_pages[i] != want->node_pages[i])
			observe_finding("state.nodes", "node %u's balloon pages changed by %ld, not %ld",
					i, cpu->node_pages[i], want->node_pages[i]);
	for (unsigned int i = 0; i < WORLD_ZONES; i++)
		if (world.zones[i].managed - world.zones[i].base != m->managed[i])
			observe_finding("state.managed", "zone %u's managed pages changed by %ld, not %ld",
					i, world.zones[i].managed - world.zones[i].base,
					m->managed[i]);
	if (world.total_pages - (long)world.frames != m->total)
		observe_finding("state.managed", "the total of pages changed by %ld, not %ld",
				world.total_pages - (long)world.frames, m->total);
}

static void compare_counters(unsigned int context)
{
	const struct context *cpu = &world.contexts[context];
	const struct model_counters *want = &run.model.counters[context];
	long wrong = world.total_pages - (long)world.frames - run.model.total;

	for (unsigned int i = 0; i < EVENT_COUNT; i++)
		wrong |= cpu->events[i] ^ want->events[i];
	for (unsigned int i = 0; i < WORLD_NODES; i++)
		wrong |= cpu->node_pages[i] ^ want->node_pages[i];
	for (unsigned int i = 0; i < WORLD_ZONES; i++)
		wrong |= world.zones[i].managed - world.zones[i].base - run.model.managed[i];
	if (unlikely(wrong))
		report_counters(cpu, want);
}

void check_outcome(const struct frame *frame, const struct outcome *got)
{
	const struct step *want = &frame->step;
	unsigned int seen = got->page ? page_frame(got->page) : NO_FRAME;

	trace_add((uint64_t)frame->index << 52 | (uint64_t)frame->record.op << 44 |
		  (uint64_t)(uint16_t)got->value << 28 | seen << 20 |
		  (frame->warnings & 15) << 16 | (frame->callbacks & 255) << 8 | got->class);
	if (unlikely(want->class == CLASS_bug))
		observe_finding("model.bug", "should have given up: the balloon holds no page");
	if (unlikely(seen != want->frame)) {
		char text[2][16];

		observe_finding("model.page", "returned %s, not %s",
				got->page ? link_text((uint8_t)seen, text[0]) : "no page",
				want->frame == NO_FRAME ? "no page" : link_text(want->frame, text[1]));
	}
	if (unlikely(got->value != want->value))
		observe_finding("model.result", "returned %d, not %d", got->value, want->value);
	if (unlikely(got->class != CLASS_COUNT && got->class != want->class))
		observe_finding("model.result", "ended with '%s', not '%s'",
				class_names[got->class], class_names[want->class]);
	if (unlikely(frame->warnings != want->warnings))
		observe_finding("model.warning", "warned %u times, not %u", frame->warnings,
				want->warnings);
	if (unlikely(frame->callbacks != want->callbacks))
		observe_finding("model.callback", "called the driver back %u times, not %u",
				frame->callbacks, want->callbacks);
}

static void trace_list(unsigned int list)
{
	const struct list_head *head = list_of(list);
	uint64_t ends = (uint64_t)list << 16 | (unsigned int)link_of(head->next, head) << 8 |
			link_of(head->prev, head);

	if (list < PROGRAM_DEVICES)
		ends |= (uint64_t)run.sut->device_isolated(run.devices[list]) << 24;
	trace_add(ends);
}

static void trace_counters(const struct context *cpu)
{
	const struct zone *zones = world.zones;

	trace_add((uint64_t)cpu->events[0] ^ (uint64_t)cpu->events[1] << 13 ^
		  (uint64_t)cpu->events[2] << 26 ^ (uint64_t)cpu->node_pages[0] << 39 ^
		  (uint64_t)cpu->node_pages[1] << 52);
	trace_add((uint64_t)zones[0].managed ^ (uint64_t)zones[1].managed << 13 ^
		  (uint64_t)zones[2].managed << 26 ^ (uint64_t)zones[3].managed << 39 ^
		  (uint64_t)world.total_pages << 52);
}

void check_touched(void)
{
	const struct model *m = &run.model;
	unsigned int context = record_context(&run.top->record);

	for (uint64_t map = m->touched; map; map &= map - 1) {
		unsigned int frame = (unsigned int)__builtin_ctzll(map);
		uint64_t got = seen_page(frame);

		trace_add(got ^ (uint64_t)frame << 56);
		compare_page(frame, got);
	}
	for (unsigned int map = m->touched_lists; map; map &= map - 1) {
		unsigned int list = (unsigned int)__builtin_ctz(map);

		trace_list(list);
		compare_list(list);
		if (list < PROGRAM_DEVICES)
			compare_device(list);
	}
	trace_counters(&world.contexts[context]);
	compare_counters(context);
}

void check_all(void)
{
	/* A page that is free on either side is as the other one says. */
	for (uint64_t map = ~(world.free_map[0] & run.model.free); map; map &= map - 1) {
		unsigned int frame = (unsigned int)__builtin_ctzll(map);

		compare_page(frame, seen_page(frame));
	}
	for (unsigned int device = 0; device < run.model.devices; device++) {
		compare_list(device);
		compare_device(device);
	}
	for (unsigned int context = 0; context < run.contexts; context++) {
		for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
			compare_list(model_private_list(context, i));
		compare_counters(context);
	}
}

void check_nothing_left(void)
{
	long nodes[WORLD_NODES] = { 0 }, inside = 0;

	for (uint64_t map = ~world.free_map[0]; unlikely(map); map &= map - 1) {
		unsigned int frame = (unsigned int)__builtin_ctzll(map);

		observe_finding("leak.page", "f%u was never freed: %d references are left", frame,
				page_refs(frame_page(frame)));
	}
	page_check_free();
	for (unsigned int i = 0; i < run.contexts; i++) {
		inside += world.contexts[i].events[EVENT_INFLATE] -
			  world.contexts[i].events[EVENT_DEFLATE];
		for (unsigned int node = 0; node < WORLD_NODES; node++)
			nodes[node] += world.contexts[i].node_pages[node];
	}
	if (unlikely(inside))
		observe_finding("leak.counter", "inflate and deflate events differ by %ld at the end",
				inside);
	/* What a quirk loses, the model has predicted. */
	for (unsigned int node = 0; node < WORLD_NODES; node++)
		if (unlikely(nodes[node] && !(run.model.features & (QUIRK_node_left | QUIRK_node_leak))))
			observe_finding("leak.counter", "node %u has %ld balloon pages at the end", node,
					nodes[node]);
	for (unsigned int zone = 0; zone < WORLD_ZONES; zone++)
		if (unlikely(world.zones[zone].managed != world.zones[zone].base))
			observe_finding("leak.counter", "zone %u's managed pages are off by %ld at the end",
					zone, world.zones[zone].managed - world.zones[zone].base);
	if (unlikely(world.total_pages != (long)world.frames))
		observe_finding("leak.counter", "the total of pages is off by %ld at the end",
				world.total_pages - (long)world.frames);
}

UNINSTRUMENTED_END
